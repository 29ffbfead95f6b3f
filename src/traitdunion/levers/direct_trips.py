"""Trips that ride from near a home to near a site, and the minutes each lacks to serve a shift."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from traitdunion import french, reach
from traitdunion.reach.compiling.events import (
    BOOK_TO_ALIGHT,
    BOOK_TO_BOARD,
    CAN_ALIGHT,
    CAN_BOARD,
)
from traitdunion.reach.places import Array

ROUNDS_S = 300, 60, 1
DAY_S = 86_400
LONGEST_DAY_S = 30 * 3600
"""A service day has trips until 6:00 of the next one."""
LATEST_S, EARLIEST_S = 3 * 3600, -3 * 3600
"""A trip is moved by three hours at the most: further, it is another trip."""


@dataclass(frozen=True)
class DirectTrip:
    """A trip and the seconds by which it would have to move; `dates`: days it then runs.

    `from_name`, `to_name`: where the person boards and alights, between the hours given, before
    the move.
    """

    row: int
    delta_s: int
    departure_s: int
    arrival_s: int
    from_name: str
    to_name: str
    stops: tuple[int, ...]
    arrivals: tuple[int, ...]
    departures: tuple[int, ...]
    dates: frozenset[date]
    towards_work: bool

    @property
    def key(self) -> str:
        return f"{self.row}{self.delta_s // 60:+d}"

    def copied(self) -> reach.AddedTrip:
        """Return the same trip once more, at the hours needed."""
        return reach.AddedTrip(
            self.stops,
            tuple(t + self.delta_s for t in self.arrivals),
            tuple(t + self.delta_s for t in self.departures),
            self.dates,
        )

    @property
    def _ends(self) -> tuple[str, str]:
        return self.from_name, self.to_name

    def asked_for(self, *, added: bool) -> tuple[str, str]:
        """Return the verb of what is asked for, and the trip, to be said aloud."""
        ends = " – ".join(self._ends)
        if added:
            return "ajoutez", f"un départ {ends} à {self._new}"
        return self._verb, f"{self._moved_by} le départ de {self._old} {ends}"

    def asked_for_after(self, before: "DirectTrip", *, added: bool) -> tuple[str, str]:
        """Return the same where another trip was asked for just before: nothing is repeated."""
        if self._ends != before._ends[::-1]:
            return self.asked_for(added=added)
        if added:
            return "ajoutez", f"le retour à {self._new}"
        return self._verb, f"{self._moved_by} le retour de {self._old}"

    @property
    def _new(self) -> str:
        return french.clock((self.departure_s + self.delta_s) % DAY_S)

    @property
    def _old(self) -> str:
        return french.clock(self.departure_s % DAY_S)

    @property
    def _verb(self) -> str:
        return "avancez" if self.delta_s < 0 else "retardez"

    @property
    def _moved_by(self) -> str:
        return f"de {french.duration(abs(self.delta_s) // 60)}"

    def json(self) -> dict[str, Any]:
        return {
            "from": self.from_name,
            "to": self.to_name,
            "departure_s": self.departure_s,
            "move_min": self.delta_s // 60,
        }


def sentence_of(trips: Sequence[DirectTrip], *, added: bool) -> str:
    """Return what is asked for of trips, in one sentence: each verb once, a way back named so."""
    parts: list[str] = []
    said = ""
    for number, trip in enumerate(trips):
        verb, what = (
            trip.asked_for_after(trips[number - 1], added=added)
            if number
            else trip.asked_for(added=added)
        )
        parts.append(what if verb == said else f"{verb} {what}")
        said = verb
    return f"{french.capitalised(french.listed(parts))}."


class Moment(NamedTuple):
    """By when to be at work, or from when one is free, seconds from the midnight of each date."""

    at_s: int
    towards_work: bool


def moves_needed(
    timetable: reach.Timetable,
    streets: reach.Streets,
    home: reach.Point,
    work: reach.Point,
    *,
    dates: Sequence[date],
    needed: Sequence[date],
    moment: Moment,
    limits: reach.Limits,
) -> list[DirectTrip]:
    """Return the trips that would serve if moved, the smallest move first, one a move.

    `dates`: days on which a trip would run; `needed`: those of the shift. There is none to move
    where trips as they are serve each day needed. The end of a night is met by the trips of the
    service day before and by those of the day after.
    """
    moment_s, towards_work = moment
    first, last = (home, work) if towards_work else (work, home)
    before = _near(streets, first, limits, towards=False)
    after = _near(streets, last, limits, towards=True)
    moves: list[DirectTrip] = []
    served: set[date] = set()
    for day in range((moment_s - LONGEST_DAY_S) // DAY_S + 1, moment_s // DAY_S + 1):
        later = timedelta(day)
        for move, is_plain in _moves_on(
            timetable, before, after, dates=[on + later for on in dates],
            moment_s=moment_s - DAY_S * day, towards_work=towards_work,
        ):  # fmt: skip
            if move.delta_s:
                moves.append(move)
            elif is_plain:
                served |= {on for on in needed if _runs(timetable, move.row, on + later)}
    if served >= set(needed):
        return []
    return sorted(moves, key=lambda move: (abs(move.delta_s), move.departure_s, move.row))


def _moves_on(
    timetable: reach.Timetable,
    before: dict[int, int],
    after: dict[int, int],
    *,
    dates: Sequence[date],
    moment_s: int,
    towards_work: bool,
) -> Iterator[tuple[DirectTrip, bool]]:
    """Yield the trips of service days that would serve if moved, those that need no move too.

    With each, whether one may get on and off there without booking. `before`, `after`: seconds on
    foot to a stop, and from it.
    """
    a = timetable.arrays
    longest_s = reach.Commute().max_trip_s
    for pattern in _patterns(a, before, after):
        start, end = a["pattern_starts"][pattern : pattern + 2]
        stops = a["pattern_stops"][start:end]
        i, j = _ends(stops.tolist(), before, after)
        if i is None or j is None:
            continue
        flags = a["pattern_flags"][start:end]
        is_plain = bool(
            flags[i] & (CAN_BOARD | BOOK_TO_BOARD) == CAN_BOARD
            and flags[j] & (CAN_ALIGHT | BOOK_TO_ALIGHT) == CAN_ALIGHT
        )
        for row in np.flatnonzero(a["trip_pattern"] == pattern).tolist():
            if not any(_runs(timetable, row, on) for on in dates):
                continue
            at = int(a["trip_events"][row])
            calls = slice(at, at + len(stops))
            arrivals, departures = a["arrival_s"][calls], a["departure_s"][calls]
            left_s = int(departures[i]) - before[int(stops[i])]
            there_s = int(arrivals[j]) + after[int(stops[j])]
            if towards_work:
                low, high = moment_s - longest_s - left_s, moment_s - there_s
            else:
                low, high = moment_s - left_s, moment_s + longest_s - there_s
            delta = _smallest(low, high)
            if delta is None or not EARLIEST_S <= delta <= LATEST_S:
                continue
            move = DirectTrip(
                row, delta, int(departures[i]), int(arrivals[j]),
                timetable.stop_name(int(stops[i])), timetable.stop_name(int(stops[j])),
                tuple(stops.tolist()), tuple(arrivals.tolist()), tuple(departures.tolist()),
                frozenset(dates), towards_work,
            )  # fmt: skip
            yield move, is_plain


def _runs(timetable: reach.Timetable, row: int, on: date) -> bool:
    """Return whether a trip runs on a service day; not on one that the timetable has not."""
    runs = timetable.arrays["services"][timetable.arrays["trip_service"][row]]
    column = (on - timetable.start).days + 1
    return bool(0 <= column < len(runs) and runs[column])


def _near(
    streets: reach.Streets, point: reach.Point, limits: reach.Limits, *, towards: bool
) -> dict[int, int]:
    """Return the seconds on foot to each stop around, or from it, margins kept."""
    around = streets.stops_around(point, limits.walk, towards=towards)
    seconds = around.seconds
    if not towards:
        seconds = seconds + np.where(around.estimated, limits.access_margins_s(seconds), 0)
    return dict(zip(around.stops.tolist(), seconds.astype(int).tolist(), strict=True))


def _patterns(a: Any, before: dict[int, int], after: dict[int, int]) -> list[int]:
    """Return the patterns that call near both ends."""
    starts, stops = a["pattern_starts"], a["pattern_stops"]

    def calling(at: dict[int, int]) -> Array:
        rows = np.flatnonzero(np.isin(stops, list(at)))
        return np.unique(np.searchsorted(starts, rows, "right") - 1)

    both: list[int] = np.intersect1d(calling(before), calling(after)).tolist()
    return both


def _ends(
    stops: Sequence[int], before: dict[int, int], after: dict[int, int]
) -> tuple[int | None, int | None]:
    """Return the calls to board at and to alight at, the first boarded before one to alight."""
    on = [i for i, stop in enumerate(stops) if stop in before]
    off = [j for j, stop in enumerate(stops) if stop in after]
    pairs = [(i, j) for i in on for j in off if i < j]
    if not pairs:
        return None, None
    return min(pairs, key=lambda pair: before[stops[pair[0]]] + after[stops[pair[1]]])


def _smallest(low: int, high: int) -> int | None:
    """Return the move nearest to none within bounds, by five minutes or one where one fits."""
    if low > high:
        return None
    if low <= 0 <= high:
        return 0
    for step in ROUNDS_S:
        rounded = high // step * step if high < 0 else -(-low // step) * step
        if low <= rounded <= high:
            break
    return rounded
