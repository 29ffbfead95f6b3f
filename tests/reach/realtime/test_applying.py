"""Updates of today's runs, against arithmetic by hand and against timetables drawn as updated."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from draw import MONDAY, at, draw
from drawn_messages import message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from le_puy_brioude import FILES, compiled, published, write

from traitdunion import reach
from traitdunion.reach.realtime import (
    Applied,
    StopUpdate,
    TripUpdate,
    read_realtime,
    with_updates,
)

THAT_DAY = reach.Limits(service_days=(0,))

TUESDAY = MONDAY + timedelta(1)


def late(trip: str, *stops: StopUpdate, on: date | None = MONDAY, **more) -> TripUpdate:
    return TripUpdate(trip, on, "", "scheduled", stops, **more)


def cancelled(trip: str, on: date | None = MONDAY) -> TripUpdate:
    return TripUpdate(trip, on, "", "cancelled", ())


def arrivals(tt: reach.Timetable, origin: str, departure: str, on: date = MONDAY) -> dict[str, str]:
    """Stops reached from one, with the hour; the service day of `on` alone."""
    arrival_times = reach.earliest_arrivals(
        tt, tt.stop_index(origin), at(departure), on=on, limits=THAT_DAY
    )
    return {
        tt.stop_id(stop): f"{s // 3600}:{s // 60 % 60:02}"
        for stop, s in enumerate(arrival_times.tolist())
        if s != reach.UNREACHED
    }


@pytest.fixture
def line():
    """Two runs from A to D, at 7:00 and at 9:00."""
    return draw(
        "A 7:00 > B 7:10/7:12 > C 7:20 > D 7:30",
        "A 9:00 > B 9:10/9:12 > C 9:20 > D 9:30",
    )


def test_a_delay_is_carried_to_the_stops_that_follow(line):
    # B leaves 5 minutes late at 7:17; C and D, untold, are 5 minutes late as well. A is on time.
    tt, applied = with_updates(
        line, [late("t0", StopUpdate("B", departure_delay_s=300))], today=MONDAY
    )
    assert arrivals(tt, "A", "6:50") == {"A": "6:50", "B": "7:15", "C": "7:25", "D": "7:35"}
    # One who comes to B at 7:15 catches it.
    assert arrivals(tt, "B", "7:15")["C"] == "7:25"
    assert arrivals(line, "B", "7:15")["C"] == "9:20"
    assert applied == Applied(changed=1)


def test_the_next_delay_told_takes_over(line):
    update = late(
        "t0",
        StopUpdate("B", arrival_delay_s=300, departure_delay_s=240),
        StopUpdate("D", arrival_delay_s=60),
    )
    tt, _ = with_updates(line, [update], today=MONDAY)
    # B: 7:15; C: 7:20 + 4 min; D: 7:30 + 1 min.
    assert arrivals(tt, "A", "6:50") == {"A": "6:50", "B": "7:15", "C": "7:24", "D": "7:31"}


def test_other_days_and_other_runs_are_as_planned(line):
    tt, _ = with_updates(line, [late("t0", StopUpdate("A", departure_delay_s=600))], today=MONDAY)
    assert arrivals(tt, "A", "6:50", TUESDAY) == arrivals(line, "A", "6:50", TUESDAY)
    assert arrivals(tt, "A", "8:00") == arrivals(line, "A", "8:00")
    assert arrivals(line, "A", "6:50")["D"] == "7:30"  # the timetable itself is not touched


def test_a_moment_told_wins_over_a_delay(line):
    moment = datetime(2025, 3, 3, 7, 27, 30, tzinfo=ZoneInfo("Europe/Paris"))
    update = late("t0", StopUpdate("C", arrival_at=int(moment.timestamp()), arrival_delay_s=60))
    tt, _ = with_updates(line, [update], today=MONDAY)
    arrivals = reach.earliest_arrivals(tt, 0, at("6:50"), on=MONDAY, limits=THAT_DAY).tolist()
    assert arrivals == [at("6:50"), at("7:10"), at("7:27:30"), at("7:37:30")]


def test_a_cancelled_run_does_not_run(line):
    tt, applied = with_updates(line, [cancelled("t0")], today=MONDAY)
    assert arrivals(tt, "A", "6:50")["D"] == "9:30"
    assert arrivals(tt, "A", "6:50", TUESDAY)["D"] == "7:30"
    assert applied == Applied(cancelled=1)


def test_a_skipped_stop_is_neither_boarded_nor_left_at(line):
    tt, applied = with_updates(line, [late("t0", StopUpdate("B", skipped=True))], today=MONDAY)
    assert arrivals(tt, "A", "6:50") == {"A": "6:50", "B": "9:10", "C": "7:20", "D": "7:30"}
    assert arrivals(tt, "B", "7:00")["C"] == "9:20"
    assert applied == Applied(changed=1, skipped_stops=1)


def test_without_data_the_timetable_holds_from_there_on(line):
    update = late("t0", StopUpdate("A", departure_delay_s=600), StopUpdate("C", no_data=True))
    tt, _ = with_updates(line, [update], today=MONDAY)
    # A leaves at 7:10, B at 7:20 and 7:22; C is planned at 7:20, but not before B is left.
    assert arrivals(tt, "A", "6:50") == {"A": "6:50", "B": "7:20", "C": "7:22", "D": "7:30"}


def test_a_delay_of_the_whole_run(line):
    tt, _ = with_updates(line, [late("t0", delay_s=120)], today=MONDAY)
    assert arrivals(tt, "A", "7:01") == {"A": "7:01", "B": "7:12", "C": "7:22", "D": "7:32"}


def test_a_run_ahead_of_its_hour_is_missed_by_who_trusts_the_timetable(line):
    tt, _ = with_updates(line, [late("t0", StopUpdate("A", departure_delay_s=-60))], today=MONDAY)
    assert arrivals(tt, "A", "7:00")["D"] == "9:30"


def test_a_late_run_may_be_overtaken():
    tt, _ = with_updates(
        draw("A 7:00 > B 7:30 (1)", "A 7:10 > B 7:40 (1)"),
        [late("t0", StopUpdate("A", departure_delay_s=3600))],
        today=MONDAY,
    )
    assert arrivals(tt, "A", "6:50")["B"] == "7:40"
    assert arrivals(tt, "A", "7:11")["B"] == "8:30"


def test_a_stop_passed_twice_is_told_in_order():
    line = draw("A 7:00 > B 7:10 > C 7:20 > B 7:30 > D 7:40")
    update = late(
        "t0", StopUpdate("B", departure_delay_s=0), StopUpdate("B", departure_delay_s=300)
    )
    tt, _ = with_updates(line, [update], today=MONDAY)
    assert arrivals(tt, "A", "6:50") == {
        "A": "6:50", "B": "7:10", "C": "7:20", "D": "7:45",
    }  # fmt: skip


def test_yesterday_s_run_after_midnight_is_updated():
    line = draw("A 23:50 > B 24:30", start=MONDAY)
    update = late("t0", StopUpdate("B", arrival_delay_s=600), on=MONDAY)
    tt, _ = with_updates(line, [update], today=TUESDAY)
    arrivals = reach.earliest_arrivals(tt, 0, -1200, on=TUESDAY).tolist()
    assert arrivals[1] == at("0:40")


def test_an_update_without_a_day_is_of_today(line):
    tt, _ = with_updates(line, [cancelled("t0", on=None)], today=TUESDAY)
    assert arrivals(tt, "A", "6:50", TUESDAY)["D"] == "9:30"
    assert arrivals(tt, "A", "6:50")["D"] == "7:30"


def test_what_cannot_be_applied_is_counted(line):
    frequent = draw("A 7:00 > B 7:10", frequencies=[(0, "7:00", "8:00", 600, True)])
    updates = [
        cancelled("t9"),
        cancelled("t0", on=MONDAY + timedelta(100)),
        late("t0", StopUpdate("Z", departure_delay_s=60)),
        TripUpdate("t1", MONDAY, "", "other", ()),
    ]
    tt, applied = with_updates(line, updates, today=MONDAY)
    assert applied == Applied(unknown_trips=1, other_days=1, other_kinds=1, unknown_stops=1)
    assert arrivals(tt, "A", "6:50") == arrivals(line, "A", "6:50")
    same, applied = with_updates(frequent, [cancelled("t0")], today=MONDAY)
    assert same is frequent
    assert applied.by_frequency == 6


def test_an_absurd_moment_tells_nothing(line):
    update = late("t0", StopUpdate("B", departure_at=2**62), StopUpdate("C", arrival_delay_s=60))
    tt, _ = with_updates(line, [update], today=MONDAY)
    assert arrivals(tt, "A", "6:50") == {"A": "6:50", "B": "7:10", "C": "7:21", "D": "7:31"}


def test_a_run_that_does_not_run_that_day_is_not_made_to():
    line = draw("A 7:00 > B 7:30", running={0: [TUESDAY]})
    tt, applied = with_updates(line, [late("t0", delay_s=60)], today=MONDAY)
    assert tt is line
    assert applied == Applied(other_days=1)


# -- one vehicle, several trips ------------------------------------------------------------------

SEATED = ("A 7:00 > B 7:20", "B 7:25 > C 7:45", "C 7:50 > D 8:10")
BLOCKS = {0: "bus", 1: "bus", 2: "bus"}


@pytest.fixture
def bus():
    """One bus that runs three trips, riders staying seated: A to D in one ride."""
    tt = draw(*SEATED, blocks=BLOCKS)
    assert len(tt.arrays["trip_pattern"]) == 1
    return tt


@pytest.mark.parametrize(
    ("gone", "from_a", "from_b", "from_c"),
    [
        ("t0", {}, {"C": "7:45", "D": "8:10"}, {"D": "8:10"}),
        ("t1", {"B": "7:20"}, {}, {"D": "8:10"}),
        ("t2", {"B": "7:20", "C": "7:45"}, {"C": "7:45"}, {}),
    ],
)
def test_one_trip_of_a_vehicle_is_cancelled_alone(bus, gone, from_a, from_b, from_c):
    tt, _ = with_updates(bus, [cancelled(gone)], today=MONDAY)
    for origin, expected in (("A", from_a), ("B", from_b), ("C", from_c)):
        assert arrivals(tt, origin, "6:50") == {origin: "6:50", **expected}
    assert arrivals(tt, "A", "6:50", TUESDAY)["D"] == "8:10"


def test_a_delay_of_one_trip_reaches_the_next_where_it_has_no_time_to_spare(bus):
    # B at 7:32 rather than 7:20: the bus planned to leave at 7:25 leaves then; C is reached at
    # 7:45 as planned, later than 7:32.
    tt, _ = with_updates(bus, [late("t0", StopUpdate("B", arrival_delay_s=720))], today=MONDAY)
    assert arrivals(tt, "A", "6:50") == {"A": "6:50", "B": "7:32", "C": "7:45", "D": "8:10"}
    assert arrivals(tt, "B", "7:30")["C"] == "7:45"


def test_a_stop_skipped_by_one_trip_still_serves_the_other(bus):
    # The first trip does not set down at B; the second takes up there.
    tt, _ = with_updates(bus, [late("t0", StopUpdate("B", skipped=True))], today=MONDAY)
    assert "B" not in arrivals(tt, "A", "6:50")
    assert arrivals(tt, "B", "6:50")["C"] == "7:45"


def test_the_names_of_the_trips_are_kept(bus):
    tt, _ = with_updates(bus, [cancelled("t1")], today=MONDAY)
    (journey,) = reach.journeys(
        tt,
        tt.stop_index("C"),
        tt.stop_index("D"),
        reach.When(MONDAY, at("7:00")),
        limits=THAT_DAY,
    )
    (ride,) = [leg for leg in journey.legs if leg.kind == "ride"]
    assert (ride.departure_s, ride.arrival_s) == (at("7:50"), at("8:10"))


# -- against timetables drawn as updated ---------------------------------------------------------

STOPS = "ABCDE"


@st.composite
def worlds(draw_):
    """Trips as (stop, arrival, departure), minutes; then delays by trip and stop."""
    trips = []
    for _ in range(draw_(st.integers(1, 5))):
        stops = draw_(st.lists(st.sampled_from(STOPS), min_size=2, max_size=4, unique=True))
        minute, calls = draw_(st.integers(360, 420)), []
        for stop in stops:
            minute += draw_(st.integers(1, 20))
            leaves = minute + draw_(st.integers(0, 5))
            calls.append((stop, minute, leaves))
            minute = leaves
        trips.append(calls)
    delays = {
        number: {stop: draw_(st.integers(-3, 30)) for stop, *_ in calls if draw_(st.booleans())}
        for number, calls in enumerate(trips)
        if draw_(st.booleans())
    }
    gone = {number for number in delays if draw_(st.integers(0, 3)) == 0}
    return trips, delays, gone


def text(calls):
    return " > ".join(f"{stop} {a // 60}:{a % 60:02}/{d // 60}:{d % 60:02}" for stop, a, d in calls)


def moved(calls, delays):
    """The slow twin: the same calls with their delays carried, none before the one it follows."""
    made, carried, last = [], 0, 0
    for stop, arrives, leaves in calls:
        carried = delays.get(stop, carried)
        arrives = max(arrives + carried, last)
        leaves = max(leaves + carried, arrives)
        made.append((stop, arrives, leaves))
        last = leaves
    return made


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_updates_give_the_timetable_one_would_have_drawn(world):
    trips, delays, gone = world
    planned = draw(
        *map(text, trips), walks={}, places={s: (40.0 + i, 3.0) for i, s in enumerate(STOPS)}
    )
    updates = [
        cancelled(f"t{number}")
        if number in gone
        else late(
            f"t{number}",
            *(
                StopUpdate(
                    stop, arrival_delay_s=60 * delay[stop], departure_delay_s=60 * delay[stop]
                )
                for stop, *_ in trips[number]
                if stop in delay
            ),
        )
        for number, delay in delays.items()
    ]
    now, _ = with_updates(planned, updates, today=MONDAY)
    as_run = [moved(c, delays.get(n, {})) for n, c in enumerate(trips) if n not in gone]
    twin = draw(
        *map(text, as_run), walks={}, places={s: (40.0 + i, 3.0) for i, s in enumerate(STOPS)}
    )
    for origin in range(len(STOPS)):
        for departure_s in (at("6:00"), at("6:40"), at("7:15")):
            for day, expected in ((MONDAY, twin), (TUESDAY, planned)):
                earliest_arrivals, drawn = (
                    reach.earliest_arrivals(t, origin, departure_s, on=day, limits=THAT_DAY)
                    for t in (now, expected)
                )
                assert earliest_arrivals.tolist() == drawn.tolist()


# -- by the rank of the call ------------------------------------------------------------------

LOOP = (
    "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "T1,08:00:00,08:00:00,S1,10\nT1,08:10:00,08:10:00,S2,20\n"
    "T1,08:20:00,08:20:00,S1,30\nT1,09:20:00,09:20:00,S3,40\n"
)
LOOP_DAY = date(2026, 11, 24)
SEVEN = datetime(2026, 11, 24, 7, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture(params=["drawn", "published"])
def loop(request, tmp_path):
    """Le Puy 8:00 > Langeac 8:10 > Le Puy 8:20 > Brioude 9:20, ranks 10 to 40."""
    if request.param == "published":
        return compiled(published("rt-stop-sequence"))
    return compiled(write(tmp_path / "feed.zip", stop_times=LOOP))


def by_rank(loop, **stop):
    update = TripUpdate("T1", LOOP_DAY, "", "scheduled", (StopUpdate(**stop),))
    return with_updates(loop, [update], today=LOOP_DAY)


def test_the_rank_tells_the_second_pass_from_the_first(loop):
    """Half an hour late from the second pass at Le Puy: 8:00 on time, then 8:50, 9:50."""
    tt, applied = by_rank(loop, stop_id="S1", sequence=30, departure_delay_s=1800)
    assert arrivals(tt, "S1", "8:00", LOOP_DAY)["S2"] == "8:10"
    assert arrivals(tt, "S1", "8:30", LOOP_DAY)["S3"] == "9:50"
    assert applied == Applied(changed=1)


def test_a_rank_alone_is_enough(loop):
    tt, applied = by_rank(loop, stop_id="", sequence=10, departure_delay_s=600)
    assert arrivals(tt, "S1", "8:05", LOOP_DAY)["S2"] == "8:20"
    assert applied == Applied(changed=1)


def test_a_pass_is_skipped_by_its_rank(loop):
    """Without the pass of 8:20, one who comes at 8:05 has missed the run."""
    tt, applied = by_rank(loop, stop_id="", sequence=30, skipped=True)
    assert arrivals(tt, "S1", "8:00", LOOP_DAY)["S3"] == "9:20"
    assert "S3" not in arrivals(tt, "S1", "8:05", LOOP_DAY)
    assert applied == Applied(changed=1, skipped_stops=1)


def test_a_rank_that_the_trip_does_not_have_changes_nothing_and_is_counted(loop):
    tt, applied = by_rank(loop, stop_id="", sequence=25, departure_delay_s=600)
    assert arrivals(tt, "S1", "8:00", LOOP_DAY) == arrivals(loop, "S1", "8:00", LOOP_DAY)
    assert applied == Applied(unknown_stops=1)


@pytest.mark.parametrize("source", ["drawn", "published"])
def test_a_message_by_rank_is_read_whole(tmp_path, source):
    """T1 leaves its call of rank 1 ten minutes late, and no stop is named."""
    if source == "published":
        data = published("rt-stop-sequence", "b.pb").read_bytes()
    else:
        data = message(made_at=SEVEN, on=LOOP_DAY, late_s={"T1": (1, 600)})
    tt, applied = with_updates(
        compiled(write(tmp_path / "feed.zip")), read_realtime(data).trips, today=LOOP_DAY
    )
    assert arrivals(tt, "S1", "8:10", LOOP_DAY)["S3"] == "9:30"
    assert applied == Applied(changed=1)


def test_ranks_of_two_trips_of_one_vehicle_do_not_mix():
    """t0 (ranks 1, 2) goes on as t1 (ranks 1, 2): the last call of t0 is its rank 2."""
    line = draw("A 7:00 > B 7:10", "B 7:15 > C 7:30", blocks={0: "v", 1: "v"})
    update = TripUpdate(
        "t0", MONDAY, "", "scheduled", (StopUpdate("", arrival_delay_s=240, sequence=2),)
    )
    tt, applied = with_updates(line, [update], today=MONDAY)
    assert arrivals(tt, "A", "6:50") == {"A": "6:50", "B": "7:14", "C": "7:30"}
    assert applied == Applied(changed=1)


# -- of one feed among several ----------------------------------------------------------------

OTHER = {
    "stops": "stop_id,stop_name,stop_lat,stop_lon\nX1,Ambert,45.55,3.74\nX2,Arlanc,45.41,3.72\n",
    "routes": "route_id,agency_id,route_short_name,route_long_name,route_type\n"
    "R9,A,N9,Ambert - Arlanc,3\n",
    "trips": "route_id,service_id,trip_id\nR9,WK,T1\n",
    "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "T1,07:00:00,07:00:00,X1,1\nT1,07:30:00,07:30:00,X2,2\n",
}


@pytest.mark.parametrize("source", ["drawn", "published"])
def test_a_trip_is_cancelled_in_its_feed_and_in_no_other(source, tmp_path):
    if source == "published":
        case = "rt-two-feeds-same-trip-id"
        paths = published(case, "feed1.zip"), published(case, "feed2.zip")
        updates = read_realtime(published(case, "feed2-cancel.pb").read_bytes()).trips
    else:
        paths = write(tmp_path / "1.zip"), write(tmp_path / "2.zip", **OTHER)
        updates = [cancelled("T1", on=LOOP_DAY)]
    tt, applied = with_updates(compiled(*paths), updates, today=LOOP_DAY, feed=1)
    assert applied == Applied(cancelled=1)
    assert arrivals(tt, "S1", "7:50", LOOP_DAY)["S3"] == "9:20"
    assert "X2" not in arrivals(tt, "X1", "6:50", LOOP_DAY)


def test_stops_of_the_second_feed_are_known_by_their_own_ids(tmp_path):
    """Both feeds have a stop S1 and a trip T1: those of the second are late by ten minutes."""
    agency = FILES["agency"].replace("Cars A", "Cars B")
    # At half past, so that they are not the trips of the first.
    half_past = FILES["stop_times"].replace("08:00:00", "08:30:00")
    second = write(tmp_path / "2.zip", agency=agency, stop_times=half_past)
    tt = compiled(write(tmp_path / "1.zip"), second)
    update = TripUpdate("T1", LOOP_DAY, "", "scheduled", (StopUpdate("S1", departure_delay_s=600),))
    late_tt, applied = with_updates(tt, [update], today=LOOP_DAY, feed=1)
    assert applied == Applied(changed=1)
    runs = late_tt.arrays
    on_day = runs["services"][runs["trip_service"], (LOOP_DAY - late_tt.start).days + 1]
    leaves = {
        (late_tt.trip_ids[source], at_s // 60 - 480)
        for source, at_s, runs_today in zip(
            runs["trip_source"], runs["departure_s"][runs["trip_events"]], on_day, strict=True
        )
        if runs_today and at_s < 9 * 3600
    }
    assert leaves == {("T1", 0), ("2:T1", 40)}
