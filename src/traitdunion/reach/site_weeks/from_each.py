"""Earliest arrivals from many places at one moment, within a few hours: one loop over all."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from .. import kernels as usual
from ..one_to_all import Access, checked_access
from ..options import USUAL_LIMITS, Limits
from ..places import UNREACHED, Array
from ..timetable import Timetable
from . import kernels, view_kernels
from .asked import NO_ACCESS
from .kernels import Access as Boardings
from .kernels import Seeds
from .searching import Way, search_jobs
from .view_kernels import Calls, Running


def earliest_arrivals_from_each(
    tt: Timetable,
    origins: Sequence[Access],
    depart_s: int,
    *,
    on: date,
    horizon_s: int | None = None,
    limits: Limits = USUAL_LIMITS,
) -> Array:
    """Return what `earliest_arrivals` gives from each of many origins, in one loop.

    With a horizon, only the trips that run within `horizon_s` after `depart_s` are laid and
    scanned: each search costs what it reaches, whatever the size of the timetable.
    Returns int32 (origins, n_stops), UNREACHED for what no line or walk reaches in time.
    Raises OutsideTimetable, and ValueError for a horizon where bookings close.
    """
    boardings = _boardings(tt, origins)
    if horizon_s is None:
        return _without_horizon(tt, boardings, depart_s, on, limits)
    if limits.asked_at is not None and tt.has_booked_lines:
        raise ValueError("lines that are booked ask for a search without a horizon")
    order, a = tt.trip_order, tt.arrays
    days = tt.service_days(on, limits.service_days)
    n = len(order.trip) * len(days)
    rows, shifts = np.empty(n, np.int32), np.empty(n, np.int32)
    parts = np.zeros(len(days) + 1, np.int64)
    n = view_kernels.runs_within(
        order.first_s,
        order.last_s,
        order.service,
        order.services,
        np.array([column for _, column, _ in days], np.int64),
        np.array([shift_s for _, _, shift_s in days], np.int64),
        depart_s,
        depart_s + horizon_s,
        rows,
        shifts,
        parts,
    )
    running = Running(
        _three_parts(parts),
        rows[:n],
        shifts[:n],
        order.pattern[rows[:n]],
        np.array([depart_s], np.int32),
    )
    calls = Calls(
        order.event,
        order.bikes,
        order.content,
        order.arrival_s,
        order.departure_s,
        *(np.array(a[f"pattern_{name}"]) for name in ("starts", "stops", "flags")),
    )
    reached = search_jobs(
        tt,
        Way(calls, running, False, False),
        Seeds(boardings, NO_ACCESS, NO_ACCESS, NO_ACCESS),
        np.ones((1, len(origins)), np.bool_),
        limits=limits,
        longest_s=horizon_s,
    )
    out = np.empty((len(origins), tt.n_stops), np.int32)
    kernels.spread(reached, boardings, depart_s, out)
    return out


def _without_horizon(
    tt: Timetable, boardings: Boardings, depart_s: int, on: date, limits: Limits
) -> Array:
    view = tt.view(on, limits)
    out = np.empty((len(boardings.starts) - 1, tt.n_stops), np.int32)
    usual.search_each(
        view,
        boardings.starts,
        boardings.stops,
        boardings.ready_s + np.int32(depart_s),
        limits.max_rides,
        limits.min_transfer_s,
        UNREACHED - 1,
        tt.scratch(view),
        np.empty(tt.n_stops, np.int32),
        np.empty(tt.n_stops, np.int32),
        out,
    )
    return out


def _boardings(tt: Timetable, origins: Sequence[Access]) -> Boardings:
    """Return where one may board from each origin, and after how many seconds."""
    if all(isinstance(origin, int | np.integer) for origin in origins):
        starts, stops = tt.platforms_of_each(np.array(origins, np.int64))
        return Boardings(starts, stops, np.zeros(len(stops), np.int32), 0)
    accesses = [checked_access(tt, origin) for origin in origins]
    return Boardings(
        np.cumsum([0, *(len(stops) for stops, _ in accesses)]).astype(np.int64),
        np.concatenate([stops for stops, _ in accesses]),
        np.concatenate([seconds for _, seconds in accesses]),
        0,
    )


def _three_parts(parts: Array) -> Array:
    """Return the bounds of three service days, the last ones empty where fewer are asked for."""
    if len(parts) > 4:
        raise ValueError("three service days at most can be searched at once")
    return np.append(parts, np.full(4 - len(parts), parts[-1]))[None, :]
