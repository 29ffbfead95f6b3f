"""Who may pass: lists, directions, "sauf riverains", locks, mopeds, private drives, winter.

Published cases: a straight way of 1 km from node 1 to node 3, a detour of 5 km, ends 6 and 7
300 m beyond, so that both ends of a trip lie on public streets.
"""

from pathlib import Path

import pytest
from street_world import BIKE, CAR, MOPED, ROAD, WALK, draw, over

from traitdunion.reach import Mode, Point
from traitdunion.reach.streets.importing import import_extract

CASES = Path(__file__).parents[4] / "shared" / "cases" / "feeds"
WEST, EAST = Point(45.04, 3.877), Point(45.04, 3.8956)
MOPED_FAR, CAR_FAR, BIKE_FAR, WALK_FAR = (
    Mode(code, speed_kmh=20, max_m=50_000, top_kmh=45 if code == "scooter" else None)
    for code in ("scooter", "car", "bike", "walk")
)

# Six places in a row, a block apart, and a way round of five blocks between B and D: a trip from
# A to E takes 4 blocks straight, 8 by the way round.
ROW = {"A": (0, 0), "B": (1, 0), "C": (2, 0), "D": (3, 0), "E": (4, 0), "F": (1, 2), "G": (3, 2)}
STRAIGHT_M, ROUND_M = 400, 800


def across(tmp_path, tags, mode, *, nodes=None, back=False):
    """Metres from the middle of A-B to that of D-E (or back), B-C-D having these tags."""
    world = draw(
        tmp_path, ROW, f"A B {ROAD}", f"B C D {tags}", f"D E {ROAD}", f"B F G D {ROAD}",
        nodes=nodes or {},
    )  # fmt: skip
    ends = ((0.5, 0), (3.5, 0))
    return world.metres(*(ends[::-1] if back else ends), mode)


STRAIGHT, DETOUR = 300, 700
"""From the middle of A-B: half a block, two straight or six round, half a block."""


@pytest.mark.parametrize(
    ("tags", "mode", "metres"),
    [
        (ROAD, CAR, STRAIGHT),
        # Lists: open if one item opens to everybody, closed where each closes.
        (f"{ROAD} vehicle=private;delivery", CAR, DETOUR),
        (f"{ROAD} vehicle=private;delivery", BIKE, DETOUR),
        (f"{ROAD} vehicle=private;delivery", MOPED, DETOUR),
        (f"{ROAD} vehicle=private;delivery", WALK, STRAIGHT),
        (f"{ROAD} motor_vehicle=agricultural;forestry", CAR, DETOUR),
        (f"{ROAD} motor_vehicle=agricultural;yes", CAR, STRAIGHT),
        ("highway=track tracktype=grade1 motor_vehicle=agricultural;forestry", CAR, DETOUR),
        ("highway=track tracktype=grade1", CAR, STRAIGHT),
        # At the ends of a trip only: nobody passes through.
        (f"{ROAD} motor_vehicle=destination", CAR, DETOUR),
        (f"{ROAD} motor_vehicle=destination", BIKE, STRAIGHT),
        (f"{ROAD} access=private", WALK, DETOUR),
        (f"{ROAD} access=customers", CAR, DETOUR),
        ("highway=track", CAR, DETOUR),
        # Mopeds.
        (f"{ROAD} moped=no", MOPED, DETOUR),
        (f"{ROAD} moped=no", CAR, STRAIGHT),
        ("highway=cycleway moped=designated", MOPED, STRAIGHT),
        ("highway=cycleway moped=designated", CAR, DETOUR),
        ("highway=cycleway", MOPED, DETOUR),
        # Closed for months: not to be counted on all year; by the hour: read as if open.
        (f"{ROAD} motor_vehicle:conditional=no@(Nov-Apr)", CAR, DETOUR),
        (f"{ROAD} motor_vehicle:conditional=no@(Nov-Apr)", WALK, STRAIGHT),
        (f"{ROAD} motor_vehicle:conditional=no@(22:00-06:00)", CAR, STRAIGHT),
    ],
)
def test_a_way_through_is_taken_or_gone_round(tmp_path, tags, mode, metres):
    assert across(tmp_path, tags, mode) == metres


