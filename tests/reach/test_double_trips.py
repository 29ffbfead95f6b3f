"""The trips of two feeds that are one: told, shown once, and no connection lost."""

import random

from le_puy_brioude import BRIOUDE, FILES, LE_PUY, MONDAY, codes, compiled, write

from traitdunion import reach
from traitdunion.reach.realtime import Applied, StopUpdate, TripUpdate, with_updates

TUESDAY = MONDAY.replace(day=24)
THAT_DAY = reach.Limits(service_days=(0,))


def renamed(text, prefix):
    """The same file with ids of its own, its stops some ten metres away."""
    return (
        text.replace("S1", f"{prefix}1").replace("S2", f"{prefix}2").replace("S3", f"{prefix}3")
        .replace("45.0430", "45.0431").replace("45.1000", "45.1001").replace("45.2940", "45.2941")
    )  # fmt: skip


def railway(path, **changed):
    """The coach as the railway publishes it: other ids, other agency."""
    files = {
        "agency": FILES["agency"].replace("Cars A", "SNCF"),
        "stops": renamed(FILES["stops"], "X"),
        "stop_times": renamed(FILES["stop_times"], "X"),
        "routes": FILES["routes"].replace("L1", "Car TER"),
    }
    return write(path, **(files | changed))


def rides(tt):
    when = reach.When(TUESDAY, depart_s=7 * 3600, window_s=7200)
    journeys = reach.journeys(tt, LE_PUY, BRIOUDE, when, limits=THAT_DAY)
    return [leg for journey in journeys for leg in journey.legs if leg.kind == "ride"]


def running(tt, on=TUESDAY):
    """Agencies of the trips that run on a day."""
    a = tt.arrays
    runs = a["services"][a["trip_service"], (on - tt.start).days + 1]
    return sorted(tt.trip_names(int(source)).agency for source in a["trip_source"][runs])


def test_the_same_coach_in_two_feeds_runs_once_and_is_told(tmp_path):
    tt = compiled(write(tmp_path / "region.zip"), railway(tmp_path / "sncf.zip"))
    assert running(tt) == ["Cars A", "Cars A"]
    assert [ride.agency for ride in rides(tt)] == ["Cars A"]
    (double,) = [finding for finding in tt.report.findings if finding.code == "double_trip"]
    assert "2 course(s) de la ligne « Car TER » (SNCF)" in double.message
    assert "« L1 » (Cars A)" in double.message


def test_the_edition_with_more_calls_stays(tmp_path):
    """The railway names only the ends of the coach."""
    ends = "".join(
        line + "\n" for line in renamed(FILES["stop_times"], "X").splitlines() if "X2" not in line
    )
    railways = railway(tmp_path / "sncf.zip", stop_times=ends)
    for paths in (
        (railways, write(tmp_path / "region.zip")),
        (write(tmp_path / "region.zip"), railways),
    ):
        assert running(compiled(*paths)) == ["Cars A", "Cars A"]


def test_a_double_still_runs_on_its_other_days(tmp_path):
    """The railway's runs on Saturdays too."""
    every_day = FILES["calendar"].replace("1,1,1,1,1,0,0", "1,1,1,1,1,1,0")
    tt = compiled(write(tmp_path / "region.zip"), railway(tmp_path / "s.zip", calendar=every_day))
    assert running(tt) == ["Cars A", "Cars A"]
    assert running(tt, MONDAY.replace(day=28)) == ["SNCF", "SNCF"]


def test_coaches_a_minute_apart_are_two(tmp_path):
    times = renamed(FILES["stop_times"], "X").replace("08:00:00", "08:01:00")
    tt = compiled(write(tmp_path / "region.zip"), railway(tmp_path / "s.zip", stop_times=times))
    # The one of 8:01 is another; the one of 17:00 is the same.
    assert running(tt) == ["Cars A", "Cars A", "SNCF"]


def test_real_time_of_the_double_holds_for_the_trip_that_stands_for_it(tmp_path):
    """The railway numbers its calls otherwise, and names its own stops."""
    times = renamed(FILES["stop_times"], "X").replace(",X1,1\n", ",X1,0\n")
    tt = compiled(write(tmp_path / "region.zip"), railway(tmp_path / "s.zip", stop_times=times))
    late = TripUpdate(
        "T1", TUESDAY, "", "scheduled", (StopUpdate("X1", departure_delay_s=600, sequence=0),)
    )
    delayed, applied = with_updates(tt, [late], today=TUESDAY, feed=1)
    assert applied == Applied(changed=1)
    assert [ride.departure_s for ride in rides(delayed)] == [8 * 3600 + 600]
    gone = TripUpdate("T1", TUESDAY, "", "cancelled", ())
    without, applied = with_updates(tt, [gone], today=TUESDAY, feed=1)
    assert applied == Applied(cancelled=1)
    assert rides(without) == []


