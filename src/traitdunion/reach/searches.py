"""One-to-all searches, forward and backward, for one moment or many: check, allocate, call."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from . import kernels
from .kernels import View
from .places import UNREACHED, Array
from .streets import DEFAULT_WALK, Reach, Walk
from .timetable import SERVICE_DAYS, Timetable

MAX_RIDES = 8
Access = int | np.integer[Any] | tuple[Array, Array] | Reach


def earliest_arrivals(
    tt: Timetable,
    access: Access,
    depart_s: int,
    *,
    on: date,
    max_rides: int = MAX_RIDES,
    walk: Walk = DEFAULT_WALK,
    min_transfer_s: int = 0,
    service_days: Sequence[int] = SERVICE_DAYS,
    by_s: int | None = None,
) -> Array:
    """Earliest arrival at every stop, leaving at `depart_s` (RAPTOR, Delling et al. 2015).

    `access`: a stop where one stands, or arrays of stops and of seconds to get to each. Times
    are seconds of the service day `on`. Trips of the days before and after are taken too
    (`service_days`).
    `by_s`: arrivals later than this are not sought. `min_transfer_s`: least time between getting
    off a vehicle and into the next.

    Returns int32 (n_stops,), UNREACHED where there is no way. Raises OutsideTimetable, ValueError.
    """
    view = tt.view(on, service_days=service_days, walk=walk, min_transfer_s=min_transfer_s)
    return _one_to_all(tt, view, access, depart_s, max_rides, min_transfer_s, by_s)


def latest_departures(
    tt: Timetable,
    egress: Access,
    arrive_s: int,
    *,
    on: date,
    max_rides: int = MAX_RIDES,
    walk: Walk = DEFAULT_WALK,
    min_transfer_s: int = 0,
    service_days: Sequence[int] = SERVICE_DAYS,
    from_s: int | None = None,
) -> Array:
    """Latest departure from every stop that arrives by `arrive_s`: the search turned around.

    `egress`: a stop, or arrays of stops and of seconds from each to the place. `from_s`:
    departures earlier than this are not sought. Otherwise as `earliest_arrivals`.
    Returns int32 (n_stops,), UNREACHED where there is no way.
    """
    view = tt.view(
        on, service_days=service_days, walk=walk, min_transfer_s=min_transfer_s, backward=True
    )
    by_s = None if from_s is None else -from_s
    return turned(_one_to_all(tt, view, egress, -arrive_s, max_rides, min_transfer_s, by_s))


def profile(
    tt: Timetable,
    access: Access,
    departs_s: Sequence[int] | Array,
    *,
    on: date,
    max_rides: int = MAX_RIDES,
    walk: Walk = DEFAULT_WALK,
    min_transfer_s: int = 0,
    service_days: Sequence[int] = SERVICE_DAYS,
    backward: bool = False,
    out: Array | None = None,
) -> Array:
    """Earliest arrivals for each of many departures, in one range search (rRAPTOR).

    `departs_s` (D,): seconds, in any order. With `backward`, they are times of arrival and the
    answer holds the latest departures. `out`: int32 (D, n_stops) to fill instead of a new array.
    Returns int32 (D, n_stops), each row exactly that of an independent search.
    """
    view = tt.view(
        on, service_days=service_days, walk=walk, min_transfer_s=min_transfer_s, backward=backward
    )
    stops, seconds = _access(tt, access)
    _check_rides(max_rides)
    times = np.asarray(departs_s, np.int32)
    times = -times if backward else times
    rows = np.argsort(-times, kind="stable")
    if out is None:
        out = np.empty((len(times), tt.n_stops), np.int32)
    elif out.shape != (len(times), tt.n_stops) or out.dtype != np.int32:
        raise ValueError(f"out must be int32 {(len(times), tt.n_stops)}, not {out.shape}")
    labels = (tt.n_stops, max_rides + 1)
    kernels.profile(
        view,
        stops,
        seconds,
        times[rows],
        rows,
        max_rides,
        min_transfer_s,
        UNREACHED - 1,
        tt.scratch(view),
        np.empty((len(view.trips), max_rides + 1, 2), np.int32),
        np.empty(labels, np.int32),
        np.empty(labels, np.int32),
        out,
    )
    return turned(out) if backward else out


def turned(times: Array) -> Array:
    """Times of a mirrored search, negated back; UNREACHED stays."""
    return np.where(times == UNREACHED, UNREACHED, -times).astype(np.int32)


def _one_to_all(
    tt: Timetable,
    view: View,
    access: Access,
    at_s: int,
    max_rides: int,
    min_transfer_s: int,
    by_s: int | None,
) -> Array:
    stops, seconds = _access(tt, access)
    _check_rides(max_rides)
    best = np.empty(tt.n_stops, np.int32)
    kernels.search(
        view,
        stops,
        seconds + np.int32(at_s),
        max_rides,
        min_transfer_s,
        UNREACHED - 1 if by_s is None else by_s,
        tt.scratch(view),
        np.empty(tt.n_stops, np.int32),
        np.empty(tt.n_stops, np.int32),
        best,
    )
    return best


def _access(tt: Timetable, access: Access) -> tuple[Array, Array]:
    """Stops and seconds (int32) to start from; at a lone stop one stands already."""
    if isinstance(access, int | np.integer):
        stop = int(access)
        if not 0 <= stop < tt.n_stops:
            raise ValueError(f"there is no stop {stop}: rows go from 0 to {tt.n_stops - 1}")
        return np.array([stop], np.int32), np.zeros(1, np.int32)
    stops = np.ascontiguousarray(access[0], np.int32)
    seconds = np.ascontiguousarray(access[1], np.int32)
    if stops.shape != seconds.shape or stops.ndim != 1:
        raise ValueError(
            f"access is two arrays of one length, not of shapes {stops.shape} and {seconds.shape}"
        )
    if len(stops) and (stops.min() < 0 or stops.max() >= tt.n_stops):
        raise ValueError(f"access names a stop outside 0 … {tt.n_stops - 1}")
    if len(seconds) and seconds.min() < 0:
        raise ValueError("access has a negative time")
    return stops, seconds


def _check_rides(max_rides: int) -> None:
    if not 0 <= max_rides <= 64:
        raise ValueError(f"max_rides must be from 0 to 64, not {max_rides}")
