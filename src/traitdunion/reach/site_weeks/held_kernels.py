"""The loops over homes: what the searches of a site give each home by each mode, both ways.

A mode ties homes to stops. Free modes (on foot, a bicycle aboard) take the best tie each way; a
vehicle left at a stop is found there again, so that both ways use one stop: the one of the shortest
day away, as in `left_vehicles`. Times are seconds from the moment of the job's class.
"""

from typing import Any, NamedTuple

import numpy as np

from ..kernels import UNREACHED, jit

NO_KEY = 2**63 - 1
LONGEST_S = 6 * 86_400
"""Keys count the seconds of both ways in 20 bits."""


class FreeTies(NamedTuple):
    """Ties of homes to stops, by stop, one way (K,). `ridden`: a walk may lie before the line."""

    starts: Any  # int64 (S + 1,)
    cell: Any  # int32 (K,) mode × homes + home
    seconds: Any  # int32 (K,)
    ridden: Any  # bool (K,)


class AskedTies(NamedTuple):
    """Rides on demand at homes, by class, then stop, one way (K,): those of class c and stop s are
    row c × stops + s of `starts`, which is short where there are none.

    Left until `latest_s`, they take `seconds` from `earliest_s` on; `change_s` lies between another
    vehicle and them. `chain`: that vehicle may be another ride on demand.
    """

    starts: Any  # int64 (C × S + 1,)
    cell: Any  # int32 (K,)
    earliest_s: Any  # int64 (K,)
    latest_s: Any  # int64 (K,)
    seconds: Any  # int32 (K,)
    change_s: Any  # int32 (K,)
    chain: Any  # bool (K,)


class LeftTies(NamedTuple):
    """Vehicles of homes left at stops, by stop (K,), both ways; UNREACHED where one way lacks."""

    starts: Any  # int64 (S + 1,)
    cell: Any  # int32 (K,)
    out_s: Any  # int32 (K,)
    back_s: Any  # int32 (K,)
    out_ridden: Any  # bool (K,), as above
    back_ridden: Any  # bool (K,)


class Direct(NamedTuple):
    """Whole ways without a line (K,), both ways: of class c and site w in row c × stride + w."""

    starts: Any  # int64 (rows + 1,)
    cell: Any  # int32 (K,)
    out_s: Any  # int32 (K,)
    back_s: Any  # int32 (K,)
    stride: Any  # 0 where all classes share them


class OneWay(NamedTuple):
    """What the searches of one way reached (jobs, S), and how homes are tied to those stops."""

    reached: Any
    free: Any  # FreeTies
    asked: Any  # AskedTies


class BothWays(NamedTuple):
    """What joins both ways: vehicles left, ways without a line, seconds to change at stops (S,).

    `row_of` (S,): working memory, -1, left as it was found.
    """

    left: Any  # LeftTies
    on_streets: Any  # Direct
    asked: Any  # Direct
    stop_change_s: Any
    row_of: Any  # int64


class Origins(NamedTuple):
    """Where the searches of each site start (O,): one place, or each stop of a vehicle left.

    `tie_s`: seconds of the vehicle out; `jointly`: both ways use one origin.
    """

    starts: Any  # int64 (W + 1,)
    tie_s: Any  # int32 (O,)
    stop: Any  # int32 (O,)
    jointly: Any


class Cells(NamedTuple):
    """Working memory, a value for each mode and home (N,), left as it was found.

    `key`: what both ways by one stop are chosen by, NO_KEY where there are none; `joint_out_s` is
    the way out of those.
    """

    out_s: Any  # int32, UNREACHED
    back_s: Any  # int32, UNREACHED
    key: Any  # int64, NO_KEY
    joint_out_s: Any  # int32
    touched: Any  # int32
    is_touched: Any  # bool, False


class Written(NamedTuple):
    """Where answers go: values of class c and site w for each cell, and the bits of the days.

    `both_s` (C,) holds what a limit on the time away leaves to both ways. `unit_s`: seconds of a
    unit, rounded up. `bits` (C,) are the days of each class, `word` (C,) the row of `words` they
    belong to.
    """

    out: Any  # (C, W, N)
    back: Any  # (C, W, N)
    words: Any  # uint64 (X, W, N)
    bits: Any  # uint64 (C,)
    word: Any  # int32 (C,)
    longest_s: Any  # int32 (N,)
    both_s: Any  # int64 (C,) longest sum of both ways
    unit_s: Any


@jit
def touch(cells, n, cell):
    """Note that a cell has a value, once, and return how many have."""
    if cells.is_touched[cell]:
        return n
    cells.is_touched[cell] = True
    cells.touched[n] = cell
    return n + 1


@jit
def key_of(away_s, tie_s, stop):
    """Return what the stop of a vehicle is chosen by: the smallest key is the best.

    The shortest day away (20 bits: the shift lasts the same, both ways are what differs), then the
    shortest ride out (19 bits), then the first stop (24 bits).
    """
    return (np.int64(away_s) << 43) | (np.int64(tie_s) << 24) | np.int64(stop)


