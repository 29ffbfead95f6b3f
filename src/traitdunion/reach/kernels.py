"""The loops: RAPTOR over flat arrays, its range version, and what prepares their arrays.

Method: Delling, Pajor, Werneck, "Round-Based Public Transit Routing", Transportation Science
49(3), 2015. Two labels a stop: the best arrival *by vehicle* (a walk may follow it) and the
moment one is *ready* to board (a walk is behind us: no second walk follows). With one label only,
a range search and independent searches disagree as soon as footpaths are not transitive.

Nothing here allocates what it returns, knows a date, an option or a name: callers filter days and
modes before, and give `out` arrays. All times are int32 seconds; a position closed to boarding has
departure `-UNREACHED`, one closed to alighting has arrival `UNREACHED`, so that the inner loop
asks nothing.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numba.core.caching import FunctionCache

# The largest int32: later than any time, so that comparisons need no case of their own.
UNREACHED = 2**31 - 1


class View(NamedTuple):
    """What a search scans: the trips of the days asked for, as FIFO patterns.

    Shapes: P patterns, E pattern positions, T pattern × position × trip times, S stops,
    B boarding places, F footpaths. Times lie column by column: the trips of one position stand
    together, `times[p] + position * trips[p] + trip`.
    """

    starts: Any  # int32 (P + 1,) first position of each pattern
    stops: Any  # int32 (E,)
    trips: Any  # int32 (P,) number of trips
    times: Any  # int64 (P,) offset of each pattern in arrivals and departures
    arrivals: Any  # int32 (T,)
    departures: Any  # int32 (T,)
    boarding_starts: Any  # int32 (S + 1,)
    boarding_patterns: Any  # int32 (B,)
    boarding_positions: Any  # int32 (B,)
    footpath_starts: Any  # int32 (S + 1,)
    footpath_stops: Any  # int32 (F,)
    footpath_s: Any  # int32 (F,)
    change_s: Any  # int32 (S,) between two vehicles of one stop; UNREACHED where forbidden


class Scratch(NamedTuple):
    """Working memory of one search, reused by the next: it is left as it was found."""

    first: Any  # int32 (P,) filled with UNREACHED: first position to scan
    queue: Any  # int32 (P,)
    marked: Any  # int32 (S,)
    is_marked: Any  # bool (S,) filled with False
    reached: Any  # int32 (S,)
    is_reached: Any  # bool (S,) filled with False
    ridden: Any  # int32 (P, 2): earliest trip ridden, and from which position on


class KernelCache(FunctionCache):
    """Machine code on disk; what another version left there is compiled again.

    The index of a function pickles the types of its arguments: where a class of them was renamed
    or moved since, numba raises AttributeError at the first call instead of compiling.
    """

    def load_overload(self, sig, target_context):
        """Return the machine code of a signature; None where none can be read."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # unpickling may raise anything
            self.flush()
            return None


def jit(function):
    """Compile a kernel at its first call, and keep its machine code on disk.

    `nogil` lets the threads of `matrix` run kernels at once; the cache spares each process
    compiling.
    """
    kernel = njit(nogil=True, boundscheck=False)(function)
    kernel._cache = KernelCache(function)
    return kernel


@jit
def earliest_trip(departures, low, high, ready):
    """Return the index in [low, high) of the first departure >= ready; high where there is none."""
    while low < high:
        middle = (low + high) >> 1
        if departures[middle] < ready:
            low = middle + 1
        else:
            high = middle
    return low


@jit
def mark(scratch, n_marked, stop):
    """Mark a stop, once, and return the number of marked stops."""
    # A stop marked twice would queue its patterns twice: harmless, but slow.
    if scratch.is_marked[stop]:
        return n_marked
    scratch.is_marked[stop] = True
    scratch.marked[n_marked] = stop
    return n_marked + 1


@jit
def unmark(scratch, n_marked):
    """Leave the working memory as it was found."""
    for m in range(n_marked):
        scratch.is_marked[scratch.marked[m]] = False


