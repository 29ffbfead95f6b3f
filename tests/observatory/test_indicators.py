"""Indicators: worked by hand, held by the published vectors, and by what must always be so."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traitdunion.observatory import indicators

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "observatory"
WORKED = [
    # 5 minutes to 10 jobs, 20 to 20, no way to 40.
    ("cumulative", {"cost": [[5, 20, None]], "opp": [10, 20, 40], "cutoff": 20}, [30]),
    ("cumulative", {"cost": [[None]], "opp": [10], "cutoff": 20}, [0]),
    ("cumulative", {"cost": [[5, 20]], "opp": [1, 2], "cutoff": [5, 20]}, [[1], [3]]),
    # Thresholds 20 and 25 give 2 and 5.
    ("cumulative_interval", {"cost": [[20, 25]], "opp": [2, 3], "lo": 20, "hi": 25, "step": 5},
     [3.5]),
    ("cost_to_closest", {"cost": [[12, 7, 30]], "opp": [5, 0, 9], "k": [1, 6, 99]},
     [[12], [30], [np.inf]]),
    # A weight that halves every 10 minutes: 8 + 4 + 2.
    ("gravity", {"cost": [[0, 10, 20]], "opp": [8, 8, 8], "beta": np.log(2) / 10}, [14]),
    ("gravity", {"cost": [[None, 1]], "opp": [8, 8], "beta": [0, 0]}, [[8], [8]]),
    # 10 / 100 and 20 / 400.
    ("two_step_floating_catchment", {"W": [[1, 1], [0, 1]], "pop": [100, 300], "opp": [10, 20]},
     [0.15, 0.05]),
    ("bfca", {"W": [[1, 1], [0, 1]], "pop": [100, 300], "opp": [10, 20]}, [8 / 35, 1 / 35]),
    ("spatial_availability", {"W": [[1, 0.5], [0.5, 1]], "pop": [10, 20], "opp": [10, 10]},
     [7, 13]),
    # The poorest 40 are 30 people at 10 and 10 at 20: 12.5; the richest 10 reach 40.
    ("palma", {"access": [10, 20, 30, 40], "pop": [30, 30, 30, 10], "income": [1, 2, 3, 4]}, 3.2),
    ("palma", {"access": [0, 0, 5], "pop": [40, 50, 10], "income": [1, 2, 3]}, None),
    ("gini", {"access": [[0, 0, 0, 1], [5, 5, 5, 5], [0, 0, 0, 0]], "pop": [1, 1, 1, 1]},
     [0.75, 0.0, None]),
    ("theil", {"access": [1, 3], "pop": [1, 1]}, (0.5 * np.log(0.5) + 1.5 * np.log(1.5)) / 2),
    ("concentration_index",
     {"access": [0, 1], "pop": [5, 5], "income": [1, 2], "kind": "erreygers", "bounds": (0, 1)},
     1.0),
    ("concentration_index", {"access": [4, 0, 6, 2], "pop": [1] * 4, "income": [1] * 4}, 0.0),
    ("fgt", {"access": [0, 500, 1500], "pop": [1, 1, 2], "z": 1000}, [0.5, 0.375, 0.3125]),
    ("fgt", {"access": [0, 20], "pop": [1, 1], "z": [10, 30]}, [[0.5] * 3, [1, 2 / 3, 5 / 9]]),
    ("fgt", {"access": [0], "pop": [0], "z": 10}, None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "expected"), WORKED)
def test_a_figure_is_the_one_worked_by_hand(name, arguments, expected):
    _same(getattr(indicators, name)(**arguments), expected, 1e-9)


def test_flows_worked_by_hand():
    # The odds ratio 4 is kept: x² / (30 − x)² = 4, x = 20.
    made = indicators.furness([30, 30], [30, 30], [[1, 0.5], [0.5, 1]])
    _same(made["T"], [[20, 10], [10, 20]], 1e-6)
    fitted = indicators.calibrate([30, 30], [30, 30], [[0, 1], [1, 0]], 1 / 3)
    assert fitted["beta"] == pytest.approx(np.log(2))
    assert not fitted["is_negative"]
    # Above the mean cost of beta = 0, here 1 / 2.
    assert indicators.calibrate([30, 30], [30, 30], [[0, 1], [1, 0]], 2 / 3)["is_negative"]
    assert indicators.fit([[20, 10], [10, 20]], [[15, 15], [15, 15]]) == {
        "CPC": pytest.approx(100 / 120), "SRMSE": pytest.approx(1 / 3)
    }  # fmt: skip
    both = indicators.fit_gravity([[20, 10], [10, 20]], [[0, 1], [1, 0]])
    assert (both["CPC"], both["at_zero"]["CPC"]) == (pytest.approx(1), pytest.approx(100 / 120))


WRONG = [
    ("fgt", {"access": [1], "pop": [1], "z": 0}, "line"),
    ("gini", {"access": [1], "pop": [-1]}, "negative"),
    ("gini", {"access": [np.nan], "pop": [1]}, "missing"),
    ("cumulative", {"cost": [[1, 2]], "opp": [1], "cutoff": 3}, "expected 2"),
    ("cumulative", {"cost": [[-1]], "opp": [1], "cutoff": 3}, "negative"),
    ("concentration", {"access": [1], "pop": [1], "income": [1], "kind": "erreygers"}, "bounds"),
    ("concentration", {"access": [9], "pop": [1], "income": [1], "kind": "erreygers",
                       "bounds": (0, 5)}, "out of"),
    ("furness", {"O": [10, 10], "D": [10, 11], "F": [[1, 1], [1, 1]]}, "margins differ"),
    ("furness", {"O": [10, 10], "D": [10, 10], "F": [[0, 0], [1, 1]]}, "no way"),
    ("calibrate", {"O": [1, 1], "D": [1, 1], "C": [[0, 1], [1, 0]], "target": 5}, "no decay"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "words"), WRONG)
def test_what_cannot_be_worked_out_is_refused_with_its_reason(name, arguments, words):
    with pytest.raises(ValueError, match=words):
        getattr(indicators, name)(**arguments)


@given(st.lists(st.floats(0.001, 1e6), min_size=2, max_size=30))
def test_who_reaches_every_job_is_within_the_bounds_whatever_the_order_of_the_sum(jobs):
    """The bound is the sum of all the jobs: another order of it differs by its last digit."""
    reached = [sum(jobs), sum(jobs[::-1]), float(np.array(jobs) @ np.ones(len(jobs))), 0.0]
    bounds = (0.0, float(np.nansum(jobs)))
    value = indicators.concentration(reached, [1] * 4, [1, 2, 3, 4], "erreygers", bounds)
    assert -1 <= value <= 1


@pytest.mark.skipif(not CASES.is_dir(), reason="the published cases are not here")
@pytest.mark.parametrize("file", ["indicators.json", "gravity.json"])
def test_every_published_case_is_held(file):
    cases = json.loads((CASES / file).read_text("utf-8"))["cases"]
    assert len(cases) >= 11
    for case in cases:
        if case["fn"] == "property":
            continue  # `test_a_constant_changes_no_flow`
        function = getattr(indicators, case["fn"])
        if isinstance(case["expected"], dict) and "raises" in case["expected"]:
            with pytest.raises(ValueError, match=r"."):
                function(**case["args"])
            continue
        try:
            _same(function(**case["args"]), case["expected"], case.get("abs_tol", 1e-6))
        except AssertionError as wrong:
            raise AssertionError(case["id"]) from wrong


WORLDS = st.integers(1, 6).flatmap(
    lambda n: st.tuples(
        *[st.lists(st.integers(0, 50), min_size=n, max_size=n) for _ in range(2)],
        st.lists(st.integers(1, 4), min_size=n, max_size=n),
        st.integers(0, n - 1),
        st.permutations(range(n)),
    )
)


@given(WORLDS)
@settings(max_examples=60, deadline=None)
def test_order_unit_and_cutting_a_zone_in_two_change_nothing(world):
    access, pop, income, cut, order = world
    by_rank = (indicators.palma, indicators.concentration)
    by_none = (indicators.gini, indicators.theil)

    def figures(access, pop, income):
        ranked = [of(access, pop, income) for of in by_rank]
        return ranked + [of(access, pop) for of in by_none]

    usual = figures(access, pop, income)
    shuffled = [[column[i] for i in order] for column in (access, pop, income)]
    _same(figures(*shuffled), usual, 1e-9)
    _same(figures(access, [7 * n for n in pop], income), usual, 1e-9)
    halves = [float(n) for n in pop]
    halves[cut] *= 0.3
    doubled = [*access, access[cut]], [*halves, 0.7 * pop[cut]], [*income, income[cut]]
    _same(figures(*doubled), usual, 1e-9)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_what_falls_to_each_is_people_by_their_catchment_and_adds_up(seed):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 6, 2)
    weights = rng.random((n, m)) * (rng.random((n, m)) < 0.7)
    pop, opp = rng.integers(0, 50, n), rng.integers(0, 50, m)
    fallen = indicators.spatial_availability(weights, pop, opp)
    np.testing.assert_allclose(fallen, pop * indicators.two_sfca(weights, pop, opp), atol=1e-9)
    reached = ((weights > 0) & (pop[:, None] > 0)).any(axis=0)
    assert fallen.sum() == pytest.approx(opp[reached].sum())
    groups = rng.integers(0, 3, n).tolist()
    parted = indicators.theil_groups(fallen, pop, groups)
    if parted is not None:
        assert parted["total"] == pytest.approx(indicators.theil(fallen, pop))
        assert min(parted["between"], parted["within"]) >= -1e-12


def test_a_constant_changes_no_flow():
    rng = np.random.default_rng(4)
    cost, margins = rng.random((4, 4)) * 20, [400.0, 460, 400, 702]
    arrivals = [260.0, 400, 500, 802]
    flat = indicators.furness_beta(margins, arrivals, cost, [0])["0"]["mean_cost"]
    target = 0.95 * flat
    usual = indicators.calibrate(margins, arrivals, cost, target)
    added = indicators.calibrate(margins, arrivals, cost + 5, target + 5)
    _same(added["T"], usual["T"], 1e-5)
    assert added["beta"] == pytest.approx(usual["beta"])
    by_row = cost + np.array([[0], [3], [5], [0]])
    same = indicators.furness_beta(margins, arrivals, by_row, [0.3])["0.3"]["T"]
    _same(same, indicators.furness_beta(margins, arrivals, cost, [0.3])["0.3"]["T"], 1e-5)
    tripled = indicators.calibrate(margins, arrivals, 3 * cost, 3 * target)
    assert tripled["beta"] == pytest.approx(usual["beta"] / 3)


def test_a_pair_that_was_not_sampled_is_no_zero():
    seen = np.array([[20.0, 10, 0], [10, 20, 5], [0, 5, 9]])
    sampled = seen > 0
    cost = np.array([[0.0, 1, 9], [1, 0, 1], [9, 1, 0]])
    fitted = indicators.fit_gravity(seen, cost, sampled)
    assert (fitted["T"][~sampled] == 0).all()
    assert fitted["CPC"] == indicators.fit(seen[sampled], fitted["T"][sampled])["CPC"]


def test_people_without_an_income_are_counted_apart():
    assert indicators.ranked_population([3, 4, 0], [1, None, None]) == (3, 4)


def _same(computed, expected, tolerance):
    if isinstance(expected, dict):
        assert expected.keys() <= computed.keys()
        for key, value in expected.items():
            _same(computed[key], value, tolerance)
    elif expected is None or (isinstance(expected, list) and None in expected):
        for each_computed, value in zip(np.ravel(computed), np.ravel(expected), strict=True):
            if value is None:
                assert each_computed is None
            else:
                assert each_computed == pytest.approx(value, abs=tolerance)
    else:
        np.testing.assert_allclose(
            np.array(computed, float), np.array(expected, float), rtol=1e-9, atol=tolerance
        )
