"""The solutions of a chunk of homes: for each of them, where it serves, its days and minutes.

Axes: K shifts, C classes of days, W sites (or the main poles of each home), h homes of the chunk.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traitdunion import reach
from traitdunion.matching import bulk

from .question import Question
from .shifts import NamedShift

NONE_MIN = 255
"""Minutes of a way that there is not, as `reach.Held` writes it."""

Bools = NDArray[np.bool_]
Minutes = NDArray[np.uint8]


@dataclass(frozen=True)
class Pairs:
    """Homes × sites of a chunk: words (M, W, h), minutes `out` and `back` (C, W, M, h)."""

    words: NDArray[np.uint64]
    out: Minutes
    back: Minutes
    km: NDArray[np.float64]
    class_of: NDArray[np.int32]
    shifts: tuple[NamedShift, ...]

    def at(self, sites: NDArray[np.int64]) -> "Pairs":
        """Return the same for some sites of each home, (V, h)."""
        homes = np.arange(sites.shape[1])
        return Pairs(
            self.words[:, sites, homes],
            # Indices apart from the slices go first: back in place.
            np.moveaxis(self.out[:, sites, :, homes], (0, 1), (1, 3)),
            np.moveaxis(self.back[:, sites, :, homes], (0, 1), (1, 3)),
            self.km[sites, homes],
            self.class_of,
            self.shifts,
        )

    def minutes(self, rows: Sequence[int]) -> tuple[Minutes, Minutes]:
        """Return the minutes out and back by the quickest of some ways, uint8 (K, W, h).

        Of the longest day of a shift; of the shortest where one day is enough.
        """
        return self._by_shift(self.out[:, :, rows]), self._by_shift(self.back[:, :, rows])

    def some_way(self, rows: Sequence[int]) -> tuple[Bools, Bools]:
        """Return where some day of each shift has a way out, then a way back, bool (K, W, h)."""
        return self._some(self.out[:, :, rows]), self._some(self.back[:, :, rows])

    def _some(self, minutes: Minutes) -> Bools:
        by_class = minutes.min(axis=2, initial=NONE_MIN) != NONE_MIN
        some = np.zeros((len(self.shifts), *by_class.shape[1:]), bool)
        for k in range(len(self.shifts)):
            classes = self.class_of[k]
            some[k] = by_class[classes[classes >= 0]].any(axis=0)
        return some

    def _by_shift(self, minutes: Minutes) -> Minutes:
        by_class = minutes.min(axis=2, initial=NONE_MIN)
        by_shift = np.full((len(self.shifts), *by_class.shape[1:]), NONE_MIN, np.uint8)
        for k, named in enumerate(self.shifts):
            classes = self.class_of[k, sorted(named.shift.days)]
            if (classes < 0).any() and not named.any_day:
                continue  # a day that the timetable does not cover
            days = by_class[classes[classes >= 0]]
            if len(days):
                by_shift[k] = days.min(axis=0) if named.any_day else days.max(axis=0)
        return by_shift

    def feasible(self, words: NDArray[np.uint64]) -> Bools:
        """Return where the days held are those that each shift requires, bool (K, W, h)."""
        kept = np.empty((len(self.shifts), *words.shape), bool)
        for k, named in enumerate(self.shifts):
            asked = np.uint64(sum(1 << (bulk.DAYS * k + day) for day in named.shift.days))
            kept[k] = (words & asked) != 0 if named.any_day else (words & asked) == asked
        return kept

    def some_day(self, words: NDArray[np.uint64]) -> Bools:
        """Return where some day of each shift is held, bool (K, W, h)."""
        asked = [np.uint64(127 << bulk.DAYS * k) for k in range(len(self.shifts))]
        return np.stack([(words & of_shift) != 0 for of_shift in asked])


@dataclass(frozen=True)
class Solution:
    """One way of doing for the pairs of a chunk: the ways it gives and the days it holds.

    `offer` is its row in the table of offers; None where no offer is needed. `certain`, `doubtful`:
    words (W, h), where it serves for sure and where that is to be checked. `is_served` (W, h): its
    areas hold the home and the site, or may.
    """

    rows: tuple[int, ...]
    certain: NDArray[np.uint64]
    doubtful: NDArray[np.uint64]
    is_served: Bools
    offer: int | None = None


def offered(
    question: Question,
    rows: slice,
    pairs: Pairs,
    sites: NDArray[np.int64] | None,
    columns: Sequence[int] | None,
) -> Iterator[Solution | tuple[int, None]]:
    """Yield the solution of each offer over a chunk, (row, None) where it serves nowhere.

    sites: (V, h), those of each home; all of the `columns` of the table where None.
    """  # fmt: skip
    table = question.table
    homes = np.arange(pairs.words.shape[2])
    for n in range(len(table.offers)):
        zone = table.zone(n)[:, rows]
        if columns is not None:
            zone = zone[list(columns)]
        if sites is not None:
            zone = zone[sites, homes]
        if not zone.any():
            yield n, None
            continue
        certain, doubtful = bulk.held_in(zone, pairs.words, table, n, pairs.km)
        ways = tuple(int(m) for m in table.modes[n] if m >= 0)
        yield Solution(ways, certain, doubtful, zone != bulk.NON, n)


def owned(question: Question, p: int, pairs: Pairs) -> Iterator[Solution]:
    """Yield the solutions for which a profile needs no offer: lines on foot, its vehicles."""
    nowhere = np.zeros(pairs.words.shape[1:], np.uint64)
    everywhere = np.ones(nowhere.shape, bool)
    for ways in question.own_rows(question.profiles[p]):
        held = np.bitwise_or.reduce(pairs.words[ways], axis=0)
        yield Solution(tuple(ways), held, nowhere, everywhere)


def searched(
    question: Question, week: reach.SiteWeek, rows: slice, km: NDArray[np.float64]
) -> Pairs:
    """Ask the engine for the homes of a chunk, all ways at once."""
    homes = question.ground.points(question.ground.homes[rows])
    held = week.held(homes, question.by_mode)
    return Pairs(held.words(), held.out, held.back, km, week.classes.class_of, question.shifts)
