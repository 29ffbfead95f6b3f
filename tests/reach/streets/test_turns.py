"""Forbidden turns hold cars back, at the junction they are drawn at and only there."""

import pytest
from street_world import BIKE, CAR, ROAD, WALK, draw

# Way 1 comes from A to the crossing X; 2 goes on to B, 3 left to L, 4 right to R.
#        L — — — Y
#        |       |
#   A — — X — — B
#        |
#        R   three blocks down, a dead end
# From A to L by the crossing: two blocks, 20 s. Round by B and Y: four blocks, 40 s.
PLACES = {"A": (-1, 0), "X": (0, 0), "B": (1, 0), "L": (0, 1), "R": (0, -3), "Y": (1, 1)}
WAYS = [f"A X {ROAD}", f"X B {ROAD}", f"X L {ROAD}", f"X R {ROAD}", f"B Y L {ROAD}"]


def crossing(tmp_path, *turns, ways=WAYS):
    return draw(tmp_path, PLACES, *ways, turns=turns)


def test_no_left_turn_sends_round_the_block(tmp_path):
    world = crossing(tmp_path, ("restriction=no_left_turn", "1 X 3"))
    assert world.seconds("A", "L", CAR) == 40
    assert world.seconds("A", "R", CAR) == 40  # other exits stay open
    assert world.seconds("R", "L", CAR) == 40  # and other entries
    assert world.seconds("L", "A", CAR) == 20  # and the same turn the other way
    assert world.seconds("A", "L", BIKE) == 40  # two blocks at 18 km/h: cyclists turn
    assert world.seconds("A", "L", WALK) == 160
    assert world.streets().map.report.restrictions_applied == 1


def test_only_straight_on_closes_every_other_exit(tmp_path):
    world = crossing(tmp_path, ("restriction=only_straight_on", "1 X 2"))
    assert world.seconds("A", "B", CAR) == 20
    assert world.seconds("A", "L", CAR) == 40
    # To R: on to B, round by Y and L back to the crossing, then straight: eight blocks.
    assert world.seconds("A", "R", CAR) == 80


def test_two_restrictions_from_one_entry_add_up(tmp_path):
    world = crossing(
        tmp_path, ("restriction=no_left_turn", "1 X 3"), ("restriction=no_right_turn", "1 X 4")
    )
    assert (world.seconds("A", "L", CAR), world.seconds("A", "R", CAR)) == (40, 80)
    assert world.streets().map.report.restrictions_applied == 2


def test_nobody_turns_back_at_the_next_junction_to_undo_a_forbidden_turn(tmp_path):
    # Not left at X, and not left at Y. Turning back at B would make 40 s; one goes on to Y, where
    # turning is all that is left, and comes back by B to the crossing: A X B Y B X L, 60 s.
    ways = [*WAYS[:4], f"B Y {ROAD}", f"Y L {ROAD}"]
    turns = ("restriction=no_left_turn", "1 X 3"), ("restriction=no_left_turn", "5 Y 6")
    world = crossing(tmp_path, *turns, ways=ways)
    assert world.seconds("A", "L", CAR) == 60
    assert world.seconds("B", "L", CAR) == 20


def test_no_u_turn_is_obeyed_where_streets_meet(tmp_path):
    # Behind the crossing all is one way towards it: who comes from A and turns right to the end of
    # R can only come back by turning. With the turn forbidden at a dead end nobody gets out again,
    # so that R is cut off and its places are tied to the crossing.
    world = crossing(tmp_path, ("restriction=no_u_turn", "4 R 4"))
    assert world.streets().map.report.restrictions_applied == 1
    assert world.seconds("A", "L", CAR) == 20
    assert world.seconds("A", (0, -1), CAR) == 10 + 80  # on foot from the crossing


@pytest.mark.parametrize(
    ("tags", "seconds"),
    [
        ("restriction=no_left_turn except=bicycle", 40),
        ("restriction=no_left_turn except=psv;motorcar", 20),
        ("restriction=no_left_turn except=motor_vehicle", 20),
        ("restriction:motorcar=no_left_turn", 40),
        ("restriction:hgv=no_left_turn", 20),
        ("restriction:bus=no_left_turn", 20),
    ],
)
def test_whom_a_restriction_is_for(tmp_path, tags, seconds):
    assert crossing(tmp_path, (tags, "1 X 3")).seconds("A", "L", CAR) == seconds


def test_what_cannot_be_applied_is_counted(tmp_path):
    world = crossing(
        tmp_path,
        ("restriction=no_left_turn", "1 w2 3"),  # by a way
        ("restriction=give_way", "1 X 3"),  # not known
        ("restriction=only_straight_on", "1 X 5"),  # an exit that is not there
    )
    report = world.streets().map.report
    assert (report.restrictions_read, report.restrictions_unread) == (3, 2)
    assert report.restrictions_applied == 0
    assert world.seconds("A", "L", CAR) == 20
    message = "Interdictions de tourner lues : 3, appliquées : 0, laissées de côté : 2 "
    assert any(line.startswith(message) for line in report.lines())


def test_a_stop_past_a_forbidden_turn_is_reached_round_the_block(tmp_path):
    world = crossing(tmp_path, ("restriction=no_left_turn", "1 X 3"))
    streets = world.streets((0, 0.5))
    reach = streets.stops_around(world.point("A"), CAR)
    # Half way up to L: A X B Y L and half a block on, 4.5 blocks of 10 s.
    assert reach.seconds.tolist() == [45]
    back = streets.stops_around(world.point("A"), CAR, towards=True)
    assert back.seconds.tolist() == [15]


def test_a_stop_whose_street_leaves_from_a_copy_of_the_junction(tmp_path):
    # The way on from X is met from the copy of X that lacks the left turn.
    world = crossing(tmp_path, ("restriction=no_left_turn", "1 X 3"))
    reach = world.streets((0.5, 0)).stops_around(world.point("A"), CAR)
    assert reach.seconds.tolist() == [15]