@jit
def reach(scratch, n_reached, stop):
    """Note that a vehicle reaches a stop in this round, and return how many it reaches."""
    if scratch.is_reached[stop]:
        return n_reached
    scratch.is_reached[stop] = True
    scratch.reached[n_reached] = stop
    return n_reached + 1


@jit
def queue_patterns(view, scratch, n_marked):
    """Queue each pattern that can be boarded at a marked stop, from its first such position."""
    queued = 0
    for m in range(n_marked):
        stop = scratch.marked[m]
        # Cleared as it is read, so that this round may mark the stop for the next one.
        scratch.is_marked[stop] = False
        for b in range(view.boarding_starts[stop], view.boarding_starts[stop + 1]):
            pattern = view.boarding_patterns[b]
            if scratch.first[pattern] == UNREACHED:
                scratch.queue[queued] = pattern
                queued += 1
                scratch.first[pattern] = view.boarding_positions[b]
            elif view.boarding_positions[b] < scratch.first[pattern]:
                scratch.first[pattern] = view.boarding_positions[b]
    return queued


@jit
def scan_route(view, scratch, pattern, ready, arrived, limit, n_reached):
    """Ride a pattern from its first marked stop on; return how many stops vehicles reach."""
    n_trips = view.trips[pattern]
    start = view.starts[pattern]
    position = scratch.first[pattern]
    scratch.first[pattern] = UNREACHED
    # One past the last trip: none is boarded yet, and any trip comes before it.
    trip = n_trips
    column = view.times[pattern] + position * n_trips
    ridden, ridden_from = scratch.ridden[pattern, 0], scratch.ridden[pattern, 1]
    for p in range(start + position, view.starts[pattern + 1]):
        stop = view.stops[p]
        # Alighting comes before boarding: a trip boarded at this stop must not be left at it.
        if trip < n_trips:
            arrival = view.arrivals[column + trip]
            # Local pruning: an arrival no earlier than the best known leads nowhere new.
            if arrival < arrived[stop] and arrival <= limit:
                arrived[stop] = arrival
                n_reached = reach(scratch, n_reached, stop)
        # Only a trip before the one we sit in is worth boarding, or before one ridden
        # from here in an earlier round: that one's arrivals stand already.
        worth = min(trip, ridden) if p - start >= ridden_from else trip
        # One look at the last trip worth boarding spares most binary searches. A closed position
        # has departure -UNREACHED, which no one is ready for.
        if worth > 0 and ready[stop] <= view.departures[column + worth - 1]:
            # The last one was just seen to fit: it is what is found where none before it does.
            trip = earliest_trip(view.departures, column, column + worth - 1, ready[stop]) - column
            if trip <= ridden:
                ridden, ridden_from = trip, p - start
        column += n_trips
    scratch.ridden[pattern, 0], scratch.ridden[pattern, 1] = ridden, ridden_from
    return n_reached


@jit
def relax_transfers(view, scratch, n_reached, arrived, ready, best, slack_s):
    """Change or walk on from each stop reached in this round; return the number marked."""
    n_marked = 0
    for r in range(n_reached):
        stop = scratch.reached[r]
        scratch.is_reached[stop] = False
        arrival = arrived[stop]
        if arrival < best[stop]:
            best[stop] = arrival
        change = view.change_s[stop]
        # UNREACHED forbids to change here. Never add to it: times of a mirrored search are
        # negative, and UNREACHED plus one of them would pass for a moment.
        if change != UNREACHED and arrival + change < ready[stop]:
            ready[stop] = arrival + change
            n_marked = mark(scratch, n_marked, stop)
        for f in range(view.footpath_starts[stop], view.footpath_starts[stop + 1]):
            there = view.footpath_stops[f]
            walked = arrival + view.footpath_s[f]
            if walked < best[there]:
                best[there] = walked
            # The slack bears on boarding alone: one may end the journey there at once.
            if walked + slack_s < ready[there]:
                ready[there] = walked + slack_s
                n_marked = mark(scratch, n_marked, there)
    return n_marked


