"""What may be shown of those hired and still there: steps of `K`, no small group by subtraction.

The three days count the same cohorts, or nearly: what one shows and another shows together tell how
many left between them. All are one table, and what no page shows is in it too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from traitdunion.disclosure import K, Table, protect

from ..models import BilanCohorte


@dataclass(frozen=True, slots=True)
class Shown:
    """Counts of people at a day as published: multiples of `K`, None where hidden."""

    present: int | None
    hired: int | None
    unknown: int | None


def published(passed: Mapping[int, Sequence[BilanCohorte]]) -> dict[int, Shown]:
    """Return what may be shown at each day. passed: the cohorts whose day has come, by day."""
    table, private = _table(passed)
    hidden = protect(table, hidden=private)

    def shown(cell: Any) -> int | None:
        return None if cell in hidden else table.shown(cell)

    return {
        days: Shown(shown(("present", days)), shown(("hired", days)), shown(("unknown", days)))
        for days in passed
    }


def _table(passed: Mapping[int, Sequence[BilanCohorte]]) -> tuple[Table, set[Any]]:
    """Return every count that a reader may infer, and those that no page shows."""
    known = {
        days: {row.pk: (row.embauches, n) for row in rows if (n := row.present(days)) is not None}
        for days, rows in passed.items()
    }
    cells: dict[Any, int] = {}
    for days, rows in passed.items():
        cells["hired", days], cells["present", days] = _sums(known[days].values())
        cells["unknown", days] = sum(row.embauches for row in rows) - cells["hired", days]
    shown = set(cells)
    sums: list[tuple[Any, tuple[Any, ...]]] = []
    for days in passed:
        cells["gone", days] = cells["hired", days] - cells["present", days]
        sums.append((("hired", days), (("present", days), ("gone", days))))
    for days, later in combinations(passed, 2):
        pair = (days, later)
        both = known[days].keys() & known[later].keys()
        hired, before = _sums(known[days][pk] for pk in both)
        _, after = _sums(known[later][pk] for pk in both)
        if not both or after > before:
            continue  # nothing in common, or typed wrong
        cells["hired both", pair], cells["stayed", pair] = hired, after
        cells["left", pair] = before - after
        for of, parts in ((days, ["stayed", "left"]), (later, ["stayed"])):
            apart = known[of].keys() - both
            alone: list[Any] = []
            if apart:
                alone = [("hired alone", of, pair), ("present alone", of, pair)]
                cells[alone[0]], cells[alone[1]] = _sums(known[of][pk] for pk in apart)
            sums.append((("hired", of), (("hired both", pair), *alone[:1])))
            sums.append((("present", of), (*((part, pair) for part in parts), *alone[1:])))
    return Table(cells, sums, step=K), set(cells) - shown


def _sums(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Return those hired and those present, of pairs of both."""
    listed = list(pairs)
    return sum(hired for hired, _ in listed), sum(present for _, present in listed)
