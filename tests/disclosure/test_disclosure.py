"""Small cells stay hidden from a reader who subtracts everything that is published."""

import json
from itertools import combinations, product
from math import inf
from pathlib import Path

import numpy as np
import pytest

from traitdunion.disclosure import (
    K,
    Table,
    group_small,
    intervals,
    is_small,
    of_parts,
    of_share,
    partners,
    protect,
    publish,
    stepped,
    two_way,
    unprotected,
)

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "observatory"
EPCI = [("EPCI", ("A", "B", "C"))]


# -- the reference tables, where they stand beside the project ------------------------------------


def cases():
    """Return the published tables of reference; none where the folder is absent."""
    path = CASES / "disclosure.json"
    return json.loads(path.read_text("utf-8"))["tables"] if path.is_file() else []


def table_of(case):
    return Table(
        case["cells"],
        [(total, tuple(parts)) for total, parts in case["equations"]],
        lower=case.get("lower", {}),
        upper=case.get("upper", {}),
    )


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in cases()])
def test_the_attack_gives_the_intervals_of_reference(case):
    table = table_of(case)
    bounds = intervals(table, case["hidden"])
    expected = {cell: tuple(ends) for cell, ends in case["expected_intervals"].items()}
    assert {cell: bounds[cell] for cell in expected} == expected
    assert sorted(c for c, (low, high) in bounds.items() if low == high) == sorted(
        case["exact_cells"]
    )
    assert (not unprotected(table, case["hidden"])) == case["expected_safe"]


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case["id"]) for case in cases() if "optimal_secondary" in case]
)
def test_as_few_cells_as_possible_are_hidden_with_the_small_ones(case):
    best = case["optimal_secondary"]
    extra = protect(table_of(case), hidden=case["hidden"]) - set(case["hidden"])
    assert len(extra) == best["extra"]
    assert sum(case["cells"][cell] for cell in extra) == best["hidden_people"]
    assert sorted(extra) in best["optimal_sets"]


# -- the same, drawn here --------------------------------------------------------------------------


def test_a_single_hidden_part_is_the_total_minus_the_others():
    table = Table({"A": 3, "B": 20, "C": 40, "EPCI": 63}, EPCI)
    # 63 - 20 - 40
    assert intervals(table, ["A"]) == {"A": (3, 3)}
    assert unprotected(table, ["A"]) == ["A"]


def test_two_small_parts_do_not_protect_each_other():
    table = Table({"A": 3, "B": 5, "C": 40, "EPCI": 48}, EPCI)
    # A + B = 8: each is at most 8, under 11.
    assert intervals(table, "AB") == {"A": (0, 8), "B": (0, 8)}
    assert protect(table) == {"A", "B", "C"}


def test_a_hidden_total_has_no_upper_end():
    table = Table({"A": 3, "B": 20, "C": 40, "EPCI": 63}, EPCI)
    assert intervals(table, ["A", "EPCI"]) == {"A": (0, inf), "EPCI": (60, inf)}


def test_whole_people_narrow_what_real_numbers_allow():
    # 2 A + B = 21 with B in {0, 1}: A may be 10 or 10.5; of whole people, 10 alone.
    table = Table(
        {"A": 10, "A'": 10, "B": 1, "T": 21, "S": 10},
        [("T", ("A", "A'", "B")), ("A", ("S",)), ("A'", ("S",))],
        upper={"B": 1},
    )
    assert intervals(table, ["A", "A'", "S", "B"])["A"] == (10, 10)


def test_a_rate_over_a_known_base_is_the_count():
    # 8.6 % of 81 to one decimal: from 6.9255 to 7.0065 people.
    table = Table({"n": 7}, lower={"n": 6.9255}, upper={"n": 7.0065})
    assert intervals(table, ["n"]) == {"n": (7, 7)}


def test_overlapping_zonings_are_attacked_together():
    cells = {"a": 3, "b": 20, "c": 40, "d": 28, "E1": 63, "E2": 28, "B1": 23, "B2": 68, "D": 91}
    by_epci = [("E1", "abc"), ("E2", "d"), ("D", ("E1", "E2"))]
    by_basin = [("B1", "ab"), ("B2", "cd"), ("D", ("B1", "B2"))]
    table = Table(cells, by_epci + by_basin)
    # With the EPCI alone, a and c may swap; the basins give c = 68 - 28, then a = 63 - 20 - 40.
    assert not unprotected(Table(cells, by_epci), ["a", "c"])
    assert unprotected(table, ["a", "c"]) == ["a"]
    assert protect(table) == {"a", "b"}


def test_a_total_of_what_is_known_elsewhere_is_never_hidden():
    # Two parts of a known population: hiding one alone would leave it a subtraction.
    table = Table({"A": 3, "B": 20, "P": 23}, [("P", "AB")], public=frozenset({"P"}))
    assert protect(table) == {"A", "B"}


def test_a_zero_that_is_shown_is_no_partner():
    table = of_parts({"A": 4, "B": 0, "C": 30, "D": 25})
    assert protect(table) == {"A", "D"}


