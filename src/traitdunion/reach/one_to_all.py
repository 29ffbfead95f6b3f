"""One-to-all searches, forward and backward, for one moment or many: check, allocate, call."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from . import kernels, window_kernels
from .kernels import View
from .options import MAX_MOMENT_S, USUAL_LIMITS, Limits
from .places import UNREACHED, Array
from .streets import Reach
from .timetable import Timetable
from .window_kernels import Steps, Window

FIRST_STEPS = 24
"""Room of a window for so many improvements a stop: memory never touched costs nothing."""

Access = int | np.integer[Any] | tuple[Array, Array] | Reach


def earliest_arrivals(
    tt: Timetable,
    access: Access,
    depart_s: int,
    *,
    on: date,
    limits: Limits = USUAL_LIMITS,
    by_s: int | None = None,
) -> Array:
    """Return the earliest arrival at every stop, leaving at `depart_s` (RAPTOR).

    `access`: a stop where one stands (a station stands for its platforms), or arrays of stops and
    of seconds to get to each. Times are seconds of the service day `on`. A walk may follow the
    last ride; none precedes the first but those of `access`. `by_s`: later arrivals are not
    sought.

    Returns int32 (n_stops,), UNREACHED where there is no way. Raises OutsideTimetable, ValueError.
    """
    view = tt.view(on, limits)
    return _one_to_all(tt, view, access, depart_s, limits, by_s)


def latest_departures(
    tt: Timetable,
    egress: Access,
    arrive_s: int,
    *,
    on: date,
    limits: Limits = USUAL_LIMITS,
    from_s: int | None = None,
) -> Array:
    """Return the latest departure from every stop that arrives by `arrive_s`.

    The search is `earliest_arrivals` with time turned around: a walk may precede the first ride,
    and none follows the last but those of `egress`, a stop, or arrays of stops and of seconds
    from each to the place. `from_s`: earlier departures are not sought.

    Returns int32 (n_stops,), UNREACHED where there is no way.
    """
    view = tt.view(on, limits, backward=True)
    by_s = None if from_s is None else -from_s
    return turned(_one_to_all(tt, view, egress, -arrive_s, limits, by_s))


def profile(
    tt: Timetable,
    access: Access,
    departs_s: Sequence[int] | Array,
    *,
    on: date,
    limits: Limits = USUAL_LIMITS,
    backward: bool = False,
    out: Array | None = None,
) -> Array:
    """Return the earliest arrivals for each of many departures, in one range search (rRAPTOR).

    `departs_s` (D,): seconds, in any order. With `backward`, they are times of arrival and the
    answer holds the latest departures. `out`: int32 (D, n_stops) to fill instead of a new array.
    Returns int32 (D, n_stops), each row exactly that of an independent search.
    """
    view = tt.view(on, limits, backward=backward)
    stops, seconds = checked_access(tt, access)
    # In the mirror an arrival is a departure, of the opposite sign.
    times = np.asarray(departs_s, np.int32)
    times = -times if backward else times
    if out is not None and (out.shape != (len(times), tt.n_stops) or out.dtype != np.int32):
        raise ValueError(f"out must be int32 {(len(times), tt.n_stops)}, not {out.shape}")
    out = _range_search(tt, view, (stops, seconds), times, limits, out=out)
    return turned(out) if backward else out


def window_percentile(
    tt: Timetable,
    access: Access,
    from_s: int,
    window_s: int,
    *,
    on: date,
    share: float = 0.5,
    step_s: int = 60,
    limits: Limits = USUAL_LIMITS,
) -> Array:
    """Return a percentile of the seconds to each stop, leaving every `step_s` within a window.

    `share` 0.5 is the median: of n departures the time of rank share × (n - 1), halves up, those
    that do not get there being the longest. The window starts at `from_s` and excludes its end.
    Returns int32 (n_stops,), UNREACHED where too few departures get there.
    """
    of_one: Array = window_percentiles(
        tt, [access], from_s, window_s, on=on, share=share, step_s=step_s, limits=limits
    )[0]
    return of_one


def window_percentiles(
    tt: Timetable,
    accesses: Sequence[Access],
    from_s: int,
    window_s: int,
    *,
    on: date,
    share: float = 0.5,
    step_s: int = 60,
    limits: Limits = USUAL_LIMITS,
) -> Array:
    """Return `window_percentile` from each of many origins, int32 (origins, n_stops)."""
    n = -(-window_s // step_s) if step_s > 0 else 0
    if n < 1 or not 0 <= share <= 1:
        raise ValueError(
            f"a window of {window_s} s holds no departure every {step_s} s, or {share} is no share"
        )
    if max(abs(from_s), abs(from_s + window_s)) > MAX_MOMENT_S:
        raise ValueError("the window is more than a month away from the day asked about")
    view = tt.view(on, limits)
    window = Window(from_s + (n - 1) * step_s, step_s, n, int(share * (n - 1) + 0.5))
    rounds = limits.max_rides + 1
    out = np.empty((len(accesses), tt.n_stops), np.int32)
    # Shared by all origins: pages of memory touched for the first time cost as much as a search.
    steps = _steps(tt.n_stops, FIRST_STEPS * tt.n_stops)
    scratch, ridden = tt.scratch(view), np.empty((len(view.trips), rounds, 2), np.int32)
    arrived, ready = (np.empty((tt.n_stops, rounds), np.int32) for _ in range(2))
    spans = np.empty((n, 3), np.int64)
    for row, access in enumerate(accesses):
        stops, seconds = checked_access(tt, access)
        while True:
            n_steps = window_kernels.window_percentile(
                view,
                stops,
                seconds,
                window,
                limits.max_rides,
                limits.min_transfer_s,
                UNREACHED - 1,
                scratch,
                ridden,
                arrived,
                ready,
                steps,
                spans,
                out[row],
            )
            if n_steps <= len(steps.rank):
                break
            steps = _steps(tt.n_stops, n_steps)
    return out


def _steps(n_stops: int, room: int) -> Steps:
    return Steps(
        best=np.empty(n_stops, np.int32),
        head=np.empty(n_stops, np.int32),
        following=np.empty(room, np.int32),
        rank=np.empty(room, np.int32),
        time=np.empty(room, np.int32),
    )


def by_vehicle(
    tt: Timetable, view: View, access: tuple[Array, Array], limits: Limits, limit_s: int
) -> Array:
    """Return the earliest arrivals by a line, no walk after it, int32 (n_stops,).

    `access`: stops and the times (not durations) from which one may board there.
    """
    arrived, ready, best = (np.empty(tt.n_stops, np.int32) for _ in range(3))
    kernels.search(
        view,
        *access,
        limits.max_rides,
        limits.min_transfer_s,
        limit_s,
        tt.scratch(view),
        arrived,
        ready,
        best,
    )
    return arrived


def by_vehicle_profile(
    tt: Timetable,
    view: View,
    access: tuple[Array, Array],
    departs_s: Array,
    limits: Limits,
    limit_s: int = UNREACHED - 1,
) -> Array:
    """Return the earliest arrivals by a line for each departure, int32 (D, n_stops).

    `access`: stops and the seconds after which one may board there. Arrivals after `limit_s` are
    not sought.
    """
    return _range_search(tt, view, access, departs_s, limits, line_alone=True, limit_s=limit_s)


def turned(times: Array) -> Array:
    """Negate the times of a mirrored search; UNREACHED stays."""
    return np.where(times == UNREACHED, UNREACHED, -times).astype(np.int32)


def _range_search(
    tt: Timetable,
    view: View,
    access: tuple[Array, Array],
    times: Array,
    limits: Limits,
    *,
    line_alone: bool = False,
    limit_s: int = UNREACHED - 1,
    out: Array | None = None,
) -> Array:
    # From late to early, as the self-pruning of the kernel needs.
    rows = np.argsort(-times, kind="stable")
    if out is None:
        out = np.empty((len(times), tt.n_stops), np.int32)
    rounds = limits.max_rides + 1
    kernels.profile(
        view,
        *access,
        times[rows],
        rows,
        limits.max_rides,
        limits.min_transfer_s,
        limit_s,
        line_alone,
        tt.scratch(view),
        np.empty((len(view.trips), rounds, 2), np.int32),
        np.empty((tt.n_stops, rounds), np.int32),
        np.empty((tt.n_stops, rounds), np.int32),
        out,
    )
    return out


def _one_to_all(
    tt: Timetable, view: View, access: Access, at_s: int, limits: Limits, by_s: int | None
) -> Array:
    if abs(at_s) > MAX_MOMENT_S:
        raise ValueError(f"{abs(at_s)} s is more than a month away from the day asked about")
    stops, seconds = checked_access(tt, access)
    best = np.empty(tt.n_stops, np.int32)
    kernels.search(
        view,
        stops,
        seconds + np.int32(at_s),
        limits.max_rides,
        limits.min_transfer_s,
        UNREACHED - 1 if by_s is None else by_s,
        tt.scratch(view),
        np.empty(tt.n_stops, np.int32),
        np.empty(tt.n_stops, np.int32),
        best,
    )
    return best


def checked_access(tt: Timetable, access: Access) -> tuple[Array, Array]:
    """Return the stops and seconds (int32) to start from, checked."""
    if isinstance(access, int | np.integer):
        stop = int(access)
        if not 0 <= stop < tt.n_stops:
            raise ValueError(f"there is no stop {stop}: rows go from 0 to {tt.n_stops - 1}")
        stops = tt.platforms(stop)
        return stops, np.zeros(len(stops), np.int32)
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
    # The answer of one search may be the access of another: its unreached stops give no way.
    reached = seconds != UNREACHED
    stops, seconds = stops[reached], seconds[reached]
    if len(seconds) and seconds.max() > MAX_MOMENT_S:
        raise ValueError("access has a time of more than a month")
    return stops, seconds
