"""What a change of the timetable makes of sites: only the jobs it can matter to, searched again.

The bound: a search of a job, one way, depends on a trip only if the trip is *caught* in it: ready
to board at one of its stops by the labels that the search left (the best of any number of rides),
and set down at a later stop within the longest trip. A trip that is not caught is ridden in no
round: all labels stay the same without it. One added that would not be caught is boarded in no
round either, for the labels it would be boarded from are the same without it; one caught only after
another needs that other to be caught. So a job is searched again where a trip that changes is
caught in its old labels, and nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..day_classes import DayClasses, Hours, Spans
from ..legs import Place
from ..places import UNREACHED, Array
from ..timetable import Timetable
from . import kernels
from .changes import Change, TripRows, changed_timetable, new_trips, trip_rows, trips_at
from .held_kernels import Origins
from .jobs import AtWork, Searched
from .kernels import Access, Reached, Seeds
from .view_kernels import Calls, Running

if TYPE_CHECKING:
    from .site_week import ByMode, SiteWeek

UNCHANGED = -3
"""Class of the days on which nothing that can matter changes."""


@dataclass(frozen=True)
class Delta:
    """What a change makes of some sites: `week` holds those sites and days, all else is as before.

    `sites` (W′,): rows of the sites; `base` (C′,): the class from which each class of `week` came.
    Days that keep their trips are UNCHANGED in `week.classes.class_of`.
    """

    week: "SiteWeek"
    sites: Array
    base: Array
    _before: "SiteWeek"

    @property
    def n_searched(self) -> int:
        """Return how many classes × sites may differ."""
        return len(self.sites) * len(self.base)

    def words(self, before: Array, homes: Sequence[Place], modes: Sequence["ByMode"]) -> Array:
        """Return the words after the change, from those before of the same homes and modes.

        Raises ValueError for a commute whose searches were not made before the change.
        """
        if not (self.base < 0).any():
            self._before.check_searched(modes, self.week)
        after = before.copy()
        if not self.n_searched:
            return after
        new = self.week.words(homes, modes)
        changed_days = np.zeros((*before.shape[:-3], 1, 1, 1), np.uint64)
        classes = self.week.classes
        for k, d in zip(*np.nonzero(classes.class_of >= 0), strict=True):
            bit = np.uint64(1 << (7 * (int(k) % 9) + classes.dates[d].weekday()))
            changed_days[(k // 9,) if before.ndim == 4 else ()] |= bit
        after[..., self.sites, :] = (before[..., self.sites, :] & ~changed_days) | new
        return after


class _Item(NamedTuple):
    """A trip that a change takes away, or adds: where it stands in the changed calls."""

    row: int
    pattern: int
    is_added: bool
    first_s: int
    last_s: int
    runs: Array


def changed(week: "SiteWeek", change: Change) -> Delta:
    """Return what a change makes of the sites of a week."""
    added = new_trips(week.tt, change)
    removed = [*change.removed, *(trip for trip, _ in change.moved)]
    served = week.tt.is_served
    books = week.limits.asked_at is not None and week.tt.has_booked_lines
    if books or any(not served[rows.stops].all() for rows in added):
        return _whole(week, change)
    if change.closed_stops:
        closed = set(trips_at(week.tt, change.closed_stops).tolist()) - set(removed)
        removed += sorted(closed)
        added += [trip_rows(week.tt, trip) for trip in sorted(closed)]
        added = [_closed(rows, change.closed_stops) for rows in added]
    tt = week.tt
    if change.windows or (change.closed_stops and tt.on_demand):
        tt = changed_timetable(tt, change)
    calls, items = _changed_calls(week.tt, week.calls, removed, added)
    classes, base, changes = _changed_classes(week, items, calls, change)
    after = replace(week, tt=tt, classes=classes, calls=calls, known={}, asking={})
    return _searched_again(week, after, base, changes, every_site=bool(change.windows))


def _closed(rows: TripRows, stops: Sequence[int]) -> TripRows:
    """Return a trip that neither takes up nor sets down at some stops."""
    flags = np.where(np.isin(rows.stops, stops), rows.flags & ~np.uint8(3), rows.flags)
    return replace(rows, flags=flags.astype(np.uint8))


def _whole(week: "SiteWeek", change: Change) -> Delta:
    """Search everything again: stops served for the first time may be tied to any place, and what
    can still be booked closes calls of its own.
    """
    from .site_week import site_week

    dates = week.classes.dates
    after = site_week(
        changed_timetable(week.tt, change),
        week.sites,
        week.classes.shifts,
        period=(dates[0], dates[-1]),
        longest=week.longest,
        limits=week.limits,
        streets=week.streets,
    )
    base = np.full(len(after.classes), -1, np.int32)
    return Delta(after, np.arange(len(week.sites)), base, week)


def _changed_calls(
    tt: Timetable, calls: Calls, removed: Sequence[int], added: Sequence[TripRows]
) -> tuple[Calls, list[_Item]]:
    """Append the trips added, each with a pattern of its own; list what is taken away and added."""
    order = tt.trip_order
    items = []
    for trip in removed:
        row = int(np.flatnonzero(order.trip == trip)[0])
        items.append(
            _Item(
                row,
                int(order.pattern[row]),
                False,
                int(order.first_s[row]),
                int(order.last_s[row]),
                order.services[order.service[row]],
            )
        )
    if not added:
        return calls, items
    n_rows, n_patterns = len(calls.event), len(calls.starts) - 1
    for i, rows in enumerate(added):
        times = int(rows.departure_s.min()), int(rows.arrival_s.max())
        items.append(_Item(n_rows + i, n_patterns + i, True, *times, rows.runs))
    lengths = [len(rows.stops) for rows in added]
    ends = np.cumsum(lengths)
    new = Calls(
        event=np.append(calls.event, len(calls.arrival_s) + ends - lengths),
        bikes=np.append(calls.bikes, [rows.bikes for rows in added]),
        # No trip of another name is alike: what is added is never taken for another.
        content=np.append(calls.content, -1 - np.arange(len(added), dtype=np.int32)),
        arrival_s=np.concatenate([calls.arrival_s, *(rows.arrival_s for rows in added)]),
        departure_s=np.concatenate([calls.departure_s, *(rows.departure_s for rows in added)]),
        starts=np.append(calls.starts, (calls.starts[-1] + ends).astype(np.int32)),
        stops=np.concatenate([calls.stops, *(rows.stops for rows in added)]),
        flags=np.concatenate([calls.flags, *(rows.flags for rows in added)]),
    )
    return new, items


def _changed_classes(
    week: "SiteWeek", items: Sequence[_Item], calls: Calls, change: Change
) -> tuple[DayClasses, Array, tuple[Running, Running]]:
    """Return the classes of the days on which something changes, and those they came from.

    Days of one class on which the same trips change stay together. Also the trips changed in each.
    """
    classes = week.classes
    spans, hours = classes.spans, classes.hours
    if spans is None or hours is None:
        raise ValueError("a change needs classes of days with a horizon")
    runs = [
        _runs_of(item.runs, spans, item.first_s, item.last_s, week.max_trip_s) for item in items
    ]
    for trip, earlier_s, later_s in change.windows:
        of_trip = week.tt.on_demand.trips[trip]
        first_s = min(pickup.start_s for pickup, _ in of_trip.rides) - max(0, earlier_s)
        last_s = max(drop_off.end_s for _, drop_off in of_trip.rides) + max(0, later_s)
        days = week.tt.arrays["services"][of_trip.service]
        runs.append(_runs_of(days, spans, first_s, last_s, week.max_trip_s))
    matter = np.array(runs, np.bool_).reshape(-1, *spans.columns.shape)
    class_of = np.where(classes.class_of >= 0, UNCHANGED, classes.class_of).astype(np.int32)
    known: dict[tuple[int, bytes], int] = {}
    firsts: list[tuple[int, int]] = []
    affected = matter.any(axis=(0, 3, 4)) & (classes.class_of >= 0)
    for k, d in zip(*np.nonzero(affected), strict=True):
        key = int(classes.class_of[k, d]), matter[:, k, d].tobytes()
        if key not in known:
            known[key] = len(firsts)
            firsts.append((int(k), int(d)))
        class_of[k, d] = known[key]
    base = np.array([c for c, _ in known], np.int32)
    rows = list(zip(base.tolist(), firsts, strict=True))
    of_items = matter[: len(items)]
    ways = [
        _changed_running(
            running, rows, of_items[..., way, :], spans.shift_s[..., way, :], items, calls
        )
        for way, running in enumerate((hours.out, hours.back))
    ]
    return (
        replace(
            classes,
            class_of=class_of,
            shift_of=classes.shift_of[base],
            on=tuple(classes.dates[d] for _, d in firsts),
            arrive_s=classes.arrive_s[base],
            leave_s=classes.leave_s[base],
            out_days=tuple(classes.out_days[c] for c in base),
            back_days=tuple(classes.back_days[c] for c in base),
            hours=Hours(ways[0][0], ways[1][0], hours.patterns),
        ),
        base,
        (ways[0][1], ways[1][1]),
    )


def _runs_of(runs: Array, spans: Spans, first_s: int, last_s: int, horizon_s: int) -> Array:
    """Return where a trip runs within the hours of a shift and day, bool (K, D, 2, 3)."""
    known = spans.columns >= 0
    from_s = spans.moment_s - np.array([horizon_s, 0])
    to_s = spans.moment_s + np.array([0, horizon_s])
    where: Array = (
        known
        & runs[np.where(known, spans.columns, 0)]
        & (first_s + spans.shift_s <= to_s[..., None])
        & (last_s + spans.shift_s >= from_s[..., None])
    )
    return where


def _changed_running(
    running: Running,
    classes: Sequence[tuple[int, tuple[int, int]]],
    matter: Array,
    shift_s: Array,
    items: Sequence[_Item],
    calls: Calls,
) -> tuple[Running, Running]:
    """Return the trips of the hours of the classes changed, one way, and the trips changed alone.

    `classes`: the class each came from, the shift and the day of its first day. `matter` (items, K,
    D, 3): where each item runs; `shift_s` (K, D, 3): seconds added to the times of each day.
    """
    kept, changes = _Parts(), _Parts()
    for c, (k, d) in classes:
        for part in range(3):
            rows = slice(running.parts[c, part], running.parts[c, part + 1])
            row, shifts, pattern = (column[rows] for column in running[1:4])
            for item, runs in zip(items, matter[:, k, d, part], strict=True):
                if not runs:
                    continue
                trip_columns = (
                    np.array([item.row]),
                    shift_s[k, d, part : part + 1],
                    np.array([item.pattern]),
                )
                if item.is_added:
                    # A new pattern is the last: rows stay sorted by pattern.
                    row, shifts, pattern = (
                        np.append(x, y)
                        for x, y in zip((row, shifts, pattern), trip_columns, strict=True)
                    )
                else:
                    # Another trip of the same content may stand for this one in the class.
                    alike = np.flatnonzero(calls.content[row] == calls.content[item.row])[:1]
                    trip_columns = row[alike], shifts[alike], pattern[alike]
                    row, shifts, pattern = (np.delete(x, alike) for x in (row, shifts, pattern))
                changes.add(*trip_columns)
            kept.add(row, shifts, pattern)
            kept.end_part()
            changes.end_part()
    moments = running.moment_s[[c for c, _ in classes]]
    return kept.running(moments), changes.running(moments)


class _Parts:
    """Trips of classes, gathered part by part."""

    def __init__(self) -> None:
        self.columns: list[tuple[Array, Array, Array]] = []
        self.n = 0
        self.ends: list[int] = []

    def add(self, row: Array, shift_s: Array, pattern: Array) -> None:
        self.columns.append((row, shift_s, pattern))
        self.n += len(row)

    def end_part(self) -> None:
        self.ends.append(self.n)

    def running(self, moments: Array) -> Running:
        """Return the trips gathered; three parts make a class."""
        ends = np.array(self.ends, np.int64).reshape(-1, 3)
        starts = np.concatenate([[0], ends[:, 2]])[: len(ends)]
        none = np.empty(0, np.int32)
        row, shift_s, pattern = (
            np.concatenate([*(columns[i] for columns in self.columns), none]).astype(np.int32)
            for i in range(3)
        )
        return Running(np.column_stack([starts, ends]), row, shift_s, pattern, moments)


def _searched_again(
    week: "SiteWeek",
    after: "SiteWeek",
    base: Array,
    changes: tuple[Running, Running],
    *,
    every_site: bool,
) -> Delta:
    """Search the jobs in which a changed trip is caught; take the others of their sites over."""
    wanted = {
        at_work: _wanted(
            week, after, searched, base, changes, at_work.asked is not None and every_site
        )
        for at_work, searched in week.known.items()
    }
    is_touched = np.full(len(week.sites), every_site and len(base) > 0)
    for at_work, (out, back) in wanted.items():
        is_touched[_site_of(week.known[at_work].origins)[(out | back).any(axis=0)]] = True
    sites = np.flatnonzero(is_touched)
    if not len(sites):
        # Nothing to search, nor to take over: the searches before are those after.
        return Delta(replace(after, sites=(), known=dict(week.known)), sites, base, week)
    after = replace(after, sites=tuple(week.sites[w] for w in sites), known={})
    for at_work, ways in wanted.items():
        searched = week.known[at_work]
        kept = np.flatnonzero(is_touched[_site_of(searched.origins)])
        after.known[at_work] = _joined(after, at_work, searched, base, kept, sites, ways)
    return Delta(after, sites, base, week)


def _site_of(origins: Origins) -> Array:
    """Return the site of each origin, int64 (O,)."""
    return np.repeat(np.arange(len(origins.starts) - 1), np.diff(origins.starts))


def _wanted(
    week: "SiteWeek",
    after: "SiteWeek",
    searched: Searched,
    base: Array,
    changes: tuple[Running, Running],
    asks_anew: bool,
) -> tuple[Array, Array]:
    """Return the jobs to search again, out and back, bool (C′, O)."""
    ready = np.full(week.tt.n_stops, UNREACHED, np.int32)
    ways = []
    for reached, of_way, backward in zip(
        (searched.out, searched.back), changes, (True, False), strict=True
    ):
        # Rides on demand at other hours lead elsewhere: such sites are searched without a bound.
        wanted = np.full((len(base), len(searched.origins.tie_s)), asks_anew)
        kernels.touched_jobs(
            after.calls, of_way, base, reached, backward, week.max_trip_s, ready, wanted
        )
        ways.append(wanted)
    return ways[0], ways[1]


def _joined(
    after: "SiteWeek",
    at_work: AtWork,
    searched: Searched,
    base: Array,
    origins: Array,
    sites: Array,
    ways: tuple[Array, Array],
) -> Searched:
    """Return the searches of some sites after a change, those not touched taken over."""
    counts = np.diff(searched.origins.starts)[sites]
    own = Origins(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        searched.origins.tie_s[origins],
        searched.origins.stop[origins],
        searched.origins.jointly,
    )
    n_origins = len(searched.origins.tie_s)
    if at_work.asked is None:
        out_seeds, back_seeds = (
            Seeds(*(_rows(access, origins) for access in of_way))
            for of_way in (searched.out_seeds, searched.back_seeds)
        )
    else:
        _, out_ties, back_ties = after.origins(at_work)
        out_seeds = after.seeds(at_work, out_ties, len(origins), backward=True)
        back_seeds = after.seeds(at_work, back_ties, len(origins), backward=False)
    out, back = (
        _join(
            after.search_jobs(at_work, of_seeds, mine, backward=backward),
            mine, base, origins, n_origins, of_base,
        )
        for of_seeds, of_base, mine, backward in (
            (out_seeds, searched.out, np.ascontiguousarray(ways[0][:, origins]), True),
            (back_seeds, searched.back, np.ascontiguousarray(ways[1][:, origins]), False),
        )
    )  # fmt: skip
    return Searched(own, out_seeds, back_seeds, out, back)


def _rows(access: Access, origins: Array) -> Access:
    """Return the rows of some origins, of an access that all classes share."""
    if not len(access.stops):
        return access
    first, count = access.starts[origins], np.diff(access.starts)[origins]
    ends = np.cumsum(count)
    rows = np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - ends + count, count)
    return Access(
        np.concatenate([[0], ends]).astype(np.int64), access.stops[rows], access.ready_s[rows], 0
    )


def _join(
    searched: Reached, wanted: Array, base: Array, origins: Array, n_origins: int, reached: Reached
) -> Reached:
    starts = np.zeros(wanted.size + 1, np.int64)
    room = 0
    while True:
        columns = [np.empty(room, np.int32) for _ in Reached._fields[1:]]
        joined = Reached(starts, *columns)
        n = kernels.join(searched, wanted, base, origins, n_origins, reached, joined)
        if n <= room:
            return joined
        room = n