@jit
def keep_jointly(cells, n, cell, out_s, back_s, tie_s, stop):
    """Keep both ways by one stop for a cell if they are better; return how many cells have any."""
    key = key_of(out_s + back_s, tie_s, stop)
    if key < cells.key[cell]:
        n = touch(cells, n, cell)
        cells.key[cell] = key
        cells.joint_out_s[cell] = out_s
    return n


@jit
def go_freely(reached, job, ties, times, cells, n):
    """Lower the times of the cells by the best tie of each, one way; return how many have any."""
    for i in range(reached.starts[job], reached.starts[job + 1]):
        line_s = reached.line_s[i]
        either_s = min(line_s, reached.walked_s[i], reached.met_s[i])
        if either_s == UNREACHED:
            continue
        stop = reached.stops[i]
        for tie in range(ties.starts[stop], ties.starts[stop + 1]):
            at_s = either_s if ties.ridden[tie] else line_s
            if at_s == UNREACHED:
                continue
            cell = ties.cell[tie]
            if at_s + ties.seconds[tie] < times[cell]:
                times[cell] = at_s + ties.seconds[tie]
                n = touch(cells, n, cell)
    return n


@jit
def plus(time_s, seconds):
    """Add seconds to a time; UNREACHED of either stays so."""
    if time_s == UNREACHED or seconds == UNREACHED:
        return np.int64(UNREACHED)
    return np.int64(time_s) + seconds


@jit
def ask(reached, job, c, ties, stop_change_s, times, cells, n):
    """Lower the times of the cells by the rides on demand of a class; return how many have any."""
    if len(ties.cell) == 0:
        return n
    n_stops = len(stop_change_s)
    for i in range(reached.starts[job], reached.starts[job + 1]):
        stop = reached.stops[i]
        for tie in range(ties.starts[c * n_stops + stop], ties.starts[c * n_stops + stop + 1]):
            change_s = ties.change_s[tie]
            at_stop_s = stop_change_s[stop]
            if at_stop_s != UNREACHED:
                at_stop_s = max(at_stop_s, change_s)
            ready_s = plus(reached.line_s[i], at_stop_s)
            ready_s = min(ready_s, plus(reached.walked_s[i], change_s))
            ready_s = min(ready_s, plus(reached.own_s[i], change_s))
            if ties.chain[tie]:
                ready_s = min(ready_s, plus(reached.met_s[i], change_s))
            if ready_s == UNREACHED or ready_s > ties.latest_s[tie]:
                continue
            cell = ties.cell[tie]
            time_s = max(ready_s, ties.earliest_s[tie]) + ties.seconds[tie]
            if time_s < times[cell]:
                times[cell] = time_s
                n = touch(cells, n, cell)
    return n


@jit
def leave_a_vehicle(reached, back_reached, job, ties, longest_s, row_of, cells, n):
    """Choose the stop where each cell leaves its vehicle; return how many cells have any.

    `row_of` (S,): -1, as it is left: where the way back knows each stop.
    """
    first, last = back_reached.starts[job], back_reached.starts[job + 1]
    for i in range(first, last):
        row_of[back_reached.stops[i]] = i
    for i in range(reached.starts[job], reached.starts[job + 1]):
        line_s = reached.line_s[i]
        either_s = min(line_s, reached.walked_s[i], reached.met_s[i])
        if either_s == UNREACHED:
            continue
        stop = reached.stops[i]
        back = row_of[stop]
        for tie in range(ties.starts[stop], ties.starts[stop + 1]):
            at_s = either_s if ties.out_ridden[tie] else line_s
            ride_s = ties.out_s[tie]
            if at_s == UNREACHED or ride_s == UNREACHED:
                continue
            cell = ties.cell[tie]
            if at_s + ride_s > longest_s[cell]:
                continue
            home_s = UNREACHED
            if back >= 0 and ties.back_s[tie] != UNREACHED:
                home_s = back_reached.line_s[back]
                if ties.back_ridden[tie]:
                    home_s = min(home_s, back_reached.walked_s[back], back_reached.met_s[back])
            if at_s + ride_s < cells.out_s[cell]:
                cells.out_s[cell] = at_s + ride_s
                n = touch(cells, n, cell)
            if home_s != UNREACHED and home_s + ties.back_s[tie] <= longest_s[cell]:
                home_s += ties.back_s[tie]
                n = keep_jointly(cells, n, cell, at_s + ride_s, home_s, ride_s, stop)
    for i in range(first, last):
        row_of[back_reached.stops[i]] = -1
    return n


