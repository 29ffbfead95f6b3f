"""The multi-criteria loop: bags of labels by arrival, rides and walking (McRAPTOR).

Method: Delling, Pajor, Werneck 2015, section 4. As in `kernels`, nothing here allocates what it
returns, knows a date, an option or a name. `pareto` reads as the paper: for each departure, label
the stops of the access, then by rounds `scan_route` and `relax_transfers`.
"""

from typing import Any, NamedTuple

from .kernels import UNREACHED, earliest_trip, jit, mark, queue_patterns, unmark

ACCESS, ACCESS_FOOTPATH, RIDE, CHANGE, FOOTPATH = 0, 1, 2, 3, 4
WALKED, RIDDEN, ASKED = 0, 1, 2


class Tied(NamedTuple):
    """Ties of a place to stops (K,): left until `latest_s`, they take `seconds` from
    `earliest_s` on; one who leaves before waits.

    `kind`: WALKED, so that no walk between stops may follow; RIDDEN on a vehicle of one's own or
    lent, left at the stop; ASKED, a ride on demand. A walk between stops may lie between the last
    two and a line, and a ride on demand keeps `change_s` from it.
    """

    stops: Any  # int32 (K,)
    earliest_s: Any  # int32 (K,), -UNREACHED for a tie always open
    latest_s: Any  # int32 (K,), UNREACHED for a tie always open
    seconds: Any  # int32 (K,)
    walk_s: Any  # int32 (K,)
    kind: Any  # int8 (K,)
    change_s: Any  # int32 (K,)


class Question(NamedTuple):
    """What is asked of `pareto`.

    `access` and `egress` tie the origin and the destination to the stops, `egress` sorted by stop
    with those of a stop from its `egress_starts` (S + 1,) on. `departs` is sorted from late to
    early. `exact`: a journey leaves the origin at one of them, instead of waiting for a line that
    a later departure would reach too. `limit_s`: no journey arrives after it. `patience_s`: nor
    that much later than the soonest, UNREACHED for no bound. `slack_s`: kept after a walk between
    two vehicles.
    """

    access: Tied
    egress: Tied
    egress_starts: Any  # int32 (S + 1,)
    departs: Any  # int32 (D,)
    exact: Any
    limit_s: Any
    patience_s: Any
    max_rides: Any
    slack_s: Any


class JourneyEnds(NamedTuple):
    """Ends of journeys: the label of the last ride, the tie to the place, and what it gives.

    Where the stop of the tie is not that of the label, a walk between the two lies before it.
    """

    label: Any  # int32 (N,)
    tie: Any  # int32 (N,)
    time: Any  # int32 (N,) arrival at the place
    walk_s: Any  # int32 (N,)


