"""Worlds drawn in a line or two, with the journey a person would write down."""

from datetime import date, timedelta

import numpy as np
import pytest
from draw import MONDAY, at, draw

from traitdunion import reach

SUNDAY_MARCH = date(2025, 3, 30)  # clocks go from 2:00 to 3:00
SUNDAY_OCTOBER = date(2025, 10, 26)  # clocks go from 3:00 back to 2:00


FIVE_MINUTES = reach.Limits(min_transfer_s=300)
THAT_DAY = reach.Limits(service_days=(0,))


def stop(tt, name):
    return tt.stop_index(name)


def arrival(tt, origin, destination, leave, *, on=MONDAY, **options):
    times = reach.earliest_arrivals(tt, stop(tt, origin), at(leave), on=on, **options)
    return int(times[stop(tt, destination)])


def rides(tt, origin, destination, *, on=MONDAY, **moment):
    moment = {key: at(value) if isinstance(value, str) else value for key, value in moment.items()}
    journeys = reach.journeys(tt, stop(tt, origin), stop(tt, destination), reach.When(on, **moment))
    return [
        [(leg.from_name, leg.departure_s, leg.to_name, leg.arrival_s) for leg in journey.legs]
        for journey in journeys
    ]


def test_a_change_takes_the_next_departure_of_the_other_line():
    tt = draw("A 8:00 > B 8:20 (1)", "B 8:15 > C 8:30 (2)", "B 8:25 > C 8:40 (2)")
    assert rides(tt, "A", "C", depart_s="7:50") == [
        [("A", at("8:00"), "B", at("8:20")), ("B", at("8:25"), "C", at("8:40"))]
    ]


def test_a_trip_of_the_day_before_is_seen_after_midnight():
    # Sunday's trip at 25:10 is Monday's at 1:10.
    tt = draw("A 25:10 > B 25:30", running={0: [MONDAY - timedelta(1)]})
    assert arrival(tt, "A", "B", "1:00") == at("1:30")
    assert arrival(tt, "A", "B", "1:11") == reach.UNREACHED


def test_a_search_late_in_the_evening_runs_into_the_next_day():
    tt = draw("A 6:00 > B 6:30")
    assert arrival(tt, "A", "B", "23:00") == at("30:30")
    assert arrival(tt, "A", "B", "23:00", limits=THAT_DAY) == reach.UNREACHED


def test_times_past_24_hours_belong_to_the_service_day():
    tt = draw("A 25:30 > B 26:00", running={0: [MONDAY]})
    assert arrival(tt, "A", "B", "20:00") == at("26:00")
    tuesday = MONDAY + timedelta(1)
    assert arrival(tt, "A", "B", "1:00", on=tuesday) == at("2:00")


def test_a_change_across_midnight_keeps_its_order():
    # Sunday's 24:20 arrival meets Monday's 0:30 departure, not the 0:10 one.
    tt = draw("A 23:50 > B 24:20", "B 0:10 > C 0:40", "B 0:30 > C 1:00")
    sunday = MONDAY - timedelta(1)
    tt = draw(
        "A 23:50 > B 24:20",
        "B 0:10 > C 0:40",
        "B 0:30 > C 1:00",
        start=sunday,
    )
    assert arrival(tt, "A", "C", "23:45", on=sunday) == at("25:00")


def test_spring_forward_a_night_train_arrives_an_hour_later_by_the_clock():
    # Saturday 23:30 + 4 h: service time 27:30, clocks read 4:30 on Sunday, not 3:30.
    saturday = SUNDAY_MARCH - timedelta(1)
    tt = draw("A 23:30 > B 27:30", start=saturday)
    assert arrival(tt, "A", "B", "23:00", on=saturday) == at("27:30")
    # Seen from Sunday, whose seconds start at 23:00 on Saturday (noon minus 12 hours): 27:30
    # of Saturday is 27:30 - 23:00 = 4:30.
    assert arrival(tt, "A", "B", "0:20", on=SUNDAY_MARCH) == at("4:30")
    shift = reach.Shift(at("22:00"), at("29:00"), days=frozenset({5}))
    assert reach.clock_s(tt, saturday, shift.end_s) == at("28:00")


