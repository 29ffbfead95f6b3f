"""The multi-criteria loop: bags of labels by arrival, rides and walking (McRAPTOR).

Method: Delling, Pajor, Werneck 2015, section 4. As in `kernels`, nothing here allocates what it
returns, knows a date, an option or a name.
"""

from typing import Any, NamedTuple

import numpy as np

from .kernels import UNREACHED, earliest_trip, jit, queue_patterns

ACCESS, RIDE, CHANGE, FOOTPATH = 0, 1, 2, 3
ROUTE_BAG = 256


class Tied(NamedTuple):
    """Ties of a place to stops (K,): left until `latest_s`, they take `seconds` from
    `earliest_s` on; one who leaves before waits.
    """

    stops: Any  # int32 (K,)
    earliest_s: Any  # int32 (K,), -UNREACHED for a tie always open
    latest_s: Any  # int32 (K,), UNREACHED for a tie always open
    seconds: Any  # int32 (K,)
    walk_s: Any  # int32 (K,)


class Found(NamedTuple):
    """Ends of journeys: the label of the last ride, the tie to the place, and what it gives."""

    label: Any  # int32 (N,)
    tie: Any  # int32 (N,)
    time: Any  # int32 (N,) arrival at the place
    walk_s: Any  # int32 (N,)


class Labels(NamedTuple):
    """Pool of labels of a multi-criteria search (N of them at the most), as arrays.

    A label is a way to be at a stop: `time` (arrival of a RIDE, moment ready for the others),
    `rides`, `walk_s` so far, and whence: its `parent` label (for ACCESS the row of its tie), the
    pattern and trip taken, the positions of boarding and alighting. `following` links the labels
    of one stop.
    """

    stop: Any  # int32 (N,)
    time: Any  # int32 (N,)
    rides: Any  # int32 (N,)
    walk_s: Any  # int32 (N,)
    kind: Any  # int8 (N,)
    parent: Any  # int32 (N,)
    pattern: Any  # int32 (N,)
    trip: Any  # int32 (N,)
    board: Any  # int32 (N,)
    alight: Any  # int32 (N,)
    departure: Any  # int32 (N,) rank of the departure that made it
    following: Any  # int32 (N,) next label of the bag
    arrived_bag: Any  # int32 (S,) first RIDE label of each stop, -1 for none
    ready_bag: Any  # int32 (S,) first other label of each stop, -1 for none


@jit
def dominated(labels, first, time, rides, walk_s):
    """Whether a label of the bag is at least as good in time, rides and walk."""
    here = first
    while here >= 0:
        if (
            labels.time[here] <= time
            and labels.rides[here] <= rides
            and labels.walk_s[here] <= walk_s
        ):
            return True
        here = labels.following[here]
    return False


@jit
def put(labels, bag, n, stop, time, rides, walk_s):
    """Put label `n` at the head of the bag of a stop, and take out those it dominates."""
    before = -1
    here = bag[stop]
    while here >= 0:
        after = labels.following[here]
        if (
            labels.time[here] >= time
            and labels.rides[here] >= rides
            and labels.walk_s[here] >= walk_s
        ):
            if before < 0:
                bag[stop] = after
            else:
                labels.following[before] = after
        else:
            before = here
        here = after
    labels.stop[n] = stop
    labels.time[n] = time
    labels.rides[n] = rides
    labels.walk_s[n] = walk_s
    labels.following[n] = bag[stop]
    bag[stop] = n