@jit
def search(view, access_stops, access_at, max_rides, slack_s, limit, scratch, arrived, ready, best):
    """Fill `best` (S,) with the earliest arrival of each stop, walk included: one to all.

    `arrived` (S,) receives the earliest arrival by vehicle, `ready` (S,) is a working label;
    `access_at` are times, not durations. `limit`: arrivals after it are not sought.
    """
    best[:] = UNREACHED
    arrived[:] = UNREACHED
    ready[:] = UNREACHED
    scratch.ridden[:] = UNREACHED
    n_marked = 0
    for a in range(len(access_stops)):
        stop = access_stops[a]
        # One stop may be reached in several ways: the first to be there counts.
        if access_at[a] < ready[stop]:
            ready[stop] = access_at[a]
            best[stop] = access_at[a]
            n_marked = mark(scratch, n_marked, stop)
    for _ in range(max_rides):
        n_queued = queue_patterns(view, scratch, n_marked)
        n_marked = 0
        if n_queued == 0:
            break
        n_reached = 0
        for q in range(n_queued):
            n_reached = scan_route(
                view, scratch, scratch.queue[q], ready, arrived, limit, n_reached
            )
        n_marked = relax_transfers(view, scratch, n_reached, arrived, ready, best, slack_s)
    # Stops marked by the last round were never queued: their marks would reach the next search.
    unmark(scratch, n_marked)


@jit
def search_each(
    view, starts, stops, times, max_rides, slack_s, limit, scratch, arrived, ready, out
):
    """Fill each row of `out` (O, S) as `search` does; the access of o begins at `starts[o]`."""
    for o in range(len(out)):
        a, b = starts[o], starts[o + 1]
        search(
            view, stops[a:b], times[a:b], max_rides, slack_s, limit, scratch, arrived, ready, out[o]
        )


@jit
def lower(labels, stop, first_round, value):
    """Lower the labels of a stop from a round on; labels never rise with the number of rides."""
    # Labels fall with the rounds: the first that is as low ends it.
    for k in range(first_round, labels.shape[1]):
        if labels[stop, k] <= value:
            break
        labels[stop, k] = value


@jit
def scan_route_in_round(view, scratch, pattern, k, ready, arrived, ridden, limit, n_reached):
    """Ride a pattern as `scan_route` does, with a label a round; return how many it reaches."""
    n_trips = view.trips[pattern]
    start = view.starts[pattern]
    position = scratch.first[pattern]
    scratch.first[pattern] = UNREACHED
    trip = n_trips
    column = view.times[pattern] + position * n_trips
    # Kept from later departures too: what such a trip reaches stands already in `arrived`.
    trip_now, from_now = ridden[pattern, k, 0], ridden[pattern, k, 1]
    for p in range(start + position, view.starts[pattern + 1]):
        stop = view.stops[p]
        if trip < n_trips:
            arrival = view.arrivals[column + trip]
            if arrival < arrived[stop, k] and arrival <= limit:
                lower(arrived, stop, k, arrival)
                n_reached = reach(scratch, n_reached, stop)
        # One boards in round k what k - 1 rides made ready.
        at = ready[stop, k - 1]
        worth = min(trip, trip_now) if p - start >= from_now else trip
        if worth > 0 and at <= view.departures[column + worth - 1]:
            trip = earliest_trip(view.departures, column, column + worth - 1, at) - column
            if trip <= trip_now:
                trip_now, from_now = trip, p - start
        column += n_trips
    # A trip ridden in this round is ridden in the next ones too, unless they ride an earlier one.
    for round_ in range(k, ridden.shape[1]):
        if ridden[pattern, round_, 0] < trip_now:
            break
        ridden[pattern, round_, 0] = trip_now
        ridden[pattern, round_, 1] = from_now
    return n_reached


