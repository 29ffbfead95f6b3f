"""The loops over sites: one bounded search a job, on the view that `view_kernels` lays.

A job is a site, a shift and a class of days, one way: RAPTOR from the site, in time that runs from
the moment to be at work (backward) or free to leave (forward), within the longest trip. What a
search touches, and nothing else, is put back after it. As in `reach.kernels`, nothing allocates,
knows a date or a name.
"""

from typing import Any, NamedTuple

from ..kernels import (
    UNREACHED,
    View,
    earliest_trip,
    jit,
    mark,
    queue_patterns,
    reach,
    scan_route,
    unmark,
)
from .view_kernels import lay_boardings, lay_view


class Access(NamedTuple):
    """Where a job may board: that of class c and origin o is row c × stride + o."""

    starts: Any  # int64 (rows + 1,)
    stops: Any  # int32 (K,)
    ready_s: Any  # int32 (K,) seconds from the moment of the class
    stride: Any  # 0 where all classes share them


class Seeds(NamedTuple):
    """Where jobs start: by the mode of the site, by rides on demand, and without any line after.

    `met`: where one's own vehicle may be taken after a ride on demand alone; `own`: the reverse.
    """

    access: Access
    asked: Access
    met: Access
    own: Access


class Paths(NamedTuple):
    """Walks between stops and the seconds of a change, one way: see `kernels.View`."""

    starts: Any
    stops: Any
    seconds: Any
    change_s: Any


class Bounds(NamedTuple):
    """What bounds a search. `wait_s` (C,): the longest wait at work for the first line boarded, or
    after the last one in the mirror; UNREACHED for no bound.
    """

    max_rides: Any
    slack_s: Any
    limit_s: Any
    wait_s: Any  # int32 (C,)


class Labels(NamedTuple):
    """What one search knows of the stops (S,), left as it was found: UNREACHED and False."""

    line: Any  # int32 by a line
    ready: Any  # int32 ready to board
    walked: Any  # int32 by a line, then a walk between two stops
    met: Any  # int32 as in `Seeds`
    own: Any  # int32
    touched: Any  # int32 the stops known
    is_touched: Any  # bool


class Reached(NamedTuple):
    """What each job reaches, one after the other: seconds from the moment of its class."""

    starts: Any  # int64 (jobs + 1,)
    stops: Any  # int32 (N,)
    line_s: Any  # int32 (N,) UNREACHED where no line stops in time
    walked_s: Any  # int32 (N,)
    ready_s: Any  # int32 (N,)
    met_s: Any  # int32 (N,) as in `Seeds`
    own_s: Any  # int32 (N,)


@jit
def is_caught(calls, row, pattern, shift_s, backward, limit_s, ready):
    """Return whether a trip can be boarded, and left at a later stop in time, from labels known.

    `ready` (S,): when one is ready to board, in the direction of the search; times from its moment.
    """
    first = calls.starts[pattern]
    length = calls.starts[pattern + 1] - first
    event = calls.event[row]
    is_aboard = False
    for step in range(length):
        i = length - 1 - step if backward else step
        flags = calls.flags[first + i]
        alights = flags & 2 != 0 and i > 0
        boards = flags & 1 != 0 and i < length - 1
        arrival = calls.arrival_s[event + i] + shift_s
        departure = calls.departure_s[event + i] + shift_s
        if backward:
            alights, boards = boards, alights
            arrival, departure = -departure, -arrival
        if is_aboard and alights and arrival <= limit_s:
            return True
        if boards and ready[calls.stops[first + i]] <= departure:
            is_aboard = True
    return False


@jit
def touched_jobs(calls, changes, base, reached, backward, limit_s, ready, wanted):
    """Note in `wanted` (C, O) the jobs in which some changed trip is caught: see `changed`.

    `changes`: the trips changed, by class; `base` (C,): the class from which each one came, that of
    the jobs in `reached`. `ready` (S,) is UNREACHED, as it is left.
    """
    n_classes, n_origins = wanted.shape
    for c in range(n_classes):
        for o in range(n_origins):
            job = base[c] * n_origins + o
            first, last = reached.starts[job], reached.starts[job + 1]
            for i in range(first, last):
                ready[reached.stops[i]] = reached.ready_s[i]
            if first < last:
                for entry in range(changes.parts[c, 0], changes.parts[c, 3]):
                    if is_caught(
                        calls,
                        changes.row[entry],
                        changes.pattern[entry],
                        changes.shift_s[entry] - changes.moment_s[c],
                        backward,
                        limit_s,
                        ready,
                    ):
                        wanted[c, o] = True
                        break
            for i in range(first, last):
                ready[reached.stops[i]] = UNREACHED


