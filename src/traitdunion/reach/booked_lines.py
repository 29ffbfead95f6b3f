"""Runs of the timetable that must be booked: which no longer can be, and how to book a ride.

A call of an ordinary line may ask to be booked (`pickup_type` 2, `pickup_booking_rule_id`): the
vehicle keeps its hours, and comes only if it was asked for.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import numpy as np

from .compiling.events import (
    BOOK_TO_ALIGHT,
    BOOK_TO_BOARD,
    CAN_ALIGHT,
    CAN_BOARD,
    consecutive_runs,
    run_starts,
)
from .gtfs.on_demand.tables import NO_RULE
from .on_demand.notice import Booked, Calendar, earliest_pickup_s
from .on_demand.services import Rule
from .places import Array


class Patterns(NamedTuple):
    """Stops and flags of the stop patterns, one after the other."""

    starts: Array  # int32 (P + 1,)
    stops: Array  # int32 (positions,)
    flags: Array  # uint8 (positions,)


Closures = tuple[tuple[int, ...], ...]
"""By service day, then booking rule: seconds of the day before which nothing can be booked."""


def closures(
    rules: Sequence[Rule], asked_at: datetime, days: Sequence[date], calendar: Calendar
) -> Closures:
    """Return when bookings close; an empty tuple where all can still be booked."""
    seconds = tuple(
        tuple(_bounded(earliest_pickup_s([rule], asked_at, on, calendar)) for rule in rules)
        for on in days
    )
    return seconds if any(s > 0 for of_day in seconds for s in of_day) else ()


def _bounded(seconds: int) -> int:
    """Bound the seconds below: days far ahead of the call then share one view of the timetable."""
    return max(seconds, 0)


def has_booked_patterns(arrays: dict[str, Array]) -> bool:
    """Return whether some line must be booked."""
    return bool((arrays["pattern_flags"] & (BOOK_TO_BOARD | BOOK_TO_ALIGHT)).any())


def has_unknown_bookings(arrays: dict[str, Array], rules: Sequence[Rule]) -> bool:
    """Return whether some line must be booked, and its rule states neither how nor until when."""
    explained = np.array(
        [bool(rule.type or rule.phone or rule.booking_url) for rule in rules] + [False], np.bool_
    )
    # NO_RULE, -1, is the last.
    return any(
        bool(
            (
                (arrays["pattern_flags"] & needs != 0) & ~explained[arrays[f"pattern_{side}_rule"]]
            ).any()
        )
        for side, needs in (("pickup", BOOK_TO_BOARD), ("drop_off", BOOK_TO_ALIGHT))
    )


def without_closed(
    arrays: dict[str, Array],
    closed_before: Closures,
    trips: Array,
    day: Array,
) -> tuple[Array, Patterns]:
    """Return the pattern of each entry (a trip on a day), closed where it is too late to book.

    `trips` and `day` are of one length; `day` is a row of `closed_before`. Entries that keep all
    their calls keep their pattern, the others get one of their own, added after those of `arrays`.
    """
    starts, flags = arrays["pattern_starts"], arrays["pattern_flags"]
    patterns = Patterns(starts, arrays["pattern_stops"], flags)
    pattern: Array = arrays["trip_pattern"][trips].astype(np.int32)
    rules = np.maximum(arrays["pattern_pickup_rule"], arrays["pattern_drop_off_rule"])
    if not closed_before or not len(trips) or not len(rules):
        return pattern, patterns
    is_booked = np.maximum.reduceat(rules, starts[:-1]) != NO_RULE
    rows = np.flatnonzero(is_booked[pattern])
    if not len(rows):
        return pattern, patterns
    lengths = np.diff(starts)[pattern[rows]].astype(np.int64)
    at = consecutive_runs(starts[:-1][pattern[rows]].astype(np.int64), lengths)
    event = arrays["trip_events"][trips[rows]]
    departure_s = arrays["departure_s"][consecutive_runs(event, lengths)]
    first_s = np.repeat(arrays["departure_s"][event], lengths)
    of_day = np.repeat(day[rows], lengths)
    closed = np.zeros(len(at), np.uint8)
    for side, can, needs, leaves_s in (
        ("pickup", CAN_BOARD, BOOK_TO_BOARD, departure_s),
        # Notice is counted before the ride, whose start a call where one gets off does not know:
        # the first call of the trip is the one that never promises a ride refused at the phone.
        ("drop_off", CAN_ALIGHT, BOOK_TO_ALIGHT, first_s),
    ):
        rule = arrays[f"pattern_{side}_rule"][at]
        limit_s = np.array(closed_before, np.int64)[of_day, np.maximum(rule, 0)]
        too_late = (flags[at] & needs != 0) & (rule != NO_RULE) & (leaves_s < limit_s)
        closed |= np.where(too_late, can, 0).astype(np.uint8)
    return _with_own_patterns(patterns, pattern, rows, at, lengths, closed)


def _with_own_patterns(
    patterns: Patterns, pattern: Array, rows: Array, at: Array, lengths: Array, closed: Array
) -> tuple[Array, Patterns]:
    pattern = pattern.copy()
    begins = run_starts(lengths)
    known: dict[tuple[int, bytes], int] = {}
    stops, flags, added = [patterns.stops], [patterns.flags], []
    for number, row in enumerate(rows.tolist()):
        of_entry = slice(int(begins[number]), int(begins[number + 1]))
        if not closed[of_entry].any():
            continue
        key = int(pattern[row]), closed[of_entry].tobytes()
        if key not in known:
            known[key] = len(patterns.starts) - 1 + len(known)
            stops.append(patterns.stops[at[of_entry]])
            flags.append(patterns.flags[at[of_entry]] & ~closed[of_entry])
            added.append(int(lengths[number]))
        pattern[row] = known[key]
    starts = np.concatenate([patterns.starts, patterns.starts[-1] + np.cumsum(added)])
    return pattern, Patterns(starts.astype(np.int32), np.concatenate(stops), np.concatenate(flags))


def booked_of(
    arrays: dict[str, Array],
    rules: Sequence[Rule],
    *,
    trip: int,
    board: int,
    alight: int,
    days: int,
) -> Booked | None:
    """Return what books a ride of a trip between two of its calls; None where one just gets on.

    `trip` is a row of the compiled trips, `board` and `alight` are calls counted from its first,
    `days` lie between the day of the journey and its service day.
    """
    first = int(arrays["pattern_starts"][arrays["trip_pattern"][trip]])
    sides = (("pickup", BOOK_TO_BOARD, board), ("drop_off", BOOK_TO_ALIGHT, alight))
    needed = [
        int(arrays[f"pattern_{side}_rule"][first + call])
        for side, needs, call in sides
        if arrays["pattern_flags"][first + call] & needs
    ]
    if not needed:
        return None
    named = tuple(rules[row] for row in dict.fromkeys(needed) if row != NO_RULE)
    pickup_s = int(arrays["departure_s"][int(arrays["trip_events"][trip]) + board])
    return Booked(named, pickup_s, days)
