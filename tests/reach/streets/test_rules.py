"""What tags let each mode do, by the seconds between two places one can work out by hand."""

import pytest
from street_world import BIKE, CAR, MOPED, ROAD, WALK, draw

from traitdunion.reach.streets import rules

SQUARE = {"A": (0, 0), "B": (1, 0), "C": (1, 1), "D": (0, 1)}
"""A block: from A to B straight takes one side, the other way round three."""
ROUND = "B C D A highway=secondary maxspeed=40"


def sides(tmp_path, tags, mode):
    """Seconds from A to B and back, over a side with these tags or round by plain roads."""
    world = draw(tmp_path, SQUARE, f"A B {tags}", ROUND)
    return world.seconds("A", "B", mode), world.seconds("B", "A", mode)


@pytest.mark.parametrize(
    ("tags", "mode", "out_s", "back_s"),
    [
        # Both ways: a side is 80 s on foot, 20 s by bike, 10 s by car at 36 km/h.
        (ROAD, WALK, 80, 80),
        (ROAD, BIKE, 20, 20),
        (ROAD, CAR, 10, 10),
        # One way: the way back goes round, three sides.
        (f"{ROAD} oneway=yes", CAR, 10, 30),
        (f"{ROAD} oneway=yes", BIKE, 20, 60),
        (f"{ROAD} oneway=yes", WALK, 80, 80),
        (f"{ROAD} oneway=-1", CAR, 30, 10),
        (f"{ROAD} oneway=yes oneway:bicycle=no", BIKE, 20, 20),
        (f"{ROAD} oneway=yes oneway:bicycle=no", CAR, 10, 30),
        (f"{ROAD} oneway=yes cycleway=opposite", BIKE, 20, 20),
        (f"{ROAD} oneway=yes cycleway:left=opposite_lane", BIKE, 20, 20),
        (f"{ROAD} oneway=yes cycleway:left:oneway=-1", BIKE, 20, 20),
        (f"{ROAD} junction=roundabout", CAR, 10, 30),
        (f"{ROAD} junction=roundabout oneway=no", CAR, 10, 10),
        (f"{ROAD} oneway:foot=yes", WALK, 80, 240),
        # A motorway is one way by itself, at 115 km/h or nine tenths of its limit.
        ("highway=motorway maxspeed=100", CAR, 4, 30),  # 100 m at 90 km/h
        ("highway=motorway maxspeed=100", MOPED, 30, 30),
        ("highway=motorway maxspeed=100", BIKE, 60, 60),
        ("highway=motorway maxspeed=100", WALK, 240, 240),
        # A motorroad keeps pedestrians, bicycles and mopeds out, and is no one-way.
        ("highway=trunk maxspeed=100 motorroad=yes", CAR, 4, 4),
        ("highway=primary maxspeed=50 motorroad=yes", MOPED, 30, 30),
        ("highway=primary maxspeed=50 motorroad=yes", BIKE, 60, 60),
        ("highway=primary maxspeed=50 motorroad=yes", WALK, 240, 240),
        # Access: the most particular key decides.
        (f"{ROAD} access=private", WALK, 240, 240),
        (f"{ROAD} access=private", CAR, 30, 30),
        (f"{ROAD} access=no foot=yes", WALK, 80, 80),
        (f"{ROAD} access=no foot=yes", BIKE, 60, 60),
        (f"{ROAD} vehicle=no", BIKE, 60, 60),
        (f"{ROAD} vehicle=no", WALK, 80, 80),
        (f"{ROAD} vehicle=no bicycle=yes", BIKE, 20, 20),
        (f"{ROAD} motor_vehicle=private", CAR, 30, 30),
        (f"{ROAD} motor_vehicle=private", BIKE, 20, 20),
        (f"{ROAD} motor_vehicle=no motorcar=destination", CAR, 30, 30),
        (f"{ROAD} bicycle=use_sidepath", BIKE, 60, 60),
        (f"{ROAD} bicycle=dismount", BIKE, 60, 60),  # pushed at 4 km/h: 90 s, the round is quicker
        ("highway=service service=driveway access=private", CAR, 30, 30),
        ("highway=service service=emergency_access", CAR, 30, 30),
        ("highway=service maxspeed=10", CAR, 30, 30),  # 9 km/h: 40 s
        # Limits lower a speed and never raise it.
        ("highway=residential", CAR, 14, 14),  # 27 km/h: 13.33 s
        ("highway=residential maxspeed=80", CAR, 14, 14),
        ("highway=residential maxspeed=20", CAR, 20, 20),  # 18 km/h
        ("highway=secondary maxspeed=20mph", CAR, 13, 13),  # 28.97 km/h: 12.43 s
        ("highway=secondary source:maxspeed=FR:zone30", CAR, 14, 14),  # 27 km/h
        ("highway=secondary maxspeed=FR:urban", CAR, 8, 8),  # 45 km/h
        ("highway=secondary", MOPED, 8, 8),  # 60 km/h, held to 45
        # Steps are for feet, at 0.45 of the pace: 177.8 s.
        ("highway=steps", WALK, 178, 178),
        ("highway=steps", BIKE, 60, 60),
        ("highway=footway", WALK, 80, 80),
        ("highway=footway", CAR, 30, 30),
        ("highway=pedestrian", BIKE, 60, 60),  # 6 km/h: 60 s, as long as the round
        ("highway=cycleway", BIKE, 20, 20),
        ("highway=cycleway", CAR, 30, 30),
        # Surfaces and grades of tracks, by bike: 20 s over the share.
        (f"{ROAD} surface=gravel", BIKE, 31, 31),  # 0.65: 30.77
        ("highway=track tracktype=grade1", BIKE, 20, 20),
        ("highway=track tracktype=grade3", BIKE, 31, 31),
        ("highway=track", BIKE, 34, 34),  # 0.6: 33.33
        ("highway=track surface=asphalt tracktype=grade3", BIKE, 20, 20),
        ("highway=path", BIKE, 29, 29),  # 0.7: 28.57
        ("highway=path mtb:scale=3", BIKE, 60, 60),  # pushed: 90 s
        ("highway=track", CAR, 30, 30),
        ("highway=track tracktype=grade1", CAR, 24, 24),  # 15 km/h
        ("highway=track motor_vehicle=yes", CAR, 24, 24),
        # Nobody uses what is not built.
        ("highway=construction", WALK, 240, 240),
        ("highway=proposed foot=yes", WALK, 240, 240),
    ],
)
def test_a_side_of_a_block_or_the_round(tmp_path, tags, mode, out_s, back_s):
    assert sides(tmp_path, tags, mode) == (out_s, back_s)