class Labels(NamedTuple):
    """Pool of labels of a multi-criteria search (N of them at the most), as arrays.

    A label is a way to be at a stop: `time` (arrival of a RIDE, moment ready for the others),
    `rides`, `walk_s` so far, and where it comes from: its `parent` label (for ACCESS and
    ACCESS_FOOTPATH the row of its tie), the pattern and trip taken, the positions of boarding and
    alighting. `following` links the labels of one stop.
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
    board_by_s: Any  # int32 (N,) last departure worth boarding, for the labels of an access
    following: Any  # int32 (N,) next label of the bag
    arrived_bag: Any  # int32 (S,) first RIDE label of each stop, -1 for none
    ready_bag: Any  # int32 (S,) first other label of each stop, -1 for none


class RouteBag(NamedTuple):
    """Ways to sit in the trips of the pattern being scanned, none as good as another (T,)."""

    trip: Any  # int32 (T,)
    walk_s: Any  # int32 (T,)
    parent: Any  # int32 (T,) label boarded from
    board: Any  # int32 (T,) position of boarding


class State(NamedTuple):
    """Counters of a search under way, int64, one value each.

    They are arrays of one: a tuple is passed by value, and what a kernel counts would be lost.
    """

    labels: Any  # labels made
    n_ends: Any  # ends of journeys
    first: Any  # first end of the departure under way
    bound_s: Any  # latest arrival still worth finding
    full: Any  # 1 when the pool of labels or of ends is too small


@jit
def dominated(labels, first, time, rides, walk_s):
    """Return whether a label of the bag is at least as good in time, rides and walk."""
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
    # A linked list: what is taken out stays in the pool, for the labels that come from it.
    before = -1
    here = bag[stop]
    while here >= 0:
        after = labels.following[here]
        if (
            labels.time[here] >= time
            and labels.rides[here] >= rides
            and labels.walk_s[here] >= walk_s
        ):
            # Out of the bag only: its row stays in the pool, other labels may have it as parent.
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
def add(labels, state, bag, d, stop, time, rides, walk_s, kind, parent):
    """Add a label of the departure `d` and return its row; -1 where a label there is as good."""
    # Most labels end here: the check comes before anything is written.
    if dominated(labels, bag[stop], time, rides, walk_s):
        return -1
    n = state.labels[0]
    if n == len(labels.stop):
        # The caller starts again with a larger pool: nothing here allocates.
        state.full[0] = 1
        return -1
    put(labels, bag, n, stop, time, rides, walk_s)
    labels.kind[n] = kind
    labels.parent[n] = parent
    labels.departure[n] = d
    state.labels[0] = n + 1
    return n


@jit
def hopeless(labels, ends, n_ends, time, rides, walk_s):
    """Return whether a journey found already is at least as good: pruning by the target."""
    # Arrivals at a stop are compared with those at the place: what remains only adds to them.
    for f in range(n_ends):
        if (
            ends.time[f] <= time
            and labels.rides[ends.label[f]] <= rides
            and ends.walk_s[f] <= walk_s
        ):
            return True
    return False


@jit
def add_end(question, labels, state, ends, label, tie, time, walk_s):
    """Add the end of a journey, and take out those of the same departure that it betters."""
    rides = labels.rides[label]
    if time > state.bound_s[0] or hopeless(labels, ends, state.n_ends[0], time, rides, walk_s):
        return
    # Ends of later departures stay, even when this one is quicker: they leave later.
    n = state.first[0]
    for f in range(n, state.n_ends[0]):
        # Compacted in place: an end stays where it is strictly better in one of the three.
        if ends.time[f] < time or labels.rides[ends.label[f]] < rides or ends.walk_s[f] < walk_s:
            ends.label[n] = ends.label[f]
            ends.tie[n] = ends.tie[f]
            ends.time[n] = ends.time[f]
            ends.walk_s[n] = ends.walk_s[f]
            n += 1
    if n == len(ends.label):
        state.full[0] = 1
        return
    ends.label[n] = label
    ends.tie[n] = tie
    ends.time[n] = time
    ends.walk_s[n] = walk_s
    state.n_ends[0] = n + 1
    # Each sooner end tightens the bound of all that is still to be scanned.
    if question.patience_s != UNREACHED:
        state.bound_s[0] = min(state.bound_s[0], time + question.patience_s)


@jit
def changing_s(view, tied, tie, stop):
    """Return the seconds between the vehicle of a tie and a line at their stop, or UNREACHED.

    UNREACHED is where a change is forbidden.
    """
    # A walk, or a vehicle of one's own, ends where the line is boarded: nothing to change from.
    if tied.kind[tie] != ASKED:
        return 0
    if view.change_s[stop] == UNREACHED:
        return UNREACHED
    return max(view.change_s[stop], tied.change_s[tie])


@jit
def board_by_s(question, leave_s, tie, ready_after_s):
    """Return the last departure of a line worth boarding after an access left at `leave_s`.

    `ready_after_s`: seconds between leaving the origin and being ready to board.
    """
    # A tie that closes then leaves no choice: one waits at the stop.
    if not question.exact or question.access.latest_s[tie] <= leave_s:
        return UNREACHED
    return leave_s + ready_after_s


@jit
def label_access(view, question, scratch, labels, state, d):
    """Label the stops of the access, then those a walk away from a vehicle; return marked stops."""
    access = question.access
    leave_s = question.departs[d]
    n_marked = 0
    for a in range(len(access.stops)):
        stop = access.stops[a]
        change_s = changing_s(view, access, a, stop)
        if leave_s > access.latest_s[a] or change_s == UNREACHED:
            continue
        ready_after_s = access.seconds[a] + change_s
        time = max(leave_s, access.earliest_s[a]) + ready_after_s
        walk_s = access.walk_s[a]
        n = add(labels, state, labels.ready_bag, d, stop, time, 0, walk_s, ACCESS, a)
        if n >= 0:
            labels.board_by_s[n] = board_by_s(question, leave_s, a, ready_after_s)
            n_marked = mark(scratch, n_marked, stop)
    # After all the stops themselves: most of these labels are then dominated at once.
    for a in range(len(access.stops)):
        # A walk never follows a walk: the access on streets went as far as its limit already.
        if access.kind[a] == WALKED or leave_s > access.latest_s[a]:
            continue
        stop = access.stops[a]
        for f in range(view.footpath_starts[stop], view.footpath_starts[stop + 1]):
            there = view.footpath_stops[f]
            ready_after_s = access.seconds[a] + view.footpath_s[f] + access.change_s[a]
            time = max(leave_s, access.earliest_s[a]) + ready_after_s
            walk_s = access.walk_s[a] + view.footpath_s[f]
            n = add(labels, state, labels.ready_bag, d, there, time, 0, walk_s, ACCESS_FOOTPATH, a)
            if n >= 0:
                labels.board_by_s[n] = board_by_s(question, leave_s, a, ready_after_s)
                n_marked = mark(scratch, n_marked, there)
    return n_marked


@jit
def board(view, labels, bag, size, here, column, n_trips, position):
    """Board the earliest trip from the label `here`, if no way to sit is as good; return size."""
    walk_s = labels.walk_s[here]
    trip = earliest_trip(view.departures, column, column + n_trips, labels.time[here]) - column
    if trip == n_trips:
        return size
    # A later rank of `departs` takes this trip, and leaves home later for it.
    if labels.rides[here] == 0 and view.departures[column + trip] > labels.board_by_s[here]:
        return size
    for b in range(size):
        # Trips of a pattern never overtake each other: the lower number arrives first everywhere.
        # Rides need no comparison: all labels boarded in a round have as many.
        if bag.trip[b] <= trip and bag.walk_s[b] <= walk_s:
            return size
    # In place: what the new way equals or betters in trip and walk goes.
    kept = 0
    for b in range(size):
        if bag.trip[b] < trip or bag.walk_s[b] < walk_s:
            bag.trip[kept] = bag.trip[b]
            bag.walk_s[kept] = bag.walk_s[b]
            bag.parent[kept] = bag.parent[b]
            bag.board[kept] = bag.board[b]
            kept += 1
    bag.trip[kept] = trip
    bag.walk_s[kept] = walk_s
    bag.parent[kept] = here
    bag.board[kept] = position
    return kept + 1


@jit
def end_at_stop(view, question, labels, state, ends, label):
    """Add the journeys that end with the ties of the stop where the ride `label` arrives."""
    egress = question.egress
    stop = labels.stop[label]
    arrival = labels.time[label]
    for e in range(question.egress_starts[stop], question.egress_starts[stop + 1]):
        change_s = changing_s(view, egress, e, stop)
        if change_s == UNREACHED or arrival + change_s > egress.latest_s[e]:
            continue
        time = max(arrival + change_s, egress.earliest_s[e]) + egress.seconds[e]
        walk_s = labels.walk_s[label] + egress.walk_s[e]
        add_end(question, labels, state, ends, label, e, time, walk_s)


@jit
def end_after_footpath(question, labels, state, ends, label, there, walked_s):
    """Add the journeys that end with the vehicles of `there`, a walk from the ride `label`."""
    egress = question.egress
    for e in range(question.egress_starts[there], question.egress_starts[there + 1]):
        # A walk to the place would be the second in a row: only vehicles are met after a footpath.
        if egress.kind[e] == WALKED:
            continue
        ready = labels.time[label] + walked_s + egress.change_s[e]
        if ready <= egress.latest_s[e]:
            time = max(ready, egress.earliest_s[e]) + egress.seconds[e]
            walk_s = labels.walk_s[label] + walked_s + egress.walk_s[e]
            add_end(question, labels, state, ends, label, e, time, walk_s)


@jit
def scan_route(view, question, scratch, labels, state, ends, bag, d, k, pattern):
    """Ride a pattern from its first marked stop on: label where its trips lead, board its trips."""
    n_trips = view.trips[pattern]
    start = view.starts[pattern]
    position = scratch.first[pattern]
    scratch.first[pattern] = UNREACHED
    column = view.times[pattern] + position * n_trips
    size = 0
    for p in range(start + position, view.starts[pattern + 1]):
        stop = view.stops[p]
        # Alight before boarding: a trip boarded here cannot be left here.
        for b in range(size):
            arrival = view.arrivals[column + bag.trip[b]]
            walk_s = bag.walk_s[b]
            # A position closed to alighting arrives at UNREACHED, past the bound of any question.
            if arrival > state.bound_s[0] or hopeless(
                labels, ends, state.n_ends[0], arrival, k, walk_s
            ):
                continue
            parent = bag.parent[b]
            n = add(labels, state, labels.arrived_bag, d, stop, arrival, k, walk_s, RIDE, parent)
            if n >= 0:
                labels.pattern[n] = pattern
                labels.trip[n] = bag.trip[b]
                labels.board[n] = bag.board[b]
                labels.alight[n] = p - start
                end_at_stop(view, question, labels, state, ends, n)
        here = labels.ready_bag[stop]
        while here >= 0:
            # Labels of other rounds, or of later departures, have boarded here already.
            if labels.rides[here] == k - 1 and labels.departure[here] == d:
                size = board(view, labels, bag, size, here, column, n_trips, p - start)
            here = labels.following[here]
        column += n_trips


@jit
def relax_transfers(view, question, scratch, labels, state, ends, d, k, first):
    """Change or walk on from the rides of round `k`, `first` on; return the marked stops."""
    n_marked = 0
    # Rides of this round alone: those of earlier rounds have changed and walked already.
    # The end is read once: labels added below are changes and walks, for the next round.
    for label in range(first, state.labels[0]):
        stop = labels.stop[label]
        time = labels.time[label]
        walk_s = labels.walk_s[label]
        change_s = view.change_s[stop]
        if change_s != UNREACHED:
            ready = time + change_s
            n = add(labels, state, labels.ready_bag, d, stop, ready, k, walk_s, CHANGE, label)
            if n >= 0:
                n_marked = mark(scratch, n_marked, stop)
        for f in range(view.footpath_starts[stop], view.footpath_starts[stop + 1]):
            there = view.footpath_stops[f]
            walked_s = view.footpath_s[f]
            # Before the label, which another may dominate that leads to no vehicle of the place.
            end_after_footpath(question, labels, state, ends, label, there, walked_s)
            at = time + walked_s + question.slack_s
            far_s = walk_s + walked_s
            n = add(labels, state, labels.ready_bag, d, there, at, k, far_s, FOOTPATH, label)
            if n >= 0:
                n_marked = mark(scratch, n_marked, there)
    return n_marked


@jit
def pareto(view, question, scratch, labels, ends, bag, state):
    """Find the journeys to one place that are best in arrival, rides and walk (McRAPTOR).

    Labels of later departures prune those of earlier ones. Fills `ends` with the journeys, known
    by their last ride; returns how many, or -1 where the pool of labels or `ends` is too small.
    """
    state.bound_s[0] = question.limit_s
    for d in range(len(question.departs)):
        # Ends from here on are of this departure; those before it leave later and stay.
        state.first[0] = state.n_ends[0]
        n_marked = label_access(view, question, scratch, labels, state, d)
        for k in range(1, question.max_rides + 1):
            n_queued = queue_patterns(view, scratch, n_marked)
            n_marked = 0
            if n_queued == 0 or state.full[0]:
                break
            first = state.labels[0]
            for q in range(n_queued):
                pattern = scratch.queue[q]
                scan_route(view, question, scratch, labels, state, ends, bag, d, k, pattern)
            n_marked = relax_transfers(view, question, scratch, labels, state, ends, d, k, first)
        # The working memory is left as it is: the larger run takes its own.
        if state.full[0]:
            return -1
        unmark(scratch, n_marked)
    return state.n_ends[0]
