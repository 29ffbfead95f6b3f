"""The loops that lay a view: of the trips of a class of days, those of the hours of a shift.

The view holds those trips alone, is laid once a class and then searched from each site (`kernels`).
As in `reach.kernels`, nothing allocates, knows a date or a name.
"""

from typing import Any, NamedTuple

from ..kernels import UNREACHED, follows, jit


class Calls(NamedTuple):
    """Trips (R,) in the order of `compiling.trip_order`, and the patterns they follow (P,)."""

    event: Any  # int64 (R,) first row of the times
    bikes: Any  # bool (R,)
    content: Any  # int32 (R,) equal for trips of one pattern and the same hours
    arrival_s: Any  # int32 (E,)
    departure_s: Any  # int32 (E,)
    starts: Any  # int32 (P + 1,)
    stops: Any  # int32 (positions,)
    flags: Any  # uint8 (positions,)


class Running(NamedTuple):
    """Trips of the hours of each class (C,), one way; those of three service days in turn.

    Of a class, those of day d go from `parts[c, d]` to `parts[c, d + 1]`, sorted by pattern.
    """

    parts: Any  # int64 (C, 4)
    row: Any  # int32 (N,) row of `Calls`
    shift_s: Any  # int32 (N,) added to its times
    pattern: Any  # int32 (N,)
    moment_s: Any  # int32 (C,) to be at work, or free to leave


class Group(NamedTuple):
    """Working memory of a pattern being laid (N,): its trips, the chain of each, the last ones."""

    entry: Any  # int32
    chain: Any  # int32
    last: Any  # int32


@jit
def runs_within(
    first_s, last_s, service, services, columns, shift_s, from_s, to_s, rows, shifts, parts
):
    """List the trips of some service days that run between two moments; return how many.

    `columns`, `shift_s` (D,): column of `services` and seconds added, for each day; those of day d
    stand from `parts[d]` to `parts[d + 1]` of `rows` and `shifts`.
    """
    n = 0
    for d in range(len(columns)):
        parts[d] = n
        for row in range(len(first_s)):
            if (
                first_s[row] + shift_s[d] <= to_s
                and last_s[row] + shift_s[d] >= from_s
                and services[service[row], columns[d]]
            ):
                rows[n] = row
                shifts[n] = shift_s[d]
                n += 1
    parts[len(columns)] = n
    return n


@jit
def leaving(calls, running, entry):
    """Return when the trip of an entry leaves its first stop."""
    return calls.departure_s[calls.event[running.row[entry]]] + running.shift_s[entry]


@jit
def gather(calls, running, entry, end, pattern, with_bike, group, n):
    """Insert the trips of a pattern, from `entry` on, by departure; return (entry, number)."""
    while entry < end and running.pattern[entry] == pattern:
        if not with_bike or calls.bikes[running.row[entry]]:
            at = n
            leaves = leaving(calls, running, entry)
            # Days follow each other: few trips have to move.
            while at > 0 and leaving(calls, running, group.entry[at - 1]) > leaves:
                group.entry[at] = group.entry[at - 1]
                at -= 1
            group.entry[at] = entry
            n += 1
        entry += 1
    return entry, n


@jit
def split(calls, running, length, group, n):
    """Give each trip of a pattern a chain in which none overtakes another; return how many."""
    n_chains = 0
    for k in range(n):
        entry = group.entry[k]
        placed = -1
        for c in range(n_chains):
            before = group.last[c]
            if follows(
                calls.arrival_s,
                calls.departure_s,
                calls.event[running.row[before]],
                calls.event[running.row[entry]],
                length,
                running.shift_s[entry] - running.shift_s[before],
            ):
                placed = c
                break
        if placed < 0:
            placed = n_chains
            n_chains += 1
        group.chain[k] = placed
        group.last[placed] = entry
    return n_chains


@jit
def hours_of_chain(calls, running, pattern, moment_s, backward, limit_s, group, n, chain):
    """Return the positions, first and last, between which a chain can matter within the hours.

    Before the first no trip is caught any more, after the last none arrives in time.
    """
    first = calls.starts[pattern]
    length = calls.starts[pattern + 1] - first
    low, high = length, -1
    for k in range(n):
        if group.chain[k] != chain:
            continue
        entry = group.entry[k]
        event = calls.event[running.row[entry]]
        shift_s = running.shift_s[entry] - moment_s
        if backward:
            # Got off from, in the mirror, until the limit; boarded from the moment on.
            i = 0
            while i < length and calls.departure_s[event + i] + shift_s < -limit_s:
                i += 1
            low = min(low, i)
            i = length - 1
            while i >= 0 and calls.arrival_s[event + i] + shift_s > 0:
                i -= 1
            high = max(high, i)
        else:
            i = 0
            while i < length and calls.departure_s[event + i] + shift_s < 0:
                i += 1
            low = min(low, i)
            i = length - 1
            while i >= 0 and calls.arrival_s[event + i] + shift_s > limit_s:
                i -= 1
            high = max(high, i)
    return low, high


