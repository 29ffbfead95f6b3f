"""Gives a time to the calls that have none, between the nearest timed calls of their trip."""

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.int32]


def interpolate(
    arrival_s: Seconds,
    departure_s: Seconds,
    timed: NDArray[np.bool_],
    distance: NDArray[np.float64],
) -> tuple[Seconds, Seconds]:
    """Fill the times of the calls that are not `timed`, all arrays of one shape (n_calls,).

    Calls are sorted by trip then sequence, and each trip starts and ends with a timed call. The
    share of the gap is that of `distance` (shape_dist_traveled, NaN where absent) if it is known
    and never decreases over the whole gap, else that of the position in the trip. Rounded
    down to the second (who waits must not come late); arrival and departure are then the same.
    """
    blank = np.flatnonzero(~timed)
    if not blank.size:
        return arrival_s, departure_s
    before, after = _nearest_timed(timed)
    before, after = before[blank], after[blank]
    by_distance = _can_go_by_distance(distance, before, after)
    share = (blank - before) / (after - before)
    at, start, end = (distance[rows[by_distance]] for rows in (blank, before, after))
    # Distances are those the publisher gives: a bus is slower in town than its stops suggest.
    share[by_distance] = (at - start) / (end - start)
    start_s = departure_s[before]
    # 1e-9: a share of whole seconds may fall just short of them, and lose one to the floor.
    passing_s = start_s + np.floor(share * (arrival_s[after] - start_s) + 1e-9).astype(np.int32)
    arrival_s, departure_s = arrival_s.copy(), departure_s.copy()
    arrival_s[blank] = departure_s[blank] = passing_s
    return arrival_s, departure_s


def _nearest_timed(timed: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rows = np.arange(timed.size)
    # Each trip starts and ends with a timed call: the nearest one never lies in another trip.
    before = np.maximum.accumulate(np.where(timed, rows, 0))
    after = np.minimum.accumulate(np.where(timed, rows, timed.size - 1)[::-1])[::-1]
    return before, after


def _can_go_by_distance(
    distance: NDArray[np.float64], before: NDArray[np.int64], after: NDArray[np.int64]
) -> NDArray[np.bool_]:
    grows = np.zeros(distance.size, dtype=np.int64)
    grows[1:] = distance[1:] >= distance[:-1]  # False next to a NaN
    # Between two calls this count grows by their distance in rows only where each step grew.
    steps = np.cumsum(grows)
    whole = steps[after] - steps[before] == after - before
    return np.asarray(whole & (distance[after] > distance[before]), dtype=np.bool_)
