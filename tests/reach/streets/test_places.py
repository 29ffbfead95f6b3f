"""Where places lie: on the nearest street, part of the way along; far from any, or off the map."""

import numpy as np
import pytest
from street_world import CAR, MOPED, ROAD, WALK, draw, over

from traitdunion.reach import Mode, Point, places
from traitdunion.reach.streets.importing import import_extract

LINE = {"A": (0, 0), "B": (10, 0)}


@pytest.fixture
def line(tmp_path):
    """One kilometre of road, from west to east."""
    return draw(tmp_path, LINE, f"A B {ROAD}")


def test_two_places_on_one_street_go_straight(line):
    assert line.seconds((2, 0), (5, 0), WALK) == 240
    assert line.seconds((5, 0), (2, 0), WALK) == 240
    assert line.metres((5, 0), (2, 0), CAR) == 300
    assert line.seconds((2, 0), (2, 0), WALK) == 0


def test_a_place_beside_a_street_is_joined_on_foot(line):
    # 50 m to the street at 4.5 km/h, 40 s; 200 m by car at 36 km/h, 20 s; 100 m on foot, 80 s.
    assert line.seconds((2, 0.5), (4, 1), CAR) == 40 + 20 + 80
    assert line.metres((2, 0.5), (4, 1), CAR) == 350


def test_a_one_way_street_is_gone_round_even_to_a_place_just_behind(tmp_path):
    square = {"A": (0, 0), "B": (1, 0), "C": (1, 1), "D": (0, 1)}
    world = draw(tmp_path, square, f"A B C D A {ROAD} oneway=yes")
    assert world.seconds((0.2, 0), (0.8, 0), CAR) == 6
    assert world.seconds((0.8, 0), (0.2, 0), CAR) == 34  # 340 m of the 400 m of the round


def test_a_loop_is_gone_the_shorter_way(tmp_path):
    # The loop hangs on A by one junction: a street from A to A.
    loop = {"Z": (-1, 0), "A": (0, 0), "B": (1, 0), "C": (1, 1), "D": (0, 1)}
    world = draw(tmp_path, loop, f"Z A {ROAD}", f"A B C D A {ROAD}")
    assert world.seconds("Z", (0, 0.5), WALK) == 80 + 40
    assert world.seconds("Z", (0.5, 0), WALK) == 80 + 40
    assert world.seconds((0, 0.5), (0.5, 0), WALK) == 80


def test_the_way_is_drawn_along_the_streets(tmp_path):
    world = draw(tmp_path, {"A": (0, 0), "M": (1, 0), "B": (1, 1), "C": (2, 1)}, f"A M B C {ROAD}")
    leg = world.streets().between(world.point((0.5, 0)), world.point((1.5, 1.25)), WALK)
    corners = [(0.5, 0), (0.5, 0), (1, 0), (1, 1), (1.5, 1), (1.5, 1.25)]
    assert not leg.estimated
    np.testing.assert_allclose(leg.points, [world.point(c) for c in corners], atol=1.1e-7)
    back = world.streets().between(world.point((1.5, 1.25)), world.point((0.5, 0)), WALK)
    np.testing.assert_allclose(back.points, leg.points[::-1], atol=1.1e-7)


def test_stops_within_reach_both_ways(tmp_path):
    # A one-way round of 24 blocks: ten east, two north, ten back west, two south.
    corners = {"A": (0, 0), "B": (10, 0), "C": (10, 2), "D": (0, 2)}
    world = draw(tmp_path, corners, f"A B C D A {ROAD} oneway=yes")
    streets = world.streets((2, 0), (7, 0), (9, 0))
    here = world.point((5, 0))
    out, back = streets.stops_around(here, CAR), streets.stops_around(here, CAR, towards=True)
    assert (out.stops.tolist(), back.stops.tolist()) == ([0, 1, 2], [0, 1, 2])
    assert out.seconds.tolist() == [210, 20, 40]
    assert back.seconds.tolist() == [30, 220, 200]
    assert out.metres.round().tolist() == [2100, 200, 400]
    assert not out.estimated.any()


