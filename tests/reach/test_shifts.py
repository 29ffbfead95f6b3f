"""There and back: shifts of the day, of the night, split; vehicles left where they are found."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from draw import MONDAY, at, draw

from traitdunion import reach
from traitdunion.reach import Commute, Reason, Shift, commutes, shifts

DAY = Shift(at("8:00"), at("16:00"))
# Arrival by 7:50 (10 minutes before), departure from 16:05 (5 minutes after).


def week(tt, shift=DAY, home="A", work="B", **options):
    return reach.there_and_back(
        tt, tt.stop_index(home), tt.stop_index(work), shift, week=MONDAY, **options
    )


def test_both_ways_make_a_day_feasible():
    verdict = week(
        draw("A 7:00 > B 7:30", "A 7:20 > B 7:50", "B 16:04 > A 16:30", "B 16:30 > A 17:10")
    )
    assert (verdict.feasible_days, verdict.asked_days) == (5, 5)
    day = verdict.days[0]
    assert (day.out.departure_s, day.out.arrival_s) == (at("7:20"), at("7:50"))
    assert (day.back.departure_s, day.back.arrival_s) == (at("16:30"), at("17:10"))
    assert day.away_s == at("9:50")
    assert (day.wait_before_s, day.wait_after_s) == (600, 1800)


def test_each_day_that_fails_says_why():
    tuesday, friday = MONDAY + timedelta(1), MONDAY + timedelta(4)
    workdays = [MONDAY + timedelta(d) for d in range(5)]
    tt = draw(
        "A 7:00 > B 7:30",
        "B 16:30 > A 17:00",
        running={0: [d for d in workdays if d != tuesday], 1: [d for d in workdays if d != friday]},
    )
    verdict = week(tt)
    assert verdict.feasible_days == 3
    assert verdict.failing == {tuesday: Reason.NO_TRIP_OUT, friday: Reason.NO_TRIP_BACK}


def test_a_way_that_lasts_too_long_fails():
    tt = draw("A 5:00 > B 7:30", "B 16:30 > A 17:00")
    assert set(week(tt).failing.values()) == {Reason.TOO_LONG}
    assert week(tt, commute=Commute(max_trip_s=3 * 3600)).feasible_days == 5


def test_days_outside_the_timetable_are_told_apart():
    tt = draw("A 7:00 > B 7:30", "B 16:30 > A 17:00", days=3)
    assert week(tt).feasible_days == 3
    assert set(week(tt).failing.values()) == {Reason.OUTSIDE_TIMETABLE}


def test_a_night_shift_goes_home_on_the_next_morning():
    night = Shift(at("21:00"), at("29:00"))
    tt = draw("A 20:00 > B 20:30", "B 5:30 > A 6:00")
    verdict = week(tt, night)
    assert verdict.feasible_days == 5
    assert verdict.days[0].back.arrival_s == at("30:00")


def test_a_shift_just_after_midnight_is_reached_the_evening_before():
    tt = draw("A 23:20 > B 23:45", "B 8:30 > A 9:00")
    verdict = week(tt, Shift(at("0:05"), at("8:00"), days=frozenset({1})))
    assert verdict.days[0].out.departure_s == at("23:20") - 86_400
    assert verdict.feasible_days == 1


def test_the_night_the_clocks_change_the_shift_ends_by_the_clock():
    # Saturday 29 March 2025, 22:00 to 5:00: seven hours by the clock, six of work. The coach of
    # Sunday 5:10 is caught, the one of 4:30 is not.
    saturday = MONDAY + timedelta(26)
    tt = draw("A 21:00 > B 21:30", "B 4:30 > A 4:50", "B 5:10 > A 5:40", days=30)
    night = Shift(at("22:00"), at("29:00"), days=frozenset({5}))
    verdict = reach.there_and_back(tt, 0, 1, night, week=saturday)
    # Sunday's 5:10 is 4:10 after Saturday's noon minus 12 hours plus 24.
    assert verdict.days[0].back.departure_s == at("28:10")


def test_a_split_shift_tells_whether_one_can_go_home_between():
    split = Shift(
        at("6:00"), at("20:00"), periods=((at("6:00"), at("9:00")), (at("17:00"), at("20:00")))
    )
    trips = ["A 5:00 > B 5:30", "B 20:30 > A 21:00"]
    assert week(draw(*trips), split).days[0].between is None
    middle = ["B 9:30 > A 10:00", "A 16:00 > B 16:30"]
    home, out = week(draw(*trips, *middle), split).days[0].between
    assert (home.arrival_s, out.departure_s) == (at("10:00"), at("16:00"))


@pytest.mark.parametrize(
    "arguments",
    [
        {"start_s": at("16:00"), "end_s": at("8:00")},
        {"start_s": at("8:00"), "end_s": at("33:00")},
        {"start_s": at("25:00"), "end_s": at("26:00")},
        {"start_s": 0, "end_s": 10, "days": frozenset({7})},
        {"start_s": 0, "end_s": 10, "days": frozenset()},
        {"start_s": 0, "end_s": 10, "periods": ((0, 5), (4, 10))},
    ],
)
def test_a_shift_that_makes_no_sense_is_refused(arguments):
    with pytest.raises(ValueError, match=r"shift|parts|days"):
        Shift(**arguments)


def place(tt, name, *, north_m=0.0):
    row = tt.stop_index(name)
    lat, lon = float(tt.arrays["stop_lat"][row]), float(tt.arrays["stop_lon"][row])
    return reach.Point(lat + north_m / 111_195, lon)


def test_a_bike_left_at_a_stop_is_found_there_in_the_evening():
    # Home is 3 km from A: 3.9 km of road, 18 min at 13 km/h and 2 to park: too far to walk.
    tt = draw("A 7:00 > B 7:30", "B 16:30 > A 17:00")
    home, work = place(tt, "A", north_m=3000), place(tt, "B")
    assert week_of(tt, home, work).feasible_days == 0
    verdict = week_of(tt, home, work, Commute(home_vehicle=reach.BIKE))
    assert verdict.feasible_days == 5
    day = verdict.days[0]
    assert [leg.kind for leg in day.out.legs] == ["bike", "ride"]
    assert [leg.kind for leg in day.back.legs] == ["ride", "bike"]
    assert day.out.departure_s == at("7:00") - 1200 - 1  # 3900 m / 13 km/h = 1080.01 s, rounded up
    assert day.out.legs[0].to_stop == day.back.legs[0].to_stop


def test_a_bike_is_not_left_where_the_evening_does_not_pass():
    # Out from C only, back to A only, 6 km apart: no stop serves both ways.
    tt = draw("C 7:00 > B 7:30", "B 16:30 > A 17:00", "B 16:40 > D 17:00")
    # Drawn stops are a degree apart: ride to either from a home at A, none at C.
    verdict = week_of(tt, place(tt, "A"), place(tt, "B"), Commute(home_vehicle=reach.BIKE))
    assert verdict.feasible_days == 0


def test_a_bike_lent_at_work_waits_at_its_stop_overnight():
    tt = draw("A 7:00 > B 7:15", "B 16:40 > A 17:00")
    home, work = place(tt, "A"), place(tt, "B", north_m=3000)
    verdict = week_of(tt, home, work, Commute(work_vehicle=reach.BIKE))
    assert verdict.feasible_days == 5
    day = verdict.days[0]
    assert [leg.kind for leg in day.out.legs] == ["ride", "bike"]
    assert day.out.arrival_s == at("7:15") + 1201
    assert day.back.departure_s == at("16:40") - 1201


def week_of(tt, home, work, commute=None):
    return reach.there_and_back(tt, home, work, DAY, week=MONDAY, commute=commute)


def test_the_matrix_of_verdicts_equals_each_verdict_alone():
    rng = np.random.default_rng(43)
    lines = []
    for _ in range(60):
        a, b = rng.choice(list("ABCDEF"), 2, replace=False)
        leave = int(rng.integers(5 * 60, 22 * 60))
        lines.append(
            f"{a} {leave // 60}:{leave % 60:02} > {b} {(leave + 25) // 60}:{(leave + 25) % 60:02}"
        )
    tt = draw(*lines)
    places = [place(tt, name, north_m=300) for name in "ABCDEF"]
    shifts = [DAY, Shift(at("5:00"), at("13:00")), Shift(at("21:00"), at("29:00"))]
    commute = Commute(max_trip_s=24 * 3600)
    many = reach.feasibility(tt, places, places, shifts, week=MONDAY, commute=commute)
    assert many.feasible.shape == (6, 6, 3, 7)
    assert 20 < many.feasible.sum() < many.feasible.size
    for h, home in enumerate(places):
        for w, work in enumerate(places):
            for k, shift in enumerate(shifts):
                alone = reach.there_and_back(tt, home, work, shift, week=MONDAY, commute=commute)
                for day, verdict in enumerate(alone.days):
                    if verdict.feasible:
                        assert many.leave_s[h, w, k, day] == verdict.out.departure_s
                        assert many.home_s[h, w, k, day] == verdict.back.arrival_s
                    assert many.feasible[h, w, k, day] == verdict.feasible


# -- exact limits ------------------------------------------------------------------------------


def only(tt, shift=DAY, **commute):
    """The verdict of Monday alone."""
    monday = replace(shift, days=frozenset({0}))
    commute = Commute(**commute)
    return reach.there_and_back(tt, 0, 1, monday, week=MONDAY, commute=commute).days[0]


OUT, BACK = "A 7:20 > B 7:50", "B 16:05 > A 16:30"


def test_one_is_in_time_to_the_second_and_late_one_second_after():
    assert only(draw("A 7:20 > B 7:50", BACK)).feasible
    late = only(draw("A 7:20 > B 7:50:01", BACK))
    assert late.reason == Reason.NO_TRIP_OUT


def test_one_leaves_five_minutes_after_the_end_and_no_second_before():
    assert only(draw(OUT, "B 16:05 > A 16:30")).feasible
    early = only(draw(OUT, "B 16:04:59 > A 16:30"))
    assert early.reason == Reason.NO_TRIP_BACK


@pytest.mark.parametrize(
    ("out", "back", "reason"),
    [
        # Two hours between leaving home and 7:50, and between 16:05 and being home: no more.
        ("A 5:50 > B 7:50", "B 16:05 > A 18:05", None),
        ("A 5:49:59 > B 7:50", "B 16:05 > A 18:05", Reason.TOO_LONG),
        ("A 5:50 > B 7:50", "B 16:05 > A 18:05:01", Reason.TOO_LONG),
        # There at 5:50, one waits two hours to the second: long, but a trip of this day.
        ("A 5:30 > B 5:50", "B 16:05 > A 18:05", Reason.TOO_LONG),
        ("A 5:29 > B 5:49:59", "B 16:05 > A 18:05", Reason.NO_TRIP_OUT),
        ("A 5:50 > B 7:50", "B 18:05 > A 18:20", Reason.TOO_LONG),
        ("A 5:50 > B 7:50", "B 18:05:01 > A 18:20", Reason.NO_TRIP_BACK),
    ],
)
def test_the_longest_trip_is_kept_to_the_second(out, back, reason):
    tt = draw(out, back)
    day = only(tt)
    assert day.reason == reason
    monday = replace(DAY, days=frozenset({0}))
    table = reach.feasibility(tt, [0], [1], [monday], week=MONDAY)
    assert table.feasible[0, 0, 0].tolist() == [reason is None] + [False] * 6


def test_a_wait_on_the_way_longer_than_the_longest_trip_is_no_trip():
    slow = draw("A 4:00 > C 4:10", "C 6:11 > B 6:30", BACK)
    assert only(slow, max_trip_s=2 * 3600).reason == Reason.NO_TRIP_OUT
    assert only(slow, max_trip_s=4 * 3600).feasible


SPLIT = Shift(
    at("6:00"), at("20:00"),
    periods=((at("6:00"), at("9:00")), (at("11:00"), at("12:00")), (at("17:00"), at("20:00"))),
)  # fmt: skip
ENDS = ("A 5:00 > B 5:30", "B 20:30 > A 21:00")


@pytest.mark.parametrize(
    ("home", "again", "possible"),
    [
        # The longest pause, from 12:00 to 17:00: away from 12:05 on, there again by 16:50.
        ("B 12:05 > A 12:30", "A 16:20 > B 16:50", True),
        ("B 12:04:59 > A 12:30", "A 16:20 > B 16:50", False),
        ("B 12:05 > A 12:30", "A 16:20 > B 16:50:01", False),
        # Home when one must leave again: no time at home. A second before: there is.
        ("B 12:05 > A 16:20", "A 16:20 > B 16:50", False),
        ("B 12:05 > A 16:19:59", "A 16:20 > B 16:50", True),
        # The shorter pause, from 9:00 to 11:00, is not the one looked at.
        ("B 9:05 > A 9:30", "A 10:20 > B 10:50", False),
    ],
)
def test_going_home_in_the_longest_pause(home, again, possible):
    day = only(draw(*ENDS, home, again), SPLIT)
    assert day.feasible
    assert (day.between is not None) == possible


def test_the_longest_pause_may_be_the_first():
    periods = ((at("6:00"), at("9:00")), (at("17:00"), at("18:00")), (at("19:00"), at("20:00")))
    shift = Shift(at("6:00"), at("20:00"), periods=periods)
    day = only(draw(*ENDS, "B 9:05 > A 9:30", "A 16:20 > B 16:50"), shift)
    assert day.between is not None


def test_a_pause_is_not_looked_at_on_a_day_that_fails():
    day = only(draw(ENDS[0], "B 12:05 > A 12:30", "A 16:20 > B 16:50"), SPLIT)
    assert (day.reason, day.between) == (Reason.NO_TRIP_BACK, None)


def test_a_shift_lasts_twenty_four_hours_and_no_second_more():
    assert Shift(at("8:00"), at("32:00")).end_s == at("32:00")
    assert Shift(0, 1).end_s == 1
    for wrong in ((at("8:00"), at("32:00") + 1), (at("24:00"), at("25:00")), (5, 5), (-1, 5)):
        with pytest.raises(ValueError, match="shift"):
            Shift(*wrong)
    with pytest.raises(ValueError, match="span"):
        Shift(at("6:00"), at("19:59"), periods=SPLIT.periods)


def test_the_least_time_of_a_change_holds_in_searches_and_tables():
    trips = ("A 7:00 > C 7:10", "C 7:12 > B 7:40", "B 16:10 > A 16:30")
    for slack_s, feasible in ((120, True), (121, False)):
        limits = reach.Limits(min_transfer_s=slack_s)
        assert only(draw(*trips), limits=limits).feasible == feasible
        table = reach.feasibility(
            draw(*trips), [0], [1], [DAY], week=MONDAY, commute=Commute(limits=limits)
        )
        assert table.feasible[0, 0, 0, 0] == feasible


@pytest.mark.parametrize(("longest_m", "served"), [(3_901, True), (3_899, False)])
def test_the_whole_way_by_street_keeps_two_hours_and_its_own_limit(longest_m, served):
    tt = draw("A 7:00 > B 7:30")
    work = place(tt, "A", north_m=3_000)  # 3,900 m of road
    mode = reach.Mode("bike", speed_kmh=13, max_m=longest_m)
    assert by_street(tt, work, mode).feasible == served
    for speed_kmh, in_time in ((1.9502, True), (1.9499, False)):  # 7,200 and 7,201 s
        slow = reach.Mode("walk", speed_kmh=speed_kmh, max_m=5_000)
        day = by_street(tt, work, slow)
        assert (day.reason is None) == in_time
    assert (day.reason, day.margin_before_s) == (Reason.TOO_LONG, 600)
    day = by_street(tt, work, reach.Mode("walk", speed_kmh=1.951, max_m=5_000))
    assert (day.out.arrival_s, day.back.departure_s) == (at("7:50"), at("16:05"))
    assert (day.wait_before_s, day.wait_after_s) == (600, 300)


def by_street(tt, work, mode):
    monday = replace(DAY, days=frozenset({0}))
    return reach.by_street(tt, place(tt, "A"), work, monday, mode, week=MONDAY).days[0]


class OneWay(reach.DetourStreets):
    """Streets that only lead north."""

    def between(self, a, b, mode):
        return super().between(a, b, mode) if a.lat < b.lat else None


@pytest.mark.parametrize("southwards", [True, False])
def test_a_street_of_one_way_brings_nobody_there_and_back(southwards):
    tt = draw("A 7:00 > B 7:30")
    ends = [place(tt, "A"), place(tt, "A", north_m=500)]
    streets = OneWay(tt.arrays["stop_lat"], tt.arrays["stop_lon"])
    week = reach.by_street(
        tt, *(ends[::-1] if southwards else ends), DAY, reach.WALK, week=MONDAY, streets=streets
    )
    assert {day.reason for day in week.days} == {Reason.TOO_LONG}


def test_a_day_that_holds_is_known_though_the_next_is_not():
    # Home at 22:40 of the next day; the longest trip would end on the day after, of no feed.
    tt = draw("A 22:00 > B 22:30", "B 46:10 > A 46:40", days=1)
    assert only(tt, Shift(at("23:00"), at("46:00"))).feasible


def test_a_run_has_a_thread():
    with pytest.raises(ValueError, match="threads"):
        reach.Run(0)


@pytest.mark.parametrize(("arrival", "shown"), [("19:50", True), ("19:49:59", False)])
def test_a_way_half_a_day_too_early_is_of_another_day(arrival, shown):
    # One must be there by 7:50: twelve hours before is 19:50 on Sunday.
    tt = draw(f"A 19:20 > B {arrival}", BACK, running={0: [MONDAY - timedelta(1)]})
    day = only(tt)
    assert day.reason == Reason.NO_TRIP_OUT
    assert (day.out is not None) == shown


@pytest.fixture
def searched(monkeypatch):
    """The days that are searched, in order."""
    days = []

    def counted(trip, *rest, search=shifts._verdict_of_day):
        days.append(trip.on)
        return search(trip, *rest)

    monkeypatch.setattr(shifts, "_verdict_of_day", counted)
    return days


def test_days_on_which_the_same_trips_run_around_the_shift_are_searched_once(searched):
    """A coach of the night, of Tuesday alone, is of another day: its ways last too long."""
    tuesday = MONDAY + timedelta(1)
    tt = draw(
        "A 7:00 > B 7:30", "B 16:30 > A 17:00", "A 4:30 > B 5:00", running={2: [tuesday]}
    )  # fmt: skip
    assert week(tt).feasible_days == 5
    assert searched == [MONDAY]


def test_a_week_that_fails_is_searched_once_though_its_bookings_name_their_date(
    searched, monkeypatch
):
    monkeypatch.setattr(reach.Timetable, "has_booked_lines", property(lambda tt: True))
    assert week(draw("A 9:00 > B 9:30", "B 16:30 > A 17:00")).feasible_days == 0
    assert searched == [MONDAY]


def test_the_way_out_of_a_day_serves_for_those_on_which_the_same_runs_within_it(monkeypatch):
    """The way back differs each day, by a coach of its own."""
    outs = []

    def counted(trip, arrive_s, *, out=commutes.Trip.out):
        outs.append(trip.on)
        return out(trip, arrive_s)

    days = [MONDAY + timedelta(day) for day in range(5)]
    evenings = [f"B 16:{10 + 5 * n} > A 17:{10 + 5 * n}" for n in range(5)]
    tt = draw("A 7:00 > B 7:30", *evenings, running={1 + n: [on] for n, on in enumerate(days)})
    alone = [week(tt, replace(DAY, days=frozenset({on.weekday()}))).days[0] for on in days]
    monkeypatch.setattr(commutes.Trip, "out", counted)
    together = week(tt)
    assert list(together.days) == alone
    assert outs == [MONDAY]
    assert len({day.back.arrival_s for day in together.days}) == 5