@jit
def pareto(
    view,
    access,
    egress,
    egress_starts,
    departs,
    max_rides,
    slack_s,
    limit,
    scratch,
    labels,
    found,
):
    """Multi-criteria RAPTOR (McRAPTOR): journeys to one place, best in arrival, rides and walk.

    `departs` is sorted from late to early; labels of later departures prune earlier ones.
    `egress` is sorted by stop, those of a stop from its `egress_starts` (S + 1,) on. Fills `found`
    with the journeys, told by their last ride; returns how many, or -1 where the pool of labels or
    `found` is too small.
    """
    pool = len(labels.stop)
    n = 0
    n_found = 0
    bag_trip = np.empty(ROUTE_BAG, np.int32)
    bag_walk = np.empty(ROUTE_BAG, np.int32)
    bag_parent = np.empty(ROUTE_BAG, np.int32)
    bag_board = np.empty(ROUTE_BAG, np.int32)
    for d in range(len(departs)):
        n_marked = 0
        for a in range(len(access.stops)):
            if departs[d] > access.latest_s[a]:
                continue
            stop = access.stops[a]
            time = max(departs[d], access.earliest_s[a]) + access.seconds[a]
            walk_s = access.walk_s[a]
            if dominated(labels, labels.ready_bag[stop], time, 0, walk_s):
                continue
            if n == pool:
                return -1
            put(labels, labels.ready_bag, n, stop, time, 0, walk_s)
            labels.kind[n] = ACCESS
            labels.parent[n] = a
            labels.departure[n] = d
            n += 1
            if not scratch.is_marked[stop]:
                scratch.is_marked[stop] = True
                scratch.marked[n_marked] = stop
                n_marked += 1
        for k in range(1, max_rides + 1):
            n_queued = queue_patterns(view, scratch, n_marked)
            n_marked = 0
            if n_queued == 0:
                break
            born = n
            for q in range(n_queued):
                pattern = scratch.queue[q]
                n_trips = view.trips[pattern]
                start = view.starts[pattern]
                position = scratch.first[pattern]
                scratch.first[pattern] = UNREACHED
                column = view.times[pattern] + position * n_trips
                size = 0
                for p in range(start + position, view.starts[pattern + 1]):
                    stop = view.stops[p]
                    for b in range(size):
                        arrival = view.arrivals[column + bag_trip[b]]
                        if arrival > limit:
                            continue
                        walk_s = bag_walk[b]
                        if dominated(labels, labels.arrived_bag[stop], arrival, k, walk_s):
                            continue
                        hopeless = False
                        for f in range(n_found):
                            if (
                                found.time[f] <= arrival
                                and labels.rides[found.label[f]] <= k
                                and found.walk_s[f] <= walk_s
                            ):
                                hopeless = True
                                break
                        if hopeless:
                            continue
                        if n == pool:
                            return -1
                        put(labels, labels.arrived_bag, n, stop, arrival, k, walk_s)
                        labels.kind[n] = RIDE
                        labels.parent[n] = bag_parent[b]
                        labels.pattern[n] = pattern
                        labels.trip[n] = bag_trip[b]
                        labels.board[n] = bag_board[b]
                        labels.alight[n] = p - start
                        labels.departure[n] = d
                        for e in range(egress_starts[stop], egress_starts[stop + 1]):
                            if arrival > egress.latest_s[e]:
                                continue
                            there = max(arrival, egress.earliest_s[e]) + egress.seconds[e]
                            if there <= limit:
                                if n_found == len(found.label):
                                    return -1
                                found.label[n_found] = n
                                found.tie[n_found] = e
                                found.time[n_found] = there
                                found.walk_s[n_found] = walk_s + egress.walk_s[e]
                                n_found += 1
                        n += 1
                    here = labels.ready_bag[stop]
                    while here >= 0:
                        if labels.rides[here] == k - 1 and labels.departure[here] == d:
                            trip = (
                                earliest_trip(
                                    view.departures, column, column + n_trips, labels.time[here]
                                )
                                - column
                            )
                            if trip < n_trips:
                                worth = True
                                for b in range(size):
                                    if bag_trip[b] <= trip and bag_walk[b] <= labels.walk_s[here]:
                                        worth = False
                                        break
                                if worth:
                                    kept = 0
                                    for b in range(size):
                                        if bag_trip[b] < trip or bag_walk[b] < labels.walk_s[here]:
                                            bag_trip[kept] = bag_trip[b]
                                            bag_walk[kept] = bag_walk[b]
                                            bag_parent[kept] = bag_parent[b]
                                            bag_board[kept] = bag_board[b]
                                            kept += 1
                                    size = kept
                                    if size < ROUTE_BAG:
                                        bag_trip[size] = trip
                                        bag_walk[size] = labels.walk_s[here]
                                        bag_parent[size] = here
                                        bag_board[size] = p - start
                                        size += 1
                        here = labels.following[here]
                    column += n_trips
            grown = n
            for label in range(born, grown):
                stop = labels.stop[label]
                time = labels.time[label]
                walk_s = labels.walk_s[label]
                change = view.change_s[stop]
                if change != UNREACHED and not dominated(
                    labels, labels.ready_bag[stop], time + change, k, walk_s
                ):
                    if n == pool:
                        return -1
                    put(labels, labels.ready_bag, n, stop, time + change, k, walk_s)
                    labels.kind[n] = CHANGE
                    labels.parent[n] = label
                    labels.departure[n] = d
                    n += 1
                    if not scratch.is_marked[stop]:
                        scratch.is_marked[stop] = True
                        scratch.marked[n_marked] = stop
                        n_marked += 1
                for f in range(view.footpath_starts[stop], view.footpath_starts[stop + 1]):
                    there = view.footpath_stops[f]
                    at = time + view.footpath_s[f] + slack_s
                    walked = walk_s + view.footpath_s[f]
                    if dominated(labels, labels.ready_bag[there], at, k, walked):
                        continue
                    if n == pool:
                        return -1
                    put(labels, labels.ready_bag, n, there, at, k, walked)
                    labels.kind[n] = FOOTPATH
                    labels.parent[n] = label
                    labels.departure[n] = d
                    n += 1
                    if not scratch.is_marked[there]:
                        scratch.is_marked[there] = True
                        scratch.marked[n_marked] = there
                        n_marked += 1
        for m in range(n_marked):
            scratch.is_marked[scratch.marked[m]] = False
    return n_found
