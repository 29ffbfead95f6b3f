"""Small worlds of levers: the published ones are all found, random ones equal trying everything."""

import json
import os
import random
from itertools import combinations

import naive_levers
import pytest
from random_worlds import random_world

from traitdunion.levers.worlds import Opened, solve

A_RUN = 60
WORLDS = int(os.environ.get("TRAITDUNION_LEVER_WORLDS", A_RUN))
"""The published comparison draws 520 of them, by this variable of the environment."""


def plain(answer):
    return json.loads(json.dumps(answer))


def test_every_published_world_is_found(published_worlds):
    assert len(published_worlds) >= 15
    for world in published_worlds:
        assert plain(solve(world)) == world["brute_force"], world["id"]


def one_road(**changed):
    """A → S in the morning is missing; S → A at 13:15 runs. One person, one site, 5:00 to 13:00."""
    return {
        "settings": {"max_rides": 3, "change": 0, "wait_site": 60, "wait_after": 90},
        "walks": [], "zones": [], "drive": [],
        "trips": [{"id": "R", "days": [0],
                   "calls": [["S", "13:15", "13:15"], ["A", "14:00", "14:00"]]}],
        "persons": [{"id": "p1", "home": "A"}],
        "sites": [{"id": "s1", "stop": "S", "start": "05:00", "end": "13:00", "days": [0],
                   "jobs": 10}],
        "levers": [],
        "budget": 20000,
    } | changed  # fmt: skip


def coach(name, *calls, cost=1000, **more):
    rows = [[stop, at, at] for stop, at in (call.split() for call in calls)]
    trip = {"id": f"T{name}", "days": [0], "calls": rows} | more
    return {"id": name, "kind": "add_trip", "actor": "Région/EPCI", "cost": cost, "trip": trip}


def test_the_drawn_twin_of_a_published_world():
    """4:10 to 4:50 is in time; 3:55 would be 65 minutes before the shift, over the 60 allowed."""
    levers = [coach("t1", "A 04:10", "S 04:50", cost=20000), coach("t2", "A 03:30", "S 03:55")]
    answer = solve(one_road(levers=levers))
    assert answer["baseline"] == {"pairs": [], "can": [], "served": 0, "people_x_jobs": 0}
    assert answer["single"]["t1"]["people_x_jobs_opened"] == 10
    assert answer["single"]["t2"]["opened_pairs"] == []
    assert answer["best"]["levers"] == ["t1"]


def test_random_worlds_equal_trying_everything():
    """Every journey, every set of levers, every assignment: shifts and homes value by value."""
    helped = together = 0
    for seed in range(WORLDS):
        world = random_world(random.Random(seed))
        solution = solve(world)
        del solution["greedy"]
        expected = naive_levers.brute_force(world)
        assert plain(solution) == plain(expected), seed
        helped += expected["best"]["served"] > expected["baseline"]["served"]
        together += len(expected["best"]["levers"]) > 1
    assert helped >= WORLDS // 10
    assert together


def repairing(kind, chance):
    """A world that two levers open together: one each way, or one that feeds the other at a stop.

    A third lever is a lure, cheaper and of no use, or of use to another person.
    """
    start = 4 * 60 + chance.randrange(0, 15)

    def at(moment):
        return f"{moment // 60:02}:{moment % 60:02}"

    lure = coach("lure", f"B {at(start)}", f"S {at(start + 20)}", cost=chance.choice([500, 900]))
    if kind == "directions":
        out = coach("x", f"A {at(start)}", f"S {at(start + 25)}")
        back = coach("y", f"S {at(13 * 60 + chance.randrange(60))}", "A 14:30")
        return one_road(trips=[], levers=[lure, out, back], budget=2000)
    feeder = coach("x", f"A {at(start)}", f"X {at(start + 12)}")
    wait = chance.choice([0, 3])
    trunk = coach("y", f"X {at(start + 12 + wait)}", f"S {at(start + 33)}")
    return one_road(levers=[lure, trunk, feeder], budget=2000)


@pytest.mark.parametrize("kind", ["directions", "meeting"])
def test_pairs_that_work_only_together_are_found(kind):
    for seed in range(6):
        world = repairing(kind, random.Random(seed))
        answer = solve(world)
        assert all(not lever["gained_people"] for lever in answer["single"].values())
        assert set(answer["best"]["levers"]) == {"x", "y"}
        assert answer["greedy"]["levers"] == []
        expected = naive_levers.brute_force(world)
        assert answer["best"] == expected["best"]