def test_readers_know_that_a_hidden_cell_is_not_zero():
    # A + B = 11 and neither is 0: B is at most 10, so the total goes too.
    assert protect(of_parts({"A": 1, "B": 10})) == {"A", "B", "total"}
    # A + B = 12: B may be 11.
    assert protect(of_parts({"A": 2, "B": 10})) == {"A", "B"}


def test_a_share_is_hidden_with_a_small_complement():
    assert protect(of_share(40, 44)) == {"n", "rest"}
    assert protect(of_share(30, 60)) == frozenset()


def test_nothing_is_hidden_where_nothing_is_small():
    assert publish(of_parts({"A": 0, "B": 11})) == {"total": 11, "A": 0, "B": 11}


# -- the attack on what `protect` publishes ------------------------------------------------------


@pytest.mark.parametrize("step", [1, K])
def test_no_drawn_table_gives_a_small_cell_back(step):
    rng = np.random.default_rng(2026)
    for _ in range(25):
        n_rows, n_columns = rng.integers(2, 5, size=2)
        drawn = rng.negative_binomial(1, 0.06, size=(n_rows, n_columns))
        table = two_way(
            {(f"r{i}", f"c{j}"): int(n) for (i, j), n in np.ndenumerate(drawn)}, step=step
        )
        hidden = protect(table)
        assert table.primary <= hidden
        assert not unprotected(table, hidden, floor_=1 if step == 1 else 0)


def test_small_tables_hide_as_few_cells_as_trying_every_set():
    rng = np.random.default_rng(7)
    for _ in range(12):
        parts = {f"p{i}": int(n) for i, n in enumerate(rng.integers(0, 40, size=4))}
        table = of_parts(parts)
        assert len(protect(table)) == len(fewest_by_trying(table))


def fewest_by_trying(table):
    """Return the smallest safe set of cells, found by trying every one."""
    hideable = [cell for cell, n in table.cells.items() if n and cell not in table.primary]
    for size in range(len(hideable) + 1):
        for extra in combinations(hideable, size):
            if not unprotected(table, table.primary | set(extra), floor_=1):
                return table.primary | set(extra)
    raise AssertionError("hiding everything is safe")


# -- figures that move while they are read -------------------------------------------------------


def test_a_live_count_moves_by_steps_of_eleven():
    assert [stepped(n) for n in (0, 10, 11, 21, 22)] == [0, 0, 11, 11, 22]


def test_a_live_table_shows_steps_and_hides_zeros_with_small_cells():
    table = of_parts({"A": 48, "B": 35, "C": 4, "D": 0}, step=K)
    shown = publish(table)
    assert shown["C"] is None
    assert shown["D"] is None
    assert shown["total"] == 77  # 87 people
    # C + D = total - A - B: at most 87 - 44 - 33 = 10 if both were shown.
    assert [shown["A"], shown["B"]].count(None) == 1


def test_one_more_person_in_a_small_cell_changes_nothing_that_is_shown():
    for few, rest in product(range(10), (24, 40)):
        before = publish(of_parts({"A": 44, "B": rest, "C": few}, step=K))
        after = publish(of_parts({"A": 44, "B": rest, "C": few + 1}, step=K))
        if (44 + rest + few + 1) % K:  # the total stays in its step
            assert before == after


# -- groups ----------------------------------------------------------------------------------------


def test_small_parts_are_gathered_until_they_count_eleven():
    parts = {"A": 30, "B": 4, "C": 13, "D": 2, "E": 0}
    # 4 + 2 = 6: under 11, so C joins.
    assert group_small(parts, other="autres") == {"A": 30, "autres": 19}
    assert group_small({"A": 30, "B": 11}, other="autres") == {"A": 30, "B": 11}
    assert group_small({"A": 3, "B": 4}, other="autres") is None


def test_a_reader_knows_how_many_parts_are_gathered_and_that_none_is_empty():
    # 3 + 8 = 11 in two parts: neither is above 10, so A joins. 4 + 8 = 12: either may be 11.
    assert group_small({"A": 30, "B": 3, "C": 8}, other="autres") == {"autres": 41}
    assert group_small({"A": 30, "B": 4, "C": 8}, other="autres") == {"A": 30, "autres": 12}
    # Nobody is left to join: 5 + 6 = 11.
    assert group_small({"A": 5, "B": 6}, other="autres") is None


def test_a_part_that_bears_the_name_of_the_group_is_not_lost():
    parts = {"A": 30, "B": 10, "autres": 16}
    assert group_small(parts, other="autres") == {"A": 30, "autres": 26}


def test_parts_are_hidden_with_others_until_neither_side_of_a_share_is_of_few():
    # One hidden, of 40 + 4: with A, 60 + 6; with B too, 90 + 36.
    known = {"A": (20, 2), "B": (30, 30)}
    assert partners((40, 4), 1, known) == ["A", "B"]
    # Nobody on one side: nothing to hide there.
    assert partners((40, 0), 2, {}) == []
    # 5 and 6 people, or 1 and 10: the total goes too.
    assert partners((11,), 2, {}) is None
    assert partners((12,), 2, {"C": (20,)}) == []


def test_zero_is_not_small():
    assert not is_small(0, None, 11)
    assert is_small(40, 10)
