"""Drivers' daily trips and shuttles, as services that keep their hours within a tolerance."""

from datetime import timedelta

import pytest
from draw import MONDAY, at, draw
from draw_on_demand import KM, point, stops

from traitdunion import reach

ASKED = reach.Modes(on_demand=reach.OnDemand())
THAT_DAY = reach.Limits(service_days=(0,))
WEEK = frozenset(MONDAY + timedelta(day) for day in range(5))


def trip(*meetings, tolerance_s=0, runs=WEEK, **more):
    named = [reach.Meeting(name, point(metres), at(hour)) for name, metres, hour in meetings]
    return reach.RegularTrip("t", "Ligne", "Conducteurs", tuple(named), runs, tolerance_s, **more)


OUT = trip(("Bourg", 2_600, "7:00"), ("Aire", 13_000, "7:15"), ("Ville", 30 * KM, "7:40"))


def road(*trips, lines=("A 8:00 > B 8:30",)):
    tt = draw(*lines, places=stops(A=100 * KM, B=120 * KM))
    return reach.with_regular_trips(tt, trips)


def told(tt, a, b, *, on=MONDAY, **moment):
    moment = {key: at(value) for key, value in moment.items()}
    journeys = reach.journeys(
        tt, point(a), point(b), reach.When(on, **moment), modes=ASKED, limits=THAT_DAY
    )
    return [[(leg.kind, leg.departure_s, leg.arrival_s) for leg in j.legs] for j in journeys]


def test_one_walks_to_the_meeting_place_and_leaves_at_its_hour():
    # 500 m to the place, 520 s; 500 m from the last one.
    assert told(road(OUT), 2_100, 30_500, arrive_s="8:00") == [
        [
            ("walk", at("7:00") - 520, at("7:00")),
            ("on_demand", at("7:00"), at("7:40")),
            ("walk", at("7:40"), at("7:40") + 520),
        ]
    ]
    assert told(road(OUT), 2_100, 30_500, depart_s="6:51:21") == []


def test_one_gets_on_along_the_way_and_never_backwards():
    assert told(road(OUT), 13_000, 30_000, arrive_s="8:00") == [
        [("on_demand", at("7:15"), at("7:40"))]
    ]
    assert told(road(OUT), 30_000, 13_000, depart_s="6:00") == []


def test_a_tolerance_moves_the_whole_trip():
    tt = road(trip(("Bourg", 2_600, "7:00"), ("Ville", 30 * KM, "7:40"), tolerance_s=600))
    assert told(tt, 2_600, 30_000, depart_s="6:00") == [[("on_demand", at("6:50"), at("7:30"))]]
    assert told(tt, 2_600, 30_000, arrive_s="9:00") == [[("on_demand", at("7:10"), at("7:50"))]]
    assert told(tt, 2_600, 30_000, arrive_s="7:35") == [[("on_demand", at("6:55"), at("7:35"))]]
    assert told(tt, 2_600, 30_000, depart_s="7:10:01") == []


def test_a_line_beside_the_meeting_place_is_changed_to():
    # The stop A stands 260 m from the last meeting place.
    tt = reach.with_regular_trips(draw("A 8:00 > B 8:30", places=stops(A=30_260, B=60 * KM)), [OUT])
    assert told(tt, 2_600, 60_000, arrive_s="9:00") == [
        [("on_demand", at("7:00"), at("7:40")), ("ride", at("8:00"), at("8:30"))]
    ]


def test_it_runs_on_its_dates_alone():
    tt = road(trip(("Bourg", 2_600, "7:00"), ("Ville", 30 * KM, "7:40"), runs={MONDAY}))
    assert told(tt, 2_600, 30_000, arrive_s="8:00")
    assert not told(tt, 2_600, 30_000, on=MONDAY + timedelta(1), arrive_s="8:00")


def test_its_legs_bear_its_names():
    (journey,) = reach.journeys(
        road(OUT), point(2_600), point(30_000), reach.When(MONDAY, arrive_s=at("8:00")),
        modes=ASKED, limits=THAT_DAY,
    )  # fmt: skip
    (leg,) = journey.legs
    assert (leg.from_name, leg.to_name) == ("Bourg", "Ville")
    assert (leg.route_name, leg.agency, leg.route_type) == ("Ligne", "Conducteurs", reach.CARPOOL)
    assert leg.booking is None


def test_what_the_timetable_had_stays_as_it_was():
    tt = road()
    added = reach.with_regular_trips(tt, [OUT])
    assert reach.with_regular_trips(tt, []) is tt
    assert added.n_stops == tt.n_stops + 3
    assert added.stops["name"].to_list() == ["A", "B", "Bourg", "Aire", "Ville"]
    here, there = tt.stop_index("A"), tt.stop_index("B")
    for timetable in (tt, added):
        assert reach.earliest_arrivals(timetable, here, at("7:30"), on=MONDAY)[there] == at("8:30")


@pytest.mark.parametrize(
    ("meetings", "tolerance_s"),
    [
        ([("Bourg", 0, "7:00")], 0),
        ([("Bourg", 0, "7:00"), ("Ville", 10, "6:59")], 0),
        ([("Bourg", 0, "7:00"), ("Ville", 10, "7:10")], -1),
    ],
)
def test_an_impossible_trip_is_refused(meetings, tolerance_s):
    with pytest.raises(ValueError, match="trip 't'"):
        trip(*meetings, tolerance_s=tolerance_s)


def test_a_driver_and_a_line_are_changed_with_five_minutes_to_spare():
    # 7:40 at the latest hour of the tolerance: the 7:40 is not promised, nor the 7:44; the 7:45 is.
    flexible = trip(("Bourg", 2_600, "7:00"), ("Ville", 30 * KM, "7:30"), tolerance_s=600)

    def out(*lines):
        tt = reach.with_regular_trips(draw(*lines, places=stops(A=30 * KM, B=60 * KM)), [flexible])
        return told(tt, 2_600, 60_000, depart_s="7:08")

    assert out("A 7:40 > B 8:00", "A 7:42:59 > B 8:00") == []
    assert out("A 7:45 > B 8:05") == [
        [("on_demand", at("7:10"), at("7:40")), ("ride", at("7:45"), at("8:05"))]
    ]


def test_a_driver_is_met_five_minutes_after_the_line():
    back = trip(("Ville", 30 * KM, "17:00"), ("Bourg", 2_600, "17:30"), tolerance_s=600)

    def home(*lines):
        tt = reach.with_regular_trips(draw(*lines, places=stops(A=30 * KM, B=60 * KM)), [back])
        return told(tt, 60_000, 2_600, depart_s="16:00")

    assert home("B 16:30 > A 17:05:01") == []
    assert home("B 16:30 > A 17:05") == [
        [("ride", at("16:30"), at("17:05")), ("on_demand", at("17:10"), at("17:40"))]
    ]
