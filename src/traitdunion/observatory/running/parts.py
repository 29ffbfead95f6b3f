"""A run in parts: some homes × sites each, within a bounded memory, computed here or elsewhere.

Nothing here reads the database: a worker of a cluster computes a part with the question alone.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from traitdunion import reach

from .computing import compute
from .figures import homes_frame
from .ground import Ground, crow_km
from .profiles import BASE
from .question import Question

BYTES_A_CHUNK = 200_000_000
"""Bounds the arrays of a chunk: homes × sites × ways × classes of days, with some room."""

ALL_SITES = 1_500
"""Beyond, a chunk looks at the sites near its homes alone."""

NEAR_KM = 150.0
"""No way of two hours leads farther."""

BEST_BYTES = 400_000_000


class Part(NamedTuple):
    """A chunk to compute: its number, the rows of its homes, the sites it looks at (None: all)."""

    number: int
    rows: slice
    columns: list[int] | None = None


class Made(NamedTuple):
    """A chunk computed: its rows by profile, shift and home; uint8 (K, W, h) minutes, if kept."""

    part: Part
    homes: pl.DataFrame
    best: NDArray[np.uint8] | None


Computing = Callable[[Question, Iterable[Part]], Iterator[Made | None]]
"""Computes parts in any order; yields None now and then where it only waits."""


def parts(question: Question) -> Iterator[Part]:
    """Yield the parts of a question; the same for the same question, wherever it is computed."""
    ground = question.ground
    n_homes, n_sites = len(ground.homes), len(ground.sites)
    # Homes near each other follow each other in the order of codes, more or less: a département.
    per_pair = len(question.travels) * (2 * 12 + 8) + 8 * len(question.shifts) * 4
    size = max(int(BYTES_A_CHUNK / (per_pair * min(n_sites, ALL_SITES))), 1)
    for number, start in enumerate(range(0, n_homes, size)):
        rows = slice(start, min(start + size, n_homes))
        yield Part(number, rows, _near(ground, rows) if n_sites > ALL_SITES else None)


class Computer:
    """Computes parts of one question in this process; sites that all parts share are kept."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self._week: reach.SiteWeek | None = None

    def made(self, part: Part) -> Made:
        """Return a part computed."""
        question = self.question
        if part.columns is not None:
            week = question.week_of_sites(part.columns)
        else:
            week = self._week = self._week or question.week_of_sites()
        chunk = compute(question, week, part.rows, part.columns)
        best = chunk.best if keeps_best(question) else None
        return Made(part, homes_frame(question, part.rows, chunk), best)


def computed_here(question: Question, wanted: Iterable[Part]) -> Iterator[Made]:
    """Compute parts one after the other in this process."""
    computer = Computer(question)
    return map(computer.made, wanted)


def keeps_best(question: Question) -> bool:
    """Return whether the minutes of all pairs may be kept: competition needs all homes at once."""
    ground = question.ground
    if len(ground.sites) > ALL_SITES or question.profiles[0].code != BASE:
        return False
    return len(question.shifts) * len(ground.sites) * len(ground.homes) <= BEST_BYTES


def _near(ground: Ground, rows: slice) -> list[int]:
    """Return the sites near some home of a chunk."""
    sites = np.array([(site.lat, site.lon) for site in ground.sites])
    homes = np.array([(home.lat, home.lon) for home in ground.homes[rows]])
    return [int(w) for w in np.flatnonzero(crow_km(sites, homes).min(axis=1) <= NEAR_KM)]