@jit
def lay_chain(calls, running, pattern, low, high, moment_s, backward, group, n, chain, view, at):
    """Lay the times of a chain column by column from `at` on; return how many trips it has.

    Positions from `low` to `high` alone. `backward` turns time around: positions and trips in
    reverse order, both ends exchanged.
    """
    first = calls.starts[pattern]
    length = calls.starts[pattern + 1] - first
    n_trips = 0
    for k in range(n):
        n_trips += group.chain[k] == chain
    t = 0
    for k in range(n):
        if group.chain[k] != chain:
            continue
        entry = group.entry[k]
        event = calls.event[running.row[entry]]
        shift_s = running.shift_s[entry] - moment_s
        for i in range(low, high + 1):
            flags = calls.flags[first + i]
            # No one gets off where a trip begins nor on where it ends (2 and 1: `events`).
            alights = flags & 2 != 0 and i > 0
            boards = flags & 1 != 0 and i < length - 1
            arrival = calls.arrival_s[event + i] + shift_s
            departure = calls.departure_s[event + i] + shift_s
            if backward:
                here = at + (high - i) * n_trips + n_trips - 1 - t
                view.departures[here] = -arrival if alights else -UNREACHED
                view.arrivals[here] = -departure if boards else UNREACHED
            else:
                here = at + (i - low) * n_trips + t
                view.arrivals[here] = arrival if alights else UNREACHED
                view.departures[here] = departure if boards else -UNREACHED
        t += 1
    return n_trips


@jit
def lay_view(calls, running, c, with_bike, backward, limit_s, group, view):
    """Lay the trips of the hours of class `c`; return how many patterns there are."""
    before, here, after = running.parts[c, 0], running.parts[c, 1], running.parts[c, 2]
    before_end, here_end, after_end = here, after, running.parts[c, 3]
    moment_s = running.moment_s[c]
    n_chains = 0
    n_positions = 0
    n_times = 0
    while True:
        pattern = UNREACHED
        if before < before_end:
            pattern = min(pattern, running.pattern[before])
        if here < here_end:
            pattern = min(pattern, running.pattern[here])
        if after < after_end:
            pattern = min(pattern, running.pattern[after])
        if pattern == UNREACHED:
            break
        before, n = gather(calls, running, before, before_end, pattern, with_bike, group, 0)
        here, n = gather(calls, running, here, here_end, pattern, with_bike, group, n)
        after, n = gather(calls, running, after, after_end, pattern, with_bike, group, n)
        first = calls.starts[pattern]
        length = calls.starts[pattern + 1] - first
        for chain in range(split(calls, running, length, group, n)):
            low, high = hours_of_chain(
                calls, running, pattern, moment_s, backward, limit_s, group, n, chain
            )
            # One call alone is no ride.
            if low >= high:
                continue
            view.starts[n_chains] = n_positions
            view.times[n_chains] = n_times
            n_trips = lay_chain(
                calls, running, pattern, low, high, moment_s, backward, group, n, chain, view,
                n_times,
            )  # fmt: skip
            view.trips[n_chains] = n_trips
            for i in range(low, high + 1):
                position = high - i if backward else i - low
                view.stops[n_positions + position] = calls.stops[first + i]
            n_chains += 1
            n_positions += high + 1 - low
            n_times += (high + 1 - low) * n_trips
    view.starts[n_chains] = n_positions
    return n_chains


@jit
def lay_boardings(view, n_chains):
    """List, for each stop, the patterns that can be boarded there."""
    starts = view.boarding_starts
    starts[:] = 0
    # Counted one place further, so that the sums are where each stop begins.
    for c in range(n_chains):
        for p in range(view.starts[c], view.starts[c + 1]):
            column = view.times[c] + (p - view.starts[c]) * view.trips[c]
            if view.departures[column] != -UNREACHED:
                starts[view.stops[p] + 1] += 1
    for stop in range(len(starts) - 1):
        starts[stop + 1] += starts[stop]
    n = starts[len(starts) - 1]
    # Filled from the last to the first, each stop's end moves down to its beginning.
    for c in range(n_chains - 1, -1, -1):
        for p in range(view.starts[c + 1] - 1, view.starts[c] - 1, -1):
            column = view.times[c] + (p - view.starts[c]) * view.trips[c]
            if view.departures[column] != -UNREACHED:
                stop = view.stops[p]
                starts[stop + 1] -= 1
                view.boarding_patterns[starts[stop + 1]] = c
                view.boarding_positions[starts[stop + 1]] = p - view.starts[c]
    # Each now stands one place too far.
    for stop in range(len(starts) - 1):
        starts[stop] = starts[stop + 1]
    starts[len(starts) - 1] = n
