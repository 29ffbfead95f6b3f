"""Many to many: travel times by blocks of origins, there-and-back verdicts by sites.

Both give what `journeys` and `there_and_back` give, from one search for many places: the rules of
what may follow what are those of `ends`.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np

from .commutes import Commute
from .ends import Ends, default_streets, end_times, ends, ready_at
from .kernels import View
from .legs import Place, place_point
from .one_to_all import by_vehicle_profile
from .options import ON_FOOT, ONE_THREAD, USUAL_LIMITS, Departures, Limits, Modes, Run, booked_at
from .pareto_kernels import Tied
from .places import UNREACHED, Array
from .shifts import Shift
from .site_weeks.jobs import Longest
from .site_weeks.site_week import site_week
from .streets import Streets
from .timetable import Timetable

CHUNK = 64


def matrix(
    tt: Timetable,
    origins: Sequence[Place],
    destinations: Sequence[Place],
    departures: Departures,
    *,
    modes: Modes = ON_FOOT,
    limits: Limits = USUAL_LIMITS,
    streets: Streets | None = None,
) -> Array:
    """Return the travel seconds from each origin to each destination for each departure.

    Returns int32 (n_origins, n_destinations, n_departures), UNREACHED where there is no way;
    `matrix_chunks` gives the same by blocks of origins, for what memory does not hold.
    Raises ValueError for services on demand, whose hours one search of many departures ignores.
    """
    blocks = matrix_chunks(
        tt, origins, destinations, departures, modes=modes, limits=limits, streets=streets
    )
    out = np.empty((len(origins), len(destinations), len(departures.at_s)), np.int32)
    for start, block in blocks:
        out[start : start + len(block)] = block
    return out


def matrix_chunks(
    tt: Timetable,
    origins: Sequence[Place],
    destinations: Sequence[Place],
    departures: Departures,
    *,
    modes: Modes = ON_FOOT,
    limits: Limits = USUAL_LIMITS,
    streets: Streets | None = None,
    run: Run = ONE_THREAD,
) -> Iterator[tuple[int, Array]]:
    """Yield blocks of the matrix: row of the first origin, int32 (rows, destinations, departures).

    Kernels release the interpreter's lock: the threads share the origins of a block.
    """
    if modes.on_demand is not None:
        raise ValueError("a matrix leaves services on demand aside: ask `journeys` for each pair")
    streets = streets or default_streets(tt)
    view = tt.view(departures.on, limits, with_bike=modes.with_bike)
    last = ManyEnds.of(
        [ends(tt, streets, place, modes.egress, towards=True) for place in destinations]
    )
    # Rows share the view and the ties of the destinations, made once.
    departs = np.asarray(departures.at_s, np.int32)

    def row(origin: Place) -> Array:
        first = ends(tt, streets, origin, modes.access, limits=limits)
        # Ready at 0 gives durations: the range search adds each departure to them.
        arrivals = by_vehicle_profile(tt, view, ready_at(view, first.tied, 0), departs, limits)
        times = last.earliest(view, arrivals)
        # int64: both branches are computed, and UNREACHED less a negative departure would wrap.
        spent = np.where(times == UNREACHED, UNREACHED, times - departs.astype(np.int64))
        direct = _direct_s(tt, streets, [(origin, place) for place in destinations], modes)
        return np.minimum(spent, direct[:, None]).astype(np.int32)

    with ThreadPoolExecutor(run.threads) as pool:
        for start in range(0, len(origins), CHUNK):
            rows = list(pool.map(row, origins[start : start + CHUNK]))
            if run.progress:
                run.progress(min(1.0, (start + CHUNK) / max(1, len(origins))))
            yield start, np.stack(rows)


@dataclass(frozen=True)
class ManyEnds:
    """Ties of many places to the stops, sorted by place: K ties for M places."""

    starts: Array  # int64 (M + 1,)
    tied: Tied

    @classmethod
    def of(cls, places: Sequence[Ends]) -> Self:
        """Join the ties of the places."""
        lengths = [len(place.tied.stops) for place in places]
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        if not places:
            return cls(starts, Tied(*(np.empty(0, np.int32) for _ in Tied._fields)))
        columns = zip(*(place.tied for place in places), strict=True)
        return cls(starts, Tied(*(np.concatenate(column) for column in columns)))

    def earliest(self, view: View, by_vehicle: Array) -> Array:
        """Return the earliest arrivals at each place, (M, D), from those at each stop, (D, S)."""
        out = np.full((len(self.starts) - 1, len(by_vehicle)), UNREACHED, np.int32)
        # reduceat gives its first value to an empty run: places without ties stay unreached.
        filled = np.flatnonzero(np.diff(self.starts))
        if len(filled):
            times = end_times(view, self.tied, by_vehicle)
            out[filled] = np.minimum.reduceat(times, self.starts[:-1][filled], axis=1).T
        return out


def _direct_s(
    tt: Timetable, streets: Streets, pairs: Sequence[tuple[Place, Place]], modes: Modes
) -> Array:
    """Return the seconds (int64) of the quickest way on streets alone; UNREACHED where none."""
    both = [mode for mode in modes.access if mode in modes.egress]
    out = np.full(len(pairs), UNREACHED, np.int64)
    for row, (a, b) in enumerate(pairs):
        for mode in both:
            way = streets.between(place_point(tt, a), place_point(tt, b), mode)
            if way is not None:
                out[row] = min(out[row], way.seconds)
    return out


@dataclass(frozen=True)
class Feasibility:
    """There and back for homes × sites × shifts × days, int32 seconds of the service day.

    `leave_s` (H, W, K, 7): latest departure from home; `home_s`: earliest return; UNREACHED where
    none within the longest trip of the commute. Days in which a shift does not work are UNREACHED
    too.
    """

    leave_s: Array
    home_s: Array

    @property
    def feasible(self) -> Array:
        """Return where a way out and a way back both exist, bool (H, W, K, 7)."""
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
) -> Feasibility:
    """Return what `there_and_back` finds between all homes and sites, for each shift and day.

    The same as `SiteWeek.seconds` for one commute, laid by day and in seconds of the service day.
    """
    commute = commute or Commute()
    searched = site_week(
        tt, sites, shifts,
        week=week, longest=Longest(commute.max_trip_s),
        limits=booked_at(commute.limits, commute.on_demand), streets=streets,
    )  # fmt: skip
    classes = searched.classes
    out_s, back_s = (way[:, :, 0] for way in searched.seconds(homes, [commute]))
    shape = (len(homes), len(sites), len(shifts), 7)
    answer = Feasibility(np.full(shape, UNREACHED, np.int32), np.full(shape, UNREACHED, np.int32))
    for k, day in zip(*np.nonzero(classes.class_of >= 0), strict=True):
        c = classes.class_of[k, day]
        left, home = out_s[c].T, back_s[c].T.astype(np.int64)
        answer.leave_s[:, :, k, day] = np.where(
            left == UNREACHED, UNREACHED, classes.arrive_s[c] - left
        )
        answer.home_s[:, :, k, day] = np.where(
            home == UNREACHED, UNREACHED, classes.leave_s[c] + home
        )
    return answer
