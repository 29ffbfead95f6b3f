"""Improve composed rounds: one person of each table stands up, and all sit down again.

As each table gives one person and takes one, the best way to sit them again is an assignment
problem, solved exactly by SciPy; no such step makes the plan worse.
"""

from time import perf_counter

import numpy as np
import scipy  # its submodules load at their first use

AGAIN, ALIKE, FORBIDDEN = 10.0, 1.0, 1e6
STALE = 25
"""After so many sweeps without a gain, one round is drawn again: the search leaves a plan whose mix
is good but where two people meet again."""


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
    """Improve `tables` until no pair meets again or the time is over.

    `tables`: [round, person], -1 where absent; the first `n_kept` rounds stay as they are. `alike`:
    [person, person], in how many ways two people are of a kind. `apart`: [person, person], those
    who may not share a table. `seated`: [person], those who may not be moved.
    """
    until = perf_counter() + within_s
    # Those who are never moved meet again whatever one does.
    movable = ~(seated[:, None] & seated)
    best, least = tables, n_again(tables, movable)
    tables, stale = tables.copy(), 0
    while least and perf_counter() < until:
        for number in range(n_kept, len(tables)):
            others = np.delete(tables, number, axis=0)
            price = AGAIN * together(others) + ALIKE * alike + FORBIDDEN * apart
            np.fill_diagonal(price, 0)
            for _ in range(20):
                _step(tables[number], price, seated, n_tables, rng)
        if (again := n_again(tables, movable)) < least:
            best, least, stale = tables.copy(), again, 0
        else:
            stale += 1
        if stale == STALE:
            stale = 0
            _draw_again(tables[rng.integers(n_kept, len(tables))], seated, rng)
    return best


def together(tables: np.ndarray) -> np.ndarray:
    """Return [person, person]: at how many rounds two people share a table."""
    shared = np.zeros((tables.shape[1],) * 2)
    for table in tables:
        shared += (table[:, None] == table) & (table[:, None] >= 0)
    return shared


def n_again(tables: np.ndarray, counted: np.ndarray) -> int:
    """Count the meetings that are not the first of their pair."""
    return int(np.triu(np.maximum(together(tables) - 1, 0) * counted, 1).sum())


def _draw_again(table_of: np.ndarray, seated: np.ndarray, rng: np.random.Generator) -> None:
    """Exchange by chance the seats of those who may be moved; tables keep their sizes."""
    standing = np.flatnonzero(~seated & (table_of >= 0))
    table_of[standing] = rng.permutation(table_of[standing])


def _step(
    table_of: np.ndarray,
    price: np.ndarray,
    seated: np.ndarray,
    n_tables: int,
    rng: np.random.Generator,
) -> None:
    """Seat again one person of each table, drawn at random, at the least price."""
    shuffled = rng.permutation(np.flatnonzero(~seated & (table_of >= 0)))
    _, first = np.unique(table_of[shuffled], return_index=True)
    standing = shuffled[first]
    left = table_of[standing]
    there = table_of[:, None] == np.arange(n_tables)
    there[standing] = False
    cost = (price[standing] @ there)[:, left]
    # Equal prices are drawn, else the search would walk in circles.
    rows, columns = scipy.optimize.linear_sum_assignment(cost + rng.random(cost.shape) * 1e-3)
    table_of[standing[rows]] = left[columns]