def test_autumn_back_the_same_night_lasts_an_hour_more():
    saturday = SUNDAY_OCTOBER - timedelta(1)
    tt = draw("A 6:00 > B 6:30", start=saturday)
    # 5:00 on Sunday by the clock is 30 hours after Saturday's midnight, not 29.
    assert reach.clock_s(tt, saturday, at("29:00")) == at("30:00")
    assert arrival(tt, "A", "B", "23:00", on=saturday) == at("31:30")


def test_exact_frequencies_are_departures_and_others_are_marked():
    tt = draw("A 6:00 > B 6:20", frequencies=[(0, "7:00", "9:00", 1200, True)])
    assert arrival(tt, "A", "B", "6:00") == at("7:20")  # the template itself does not run
    assert arrival(tt, "A", "B", "7:41") == at("8:20")
    assert arrival(tt, "A", "B", "8:41", limits=THAT_DAY) == reach.UNREACHED
    loose = draw("A 6:00 > B 6:20", frequencies=[(0, "7:00", "9:00", 1200, False)])
    (journey,) = reach.journeys(loose, 0, 1, reach.When(MONDAY, at("7:30")))
    assert journey.estimated


def test_an_overtaking_trip_is_taken():
    # The 8:05 arrives before the 8:00.
    tt = draw("A 8:00 > B 8:30 > C 9:00", "A 8:05 > B 8:15 > C 8:40")
    assert arrival(tt, "A", "C", "7:55") == at("8:40")
    assert arrival(tt, "A", "C", "8:00") == at("8:40")


def test_a_loop_can_be_ridden_past_its_start():
    tt = draw("A 8:00 > B 8:10 > C 8:20 > A 8:30 > D 8:40")
    assert arrival(tt, "C", "D", "8:15") == at("8:40")
    assert rides(tt, "C", "A", depart_s="8:00") == [[("C", at("8:20"), "A", at("8:30"))]]


def test_the_same_stop_twice_is_boarded_the_second_time():
    tt = draw("A 8:00 > B 8:10 > C 8:20 > B 8:30 > D 8:40")
    assert rides(tt, "B", "D", depart_s="8:12") == [[("B", at("8:30"), "D", at("8:40"))]]
    # From 8:00 the later boarding leaves later and arrives as early: it alone is kept.
    assert rides(tt, "B", "D", depart_s="8:00", window_s=3600) == [
        [("B", at("8:30"), "D", at("8:40"))]
    ]


def test_hops_of_zero_seconds_chain():
    tt = draw("A 8:00 > B 8:00 > C 8:00 (1)", "C 8:00 > D 8:00 (2)")
    assert arrival(tt, "A", "D", "8:00") == at("8:00")


def test_nobody_boards_or_alights_where_it_is_closed():
    # B takes on nobody, C lets off nobody.
    tt = draw("A 8:00 > B -8:10 > C 8:20- > D 8:30")
    tt_board = arrival(tt, "B", "D", "8:00", limits=THAT_DAY)
    assert tt_board == reach.UNREACHED
    assert arrival(tt, "A", "C", "7:00", limits=THAT_DAY) == reach.UNREACHED
    assert arrival(tt, "C", "D", "8:00") == at("8:30")


def test_a_minimum_change_time_is_kept():
    trips = ["A 8:00 > B 8:20 (1)", "B 8:22 > C 8:40 (2)", "B 8:30 > C 8:50 (2)"]
    assert arrival(draw(*trips), "A", "C", "8:00") == at("8:40")
    slow = draw(*trips, transfers=[("B", "B", 2, 300)])
    assert arrival(slow, "A", "C", "8:00") == at("8:50")
    assert arrival(draw(*trips), "A", "C", "8:00", limits=FIVE_MINUTES) == at("8:50")


def test_a_forbidden_change_is_not_made():
    tt = draw("A 8:00 > B 8:20 (1)", "B 8:30 > C 8:40 (2)", transfers=[("B", "B", 3, -1)])
    assert arrival(tt, "A", "C", "8:00") == reach.UNREACHED
    assert arrival(tt, "A", "B", "8:00") == at("8:20")


def test_riders_stay_seated_between_the_trips_of_a_block():
    trips = ["A 8:00 > B 8:20 (1)", "B 8:20/8:25 > C 8:40 (2)"]
    seated = draw(*trips, blocks={0: "bus", 1: "bus"})
    (journey,) = reach.journeys(seated, 0, 2, reach.When(MONDAY, at("7:50")))
    assert journey.rides == 1
    assert journey.legs[0].route_name == "1 → 2"
    (apart,) = reach.journeys(draw(*trips), 0, 2, reach.When(MONDAY, at("7:50")))
    assert apart.rides == 2


