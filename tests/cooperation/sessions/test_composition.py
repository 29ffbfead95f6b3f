"""Composition of tables: who meets whom, the mix, what is kept, the re-plan for absents."""

from collections import Counter
from itertools import combinations
from random import Random
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traitdunion.cooperation.sessions.composition import (
    CompositionError,
    Constraints,
    Guest,
    compose,
    in_order,
    mixing,
    replan,
)

DOMAINS, COLLEGES = 5, 7

# A composition ends once nobody meets again; what it may take on a machine that is busy.
PATIENT_S = 30


def guests(n, seed=0):
    """People in unequal domains and colleges."""
    drawn = Random(seed)

    def one_of(kind, n_kinds):
        return f"{kind}{drawn.choices(range(n_kinds), weights=range(1, n_kinds + 1))[0]}"

    return [Guest(f"p{i}", one_of("d", DOMAINS), one_of("c", COLLEGES)) for i in range(n)]


def composed(people, **more):
    return compose(people, rng=np.random.default_rng(1), **more)


def met_twice(rounds):
    """Slow twin of the measure: pairs that share a table at two rounds or more."""
    times = Counter(
        (a, b)
        for seats in rounds
        for a, b in combinations(sorted(seats), 2)
        if seats[a] == seats[b]
    )
    return sorted(pair for pair, n in times.items() if n > 1)


def sizes(seats, n_tables):
    return sorted(Counter(seats.values()).get(table, 0) for table in range(n_tables))


@pytest.fixture(scope="module")
def eighty_seated():
    """Four rounds of the eighty people of the seed at ten tables: the solver takes its time."""
    return composed(guests(80), n_tables=10, n_rounds=4, within_s=PATIENT_S)


def test_two_hundred_people_four_rounds_in_less_than_five_seconds():
    people = guests(200)
    began = process_time()
    rounds = composed(people, n_tables=25, n_rounds=4, within_s=PATIENT_S)
    assert process_time() - began < 5
    assert met_twice(rounds) == []
    before = mixing(people, in_order(people, n_tables=25, n_rounds=4))
    after = mixing(people, rounds)
    assert (before.repeated, before.met_least) == (25 * 28, 7)  # 28 pairs at a table of eight
    assert (after.repeated, after.met_least, after.met_mean) == (0, 28, 28.0)
    assert after.across_domains > before.across_domains
    assert after.across_colleges > before.across_colleges


def test_the_eighty_of_the_seed_meet_nobody_twice(eighty_seated):
    assert met_twice(eighty_seated) == []
    assert all(sizes(seating, 10) == [8] * 10 for seating in eighty_seated)


def test_each_domain_is_spread_evenly_over_the_tables():
    people = [Guest(f"p{i}", f"d{i % 4}", "c") for i in range(16)]
    (seating,) = composed(people, n_tables=4, n_rounds=1)
    for table in range(4):
        there = [guest.domain for guest in people if seating[guest.key] == table]
        assert sorted(there) == ["d0", "d1", "d2", "d3"]


def test_measures_by_hand():
    people = [
        Guest("a", "x", "s"),
        Guest("b", "x", "t"),
        Guest("c", "y", "t"),
        Guest("d", "y", "t"),
    ]
    twice = [{"a": 0, "b": 0, "c": 1, "d": 1}, {"a": 0, "b": 0, "c": 1, "d": 1}]
    mixed = mixing(people, twice)
    assert (mixed.repeated, mixed.met_least, mixed.met_mean) == (2, 1, 1.0)
    assert (mixed.across_domains, mixed.across_colleges) == (0.0, 0.5)


@given(n=st.integers(12, 24), n_tables=st.integers(1, 4), seed=st.integers(0, 9))
@settings(max_examples=10, deadline=None)
def test_everybody_sits_once_and_constraints_are_kept(n, n_tables, seed):
    people = guests(n, seed)
    constraints = Constraints(fixed={"p0": 0})
    if n_tables > 1:
        constraints = Constraints((("p1", "p2"),), (("p3", "p0"),), {"p0": 0})
    rounds = composed(people, n_tables=n_tables, n_rounds=2, constraints=constraints, within_s=0.4)
    for seats in rounds:
        assert set(seats) == {guest.key for guest in people}
        assert sizes(seats, n_tables)[-1] - sizes(seats, n_tables)[0] <= 1
        assert seats["p0"] == 0
        assert n_tables == 1 or (seats["p1"] != seats["p2"] and seats["p3"] == seats["p0"])
    assert mixing(people, rounds).repeated == len(met_twice(rounds))


def test_those_who_stay_together_do_not_prevent_the_others_from_meeting_anew():
    people = guests(24)
    rounds = composed(
        people, n_tables=6, n_rounds=3, constraints=Constraints(together=(("p0", "p1"),))
    )
    assert met_twice(rounds) == [("p0", "p1")]


def test_contradictory_constraints_are_refused():
    both = Constraints(apart=(("p0", "p1"),), together=(("p0", "p1"),))
    with pytest.raises(CompositionError, match="Retirez-en une"):
        composed(guests(8), n_tables=2, n_rounds=1, constraints=both)
    with pytest.raises(CompositionError, match="p1 : table fixée hors des 2 tables"):
        composed(guests(8), n_tables=2, n_rounds=1, constraints=Constraints(fixed={"p1": 2}))
    with pytest.raises(CompositionError, match="9 table"):
        composed(guests(8), n_tables=9, n_rounds=1)
    with pytest.raises(CompositionError, match="deux fois"):
        composed([*guests(8), guests(8)[0]], n_tables=2, n_rounds=1)


def test_absents_leave_and_late_comers_sit_without_meeting_anybody_twice(eighty_seated):
    people, rounds = guests(80), eighty_seated
    late = Guest("tard", "d1", "c1")
    present = [guest for n, guest in enumerate(people) if n % 9] + [late]
    again = replan(
        rounds, present=present, n_done=1, n_tables=10, rng=np.random.default_rng(1),
        within_s=PATIENT_S,
    )  # fmt: skip
    assert again[0] == rounds[0]
    for seating in again[1:]:
        assert set(seating) == {guest.key for guest in present}
        assert sizes(seating, 10) == [7] * 8 + [8] * 2  # 72 people
    assert met_twice(again) == []


def test_one_absent_does_not_move_everybody():
    people = guests(80)
    rounds = composed(people, n_tables=10, n_rounds=2, within_s=PATIENT_S)
    again = replan(
        rounds, present=people[1:], n_done=1, n_tables=10, rng=np.random.default_rng(1),
        within_s=PATIENT_S,
    )  # fmt: skip
    assert sum(again[1][guest.key] != rounds[1][guest.key] for guest in people[1:]) < 8