def test_a_train_at_the_hours_of_a_coach_is_not_the_coach(tmp_path):
    routes = FILES["routes"].replace(",3\n", ",2\n")
    tt = compiled(write(tmp_path / "region.zip"), railway(tmp_path / "s.zip", routes=routes))
    assert running(tt) == ["Cars A", "Cars A", "SNCF", "SNCF"]


def test_the_same_hours_elsewhere_are_two(tmp_path):
    stops = renamed(FILES["stops"], "X").replace("45.1001", "45.2001")
    tt = compiled(write(tmp_path / "region.zip"), railway(tmp_path / "s.zip", stops=stops))
    assert running(tt) == ["Cars A", "Cars A", "SNCF", "SNCF"]
    assert "double_trip" not in codes(tt)


# -- two feeds that overlap, against one merged by hand ----------------------------------------


def lines_of_a_country(rng, n_stops=24, n_lines=20):
    """Lines through random stops, trips at random; all leave at tens and arrive at fives."""
    lines = []
    for _ in range(n_lines):
        calls = rng.sample(range(n_stops), rng.randint(3, 5))
        starts = rng.sample(range(6 * 60, 18 * 60, 10), 6)
        lines.append([[(stop, start + 20 * i) for i, stop in enumerate(calls)] for start in starts])
    return lines


def feed_of(path, lines, numbers, *, prefix, n_stops=24, shift=0.0):
    stops = "".join(
        f"{prefix}{i},Arrêt {i},{45 + (i // 6) * 0.05 + shift},{3 + (i % 6) * 0.07}\n"
        for i in range(n_stops)
    )
    trips, times = "", ""
    for number in numbers:
        for turn, calls in enumerate(lines[number]):
            trip = f"{prefix}{number}-{turn}"
            trips += f"{prefix}{number},WK,{trip}\n"
            for rank, (stop, minute) in enumerate(calls):
                arrival, departure = minute - 5, minute
                clock = [f"{m // 60:02}:{m % 60:02}:00" for m in (arrival, departure)]
                times += f"{trip},{clock[0]},{clock[1]},{prefix}{stop},{rank}\n"
    return write(
        path,
        stops="stop_id,stop_name,stop_lat,stop_lon\n" + stops,
        routes="route_id,agency_id,route_short_name,route_type\n"
        + "".join(f"{prefix}{n},A,{n},3\n" for n in numbers),
        trips="route_id,service_id,trip_id\n" + trips,
        stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence\n" + times,
    )


def arrivals(tt, origin, depart_s, n_stops=24):
    """Earliest arrival at each place, from all the stops of a place."""
    names = tt.stops["name"].to_list()
    starts = [row for row, name in enumerate(names) if name == f"Arrêt {origin}"]
    arrival_times = reach.earliest_arrivals(
        tt, (starts, [0] * len(starts)), depart_s, on=TUESDAY, limits=THAT_DAY
    )
    best = {}
    for row, name in enumerate(names):
        best[name] = min(best.get(name, reach.UNREACHED), int(arrival_times[row]))
    return best


def test_two_feeds_that_overlap_answer_as_one_merged_by_hand(tmp_path):
    """24 × 24 places, at three hours: 1,728 pairs, equal but for the seconds of a short walk."""
    lines = lines_of_a_country(random.Random(43))
    timetable = compiled(feed_of(tmp_path / "one.zip", lines, range(20), prefix="M"))
    first = feed_of(tmp_path / "a.zip", lines, range(14), prefix="A")
    second = feed_of(tmp_path / "b.zip", lines, range(7, 20), prefix="B", shift=0.0001)
    two = compiled(first, second)
    assert len(running(two)) == len(running(timetable)) == 120
    compared = 0
    for origin in range(24):
        for depart_s in (6 * 3600, 9 * 3600, 13 * 3600):
            expected = arrivals(timetable, origin, depart_s)
            arrivals_here = arrivals(two, origin, depart_s)
            # Eleven metres between the two stops of a place are walked in twelve seconds.
            assert {n: s // 300 for n, s in arrivals_here.items()} == {
                n: s // 300 for n, s in expected.items()
            }
            compared += len(expected)
    assert compared >= 1_000