def test_nothing_done_is_the_baseline_to_the_second():
    world = one_road(levers=[coach("t1", "A 04:10", "S 04:50")])
    opened = Opened(world)
    nothing = opened.seconds(frozenset())
    assert (nothing == opened._by_day(opened.before.away)).all()


def test_everything_removed_leaves_what_people_do_by_their_own_means():
    lever = {"id": "rm", "kind": "remove_trips", "actor": "Région", "cost": -1, "trips": ["O", "R"]}
    out = {"id": "O", "days": [0], "calls": [["A", "04:10", "04:10"], ["S", "04:50", "04:50"]]}
    people = [{"id": "bus", "home": "A"}, {"id": "foot", "home": "B"},
              {"id": "car", "home": "C", "car": True, "licence": True}]  # fmt: skip
    world = one_road(walks=[["B", "S", 10]], drive=[["C", "S", 20]], persons=people, levers=[lever])
    world["trips"].append(out)
    answer = solve(world)
    assert answer["baseline"]["can"] == ["bus", "foot", "car"]
    assert answer["single"]["rm"]["worse_people"] == ["bus"]
    assert answer["single"]["rm"]["lost_pairs"] == [["bus", "s1"]]


def test_seats_are_shared_out_and_back_each_on_its_own():
    """Two seats in the morning, one in the evening: one person of the three is served."""
    levers = [coach("out", "A 04:10", "S 04:50", seats=2), coach("back", "S 13:10", "A 13:50",
                                                                 seats=1)]  # fmt: skip
    world = one_road(trips=[], levers=levers, persons=[{"id": "p1", "home": "A", "n": 3}])
    answer = solve(world)
    assert answer["best"]["levers"] == ["out", "back"]
    assert answer["best"]["served"] == 1


def test_a_ceiling_opens_the_loan_to_those_under_it():
    lever = {"id": "c", "kind": "ceiling", "actor": "Département", "cost": 100, "qf_max": 800}
    people = [{"id": str(qf), "home": "A", "licence": True, "qf": qf} for qf in (600, 800, 801)]
    world = one_road(trips=[], drive=[["A", "S", 20]], persons=people, levers=[lever],
                     loan={"stock": 3, "qf_max": 700})  # fmt: skip
    answer = solve(world)
    assert answer["baseline"]["can"] == ["600"]
    assert answer["single"]["c"]["gained_people"] == ["800"]


def test_hours_moved_are_exclusive_and_each_is_tried():
    """4:50 + 10 min starts in time from 5:00 on; a shift two hours later has no way back."""
    shifts = [{"id": f"d{d}", "kind": "move_shift", "actor": "employeur", "cost": 0, "site": "s1",
               "delta": d} for d in (10, 20, 120)]  # fmt: skip
    out = {"id": "O", "days": [0], "calls": [["A", "04:25", "04:25"], ["S", "05:05", "05:05"]]}
    world = one_road(levers=shifts)
    world["trips"].append(out)
    answer = solve(world)
    gains = {name: lever["gained_people"] for name, lever in answer["single"].items()}
    assert gains == {"d10": ["p1"], "d20": [], "d120": []}
    assert Opened(world).problem().exclusive == [frozenset({"d10", "d20", "d120"})]


def test_the_budget_curve_never_decreases_and_its_gap_is_nought():
    world = random_world(random.Random(3))
    world["levers"] = [lever for lever in world["levers"] if lever["kind"] != "remove_trips"]
    problem = Opened(world).problem()
    curve = [problem.best(budget) for budget in (0, 1000, 3000, 10000)]
    assert [point.served for point in curve] == sorted(point.served for point in curve)
    assert all(point.gap == 0 and point.bound == point.served for point in curve)
    for point, budget in zip(curve, (0, 1000, 3000, 10000), strict=True):
        sets = [
            chosen
            for size in range(len(problem.levers) + 1)
            for chosen in map(frozenset, combinations(problem.levers, size))
            if problem.total(chosen) <= budget and problem.allowed(chosen)
        ]
        assert point.served == max(problem.served(chosen) for chosen in sets)


def test_a_lever_of_no_known_kind_is_refused():
    with pytest.raises(ValueError, match="téléporter"):
        solve(one_road(levers=[{"id": "x", "kind": "téléporter", "actor": "?", "cost": 0}]))
