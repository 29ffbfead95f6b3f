"""Hide small cells, then as few others as keep the small ones from being subtracted.

One small cell after the other: a mixed program chooses the cells to hide with it (first as few as
can be, then of as few people as can be) so that two tables, both compatible with what is published,
differ enough at that cell. What is hidden for one helps the next. Last, each cell hidden for others
is shown again if all stay protected. The attack, not the program, has the last word.
"""

from collections.abc import Collection, Mapping

import numpy as np
import scipy  # its submodules load at their first use

from .attack import SECONDS, is_safe, sums_of, unprotected
from .tables import WIDTH, Cell, K, Table

# How far a hidden cell is let move from its count; the second, where the first finds nothing.
_REACHES = (4 * K, 400 * K)


def protect(table: Table, *, hidden: Collection[Cell] = ()) -> frozenset[Cell]:
    """Return the cells to hide, `hidden` among them.

    Where nothing less protects a small cell, every cell that may be hidden is.
    """
    first = table.primary | frozenset(hidden)
    floor_ = _floor(table)
    kept = first
    for cell in sorted(table.primary, key=lambda key: (table.shown(key), str(key))):
        if unprotected(table, kept, of=[cell], floor_=floor_):
            kept |= _partners(table, cell, kept, floor_)
    if not is_safe(table, kept, floor_=floor_):
        return first | frozenset(_may_hide(table))
    return _without_excess(table, kept, first, floor_)


def publish(table: Table) -> Mapping[Cell, int | None]:
    """Return what is shown of each cell, None where it is hidden."""
    hidden = protect(table)
    return {cell: None if cell in hidden else table.shown(cell) for cell in table.cells}


def _floor(table: Table) -> int:
    # A reader who sees that zeros are shown knows that a hidden cell is not one.
    return 1 if table.step == 1 else 0


def _may_hide(table: Table) -> list[Cell]:
    """Return the cells that may be hidden: not those known from elsewhere, nor zeros if shown."""
    fewest = _floor(table)
    return [
        cell for cell, count in table.cells.items() if cell not in table.public and count >= fewest
    ]


def _partners(table: Table, cell: Cell, hidden: frozenset[Cell], floor_: int) -> frozenset[Cell]:
    for reach in _REACHES:
        chosen = _cheapest(table, cell, hidden, floor_, reach)
        if chosen is not None:
            return chosen
    return frozenset()


def _cheapest(
    table: Table, cell: Cell, hidden: frozenset[Cell], floor_: int, reach: int
) -> frozenset[Cell] | None:
    """Return the cells to hide with one small cell, None where no choice protects it."""
    cells = list(table.cells)
    n = len(cells)
    # What is hidden must not depend on more than what could be shown: steps, where live.
    counts = np.array([table.shown(key) for key in cells], dtype=float)
    may = set(_may_hide(table))
    free = np.array([key in may and key not in hidden for key in cells])
    ends = np.array(
        [(floor_, table.shown(key) + reach) if key in hidden else table.band(key) for key in cells],
        dtype=float,
    )
    low, high = ends[:, 0], ends[:, 1]
    # Variables: hide or not, then the counts of a table that is high at the cell, and of a low one.
    down = np.where(free, low - floor_, 0.0)
    up = np.where(free, reach, 0.0)
    eye, none = scipy.sparse.eye_array(n, format="csr"), scipy.sparse.csr_array((n, n))
    sums = sums_of(table)
    nil = scipy.sparse.csr_array(sums.shape)
    at = cells.index(cell)
    here = scipy.sparse.csr_array(([1.0], ([0], [at])), shape=(1, n))
    blank = scipy.sparse.csr_array((1, n))
    matrix = scipy.sparse.block_array(
        [
            [nil, sums, nil],
            [nil, nil, sums],
            [_diagonal(down), eye, none],
            [_diagonal(down), none, eye],
            [_diagonal(-up), eye, none],
            [_diagonal(-up), none, eye],
            [blank, here, blank],
            [blank, here, -here],
        ],
        format="csr",
    )
    zeros, wide = np.zeros(2 * sums.shape[0]), np.full(2 * n, np.inf)
    lower = np.concatenate([zeros, low, low, -wide, [K, WIDTH]])
    upper = np.concatenate([zeros, wide, high, high, [np.inf, np.inf]])
    # Fewest cells first; then fewest people; then parts rather than totals; then the last in
    # order, so that runs agree.
    is_total = np.isin(np.arange(n), [cells.index(total) for total, _ in table.sums])
    price = 1 + counts / (counts.sum() + 1) + is_total * 1e-6 - np.arange(n) * 1e-8
    result = scipy.optimize.milp(
        np.concatenate([np.where(free, price, 0.0), np.zeros(2 * n)]),
        constraints=scipy.optimize.LinearConstraint(matrix, lower, upper),
        integrality=np.ones(3 * n),
        bounds=scipy.optimize.Bounds(
            np.zeros(3 * n), np.concatenate([free.astype(float), np.full(2 * n, np.inf)])
        ),
        options={"time_limit": SECONDS, "mip_rel_gap": 0.0},
    )
    if result.x is None:
        return None
    return frozenset(cells[i] for i in np.flatnonzero(result.x[:n] > 0.5))


def _diagonal(values: np.ndarray) -> "scipy.sparse.csr_array":
    n = len(values)
    return scipy.sparse.csr_array((values, (np.arange(n), np.arange(n))), shape=(n, n))


def _without_excess(
    table: Table, hidden: frozenset[Cell], first: frozenset[Cell], floor_: int
) -> frozenset[Cell]:
    """Show again, the largest first, the cells without which all stay protected."""
    for cell in sorted(hidden - first, key=lambda key: (-table.shown(key), str(key))):
        if is_safe(table, hidden - {cell}, floor_=floor_):
            hidden -= {cell}
    return hidden