@pytest.mark.parametrize(
    ("tags", "walk", "bike", "car"),
    [
        ("barrier=bollard", 160, 40, None),
        ("barrier=gate", 160, 40, 20),
        ("barrier=gate access=private", None, None, None),
        ("barrier=gate access=private foot=yes", 160, None, None),
        ("barrier=stile", 160, None, None),
        ("barrier=bollard motor_vehicle=yes", 160, 40, 20),
        ("barrier=cycle_barrier", 160, 40, None),
        ("highway=crossing access=no", 160, 40, 20),  # not a barrier
    ],
)
def test_a_barrier_stands_between_two_sides(tmp_path, tags, walk, bike, car):
    # A–B–C in a line, the barrier at B; without it two blocks: 160 s, 40 s, 20 s. The line is over
    # ten kilometres long on both sides, so that each half is kept as a network of its own.
    places = {"Y": (-110, 0), "A": (-1, 0), "B": (0, 0), "C": (1, 0), "Z": (110, 0)}
    world = draw(tmp_path, places, f"Y A B C Z {ROAD}", nodes={"B": tags})
    seconds = tuple(world.seconds("A", "C", mode) for mode in (WALK, BIKE, CAR))
    assert seconds == (walk, bike, car)


@pytest.mark.parametrize(
    ("tags", "walk", "bike", "car"),
    [
        # Ten blocks of water, told to last half an hour, between a block of road on each side.
        ("route=ferry duration=00:30", 80 + 1800 + 80, 20 + 1800 + 20, None),
        ("route=ferry duration=PT30M motor_vehicle=yes", 1960, 1840, 10 + 1800 + 10),
        ("route=ferry duration=30 foot=no motorcar=yes", None, 1840, 1820),
        # No duration: 12 km/h, 300 s.
        ("route=ferry", 460, 340, None),
        ("route=ferry duration=soon", 460, 340, None),
    ],
)
def test_a_ferry_takes_the_time_it_tells(tmp_path, tags, walk, bike, car):
    # 110 blocks of road behind each pier: the shores are kept as networks of their own.
    places = {"Y": (-111, 0), "A": (-1, 0), "B": (0, 0), "C": (10, 0), "D": (11, 0), "Z": (121, 0)}
    world = draw(tmp_path, places, f"Y A B {ROAD}", f"B C {tags}", f"C D Z {ROAD}")
    seconds = tuple(world.seconds("A", "D", mode) for mode in (WALK, BIKE, CAR))
    assert seconds == (walk, bike, car)


def test_a_ferry_of_several_parts_shares_its_time(tmp_path):
    # A quay in the middle of the ferry's way, joined by a footway: 15 min to it, of 30.
    places = {"A": (0, 0), "B": (1, 0), "M": (6, 0), "Q": (6, 1), "C": (11, 0), "D": (12, 0)}
    world = draw(
        tmp_path, places, f"A B {ROAD}", "B M C route=ferry duration=0:30",
        "M Q highway=footway", f"C D {ROAD}",
    )  # fmt: skip
    assert world.seconds("A", "Q", WALK) == 80 + 900 + 80


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0:25", 1500), ("1:10:00", 4200), ("25", 1500), ("PT1H5M", 3900), ("P1D", None), ("", None)],
)
def test_durations_as_they_are_written(text, seconds):
    assert rules._duration_s(text) == seconds


def test_a_tunnel_is_no_address_and_a_bridge_is_off_the_ground():
    tunnel = rules.way_of({"highway": "primary", "tunnel": "yes"})
    arcade = rules.way_of({"highway": "footway", "tunnel": "building_passage"})
    bridge = rules.way_of({"highway": "primary", "bridge": "yes"})
    assert all(passage.flags & rules.THROUGH for passage in tunnel.passages)
    assert (tunnel.lifted, bridge.lifted, arcade.lifted) == (True, True, False)
    assert not any(passage.flags & rules.THROUGH for passage in bridge.passages)


def test_what_is_no_street_is_nothing():
    assert rules.way_of({"building": "yes"}) is None
    assert rules.way_of({"highway": "proposed"}) is None
    assert rules.way_of({"route": "bicycle"}) is None