@jit
def relax_transfers_in_round(view, scratch, n_reached, k, arrived, ready, best, slack_s):
    """Change or walk on as `relax_transfers` does, with a label a round."""
    n_marked = 0
    for r in range(n_reached):
        stop = scratch.reached[r]
        scratch.is_reached[stop] = False
        arrival = arrived[stop, k]
        if arrival < best[stop]:
            best[stop] = arrival
        change = view.change_s[stop]
        if change != UNREACHED and arrival + change < ready[stop, k]:
            lower(ready, stop, k, arrival + change)
            n_marked = mark(scratch, n_marked, stop)
        for f in range(view.footpath_starts[stop], view.footpath_starts[stop + 1]):
            there = view.footpath_stops[f]
            walked = arrival + view.footpath_s[f]
            if walked < best[there]:
                best[there] = walked
            if walked + slack_s < ready[there, k]:
                lower(ready, there, k, walked + slack_s)
                n_marked = mark(scratch, n_marked, there)
    return n_marked


@jit
def profile(
    view,
    access_stops,
    access_s,
    departs,
    rows,
    max_rides,
    slack_s,
    limit,
    by_vehicle,
    scratch,
    ridden,
    arrived,
    ready,
    out,
):
    """Fill row `rows[d]` of `out` (D, S) with the arrivals of leaving at departs[d]: range search.

    `departs` (D,) is sorted from late to early: what a later departure has reached prunes the
    earlier ones (self-pruning). `arrived` and `ready` (S, max_rides + 1) hold a label a round,
    `ridden` (P, max_rides + 1, 2) the earliest trip of each pattern ridden in a round, and from
    which position on. `by_vehicle`: keep the arrivals by vehicle alone, without a walk after.
    """
    arrived[:] = UNREACHED
    ready[:] = UNREACHED
    ridden[:] = UNREACHED
    for d in range(len(departs)):
        best = out[rows[d]]
        # Leaving earlier is never worse: one may wait for the later departure at the origin.
        if d == 0:
            best[:] = UNREACHED
        else:
            best[:] = out[rows[d - 1]]
        n_marked = 0
        for a in range(len(access_stops)):
            stop = access_stops[a]
            at = departs[d] + access_s[a]
            if at < best[stop]:
                best[stop] = at
            # Round 0 lowers every round: what is ready without a ride is ready with more of them.
            if at < ready[stop, 0]:
                lower(ready, stop, 0, at)
                n_marked = mark(scratch, n_marked, stop)
        for k in range(1, max_rides + 1):
            n_queued = queue_patterns(view, scratch, n_marked)
            n_marked = 0
            if n_queued == 0:
                break
            n_reached = 0
            for q in range(n_queued):
                n_reached = scan_route_in_round(
                    view, scratch, scratch.queue[q], k, ready, arrived, ridden, limit, n_reached
                )
            n_marked = relax_transfers_in_round(
                view, scratch, n_reached, k, arrived, ready, best, slack_s
            )
        unmark(scratch, n_marked)
        # The last round knows the best arrival with that many rides or fewer.
        if by_vehicle:
            best[:] = arrived[:, max_rides]


@jit
def follows(arrivals, departures, before, after, length, shift_s):
    """Return whether the trip at `after`, `shift_s` later, never overtakes the one at `before`."""
    # Times of the feed, before positions are closed: an overtaking counts even where no one boards.
    for i in range(length):
        # Both are one vehicle a line for the rider: it must neither leave nor arrive before.
        if departures[after + i] + shift_s < departures[before + i]:
            return False
        if arrivals[after + i] + shift_s < arrivals[before + i]:
            return False
    return True


@jit
def split_fifo(
    arrivals, departures, entry_pattern, entry_event, entry_shift_s, lengths, chain, last
):
    """Give each entry a chain within its pattern so that no trip of a chain overtakes another.

    Entries are sorted by pattern then departure. `chain` (N,) receives the chain numbers, which
    start again from the number of chains before the pattern; returns how many chains there are.
    `last` (N,) is working memory.
    """
    n_chains = 0
    opened = 0
    for e in range(len(entry_pattern)):
        if e == 0 or entry_pattern[e] != entry_pattern[e - 1]:
            opened = n_chains
        placed = False
        # First fit: a line overtakes itself seldom, and then by a trip or two.
        for c in range(opened, n_chains):
            b = last[c]
            shift_s = entry_shift_s[e] - entry_shift_s[b]
            if follows(
                arrivals,
                departures,
                entry_event[b],
                entry_event[e],
                lengths[entry_pattern[e]],
                shift_s,
            ):
                chain[e] = c
                last[c] = e
                placed = True
                break
        if not placed:
            chain[e] = n_chains
            last[n_chains] = e
            n_chains += 1
    return n_chains


