"""The loop of a window of departures that keeps a percentile of the travel times, not all of them.

The range search of `kernels.profile`, from the latest departure to the earliest. The arrival at a
stop changes at few departures: instead of a row of arrivals for each departure, which would cost
more memory traffic than the search, each stop links the departures at which its arrival improves.
Between two of them travel times are an arithmetic progression, whose step is that of the
departures, so that a percentile is found by counting, without listing the times.
"""

from typing import Any, NamedTuple

from .kernels import (
    UNREACHED,
    jit,
    lower,
    mark,
    queue_patterns,
    scan_route_in_round,
    unmark,
)


class Steps(NamedTuple):
    """Improvements of the stops (S), linked from the last found to the first (N)."""

    best: Any  # int32 (S,) earliest arrival so far
    head: Any  # int32 (S,) last improvement of each stop, -1 for none
    following: Any  # int32 (N,)
    rank: Any  # int32 (N,) rank of the departure, the latest being 0
    time: Any  # int32 (N,)


class Window(NamedTuple):
    """`n` departures, `step_s` apart, the latest at `last_s`; `kept` is the rank of the answer."""

    last_s: Any
    step_s: Any
    n: Any
    kept: Any


@jit
def improve(steps, n, d, stop, time):
    """Note an earlier arrival at a stop for departure `d`; return how many notes there are."""
    steps.best[stop] = time
    head = steps.head[stop]
    # Of one departure the last improvement counts.
    if head >= 0 and steps.rank[head] == d:
        steps.time[head] = time
        return n
    # Without room they are only counted: the caller then tries again with enough.
    if n < len(steps.rank):
        steps.following[n] = head
        steps.rank[n] = d
        steps.time[n] = time
        steps.head[stop] = n
    return n + 1


@jit
def relax_transfers(view, scratch, n_reached, d, k, arrived, ready, steps, n, slack_s):
    """Change or walk on, as in `kernels`; return (number marked, number of notes)."""
    n_marked = 0
    for r in range(n_reached):
        stop = scratch.reached[r]
        scratch.is_reached[stop] = False
        arrival = arrived[stop, k]
        if arrival < steps.best[stop]:
            n = improve(steps, n, d, stop, arrival)
        change = view.change_s[stop]
        if change != UNREACHED and arrival + change < ready[stop, k]:
            lower(ready, stop, k, arrival + change)
            n_marked = mark(scratch, n_marked, stop)
        for f in range(view.footpath_starts[stop], view.footpath_starts[stop + 1]):
            there = view.footpath_stops[f]
            walked = arrival + view.footpath_s[f]
            if walked < steps.best[there]:
                n = improve(steps, n, d, there, walked)
            if walked + slack_s < ready[there, k]:
                lower(ready, there, k, walked + slack_s)
                n_marked = mark(scratch, n_marked, there)
    return n_marked, n


@jit
def spans_of(steps, window, stop, spans):
    """List the progressions of travel times at a stop, from the earliest departures on.

    Row m of `spans` (n, 3): rank of its first departure, then quotient and rest by the step of the
    time of rank 0, were it in the progression. Returns how many there are.
    """
    m = 0
    note = steps.head[stop]
    while note >= 0:
        since = steps.time[note] - window.last_s
        spans[m, 0] = steps.rank[note]
        spans[m, 1] = since // window.step_s
        spans[m, 2] = since - spans[m, 1] * window.step_s
        note = steps.following[note]
        m += 1
    return m


@jit
def count_up_to(spans, m, n, quotient):
    """Count the departures whose travel time has this quotient or a smaller one."""
    counted = 0
    upper = n
    for i in range(m):
        first = spans[i, 0]
        # Leaving j steps earlier lasts j steps longer.
        counted += max(0, min(quotient - spans[i, 1] + 1, upper) - first)
        upper = first
    return counted


@jit
def nth_rest(spans, m, n, quotient, nth, step_s):
    """Return the nth smallest rest among the travel times of one quotient."""
    rest = -1
    # Few departures share a quotient: each pass finds the next rest above the last.
    while True:
        smallest = step_s
        n_smallest = 0
        upper = n
        for i in range(m):
            first = spans[i, 0]
            if first <= quotient - spans[i, 1] < upper:
                if rest < spans[i, 2] < smallest:
                    smallest = spans[i, 2]
                    n_smallest = 1
                elif spans[i, 2] == smallest:
                    n_smallest += 1
            upper = first
        rest = smallest
        if nth < n_smallest:
            return rest
        nth -= n_smallest


@jit
def percentile(steps, window, stop, spans):
    """Return the travel time of rank `window.kept` at a stop; UNREACHED where fewer get there."""
    n, kept, step_s = window.n, window.kept, window.step_s
    m = spans_of(steps, window, stop, spans)
    if m == 0 or n - spans[m - 1, 0] <= kept:
        return UNREACHED
    # One arrival for all that get there: they leave one after the other.
    if m == 1:
        return (spans[0, 1] + spans[0, 0] + kept) * step_s + spans[0, 2]
    low = spans[0, 1] + spans[0, 0]
    for i in range(1, m):
        low = min(low, spans[i, 1] + spans[i, 0])
    high = low + kept
    while count_up_to(spans, m, n, high) <= kept:
        low = high + 1
        high += n
    while low < high:
        middle = (low + high) >> 1
        if count_up_to(spans, m, n, middle) > kept:
            high = middle
        else:
            low = middle + 1
    nth = kept - count_up_to(spans, m, n, low - 1)
    return low * step_s + nth_rest(spans, m, n, low, nth, step_s)


@jit
def window_percentile(
    view,
    access_stops,
    access_s,
    window,
    max_rides,
    slack_s,
    limit,
    scratch,
    ridden,
    arrived,
    ready,
    steps,
    spans,
    out,
):
    """Fill `out` (S,) with the travel times of rank `window.kept`; return the number of notes.

    `arrived`, `ready` and `ridden` are those of `kernels.profile`, `spans` (n, 3) is working
    memory. Where the notes are more than `steps` holds, `out` means nothing.
    """
    arrived[:] = UNREACHED
    ready[:] = UNREACHED
    ridden[:] = UNREACHED
    steps.best[:] = UNREACHED
    steps.head[:] = -1
    n = 0
    for d in range(window.n):
        depart = window.last_s - d * window.step_s
        n_marked = 0
        for a in range(len(access_stops)):
            stop = access_stops[a]
            at = depart + access_s[a]
            if at < steps.best[stop]:
                n = improve(steps, n, d, stop, at)
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
            n_marked, n = relax_transfers(
                view, scratch, n_reached, d, k, arrived, ready, steps, n, slack_s
            )
        unmark(scratch, n_marked)
    if n <= len(steps.rank):
        for stop in range(len(out)):
            out[stop] = percentile(steps, window, stop, spans)
    return n