@jit
def join(searched, wanted, base, origins, n_origins, reached, joined):
    """Join the jobs searched again (C, O) and those taken over; return how many rows they have.

    `base` (C,) and `origins` (O,): the class and the origin, of `n_origins`, of a job in `reached`.
    Without room in `joined` rows are only counted.
    """
    n = 0
    joined.starts[0] = 0
    for c in range(wanted.shape[0]):
        for o in range(wanted.shape[1]):
            job = c * wanted.shape[1] + o
            source = searched if wanted[c, o] else reached
            row = job if wanted[c, o] else base[c] * n_origins + origins[o]
            first, last = source.starts[row], source.starts[row + 1]
            if n + last - first <= len(joined.stops):
                for i in range(first, last):
                    at = n + i - first
                    joined.stops[at] = source.stops[i]
                    joined.line_s[at] = source.line_s[i]
                    joined.walked_s[at] = source.walked_s[i]
                    joined.ready_s[at] = source.ready_s[i]
                    joined.met_s[at] = source.met_s[i]
                    joined.own_s[at] = source.own_s[i]
            n += last - first
            joined.starts[job + 1] = n
    return n


@jit
def touch(labels, n, stop):
    """Note that a stop has a label, once, and return how many have."""
    if labels.is_touched[stop]:
        return n
    labels.is_touched[stop] = True
    labels.touched[n] = stop
    return n + 1


@jit
def relax_transfers(view, scratch, n_reached, labels, n_touched, slack_s):
    """Change or walk on from each stop reached; return (number marked, number touched)."""
    n_marked = 0
    for r in range(n_reached):
        stop = scratch.reached[r]
        scratch.is_reached[stop] = False
        n_touched = touch(labels, n_touched, stop)
        arrival = labels.line[stop]
        change = view.change_s[stop]
        if change != UNREACHED and arrival + change < labels.ready[stop]:
            labels.ready[stop] = arrival + change
            n_marked = mark(scratch, n_marked, stop)
        for f in range(view.footpath_starts[stop], view.footpath_starts[stop + 1]):
            there = view.footpath_stops[f]
            walked = arrival + view.footpath_s[f]
            if walked < labels.walked[there]:
                labels.walked[there] = walked
                n_touched = touch(labels, n_touched, there)
            if walked + slack_s < labels.ready[there]:
                labels.ready[there] = walked + slack_s
                n_marked = mark(scratch, n_marked, there)
    return n_marked, n_touched


@jit
def has_seeds(access, c, o):
    """Return whether an access leads an origin anywhere."""
    row = c * access.stride + o
    return len(access.stops) > 0 and access.starts[row] < access.starts[row + 1]


@jit
def lower(access, c, o, times, labels, n_touched):
    """Lower the labels of the stops an access leads to; return how many stops are touched."""
    if has_seeds(access, c, o):
        row = c * access.stride + o
        for a in range(access.starts[row], access.starts[row + 1]):
            stop = access.stops[a]
            if access.ready_s[a] < times[stop]:
                times[stop] = access.ready_s[a]
                n_touched = touch(labels, n_touched, stop)
    return n_touched


@jit
def board_in_time(view, access, c, o, bounds, scratch, labels):
    """Board the first line of an origin within its longest wait; return how many stops it reaches.

    The trips of a pattern do not overtake each other: the first one caught is the best, if it is in
    time. Boarded from each stop apart, since an access is no label that a later round may board.
    """
    n_reached = 0
    if not has_seeds(access, c, o):
        return n_reached
    row = c * access.stride + o
    for a in range(access.starts[row], access.starts[row + 1]):
        stop, ready = access.stops[a], access.ready_s[a]
        for b in range(view.boarding_starts[stop], view.boarding_starts[stop + 1]):
            pattern, position = view.boarding_patterns[b], view.boarding_positions[b]
            n_trips = view.trips[pattern]
            column = view.times[pattern] + position * n_trips
            trip = earliest_trip(view.departures, column, column + n_trips, ready) - column
            if trip == n_trips or view.departures[column + trip] > ready + bounds.wait_s[c]:
                continue
            for p in range(view.starts[pattern] + position + 1, view.starts[pattern + 1]):
                column += n_trips
                arrival = view.arrivals[column + trip]
                if arrival < labels.line[view.stops[p]] and arrival <= bounds.limit_s:
                    labels.line[view.stops[p]] = arrival
                    n_reached = reach(scratch, n_reached, view.stops[p])
    return n_reached


