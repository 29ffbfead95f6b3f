"""Lines exported one by one: made coarser until none is rare, rare values blanked."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from .suppression import protect
from .tables import K, Table, is_small

Line = TypeVar("Line")  # a frozen dataclass


def coarsened(
    lines: Sequence[Line],
    levels: Sequence[Callable[[Line], Line]],
    key: Callable[[Line], object],
    who: Callable[[Line], object] = id,
) -> list[Line]:
    """Return the lines, each at the finest level where at least K people share its key.

    levels: from the finest to the coarsest; a line that is rare at the last one is left out.
    who: the person of a line, who may have several; each line is another's unless given.
    """
    settled: list[Line] = []
    waiting = list(lines)
    for level in levels:
        groups: dict[object, list[tuple[Line, Line]]] = defaultdict(list)
        for line in waiting:
            coarse = level(line)
            groups[key(coarse)].append((line, coarse))
        waiting = []
        for pairs in groups.values():
            if len({who(line) for line, _ in pairs}) < K:
                waiting += [line for line, _ in pairs]
            else:
                settled += [coarse for _, coarse in pairs]
    return settled


def blank_rare(
    lines: Sequence[Line], columns: Sequence[str], who: Callable[[Line], object] = id
) -> list[Line]:
    """Return the lines with None where a value is shared by too few people, or would give one away.

    Columns are taken in order, each within the lines that share the shown values of those before;
    a line blanked in a column is blanked in all those after it. who: as for `coarsened`.
    """
    if not columns:
        return list(lines)
    column, later = columns[0], columns[1:]
    people: dict[Any, set[object]] = defaultdict(set)
    for line in lines:
        people[getattr(line, column)].add(who(line))
    counts = {value: len(those) for value, those in people.items()}
    hidden: set[Any] = set()
    if is_small(*counts.values()):
        cells: dict[Any, int] = {("value", value): n for value, n in counts.items()}
        sums = [("lines", tuple(cells))]
        cells["lines"] = sum(counts.values())
        # How many lines there are is read off the file: it cannot be hidden.
        table = Table(cells, sums, public=frozenset({"lines"}))
        # A value that is unknown looks like one that is blanked.
        hidden = {cell[1] for cell in protect(table)} | {None}
    shown: dict[Any, list[Line]] = defaultdict(list)
    blanked = []
    for line in lines:
        value = getattr(line, column)
        if value in hidden:
            blanked.append(replace(line, **dict.fromkeys(columns)))  # type: ignore[type-var]
        else:
            shown[value].append(line)
    return blanked + [line for group in shown.values() for line in blank_rare(group, later, who)]
