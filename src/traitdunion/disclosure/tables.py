"""Tables of people: cells, the sums that tie them, and what of a cell is small."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from math import inf
from typing import Any

K = 11
"""Fewest people that may be shown: a cell of 1 to 10 is hidden."""
WIDTH = K - 1
"""Fewest people between the ends of what a reader can infer of a hidden cell."""

TOTAL = "total"

Cell = Any  # any hashable key: a text, or a row and a column
Sum = tuple[Cell, Sequence[Cell]]


@dataclass(frozen=True)
class Table:
    """Counts of people by cell, with every sum that ties published cells.

    sums: (total, parts) for each additive relation: territories, months and quarter, shifts…
    public: cells known from elsewhere (populations): never hidden.
    step: 1 where exact counts are published. `K` for a live figure, published as a multiple of K:
        then a reader who comes back after one more person learns nothing, and a cell of 0 is
        hidden like one of 1 to 10.
    lower, upper: what else a reader knows of a cell, such as a rounded rate over a known base.
    """

    cells: Mapping[Cell, int]
    sums: Sequence[Sum] = ()
    public: frozenset[Cell] = frozenset()
    step: int = 1
    lower: Mapping[Cell, float] = field(default_factory=dict)
    upper: Mapping[Cell, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise ValueError where a count is negative or a total is not the sum of its parts."""
        for cell, count in self.cells.items():
            if count < 0:
                raise ValueError(f"{cell} counts {count} people")
        for total, parts in self.sums:
            if self.cells[total] != sum(self.cells[part] for part in parts):
                raise ValueError(f"{total} is not the sum of {list(parts)}")

    @cached_property
    def primary(self) -> frozenset[Cell]:
        """Cells hidden for themselves."""
        fewest = 0 if self.step > 1 else 1
        return frozenset(
            cell
            for cell, count in self.cells.items()
            if fewest <= count < K and cell not in self.public
        )

    def shown(self, cell: Cell) -> int:
        """Return what is published of a cell that is not hidden."""
        return self.cells[cell] if cell in self.public else stepped(self.cells[cell], self.step)

    def band(self, cell: Cell) -> tuple[int, int]:
        """Return the fewest and the most people behind a published cell."""
        low = self.shown(cell)
        return low, low if cell in self.public else low + self.step - 1

    def known(self, cell: Cell) -> tuple[float, float]:
        """Return what is known of a cell without any sum."""
        return self.lower.get(cell, 0), self.upper.get(cell, inf)


def is_small(*counts: int | Decimal | None) -> bool:
    """Return whether one of these counts is of 1 to 10 people."""
    return any(n is not None and 0 < n < K for n in counts)


def stepped(count: int, step: int = K) -> int:
    """Return a count rounded down to a multiple of `step`."""
    return count - count % step


def of_parts(parts: Mapping[Cell, int], *, total: Cell = TOTAL, step: int = 1) -> Table:
    """Return the table of a total published beside its parts."""
    return Table({total: sum(parts.values()), **parts}, [(total, tuple(parts))], step=step)


def of_share(numerator: int, denominator: int, *, step: int = 1) -> Table:
    """Return the table of a share: cells "n", "rest" and "d"."""
    cells = {"n": numerator, "rest": denominator - numerator, "d": denominator}
    return Table(cells, [("d", ("n", "rest"))], step=step)


def two_way(counts: Mapping[tuple[Cell, Cell], int], *, step: int = 1) -> Table:
    """Return a table with both margins: (row, TOTAL), (TOTAL, column) and (TOTAL, TOTAL)."""
    rows = list(dict.fromkeys(row for row, _ in counts))
    columns = list(dict.fromkeys(column for _, column in counts))
    cells: dict[Cell, int] = dict(counts)
    sums: list[Sum] = []
    for row in rows:
        parts = [(row, column) for column in columns if (row, column) in counts]
        cells[row, TOTAL] = sum(counts[part] for part in parts)
        sums.append(((row, TOTAL), parts))
    for column in columns:
        parts = [(row, column) for row in rows if (row, column) in counts]
        cells[TOTAL, column] = sum(counts[part] for part in parts)
        sums.append(((TOTAL, column), parts))
    cells[TOTAL, TOTAL] = sum(counts.values())
    sums.append(((TOTAL, TOTAL), [(row, TOTAL) for row in rows]))
    sums.append(((TOTAL, TOTAL), [(TOTAL, column) for column in columns]))
    return Table(cells, sums, step=step)
