"""What pages show of the sheet frozen with a decision: people by steps of eleven.

The sheet itself keeps the exact counts. Voters are a part of those present, and those of an idea a
part of the voters: all are protected together, with what a subtraction between them would give.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from traitdunion.disclosure import K, Table, publish, stepped

VOTERS, PRESENT = "voters", "present"
COUNTED = "counted"
"""Those present, as the bilan of the session counts them once it is over."""


@dataclass(frozen=True)
class ShownIdea:
    """An idea of a sheet; `dots` and `voters` are "at least", None where hidden."""

    sheet: Mapping[str, Any]
    dots: int | None
    voters: int | None


@dataclass(frozen=True)
class ShownSheet:
    """A sheet; `present` and `voters` are "at least", None where hidden or unknown."""

    present: int | None
    voters: int | None
    ideas: Sequence[ShownIdea]


def shown_sheet(sheet: Mapping[str, Any]) -> ShownSheet:
    """Return what pages show of a sheet."""
    ideas = sheet["idees"]
    counts = _published(
        sheet["presents"], sheet["votants"], tuple(idea["votants"] for idea in ideas)
    )
    return ShownSheet(
        counts.get(PRESENT),
        counts[VOTERS],
        [_idea(idea, counts["idea", n]) for n, idea in enumerate(ideas)],
    )


def _idea(sheet: Mapping[str, Any], voters: int | None) -> ShownIdea:
    return ShownIdea(sheet, None if voters is None else stepped(sheet["gommettes"]), voters)


@lru_cache(maxsize=256)
def _published(present: int, voters: int, by_idea: tuple[int, ...]) -> Mapping[Any, int | None]:
    """Return the counts that may be shown; those present are left out where arrivals are not noted.

    Cells named ("rest", …) are never shown: they are what a subtraction would give.
    """
    cells: dict[Any, int] = {VOTERS: voters}
    sums: list[tuple[Any, Sequence[Any]]] = []
    for n, of_idea in enumerate(by_idea):
        cells |= {("idea", n): of_idea, ("rest", n): voters - of_idea}
        sums.append((VOTERS, (("idea", n), ("rest", n))))
    if present >= voters and present:
        cells |= {PRESENT: present, ("rest", PRESENT): present - voters, COUNTED: present}
        sums += [(PRESENT, (VOTERS, ("rest", PRESENT))), (COUNTED, (PRESENT,))]
    return publish(Table(cells, sums, public=frozenset({COUNTED}), step=K))