def test_the_limit_of_a_mode_is_in_metres_of_street(line):
    streets = line.streets((2, 0), (6, 0), (6, 0.5))
    near = streets.stops_around(line.point("A"), Mode("walk", 4.5, max_m=600))
    assert near.stops.tolist() == [0, 1]  # 600 m, and 650 m with the way to the third
    assert streets.between(line.point("A"), line.point((6, 0)), Mode("walk", 4.5, 599)) is None
    assert streets.between(line.point("A"), line.point((6, 0)), Mode("walk", 4.5, 600)).metres > 599


def test_fixed_time_and_speed_of_a_mode_count(line):
    slow = Mode("bike", speed_kmh=9, max_m=5_000, fixed_s=120)
    assert line.seconds((1, 0), (3, 0), slow) == 120 + 80  # 200 m at 9 km/h
    keen = Mode("car", speed_kmh=104, max_m=5_000)  # twice the usual car
    assert line.seconds((1, 0), (5, 0), keen) == 20


def test_a_place_far_from_any_street_says_so(tmp_path):
    # Streets all round, six blocks from the middle at the nearest: a moor.
    frame = {"A": (-6, -6), "B": (6, -6), "C": (6, 6), "D": (-6, 6)}
    world = draw(tmp_path, frame, f"A B C D A {ROAD}")
    streets = world.streets("A")
    moor, lane = world.point((0, 0)), world.point((2, -6))
    assert streets.why_off(moor, WALK) == "à plus de 500 m de toute rue praticable"
    assert streets.why_off(lane, WALK) is None
    assert len(streets.stops_around(moor, WALK).stops) == 0
    assert streets.between(lane, moor, WALK) is None
    assert streets.between(moor, lane, WALK) is None


def test_a_place_by_a_street_closed_to_the_mode_says_so(tmp_path):
    # Footpaths all round and through the middle; the only road runs far to the south.
    frame = {"A": (-20, -20), "B": (20, -20), "C": (20, 20), "D": (-20, 20), "M": (0, 0)}
    world = draw(tmp_path, frame, "B C D A highway=footway", "A M C highway=footway", f"A B {ROAD}")
    streets = world.streets()
    assert streets.why_off(world.point("M"), WALK) is None
    assert streets.why_off(world.point("M"), CAR) == "à plus de 500 m de toute rue praticable"


def test_outside_the_extract_ways_are_estimated(line):
    streets = line.streets((2, 0), (200, 0))
    outside = line.point((200, 1))
    guessed = streets.stops_around(outside, WALK)
    assert (guessed.stops.tolist(), guessed.estimated.tolist()) == ([0, 1], [True, True])
    assert streets.why_off(outside, WALK) is None
    leg = streets.between(line.point("A"), outside, WALK)
    assert leg.estimated
    assert leg.metres == pytest.approx(1.3 * 20_000, rel=1e-3)  # the detour model


def test_stops_outside_the_extract_are_estimated_from_within(line):
    streets = line.streets((2, 0), (17, 0))  # 700 m past the end of the road
    near = streets.stops_around(line.point("A"), WALK)
    assert near.stops.tolist() == [0, 1]
    assert near.estimated.tolist() == [False, True]
    assert near.seconds.tolist() == [160, 1768]  # 1,700 m × 1.3 × 0.8 s


def test_a_mode_without_streets_is_estimated(line):
    raft = Mode("raft", speed_kmh=3.6, max_m=5_000)
    leg = line.streets().between(line.point("A"), line.point("B"), raft)
    assert leg.estimated
    assert leg.seconds == 1300


def test_one_does_not_join_a_motorway_from_the_fields(tmp_path):
    # The motorway passes nearer, but the place is tied to the road.
    world = draw(
        tmp_path, {"A": (0, 0), "B": (10, 0), "C": (10, 3), "D": (0, 3)},
        "A B highway=motorway", f"B C {ROAD}", f"C D {ROAD}", f"D A {ROAD}",
    )  # fmt: skip
    assert world.seconds((5, 1), (6, 3), CAR) == 160 + 10  # 200 m on foot to the road
    assert world.seconds((5, 1), (6, 3), MOPED) == 160 + 10


