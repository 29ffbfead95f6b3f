"""Jobs run by the loops of `kernels`: working memory, and room that grows as it is needed."""

from typing import NamedTuple

import numpy as np

from ..kernels import Scratch, View
from ..options import Limits
from ..places import UNREACHED, Array
from ..timetable import Timetable
from . import kernels
from .kernels import Bounds, Labels, Paths, Reached, Seeds
from .view_kernels import Calls, Group, Running


class Way(NamedTuple):
    """One way of jobs: the trips of their hours, backward or not, those with bicycles alone."""

    calls: Calls
    running: Running
    backward: bool
    with_bike: bool


def search_jobs(
    tt: Timetable,
    way: Way,
    seeds: Seeds,
    wanted: Array,
    *,
    limits: Limits,
    longest_s: int,
    wait_s: Array | None = None,
) -> Reached:
    """Run the searches of the wanted jobs (C, O), within `longest_s` of the moments.

    `wait_s` (C,): the longest wait between the moment and the first line; None for no bound.
    """
    if wait_s is None:
        wait_s = np.full(len(wanted), UNREACHED, np.int32)
    paths = tt.footpaths(limits, backward=way.backward)
    footpaths = Paths(
        paths["footpath_starts"],
        paths["footpath_stops"],
        paths["footpath_s"],
        paths["change_s"],
    )
    bounds = Bounds(limits.max_rides, limits.min_transfer_s, longest_s, wait_s)
    group, view, scratch = _working_memory(way.running, way.calls, tt.n_stops)
    labels = _labels(tt.n_stops)
    n_jobs = wanted.size
    starts = np.zeros(n_jobs + 1, np.int64)
    # Memory never touched costs nothing, a loop cut short costs its last search.
    room = max(1 << 16, 16 * n_jobs)
    reached = _room_for(starts, room)
    job = 0
    while True:
        job = kernels.search_jobs(
            way.calls, way.running, seeds, footpaths, bounds, way.backward, way.with_bike,
            wanted, job, group, view, scratch, labels, reached,
        )  # fmt: skip
        n = int(starts[job])
        if job == n_jobs:
            return Reached(starts, *(column[:n].copy() for column in reached[1:]))
        # Doubled, and more where one search alone touches as many stops.
        room = 2 * room + tt.n_stops
        grown = _room_for(starts, room)
        for old, new in zip(reached[1:], grown[1:], strict=True):
            new[:n] = old[:n]
        reached = grown


def _room_for(starts: Array, room: int) -> Reached:
    columns = [np.empty(room, np.int32) for _ in Reached._fields[1:]]
    return Reached(starts, *columns)


def _labels(n_stops: int) -> Labels:
    def never() -> Array:
        return np.full(n_stops, UNREACHED, np.int32)

    return Labels(
        line=never(),
        ready=never(),
        walked=never(),
        met=never(),
        own=never(),
        touched=np.empty(n_stops, np.int32),
        is_touched=np.zeros(n_stops, np.bool_),
    )


def _working_memory(running: Running, calls: Calls, n_stops: int) -> tuple[Group, View, Scratch]:
    """Return arrays for the class with the most trips and calls."""
    lengths = np.diff(calls.starts)[running.pattern].astype(np.int64)
    calls_before = np.concatenate([[0], np.cumsum(lengths)])
    ends = running.parts[:, [0, 3]]
    n_trips = int(np.diff(ends).max(initial=0))
    n_calls = int(np.diff(calls_before[ends]).max(initial=0))
    group = Group(*(np.empty(n_trips, np.int32) for _ in Group._fields))

    def i32(n: int) -> Array:
        return np.empty(n, np.int32)

    none = np.empty(0, np.int32)
    view = View(
        starts=i32(n_trips + 1),
        stops=i32(n_calls),
        trips=i32(n_trips),
        times=np.empty(n_trips, np.int64),
        arrivals=i32(n_calls),
        departures=i32(n_calls),
        boarding_starts=i32(n_stops + 1),
        boarding_patterns=i32(n_calls),
        boarding_positions=i32(n_calls),
        footpath_starts=none,
        footpath_stops=none,
        footpath_s=none,
        change_s=none,
    )
    scratch = Scratch(
        first=np.full(n_trips, UNREACHED, np.int32),
        queue=i32(n_trips),
        marked=i32(n_stops),
        is_marked=np.zeros(n_stops, np.bool_),
        reached=i32(n_stops),
        is_reached=np.zeros(n_stops, np.bool_),
        ridden=np.empty((n_trips, 2), np.int32),
    )
    return group, view, scratch
