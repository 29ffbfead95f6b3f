"""Betters rounds already composed: one person of each table stands up, and all sit down again.

As each table gives one person and takes one, the best way to sit them again is an assignment
problem, solved exactly by SciPy; no such step makes the plan worse.
"""

from time import perf_counter

import numpy as np
from scipy.optimize import linear_sum_assignment

AGAIN, ALIKE, FORBIDDEN = 10.0, 1.0, 1e6


def reseat(
    tables: np.ndarray,
    *,
    n_kept: int,
    alike: np.ndarray,
    apart: np.ndarray,
    seated: np.ndarray,
    n_tables: int,
    rng: np.random.Generator,
    within_s: float,
) -> np.ndarray:
    """Better `tables`, until nobody meets anybody again or the time is over.

    `tables`: [round, person], -1 where absent; the first `n_kept` rounds stay as they are. `alike`:
    [person, person], in how many ways two people are of a kind. `apart`: [person, person], those
    who may not share a table. `seated`: [person], those who may not be moved.
    """
    until = perf_counter() + within_s
    # Those who are never moved meet again whatever one does.
    movable = ~(seated[:, None] & seated)
    best, least = tables, n_again(tables, movable)
    tables = tables.copy()
    while least and perf_counter() < until:
        for one in range(n_kept, len(tables)):
            others = np.delete(tables, one, axis=0)
            price = AGAIN * together(others) + ALIKE * alike + FORBIDDEN * apart
            np.fill_diagonal(price, 0)
            for _ in range(20):
                _step(tables[one], price, seated, n_tables, rng)
        if (again := n_again(tables, movable)) < least:
            best, least = tables.copy(), again
    return best


def together(tables: np.ndarray) -> np.ndarray:
    """[person, person]: at how many rounds two people share a table."""
    found = np.zeros((tables.shape[1],) * 2)
    for one in tables:
        found += (one[:, None] == one) & (one[:, None] >= 0)
    return found


def n_again(tables: np.ndarray, counted: np.ndarray) -> int:
    """Meetings that are not the first of their pair, among the pairs counted."""
    return int(np.triu(np.maximum(together(tables) - 1, 0) * counted, 1).sum())


def _step(
    table_of: np.ndarray,
    price: np.ndarray,
    seated: np.ndarray,
    n_tables: int,
    rng: np.random.Generator,
) -> None:
    """One person of each table, at random, seated again at the least price."""
    shuffled = rng.permutation(np.flatnonzero(~seated & (table_of >= 0)))
    _, first = np.unique(table_of[shuffled], return_index=True)
    standing = shuffled[first]
    left = table_of[standing]
    there = table_of[:, None] == np.arange(n_tables)
    there[standing] = False
    cost = (price[standing] @ there)[:, left]
    # Equal prices are drawn, else the search would walk in circles.
    rows, columns = linear_sum_assignment(cost + rng.random(cost.shape) * 1e-3)
    table_of[standing[rows]] = left[columns]
