"""The line before a solution, from the days on which people joined it and were served."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from statistics import median
from typing import Protocol

SHORTEST_SAMPLE = 3
LOOKED_BACK = timedelta(days=365)


class Wait(Protocol):
    """An anonymous wait (`models.Attente`)."""

    @property
    def inscrit_le(self) -> date: ...

    @property
    def servi_le(self) -> date | None: ...

    @property
    def parti_le(self) -> date | None: ...


@dataclass(frozen=True)
class Waiting:
    """The line before a solution: people in it, and the median delay of those served in a year.

    `people` and `delay_days` are None where they are not known; `sample` is how many were served.
    """

    people: int | None
    delay_days: float | None
    sample: int


def delay_of(waits: Iterable[Wait], *, declared: int | None, on: date) -> int | None:
    """Return the days before a first use: the delay measured, else the one declared."""
    measured = waiting_of(waits, declared=None, on=on).delay_days
    return declared if measured is None else ceil(measured)


def waiting_of(waits: Iterable[Wait], *, declared: int | None, on: date) -> Waiting:
    """Count the line where it was kept here within a year, else as declared.

    Too few waits give no delay.
    """
    rows = [row for row in waits if row.inscrit_le <= on and _is_recent(row, on)]
    delays = [
        (row.servi_le - row.inscrit_le).days
        for row in rows
        if row.servi_le and on - LOOKED_BACK < row.servi_le <= on
    ]
    in_line = [row for row in rows if not (row.servi_le or row.parti_le)]
    return Waiting(
        people=len(in_line) if rows else declared,
        delay_days=median(delays) if len(delays) >= SHORTEST_SAMPLE else None,
        sample=len(delays),
    )


def _is_recent(row: Wait, on: date) -> bool:
    """Return True where a wait still lasts or ended within the year."""
    ended = row.servi_le or row.parti_le
    return ended is None or ended > on - LOOKED_BACK
