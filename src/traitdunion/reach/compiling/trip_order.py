"""Trips in the order in which the searches of a few hours pick them: by pattern, then departure."""

from typing import NamedTuple

import numpy as np

from ..places import Array
from .events import consecutive_runs, run_starts


class TripOrder(NamedTuple):
    """Trips sorted by pattern, departure and content (R,); what they run through, copied.

    Copied, because arrays mapped from a file are read-only: another type for numba.
    """

    trip: Array  # int32 (R,) row of the timetable
    pattern: Array  # int32 (R,)
    content: Array  # int32 (R,) equal for trips of one pattern, the same hours, bicycles alike
    service: Array  # int32 (R,)
    first_s: Array  # int32 (R,) earliest departure
    last_s: Array  # int32 (R,) latest arrival
    event: Array  # int64 (R,) its first row of the two arrays below
    bikes: Array  # bool (R,)
    arrival_s: Array  # int32 (E,)
    departure_s: Array  # int32 (E,)
    services: Array  # bool (services, days + 2)


def trip_order(arrays: dict[str, Array]) -> TripOrder:
    """Sort the trips of a compiled timetable."""
    pattern = np.array(arrays["trip_pattern"], np.int32)
    event = np.array(arrays["trip_events"][: len(pattern)], np.int64)
    arrival_s, departure_s = np.array(arrays["arrival_s"]), np.array(arrays["departure_s"])
    lengths = np.diff(arrays["pattern_starts"])[pattern]
    bikes = np.array(arrays["trip_bikes"], np.bool_)
    known: dict[tuple[int, bool, bytes, bytes], int] = {}
    content = np.empty(len(pattern), np.int32)
    first_s, last_s = np.empty_like(content), np.empty_like(content)
    for trip, (begin, length) in enumerate(zip(event.tolist(), lengths.tolist(), strict=True)):
        calls = slice(begin, begin + length)
        arrivals, departures = arrival_s[calls], departure_s[calls]
        key = int(pattern[trip]), bool(bikes[trip]), arrivals.tobytes(), departures.tobytes()
        content[trip] = known.setdefault(key, len(known))
    if len(pattern):
        calls_of = consecutive_runs(event, lengths.astype(np.int64))
        begins = run_starts(lengths.astype(np.int64))[: len(pattern)]
        first_s[:] = np.minimum.reduceat(departure_s[calls_of], begins)
        last_s[:] = np.maximum.reduceat(arrival_s[calls_of], begins)
    rows = np.lexsort((content, first_s, pattern)).astype(np.int32)
    return TripOrder(
        trip=rows,
        pattern=pattern[rows],
        content=content[rows],
        service=np.array(arrays["trip_service"], np.int32)[rows],
        first_s=first_s[rows],
        last_s=last_s[rows],
        event=event[rows],
        bikes=bikes[rows],
        arrival_s=arrival_s,
        departure_s=departure_s,
        services=np.array(arrays["services"], np.bool_),
    )