@pytest.mark.parametrize(
    ("tags", "mode", "out_m", "back_m"),
    [
        (f"{ROAD} motor_vehicle:backward=no", CAR, STRAIGHT, DETOUR),
        (f"{ROAD} motor_vehicle:backward=no", BIKE, STRAIGHT, STRAIGHT),
        (f"{ROAD} vehicle:forward=no", BIKE, DETOUR, STRAIGHT),
        (f"{ROAD} oneway=yes bicycle:backward=yes", BIKE, STRAIGHT, STRAIGHT),
        (f"{ROAD} oneway=yes bicycle:backward=yes", CAR, STRAIGHT, DETOUR),
        (f"{ROAD} oneway=yes", BIKE, STRAIGHT, DETOUR),
        (f"{ROAD} access:backward=destination", CAR, DETOUR, DETOUR),
    ],
)
def test_access_may_differ_by_direction(tmp_path, tags, mode, out_m, back_m):
    out = across(tmp_path / "out", tags, mode) if (tmp_path / "out").mkdir() is None else 0
    (tmp_path / "back").mkdir()
    assert (out, across(tmp_path / "back", tags, mode, back=True)) == (out_m, back_m)


@pytest.mark.parametrize(
    ("gate", "mode", "metres"),
    [
        ("barrier=gate", CAR, STRAIGHT),
        ("barrier=gate locked=yes", CAR, DETOUR),
        ("barrier=gate locked=yes", BIKE, DETOUR),
        ("barrier=gate locked=yes", WALK, DETOUR),
        ("barrier=gate locked=yes foot=yes", WALK, STRAIGHT),
        ("barrier=gate motor_vehicle=private;delivery", CAR, DETOUR),
        ("barrier=gate access=private", CAR, DETOUR),
    ],
)
def test_a_gate_across_a_street(tmp_path, gate, mode, metres):
    assert across(tmp_path, ROAD, mode, nodes={"C": gate}) == metres


# -- the ends of a trip -----------------------------------------------------------------------

FARM = {"A": (0, 0), "B": (20, 0), "C": (40, 0), "D": (20, 9), "E": (40, 20), "F": (0, 20)}
ROADS = (f"A B C {ROAD}", f"C E F A {ROAD}")


@pytest.mark.parametrize(
    "drive",
    [
        "highway=service service=driveway access=private",
        "highway=track",
        "highway=residential motor_vehicle=destination",
        "highway=service access=destination",
    ],
)
@pytest.mark.parametrize("mode", [WALK, BIKE, CAR], ids=lambda mode: mode.code)
def test_a_home_up_its_drive_is_left_and_found_again(tmp_path, drive, mode):
    """Nine blocks of drive, then five of road."""
    world = draw(tmp_path, FARM, *ROADS, f"B D {drive}")
    farm, road = (20, 9), (15, 0)
    assert world.metres(farm, road, mode) == 1_400
    assert world.metres(road, farm, mode) == 1_400


def test_a_private_gate_on_a_drive_opens_to_those_who_live_there(tmp_path):
    world = draw(
        tmp_path, FARM | {"G": (20, 1)}, *ROADS, "B G D highway=service",
        nodes={"G": "barrier=gate access=private"},
    )  # fmt: skip
    assert world.metres((20, 9), (15, 0), CAR) == 1_400


def test_two_homes_of_one_private_street_reach_each_other(tmp_path):
    world = draw(tmp_path, FARM, *ROADS, "B D highway=service access=private")
    assert world.metres((20, 8), (20, 5), CAR) == 300


def test_a_public_street_beyond_a_private_one_can_be_left(tmp_path):
    """Its houses are reached by the private street alone: fourteen blocks, and two more."""
    places = FARM | {"H": (22, 9), "I": (22, 11), "J": (20, 11)}
    world = draw(
        tmp_path, places, *ROADS, "B D highway=service access=private", f"D H I J D {ROAD}"
    )
    assert world.metres((22, 9), (15, 0), CAR) == 1_600


