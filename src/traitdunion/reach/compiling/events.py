"""Trips as rows of events, while a timetable is being compiled, and what their flags mean."""

from typing import NamedTuple

import numpy as np

from ..places import Array

CAN_BOARD, CAN_ALIGHT, BOOK_TO_BOARD, BOOK_TO_ALIGHT = 1, 2, 4, 8
FLAG_BITS = 4
TO_BOOK = 2
"""Value of pickup_type and drop_off_type where the agency must be asked beforehand."""
FORBIDDEN = 3
TIMED, MINIMUM, STAY_SEATED, LEAVE_SEAT = 1, 2, 4, 5


class Trips(NamedTuple):
    """Trips as rows of events; N trips, E events."""

    starts: Array  # int64 (N + 1,)
    service: Array  # int32 (N,)
    source: Array  # int32 (N,) row of feed.trips
    loose: Array  # bool (N,) departures known by frequency only
    stop: Array  # int32 (E,)
    flags: Array  # uint8 (E,)
    arrival_s: Array  # int32 (E,)
    departure_s: Array  # int32 (E,)
    event_source: Array  # int32 (E,) row of feed.trips that leaves this event
    sequence: Array  # int32 (E,) stop_sequence
    pickup_rule: Array  # int32 (E,) booking rule, NONE without one
    drop_off_rule: Array  # int32 (E,)


def run_starts(lengths: Array) -> Array:
    """Return the (N + 1,) int64 offsets of consecutive runs of these lengths."""
    starts: Array = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return starts


def consecutive_runs(starts: Array, lengths: Array) -> Array:
    """Return the indices of runs one after the other: starts[i] … starts[i] + lengths[i] - 1."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    indices: Array = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
    return indices
