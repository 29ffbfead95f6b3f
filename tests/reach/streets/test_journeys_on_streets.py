"""Journeys whose walks and rides to the stops follow streets; what is computed, what estimated."""

import numpy as np
from draw import MONDAY, at
from draw import draw as draw_timetable
from drawn_relief import climbing, raster
from street_world import ROAD, draw, over

from traitdunion import reach
from traitdunion.reach import Commute, Mode, Shift
from traitdunion.reach.streets.importing import import_extract

# Home H and the stop A are two blocks apart as the crow flies, six by the street; the line goes
# from A to B, and work W is one block beyond.
PLACES = {"H": (0, 0), "K": (0, 2), "L": (2, 2), "A": (2, 0), "B": (40, 0), "W": (41, 0)}
WAYS = [f"H K L A {ROAD}", "A B route=ferry duration=9:00", f"B W {ROAD}"]
BIKE = Mode("bike", speed_kmh=13, max_m=5_000)


def world(tmp_path, *trips, elevation=None, places=PLACES, ways=WAYS):
    """A timetable whose stops are places of the map, and the streets."""
    drawn = draw(tmp_path, places, *ways)
    tt = draw_timetable(*trips, walks={})
    points = [drawn.point(name) for name in tt.stops["name"]]
    lat, lon = np.array(points).T
    tt = reach.Timetable(tt.header, tt.arrays | {"stop_lat": lat, "stop_lon": lon})
    return drawn, tt, over(import_extract(drawn.path, elevation=elevation), *points)


def test_walks_to_and_from_the_stops_follow_the_streets(tmp_path):
    drawn, tt, streets = world(tmp_path, "A 8:00 > B 8:30")
    (journey,) = reach.journeys(
        tt, drawn.point("H"), drawn.point("W"), reach.When(MONDAY, arrive_s=at("9:00")),
        streets=streets,
    )  # fmt: skip
    assert [leg.kind for leg in journey.legs] == ["walk", "ride", "walk"]
    # Six blocks of 80 s to the stop, one from it.
    assert (journey.departure_s, journey.arrival_s) == (at("7:52"), at("8:31:20"))
    assert [round(leg.distance_m or 0) for leg in journey.legs] == [600, 0, 100]
    assert not journey.estimated


def test_a_stop_off_the_map_leaves_the_journey_estimated(tmp_path):
    # The road ends 700 m short of the stop A: reached by the detour model.
    places = {"H": (0, 0), "K": (5, 0), "A": (12, 0), "B": (40, 0), "W": (41, 0), "Z": (150, 0)}
    drawn, tt, streets = world(
        tmp_path, "A 8:00 > B 8:30", places=places, ways=[f"H K {ROAD}", f"B W Z {ROAD}"]
    )
    (journey,) = reach.journeys(
        tt, drawn.point("H"), drawn.point("W"), reach.When(MONDAY, arrive_s=at("9:00")),
        streets=streets,
    )  # fmt: skip
    assert [leg.estimated for leg in journey.legs] == [True, False, False]


def test_a_bicycle_left_at_the_stop_climbs_home_slower(tmp_path):
    # From home H down 10 blocks at 5 % to the stop A, and up again in the evening: 188 s, 338 s.
    places = {"A": (0, 0), "H": (10, 0), "B": (60, 0), "W": (60, 1)}
    ways = [f"A H {ROAD}", f"H B {ROAD}", f"B W {ROAD}"]
    elevation = raster(tmp_path / "relief.tif", climbing(5))
    drawn, tt, streets = world(
        tmp_path, "A 7:00 > B 7:30", "B 17:00 > A 17:30", elevation=elevation, places=places,
        ways=ways,
    )  # fmt: skip
    near = Mode("bike", speed_kmh=13, max_m=1_500)
    week = reach.there_and_back(
        tt, drawn.point("H"), drawn.point("W"), Shift(at("8:00"), at("16:30"), frozenset({0})),
        week=MONDAY, commute=Commute(home_vehicle=near), streets=streets,
    )  # fmt: skip
    (day,) = week.days
    assert day.feasible
    assert (day.out.legs[0].kind, day.out.legs[0].duration_s) == ("bike", 188)
    assert (day.back.legs[-1].kind, day.back.legs[-1].duration_s) == ("bike", 338)
    assert not day.out.estimated
    # Lent at work: down from W to no stop but B on the level, a block each way.
    lent = Mode("bike", speed_kmh=13, max_m=150)
    week = reach.there_and_back(
        tt, drawn.point("A"), drawn.point("W"), Shift(at("8:00"), at("16:30"), frozenset({0})),
        week=MONDAY, commute=Commute(work_vehicle=lent), streets=streets,
    )  # fmt: skip
    (day,) = week.days
    assert [leg.kind for leg in day.out.legs] == ["ride", "bike"]
    assert (day.out.legs[-1].duration_s, day.back.legs[0].duration_s) == (23, 23)
    assert not any(leg.estimated for leg in (*day.out.legs, *day.back.legs))


def test_the_matrix_walks_along_the_streets(tmp_path):
    drawn, tt, streets = world(tmp_path, "A 8:00 > B 8:30")
    times = reach.matrix(
        tt, [drawn.point("H")], [drawn.point("A"), drawn.point("W")],
        reach.Departures(MONDAY, [at("7:52")]), streets=streets,
    )  # fmt: skip
    assert times[0, :, 0].tolist() == [480, 480 + 1800 + 80]


def test_the_whole_way_by_street_differs_there_and_back(tmp_path):
    places = {"A": (0, 0), "H": (10, 0), "B": (60, 0), "W": (60, 1)}
    elevation = raster(tmp_path / "relief.tif", climbing(5))
    drawn, tt, streets = world(
        tmp_path, "A 7:00 > B 7:30", elevation=elevation, places=places,
        ways=[f"A H {ROAD}", f"H B {ROAD}", f"B W {ROAD}"],
    )  # fmt: skip
    week = reach.by_street(
        tt, drawn.point("H"), drawn.point("A"), Shift(at("8:00"), at("16:30"), frozenset({0})),
        BIKE, week=MONDAY, streets=streets,
    )  # fmt: skip
    (day,) = week.days
    assert (day.out.duration_s, day.back.duration_s) == (188, 338)