def test_a_walk_is_not_followed_by_another():
    # A→B by bus, then B~C and C~D on foot: D is not reached, C is.
    tt = draw("A 8:00 > B 8:10", walks={"BC": 120, "CD": 120})
    assert arrival(tt, "A", "C", "8:00") == at("8:12")
    assert arrival(tt, "A", "D", "8:00") == reach.UNREACHED


def test_a_vehicle_later_than_a_walk_still_leads_further():
    # C is reached on foot at 8:12 and by bus at 8:15; only the rider may walk on to D.
    tt = draw("A 8:00 > B 8:10 > C 8:15", walks={"BC": 120, "CD": 60})
    assert arrival(tt, "A", "C", "8:00") == at("8:12")
    assert arrival(tt, "A", "D", "8:00") == at("8:16")


def test_the_pareto_set_keeps_fewer_rides_and_less_walking():
    # Direct at 9:00; quicker with a change at 8:40; quicker still with 25 minutes on foot.
    tt = draw(
        "A 8:00 > D 9:00 (slow)",
        "A 8:00 > B 8:15 (1)",
        "B 8:20 > D 8:40 (2)",
        "A 8:00 > C 8:05 (3)",
        walks={"CD": 1500},
    )
    journeys = reach.journeys(tt, stop(tt, "A"), stop(tt, "D"), reach.When(MONDAY, at("8:00")))
    # Walking from C is no part of it: from a vehicle the traveller may only end at a stop tied to
    # D, which is D itself.
    assert [(j.arrival_s, j.rides) for j in journeys] == [(at("8:40"), 2), (at("9:00"), 1)]


def test_arriving_by_keeps_the_latest_departure_and_its_earliest_arrival():
    # One coach a morning, then a shuttle every half hour: leave at 7:00, arrive at 8:10, not 8:40.
    tt = draw("A 7:00 > B 8:00 (1)", "B 8:05 > C 8:10 (2)", "B 8:35 > C 8:40 (2)")
    (journey,) = reach.journeys(tt, 0, 2, reach.When(MONDAY, arrive_s=at("8:45")))
    assert (journey.departure_s, journey.arrival_s) == (at("7:00"), at("8:10"))


def test_a_window_gives_every_useful_departure():
    tt = draw("A 8:00 > B 8:30", "A 8:20 > B 8:50", "A 8:25 > B 8:45", "A 9:30 > B 10:00")
    rides_found = rides(tt, "A", "B", depart_s="8:00", window_s=3600)
    assert [journey[0][1] for journey in rides_found] == [at("8:00"), at("8:25")]


def test_outside_the_days_covered_the_dates_are_told():
    tt = draw("A 8:00 > B 8:30")
    with pytest.raises(reach.OutsideTimetable, match="03/03/2025 au 09/03/2025"):
        reach.earliest_arrivals(tt, 0, 0, on=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("access", "message"),
    [
        (99, "there is no stop 99"),
        ((np.array([0, 1]), np.array([0])), "of one length"),
        ((np.array([7]), np.array([0])), "outside"),
        ((np.array([0]), np.array([-5])), "negative"),
    ],
)
def test_an_access_that_makes_no_sense_is_refused(access, message):
    with pytest.raises(ValueError, match=message):
        reach.earliest_arrivals(draw("A 8:00 > B 8:30"), access, 0, on=MONDAY)


def test_a_change_forbidden_between_two_lines_is_not_made():
    trips = "A 8:00 > B 8:20 (1)", "B 8:30 > C 8:40 (2)"
    forbidden = draw(*trips, line_transfers=[("B", "B", 3, 0, 1)])
    free = draw(*trips, line_transfers=[("B", "B", 3, 1, 0)])
    reached = [
        reach.earliest_arrivals(
            tt, 0, at("8:00"), on=MONDAY, limits=reach.Limits(service_days=(0,))
        )[2]
        for tt in (forbidden, free)
    ]
    assert reached == [reach.UNREACHED, at("8:40")]
    assert forbidden.report.findings == []
