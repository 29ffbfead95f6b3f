"""The line before a solution, from the days on which people joined it and were served."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Protocol

SHORTEST_SAMPLE = 3
LOOKED_BACK = timedelta(days=365)


class Wait(Protocol):
    """The wait of somebody, without a name (`models.Attente`)."""

    inscrit_le: date
    servi_le: date | None
    parti_le: date | None


@dataclass(frozen=True)
class Waiting:
    """The line before a solution: people in it, and the median delay of those served in a year.

    `people` and `delay_days` are None where they are not known; `sample` is how many were served.
    """

    people: int | None
    delay_days: float | None
    sample: int


def waiting_of(waits: Iterable[Wait], *, declared: int | None, on: date) -> Waiting:
    """Counted where the line is kept here, else as the entry declares; too few tell no delay."""
    rows = [row for row in waits if row.inscrit_le <= on]
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