@jit
def fill_times(
    arrivals,
    departures,
    flags,
    flag_starts,
    entry_pattern,
    entry_event,
    entry_shift_s,
    chain_entries,
    chain_starts,
    times,
    out_arrivals,
    out_departures,
):
    """Lay the times of each chain column by column, closed where boarding or alighting is."""
    for c in range(len(times)):
        first = chain_starts[c]
        n_trips = chain_starts[c + 1] - first
        pattern = entry_pattern[chain_entries[first]]
        flag = flag_starts[pattern]
        length = flag_starts[pattern + 1] - flag
        for t in range(n_trips):
            e = chain_entries[first + t]
            event = entry_event[e]
            shift_s = entry_shift_s[e]
            for i in range(length):
                at = times[c] + i * n_trips + t
                # Closed, so that no search boards or alights: the kernels then ask no flag.
                out_arrivals[at] = UNREACHED
                out_departures[at] = -UNREACHED
                # 2 is CAN_ALIGHT and 1 CAN_BOARD (`compiling.events`). No one alights where a trip
                # begins nor boards where it ends, whatever the feed allows there.
                if flags[flag + i] & 2 and i > 0:
                    out_arrivals[at] = arrivals[event + i] + shift_s
                if flags[flag + i] & 1 and i < length - 1:
                    out_departures[at] = departures[event + i] + shift_s


@jit
def mirror_times(starts, trips, times, arrivals, departures, out_arrivals, out_departures):
    """Turn time around: positions and trips in reverse order, times negated, ends exchanged."""
    for c in range(len(trips)):
        n_trips = trips[c]
        length = starts[c + 1] - starts[c]
        for i in range(length):
            for t in range(n_trips):
                here = times[c] + i * n_trips + t
                there = times[c] + (length - 1 - i) * n_trips + (n_trips - 1 - t)
                # -UNREACHED and UNREACHED change places: a closed side stays closed.
                out_departures[there] = -arrivals[here]
                out_arrivals[there] = -departures[here]


@jit
def pairs_within(x, y, order, cell, cell_keys, cell_starts, rows, reach_m, out_a, out_b, out_m):
    """Return the pairs of points at most `reach_m` apart, by a grid of cells as wide as `reach_m`.

    `x`, `y` (S,) metres; `order` (S,) points sorted by `cell` (S,) key, `cell_keys` the distinct
    keys, `cell_starts` where each begins; a key is column × rows + row. Fills the three `out`
    arrays as far as they go and returns how many pairs there are in all.
    """
    n = 0
    for k in range(len(cell_keys)):
        for dx in range(-1, 2):
            for dy in range(-1, 2):
                # `rows` leaves two empty rows after the last: a neighbour above or below the grid
                # falls there, never in a cell of the next column.
                key = cell_keys[k] + dx * rows + dy
                j = np.searchsorted(cell_keys, key)
                if j >= len(cell_keys) or cell_keys[j] != key:
                    continue
                for ia in range(cell_starts[k], cell_starts[k + 1]):
                    a = order[ia]
                    for ib in range(cell_starts[j], cell_starts[j + 1]):
                        b = order[ib]
                        if a == b:
                            continue
                        away_m = np.hypot(x[a] - x[b], y[a] - y[b])
                        if away_m <= reach_m:
                            # Counted even without room: the caller then tries again with enough.
                            if n < len(out_a):
                                out_a[n] = a
                                out_b[n] = b
                                out_m[n] = away_m
                            n += 1
    return n