def test_an_address_on_a_street_is_not_tied_to_the_drive_beside_it(tmp_path):
    """10 m from the drive and 25 m from the road: the road is taken, as if the drive were not."""
    world = draw(tmp_path, FARM, *ROADS, "B D highway=service access=private")
    near = (20.1, 0.25)
    assert world.metres(near, (25, 0), WALK) == 25 + 490


def test_stops_around_and_ways_one_by_one_agree_on_private_streets(tmp_path):
    world = draw(tmp_path, FARM, *ROADS, "B D highway=service access=private")
    stops = [(20, 9), (15, 0), (20, 5), (40, 10)]
    streets = world.streets(*stops)
    for origin in stops:
        for towards in (False, True):
            around = streets.stops_around(world.point(origin), CAR, towards=towards)
            seconds = dict(zip(around.stops.tolist(), around.seconds.tolist(), strict=True))
            for number, stop in enumerate(stops):
                ends = (stop, origin) if towards else (origin, stop)
                assert seconds[number] == world.seconds(*ends, CAR)


def test_the_report_counts_what_is_for_residents_and_what_depends_on_the_hour(tmp_path):
    world = draw(
        tmp_path, FARM, *ROADS, "B D highway=service access=private",
        f"D E {ROAD} motor_vehicle:conditional=no@(22:00-06:00)",
    )  # fmt: skip
    lines = import_extract(world.path).report.lines()
    assert "Accès selon l'heure ou le véhicule, pas encore pris en compte : 1 voies." in lines
    assert any(line.startswith("Rues privées ou réservées aux riverains") for line in lines)


# -- the published cases ----------------------------------------------------------------------


def case(path, mode, *, back=False):
    """Whether the 1 km of the published case is passed straight, by the metres of the way."""
    file = CASES / path
    if not file.exists():
        pytest.skip("the published cases are not here")
    ends = (EAST, WEST) if back else (WEST, EAST)
    leg = over(import_extract(file), WEST).between(*ends, mode)
    return leg is not None and leg.metres < 2_000


@pytest.mark.parametrize(
    ("path", "closed", "opened"),
    [
        ("osm-access-lists/private-delivery.osm", (CAR_FAR, MOPED_FAR, BIKE_FAR), (WALK_FAR,)),
        ("osm-access-lists/forest-track.osm", (CAR_FAR, MOPED_FAR), (WALK_FAR, BIKE_FAR)),
        ("osm-access-lists/forest-road.osm", (CAR_FAR, MOPED_FAR), (WALK_FAR, BIKE_FAR)),
        ("osm-destination/destination.osm", (CAR_FAR, MOPED_FAR), (WALK_FAR, BIKE_FAR)),
        ("osm-locked-gate/locked.osm", (CAR_FAR, MOPED_FAR, BIKE_FAR, WALK_FAR), ()),
        ("osm-moped/moped-no.osm", (MOPED_FAR,), (CAR_FAR, BIKE_FAR, WALK_FAR)),
    ],
)
def test_published_ways_are_gone_round_by_those_they_close_to(path, closed, opened):
    assert [mode.code for mode in closed if case(path, mode)] == []
    assert [mode.code for mode in opened if not case(path, mode)] == []


def test_a_published_way_is_closed_against_its_nodes():
    path = "osm-directional-access/motor_vehicle_backward.osm"
    assert case(path, CAR_FAR)
    assert not case(path, CAR_FAR, back=True)


def test_the_published_farm_is_reached_and_left():
    file = CASES / "osm-private-drive" / "farm.osm"
    if not file.exists():
        pytest.skip("the published cases are not here")
    farm, road = Point(45.0505, 3.8870), Point(45.04, 3.88)
    streets = over(import_extract(file), farm)
    for mode in (CAR_FAR, BIKE_FAR, WALK_FAR):
        assert streets.why_off(farm, mode) is None
        assert streets.between(farm, road, mode) is not None
        assert streets.between(road, farm, mode) is not None
