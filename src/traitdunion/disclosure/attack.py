"""The attack: what a reader infers of hidden cells from every published cell and sum.

Each hidden cell is bounded below and above by linear programming, then in whole people: an interval
of real numbers is never narrower than that of whole ones, so it alone could miss an exact recovery.
"""

from collections.abc import Collection, Iterable
from math import ceil, floor, inf

import numpy as np
import scipy  # its submodules load at their first use

from .tables import WIDTH, Cell, K, Table

SECONDS = 5.0
_UNBOUNDED = 3
_NEAR = 1e-6


def intervals(
    table: Table, hidden: Collection[Cell], *, of: Iterable[Cell] | None = None, floor_: int = 0
) -> dict[Cell, tuple[float, float]]:
    """Return the fewest and the most people that each hidden cell may count, `inf` if unbounded.

    of: the cells to bound, all those hidden by default.
    floor_: the fewest people of a hidden cell; 1 where a reader knows that zeros are shown.
    """
    problem = _Problem(table, frozenset(hidden), floor_)
    wanted = list(hidden if of is None else of)
    return {cell: (problem.end(cell, -1), problem.end(cell, 1)) for cell in wanted}


def unprotected(
    table: Table, hidden: Collection[Cell], *, of: Iterable[Cell] | None = None, floor_: int = 0
) -> list[Cell]:
    """Return the small cells that a reader can infer, or that are not hidden at all.

    A small cell is protected where its interval reaches K and is at least WIDTH wide.
    """
    kept = frozenset(hidden)
    problem = _Problem(table, kept, floor_)
    wanted = table.primary if of is None else of
    return [cell for cell in wanted if cell not in kept or not problem.protects(cell)]


def is_safe(table: Table, hidden: Collection[Cell], *, floor_: int = 0) -> bool:
    """Return whether no small cell is shown or can be inferred; stops at the first that can."""
    kept = frozenset(hidden)
    problem = _Problem(table, kept, floor_)
    return table.primary <= kept and all(map(problem.protects, table.primary))


class _Problem:
    """The linear system that a reader writes down: a variable by cell, a row by sum."""

    def __init__(self, table: Table, hidden: frozenset[Cell], floor_: int) -> None:
        self.table = table
        self.row_of = {cell: i for i, cell in enumerate(table.cells)}
        self.equal = sums_of(table)
        ends = []
        for cell in table.cells:
            low, high = table.known(cell)
            ends.append((max(low, floor_), high) if cell in hidden else table.band(cell))
        # A rounded rate bounds a count between whole people.
        self.low = np.array([ceil(low - _NEAR) for low, _ in ends], dtype=float)
        self.high = np.array(
            [inf if high == inf else floor(high + _NEAR) for _, high in ends], dtype=float
        )
        self.group = _linked(table, np.flatnonzero(self.low != self.high))

    def protects(self, cell: Cell) -> bool:
        """Return whether the interval of a hidden cell is wide and high enough."""
        high = self.end(cell, 1)
        if high >= K and self.table.cells[cell] <= high - WIDTH:
            return True  # its own count is possible, and low enough
        return high >= K and high - self.end(cell, -1) >= WIDTH

    def end(self, cell: Cell, sign: int) -> float:
        """Return the most (sign 1) or the fewest (sign -1) people that a cell may count."""
        at = self.row_of[cell]
        if self.low[at] == self.high[at]:
            return float(self.low[at])
        # Only cells tied to this one through cells that may vary take part.
        columns = np.flatnonzero(self.group == self.group[at])
        matrix = self.equal[:, columns]
        rows = np.flatnonzero(np.diff(matrix.indptr))
        matrix = matrix[rows]
        if not len(rows):
            return float(self.high[at] if sign > 0 else self.low[at])
        fixed = np.where(self.group >= 0, 0.0, self.low)
        right = -(self.equal[rows] @ fixed)
        aim = np.where(columns == at, -float(sign), 0.0)
        bounds = np.column_stack([self.low[columns], self.high[columns]])
        real = scipy.optimize.linprog(aim, A_eq=matrix, b_eq=right, bounds=bounds, method="highs")
        if real.status == _UNBOUNDED:
            return sign * inf
        if real.x is not None and np.abs(real.x - np.round(real.x)).max() < _NEAR:
            return float(round(-sign * real.fun))
        whole = scipy.optimize.milp(
            aim,
            constraints=scipy.optimize.LinearConstraint(matrix, right, right),
            integrality=np.ones(len(columns)),
            bounds=scipy.optimize.Bounds(bounds[:, 0], bounds[:, 1]),
            options={"time_limit": SECONDS},
        )
        # Out of time: the count itself is the only value known to be possible.
        return float(self.table.cells[cell]) if whole.x is None else float(round(-sign * whole.fun))


def sums_of(table: Table) -> "scipy.sparse.csr_array":
    """Return the sums as a matrix: a row by sum, -1 at its total and 1 at its parts."""
    row_of = {cell: i for i, cell in enumerate(table.cells)}
    rows, columns, values = [], [], []
    for i, (total, parts) in enumerate(table.sums):
        for cell, value in [(total, -1.0), *((part, 1.0) for part in parts)]:
            rows.append(i)
            columns.append(row_of[cell])
            values.append(value)
    shape = (len(table.sums), len(table.cells))
    return scipy.sparse.csr_array((values, (rows, columns)), shape=shape)


def _linked(table: Table, free: np.ndarray) -> np.ndarray:
    """Return the group of each cell: cells that may vary and share a sum, -1 for the others."""
    row_of = {cell: i for i, cell in enumerate(table.cells)}
    parent = np.full(len(row_of), -1)
    parent[free] = free

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for total, parts in table.sums:
        members = [i for i in map(row_of.__getitem__, (total, *parts)) if parent[i] >= 0]
        for i in members[1:]:
            parent[root(i)] = root(members[0])
    return np.array([root(i) if parent[i] >= 0 else -1 for i in range(len(parent))])