@jit
def go_straight(direct, c, w, cells, n):
    """Lower the times of the cells by whole ways without a line; return how many have any."""
    if len(direct.cell) == 0:
        return n
    row = c * direct.stride + w
    for i in range(direct.starts[row], direct.starts[row + 1]):
        cell = direct.cell[i]
        n = touch(cells, n, cell)
        cells.out_s[cell] = min(cells.out_s[cell], direct.out_s[i])
        cells.back_s[cell] = min(cells.back_s[cell], direct.back_s[i])
    return n


@jit
def forget(cells, cell):
    """Leave a cell as it was found."""
    cells.out_s[cell] = UNREACHED
    cells.back_s[cell] = UNREACHED
    cells.key[cell] = NO_KEY
    cells.is_touched[cell] = False


@jit
def choose_origin(now, n_now, o, origins, longest_s, kept, n_kept):
    """Keep the better of what an origin gives each cell, both ways; return how many have any."""
    for i in range(n_now):
        cell = now.touched[i]
        out_s, back_s = now.out_s[cell], now.back_s[cell]
        forget(now, cell)
        if out_s > longest_s[cell]:
            continue
        if out_s < kept.out_s[cell]:
            n_kept = touch(kept, n_kept, cell)
            kept.out_s[cell] = out_s
        if back_s <= longest_s[cell]:
            n_kept = keep_jointly(
                kept, n_kept, cell, out_s, back_s, origins.tie_s[o], origins.stop[o]
            )
    return n_kept


@jit
def write(cells, n, c, w, written):
    """Write the ways within the longest trip, and the days on which both are.

    Where no stop serves a vehicle both ways in time, the quickest way out stands alone: one gets
    to work, but the evening does not pass where the vehicle waits.
    """
    for i in range(n):
        cell = cells.touched[i]
        longest_s = written.longest_s[cell]
        out_s, back_s = cells.out_s[cell], cells.back_s[cell]
        if cells.key[cell] != NO_KEY:
            out_s = cells.joint_out_s[cell]
            back_s = np.int32(cells.key[cell] >> 43) - out_s
        if max(out_s, back_s) <= longest_s and out_s + back_s > written.both_s[c]:
            # The day is too long: neither way is one.
            forget(cells, cell)
            continue
        if out_s <= longest_s:
            written.out[c, w, cell] = (out_s + written.unit_s - 1) // written.unit_s
        if back_s <= longest_s:
            written.back[c, w, cell] = (back_s + written.unit_s - 1) // written.unit_s
        if max(out_s, back_s) <= longest_s:
            written.words[written.word[c], w, cell] |= written.bits[c]
        forget(cells, cell)


@jit
def write_ways(origins, out, back, both, now, kept, written):
    """Write what each job gives each home and mode: `out` and `back` are `OneWay`.

    `written` is filled beforehand with what stands for no way.
    """
    n_classes, n_sites = written.out.shape[:2]
    n_origins = len(origins.tie_s)
    change_s, longest_s = both.stop_change_s, written.longest_s
    for c in range(n_classes):
        for w in range(n_sites):
            n = 0
            for o in range(origins.starts[w], origins.starts[w + 1]):
                job = c * n_origins + o
                n_now = go_freely(out.reached, job, out.free, now.out_s, now, 0)
                n_now = go_freely(back.reached, job, back.free, now.back_s, now, n_now)
                n_now = ask(out.reached, job, c, out.asked, change_s, now.out_s, now, n_now)
                n_now = ask(back.reached, job, c, back.asked, change_s, now.back_s, now, n_now)
                if origins.jointly:
                    n = choose_origin(now, n_now, o, origins, longest_s, kept, n)
                else:
                    n_now = leave_a_vehicle(
                        out.reached, back.reached, job, both.left, longest_s, both.row_of, now,
                        n_now,
                    )  # fmt: skip
                    n_now = go_straight(both.on_streets, c, w, now, n_now)
                    n_now = go_straight(both.asked, c, w, now, n_now)
                    write(now, n_now, c, w, written)
            if origins.jointly:
                write(kept, n, c, w, written)


@jit
def write_streets(out_s, back_s, longest_s, mode, n_homes, written, days):
    """Write the whole ways of a mode on streets (W, H), the same every day; `days` (X,) bits.

    A way too long in one direction is none in both: see `shifts.by_street`.
    """
    n_classes, n_sites = written.out.shape[:2]
    for w in range(n_sites):
        for home in range(n_homes):
            if max(out_s[w, home], back_s[w, home]) > longest_s:
                continue
            cell = mode * n_homes + home
            for x in range(len(days)):
                written.words[x, w, cell] = days[x]
            for c in range(n_classes):
                if out_s[w, home] + back_s[w, home] > written.both_s[c]:
                    written.words[written.word[c], w, cell] &= ~written.bits[c]
                    continue
                written.out[c, w, cell] = (out_s[w, home] + written.unit_s - 1) // written.unit_s
                written.back[c, w, cell] = (back_s[w, home] + written.unit_s - 1) // written.unit_s