def test_islands_are_not_places_to_start_from(tmp_path):
    # A block of private lanes, cut off, is nearer than the road: one starts from the road.
    world = draw(
        tmp_path,
        {"A": (0, 0), "B": (10, 0), "E": (4, 1), "F": (6, 1)},
        f"A B {ROAD}",
        f"E F {ROAD}",
    )
    report = world.streets().map.report
    assert world.seconds((5, 1), (8, 0), CAR) == 80 + 30
    assert report.components_removed == {"walk": 1, "bike": 1, "car": 1}
    assert {name: round(km, 1) for name, km in report.removed_km.items()} == {
        "walk": 0.2, "bike": 0.2, "car": 0.2,
    }  # fmt: skip
    assert "En voiture : 2 nœuds, 2 arcs, morceaux à l'écart du réseau : 1 (0 km)." in (
        report.lines()
    )


def test_a_lane_one_cannot_leave_again_is_no_place_to_start_from(tmp_path):
    # One may drive in from A to E but never out.
    world = draw(
        tmp_path, {"A": (0, 0), "B": (10, 0), "E": (0, 2)}, f"A B {ROAD}", f"A E {ROAD} oneway=yes"
    )
    assert world.seconds((0, 1), (1, 0), CAR) == 80 + 10
    assert world.seconds((1, 0), (0, 1), CAR) == 10 + 80
    assert world.seconds((0, 1), (1, 0), WALK) == 160


def test_a_long_island_is_kept(tmp_path):
    world = draw(
        tmp_path, {"A": (0, 0), "B": (110, 0), "E": (0, 9), "F": (101, 9)},
        f"A B {ROAD}", f"E F {ROAD}",
    )  # fmt: skip
    assert world.seconds((1, 9), (2, 9), WALK) == 80
    assert world.seconds((1, 9), (1, 0), WALK) is None  # no way over the water
    assert world.streets().map.report.components_removed["walk"] == 0


def test_ways_are_cut_at_the_edge_of_the_extract(tmp_path):
    world = draw(
        tmp_path, {"A": (0, 0), "B": (1, 0), "M": (2, 0), "C": (3, 0), "D": (9, 0)},
        f"A B M C D {ROAD}", missing=["M"],
    )  # fmt: skip
    report = world.streets().map.report
    assert (report.ways_read, report.ways_kept, report.ways_cut) == (1, 1, 1)
    assert round(report.streets_km, 1) == 0.7
    assert world.seconds((4, 0), (5, 0), WALK) == 80
    assert world.seconds((0, 0), (4, 0), WALK) == 240 + 80  # tied to the longer piece


def test_the_same_from_the_saved_file(tmp_path, line):
    made = import_extract(line.path)
    made.save(tmp_path / "rues.tds")
    again = type(made).load(tmp_path / "rues.tds")
    a, b = line.point((2, 0)), line.point((5, 0.3))
    assert over(again).between(a, b, CAR) == over(made).between(a, b, CAR)
    assert again.report == made.report
    assert not again.arrays["car_heads"].flags.writeable


def test_the_nearest_street_is_that_of_a_plain_look_at_all_segments(tmp_path):
    rng = np.random.default_rng(43)
    corners = {f"n{i}": tuple(rng.uniform(0, 40, 2)) for i in range(60)}
    ways = [f"n{i} n{i + 1} {ROAD}" for i in range(59)]
    world = draw(tmp_path, corners, *ways)
    streets = world.streets()
    a = streets.map.arrays
    for x, y in rng.uniform(-3, 43, (200, 2)):
        here = world.point((x, y))
        spot = streets._spot(here, WALK)
        segments = [p for f, z in zip(a["first"], a["last"], strict=True) for p in range(f, z)]
        away = min(_segment_m(here, a, p) for p in segments)
        if away > 500:
            assert not hasattr(spot, "gap_mm")
        else:
            assert spot.gap_mm / 1000 == pytest.approx(away, abs=0.01)


def _segment_m(here: Point, arrays, p) -> float:
    """Metres from a point to a segment, by trying a thousand points of it, twice."""
    low, high = 0.0, 1.0
    for _ in range(2):
        t = np.linspace(low, high, 1001)
        lat = (arrays["lat"][p] + t * (float(arrays["lat"][p + 1]) - arrays["lat"][p])) / 1e7
        lon = (arrays["lon"][p] + t * (float(arrays["lon"][p + 1]) - arrays["lon"][p])) / 1e7
        away = places.great_circle_m(here.lat, here.lon, lat, lon)
        best = t[away.argmin()]
        low, high = max(0, best - 0.001), min(1, best + 0.001)
    return float(away.min())
