"""Many to many: travel times by blocks of origins, there-and-back verdicts by sites."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from . import kernels
from .journeys import default_streets, ends
from .legs import Place, place_point
from .places import UNREACHED, Array
from .searches import MAX_RIDES, profile, turned
from .shifts import Commute, Shift, clock_s
from .streets import WALK, Mode, Streets
from .timetable import Timetable


def matrix(
    tt: Timetable,
    origins: Sequence[Place],
    destinations: Sequence[Place],
    *,
    on: date,
    departs_s: Sequence[int],
    chunk: int = 64,
    mode: Mode = WALK,
    max_rides: int = MAX_RIDES,
    streets: Streets | None = None,
    threads: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Array:
    """Travel seconds from each origin to each destination for each departure.

    Returns int32 (n_origins, n_destinations, n_departures), UNREACHED where there is no way;
    `matrix_chunks` gives the same by blocks of origins, for what memory does not hold.
    """
    blocks = matrix_chunks(
        tt,
        origins,
        destinations,
        on=on,
        departs_s=departs_s,
        chunk=chunk,
        mode=mode,
        max_rides=max_rides,
        streets=streets,
        threads=threads,
        progress=progress,
    )
    shape = (len(origins), len(destinations), len(departs_s))
    out = np.empty(shape, np.int32)
    for start, block in blocks:
        out[start : start + len(block)] = block
    return out


def matrix_chunks(
    tt: Timetable,
    origins: Sequence[Place],
    destinations: Sequence[Place],
    *,
    on: date,
    departs_s: Sequence[int],
    chunk: int = 64,
    mode: Mode = WALK,
    max_rides: int = MAX_RIDES,
    streets: Streets | None = None,
    threads: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Iterator[tuple[int, Array]]:
    """Blocks of the matrix: (row of the first origin, int32 (rows, destinations, departures)).

    Kernels free the interpreter's lock: `threads` of them share the origins of a block.
    """
    if chunk < 1 or threads < 1:
        raise ValueError("chunk and threads are at least 1")
    streets = streets or default_streets(tt)
    ties = _ties(tt, streets, destinations, mode)
    departs = np.asarray(departs_s, np.int32)
    tt.view(on, walk=mode)

    def row(origin: Place) -> Array:
        start = ends(tt, streets, origin, (mode,))
        arrivals = profile(
            tt, (start.stops, start.seconds), departs, on=on, max_rides=max_rides, walk=mode
        )
        times = ties.earliest(arrivals)
        return _with_direct(tt, streets, origin, destinations, mode, times, departs)

    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, len(origins), chunk):
            rows = list(pool.map(row, origins[start : start + chunk]))
            if progress:
                progress(min(1.0, (start + chunk) / max(1, len(origins))))
            yield start, np.stack(rows) if rows else np.empty((0, len(destinations), 0), np.int32)


@dataclass(frozen=True)
class Ties:
    """Places tied to stops: rows sorted by place, K ties for M places."""

    starts: Array  # int64 (M + 1,)
    stops: Array  # int32 (K,)
    seconds: Array  # int32 (K,)

    def earliest(self, arrivals: Array) -> Array:
        """(M, D) earliest arrival at each place, from arrivals (D, S) at the stops."""
        n_departures = arrivals.shape[0]
        out = np.full((len(self.starts) - 1, n_departures), UNREACHED, np.int32)
        if len(self.stops) == 0:
            return out
        at = arrivals[:, self.stops].astype(np.int64)
        at = np.where(at == UNREACHED, UNREACHED, at + self.seconds)
        filled = np.flatnonzero(np.diff(self.starts))
        out[filled] = np.minimum.reduceat(at, self.starts[:-1][filled], axis=1).T
        return out

    def latest(self, departures: Array) -> Array:
        """(M,) latest departure from each place, from departures (S,) of the stops."""
        flipped = self.earliest(turned(departures)[None, :])[:, 0]
        return turned(flipped)


def _ties(tt: Timetable, streets: Streets, places: Sequence[Place], mode: Mode) -> Ties:
    tied = [ends(tt, streets, place, (mode,), towards=True) for place in places]
    lengths = [len(t.stops) for t in tied]
    empty = np.empty(0, np.int32)
    return Ties(
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.concatenate([t.stops for t in tied] or [empty]),
        np.concatenate([t.seconds for t in tied] or [empty]),
    )


def _with_direct(
    tt: Timetable,
    streets: Streets,
    origin: Place,
    destinations: Sequence[Place],
    mode: Mode,
    arrivals: Array,
    departs: Array,
) -> Array:
    """Seconds instead of arrivals, the way on streets alone taken where it is quicker."""
    times = np.where(arrivals == UNREACHED, UNREACHED, arrivals - departs[None, :])
    here = place_point(tt, origin)
    for column, destination in enumerate(destinations):
        leg = streets.between(here, place_point(tt, destination), mode)
        if leg is not None:
            times[column] = np.minimum(times[column], leg.seconds)
    return times.astype(np.int32)


@dataclass(frozen=True)
class Feasibility:
    """There and back for homes × sites × shifts × days, int32 seconds of the service day.

    `leave_s` (H, W, K, 7): latest departure from home; `home_s`: earliest return; UNREACHED where
    none. Days in which a shift does not work are UNREACHED too.
    """

    leave_s: Array
    home_s: Array

    @property
    def feasible(self) -> Array:
        """bool (H, W, K, 7): a way out and a way back both exist."""
        both: Array = (self.leave_s != UNREACHED) & (self.home_s != UNREACHED)
        return both


def feasibility(
    tt: Timetable,
    homes: Sequence[Place],
    sites: Sequence[Place],
    shifts: Sequence[Shift],
    *,
    week: date,
    commute: Commute | None = None,
    streets: Streets | None = None,
    threads: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Feasibility:
    """There and back between all homes and sites, for each shift and day, on foot and by line.

    One search backward and one forward from each site, shift and distinct day answer all homes.
    `max_trip_s` of the commute bounds the time between leaving home and the start, and between
    the end and being home.
    """
    commute = commute or Commute()
    streets = streets or default_streets(tt)
    ties = _ties(tt, streets, homes, commute.walk)
    monday = week - timedelta(week.weekday())
    shape = (len(sites), len(homes), len(shifts), 7)
    leave_s = np.full(shape, UNREACHED, np.int32)
    home_s = np.full(shape, UNREACHED, np.int32)
    groups = _day_groups(tt, shifts, monday)
    done = 0

    def site_row(w: int) -> None:
        nonlocal done
        tied = ends(tt, streets, sites[w], (commute.walk,))
        here = place_point(tt, sites[w])
        direct = [streets.between(here, place_point(tt, h), commute.walk) for h in homes]
        walk_s = np.array([d.seconds if d else UNREACHED for d in direct], np.int64)
        work = np.empty((3, tt.n_stops), np.int32)
        for k, shift in enumerate(shifts):
            for on, days in groups[k]:
                arrive_s = clock_s(tt, on, shift.arrive_by_s)
                depart_s = clock_s(tt, on, shift.leave_from_s)
                out = _search(
                    tt,
                    on,
                    commute,
                    tied.stops,
                    tied.seconds - np.int32(arrive_s),
                    commute.max_trip_s - arrive_s,
                    work,
                    backward=True,
                )
                left = turned(ties.earliest(out[None, :])[:, 0])
                left = np.where(left == UNREACHED, -UNREACHED, left)
                left = np.maximum(
                    left, np.where(walk_s == UNREACHED, -UNREACHED, arrive_s - walk_s)
                )
                back = _search(
                    tt,
                    on,
                    commute,
                    tied.stops,
                    tied.seconds + np.int32(depart_s),
                    depart_s + commute.max_trip_s,
                    work,
                    backward=False,
                )
                again = ties.earliest(back[None, :])[:, 0].astype(np.int64)
                again = np.minimum(
                    again, np.where(walk_s == UNREACHED, UNREACHED, depart_s + walk_s)
                )
                left = np.where(left < arrive_s - commute.max_trip_s, UNREACHED, left)
                again = np.where(again > depart_s + commute.max_trip_s, UNREACHED, again)
                for day in days:
                    leave_s[w, :, k, day] = left
                    home_s[w, :, k, day] = again
        done += 1
        if progress:
            progress(done / len(sites))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(site_row, range(len(sites))))
    return Feasibility(leave_s.transpose(1, 0, 2, 3), home_s.transpose(1, 0, 2, 3))


def _day_groups(
    tt: Timetable, shifts: Sequence[Shift], monday: date
) -> list[list[tuple[date, list[int]]]]:
    """For each shift, the days on which the same trips run at the same hours, and one such date."""
    groups = []
    for shift in shifts:
        alike: dict[tuple[bytes, int, int], list[int]] = {}
        for day in sorted(shift.days):
            on = monday + timedelta(day)
            if tt.start <= on <= tt.end:
                key = (
                    tt.day_signature(on),
                    clock_s(tt, on, shift.arrive_by_s),
                    clock_s(tt, on, shift.leave_from_s),
                )
                alike.setdefault(key, []).append(day)
        groups.append([(monday + timedelta(days[0]), days) for days in alike.values()])
    return groups


def _search(
    tt: Timetable,
    on: date,
    commute: Commute,
    stops: Array,
    times: Array,
    limit: int,
    work: Array,
    *,
    backward: bool,
) -> Array:
    view = tt.view(on, walk=commute.walk, min_transfer_s=commute.min_transfer_s, backward=backward)
    best: Array = work[2]
    kernels.search(
        view,
        stops,
        times,
        commute.max_rides,
        commute.min_transfer_s,
        limit,
        tt.scratch(view),
        work[0],
        work[1],
        best,
    )
    return best