@jit
def search(view, n_patterns, seeds, c, o, bounds, scratch, labels):
    """Search from an origin within the bounds; return how many stops are touched."""
    for pattern in range(n_patterns):
        scratch.ridden[pattern, 0] = UNREACHED
        scratch.ridden[pattern, 1] = UNREACHED
    n_marked = 0
    n_touched = 0
    waits = bounds.wait_s[c] != UNREACHED
    if not waits:
        n_touched = lower(seeds.access, c, o, labels.ready, labels, n_touched)
    n_touched = lower(seeds.asked, c, o, labels.ready, labels, n_touched)
    for i in range(n_touched):
        n_marked = mark(scratch, n_marked, labels.touched[i])
    n_touched = lower(seeds.met, c, o, labels.met, labels, n_touched)
    n_touched = lower(seeds.own, c, o, labels.own, labels, n_touched)
    for ride in range(bounds.max_rides):
        n_queued = queue_patterns(view, scratch, n_marked)
        n_marked = 0
        n_reached = 0
        if waits and ride == 0:
            n_reached = board_in_time(view, seeds.access, c, o, bounds, scratch, labels)
        if n_queued == 0 and n_reached == 0:
            break
        for q in range(n_queued):
            pattern = scratch.queue[q]
            n_reached = scan_route(
                view, scratch, pattern, labels.ready, labels.line, bounds.limit_s, n_reached
            )
        n_marked, n_touched = relax_transfers(
            view, scratch, n_reached, labels, n_touched, bounds.slack_s
        )
    unmark(scratch, n_marked)
    # Kept for the bound of changes: a trip is caught from an access too.
    return lower(seeds.access, c, o, labels.ready, labels, n_touched)


@jit
def keep(labels, n_touched, reached, n):
    """Append what a search reached from row `n` on, if there is room, and forget it."""
    has_room = n + n_touched <= len(reached.stops)
    for i in range(n_touched):
        stop = labels.touched[i]
        if has_room:
            reached.stops[n + i] = stop
            reached.line_s[n + i] = labels.line[stop]
            reached.walked_s[n + i] = labels.walked[stop]
            reached.ready_s[n + i] = labels.ready[stop]
            reached.met_s[n + i] = labels.met[stop]
            reached.own_s[n + i] = labels.own[stop]
        labels.line[stop] = UNREACHED
        labels.walked[stop] = UNREACHED
        labels.ready[stop] = UNREACHED
        labels.met[stop] = UNREACHED
        labels.own[stop] = UNREACHED
        labels.is_touched[stop] = False
    return n + n_touched if has_room else -1


@jit
def search_jobs(
    calls,
    running,
    seeds,
    paths,
    bounds,
    backward,
    with_bike,
    wanted,
    first_job,
    group,
    view,
    scratch,
    labels,
    reached,
):
    """Search each wanted job (C, O) from `first_job` on; return the first there was no room for.

    Jobs are counted by class, then origin. `group`, `view`, `scratch` and `labels` are working
    memory; `reached` is appended to.
    """
    n_classes, n_origins = wanted.shape
    # One view alive at a time: its arrays stay in the cache of the processor.
    laid = View(
        view.starts,
        view.stops,
        view.trips,
        view.times,
        view.arrivals,
        view.departures,
        view.boarding_starts,
        view.boarding_patterns,
        view.boarding_positions,
        paths.starts,
        paths.stops,
        paths.seconds,
        paths.change_s,
    )
    n = reached.starts[first_job]
    for c in range(first_job // max(1, n_origins), n_classes):
        n_patterns = -1
        for o in range(n_origins):
            job = c * n_origins + o
            if job < first_job:
                continue
            starts = has_seeds(seeds.access, c, o) or has_seeds(seeds.asked, c, o)
            if wanted[c, o] and (starts or has_seeds(seeds.met, c, o)):
                if n_patterns < 0:
                    n_patterns = lay_view(
                        calls, running, c, with_bike, backward, bounds.limit_s, group, laid
                    )
                    lay_boardings(laid, n_patterns)
                n_touched = search(laid, n_patterns, seeds, c, o, bounds, scratch, labels)
                after = keep(labels, n_touched, reached, n)
                if after < 0:
                    return job
                n = after
            reached.starts[job + 1] = n
    return n_classes * n_origins


@jit
def spread(reached, access, depart_s, out):
    """Fill `out` (O, S) with the earliest moments at the stops, those boarded at included."""
    for o in range(len(out)):
        out[o, :] = UNREACHED
        for i in range(reached.starts[o], reached.starts[o + 1]):
            seconds = min(reached.line_s[i], reached.walked_s[i])
            if seconds != UNREACHED:
                out[o, reached.stops[i]] = depart_s + seconds
        for a in range(access.starts[o], access.starts[o + 1]):
            stop = access.stops[a]
            out[o, stop] = min(out[o, stop], depart_s + access.ready_s[a])
