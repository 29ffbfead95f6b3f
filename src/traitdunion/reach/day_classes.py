"""Days alike: those on which the trips that can matter to a shift are the same."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .booked_lines import Patterns, closures, without_closed
from .calendar_days import DAYS_KEPT, monday_of, service_s
from .commutes import DAY_S, service_days_at
from .on_demand.notice import earliest_pickup_s
from .options import USUAL_LIMITS, Limits
from .places import Array
from .site_weeks import view_kernels
from .site_weeks.view_kernels import Running
from .timetable import CLASSES, OutsideTimetable, Timetable

if TYPE_CHECKING:
    from .shifts import Shift

OUTSIDE, NOT_WORKED = -1, -2
"""Classes of the days that no feed covers, and of those on which the shift does not work."""

Column = tuple[date, int, int]
"""A service day, its column of `services`, the seconds added to its times."""


class Hours(NamedTuple):
    """The trips of the hours of each class, both ways, and the patterns they follow."""

    out: Running
    back: Running
    patterns: Patterns


class Spans(NamedTuple):
    """The hours of each shift and day (K, D), out then back, and the service days around (3)."""

    moment_s: Array  # int64 (K, D, 2)
    columns: Array  # int64 (K, D, 2, 3), -1 where there is none
    shift_s: Array  # int64 (K, D, 2, 3)


@dataclass(frozen=True)
class DayClasses:
    """Days of a week or a period, for each shift, and the classes (C,) they fall in.

    Two days of one class give a shift the same searches, to the second. `class_of` int32 (K, D):
    OUTSIDE where the feeds do not cover the day, NOT_WORKED where the shift does not work. A class
    belongs to one shift, `shift_of`; `on` is its first day, `arrive_s` and `leave_s` are seconds of
    that service day: to be at work, free to leave.
    `hours`: the trips of its hours, where a horizon bounds them; `spans` those hours, day by day.
    """

    shifts: tuple["Shift", ...]
    dates: tuple[date, ...]
    class_of: Array
    shift_of: Array
    on: tuple[date, ...]
    arrive_s: Array
    leave_s: Array
    out_days: tuple[tuple[Column, ...], ...] = field(repr=False, default=())
    back_days: tuple[tuple[Column, ...], ...] = field(repr=False, default=())
    hours: Hours | None = field(repr=False, default=None)
    spans: Spans | None = field(repr=False, default=None)

    def __len__(self) -> int:
        return len(self.on)

    def days_of(self, c: int) -> list[date]:
        """Return the days of a class."""
        rows = self.class_of[self.shift_of[c]] == c
        return [on for on, held in zip(self.dates, rows, strict=True) if held]


def clock_s(tt: Timetable, on: date, clock_seconds: int) -> int:
    """Return the seconds of the service day `on` at a clock reading, in seconds from its midnight.

    The two differ where the clocks change, between midnight and the reading.
    """
    return _clock_s(tt.timezone, on, clock_seconds)


@lru_cache(DAYS_KEPT)
def _clock_s(timezone: str, on: date, clock_seconds: int) -> int:
    # A naive datetime counts days of 24 hours by the clock, whatever the hours that pass.
    days, seconds = divmod(clock_seconds, DAY_S)
    moment = datetime.combine(on + timedelta(days), time()) + timedelta(seconds=seconds)
    return service_s(moment, on, timezone)


def day_classes(
    tt: Timetable,
    shifts: Sequence["Shift"],
    *,
    week: date | None = None,
    period: tuple[date, date] | None = None,
    horizon_s: int | None = None,
    limits: Limits = USUAL_LIMITS,
) -> DayClasses:
    """Part the days of a week, or of a period, into those that give each shift the same searches.

    `week`: any day of it. `period`: its first and last day. `horizon_s`: only the trips that run so
    long before the shift, or after it, can matter; None for all those of the service days around.
    The service days before and after count. Bookings closed at `limits.asked_at` do, too.
    """
    if week is not None and period is None:
        period = monday_of(week), monday_of(week) + timedelta(6)
    elif week is not None or period is None:
        raise ValueError("give a week or a period, one of the two")
    first, last = period
    if last < first:
        raise ValueError(f"the period ends on {last}, before it starts on {first}")
    if limits.asked_at is not None and (tt.has_booked_lines or tt.on_demand):
        return _day_classes(tt, shifts, period, horizon_s, limits)
    # Without a moment that may close a booking they are those of every place: searches of other
    # sites, and of other people, share them.
    return tt.keep(
        (tuple(shifts), period, horizon_s),
        lambda: _day_classes(tt, shifts, period, horizon_s, limits),
        CLASSES,
    )


def _day_classes(
    tt: Timetable,
    shifts: Sequence["Shift"],
    period: tuple[date, date],
    horizon_s: int | None,
    limits: Limits,
) -> DayClasses:
    """Return the classes of the days of a period, first and last."""
    first, last = period
    dates = tuple(first + timedelta(day) for day in range((last - first).days + 1))
    sorter = _Sorter(tt, horizon_s, limits)
    class_of = np.full((len(shifts), len(dates)), NOT_WORKED, np.int32)
    for k, shift in enumerate(shifts):
        for d, on in enumerate(dates):
            if on.weekday() in shift.days:
                class_of[k, d] = sorter.class_of(k, shift, on)
    return sorter.classes(tuple(shifts), dates, class_of)


def hours_alike(
    tt: Timetable, shift: "Shift", days: Sequence[date], horizon_s: int
) -> list[Hashable]:
    """Return keys, equal for days on which the same trips run within `horizon_s` of a shift.

    Before it and after it: whatever keeps within these hours is then the same, by the same trips.
    """
    sorter = _Sorter(tt, horizon_s, USUAL_LIMITS)
    clocks = (shift.arrive_by_s, shift.leave_from_s, shift.start_s, shift.end_s)
    return [_hours_of_day(sorter, on, clocks, horizon_s) for on in days]


def _hours_of_day(
    sorter: "_Sorter", on: date, clocks: tuple[int, int, int, int], horizon_s: int
) -> Hashable:
    """Return the key of a day, kept with the timetable: any home and any place of work share it."""
    tt = sorter.tt
    moments = tuple(clock_s(tt, on, seconds) for seconds in clocks)
    arrive_s, leave_s = moments[:2]

    def trips() -> bytes:
        spans = (
            (arrive_s, arrive_s - horizon_s, arrive_s),
            (leave_s, leave_s, leave_s + horizon_s),
        )
        # A digest: the trips of a day are tens of kilobytes on a large network.
        digest = blake2b(digest_size=16)
        for moment_s, from_s, to_s in spans:
            runs = sorter.trips_within(_Hours.of(tt, on, moment_s), from_s, to_s)
            digest.update(len(runs.rows).to_bytes(8))
            digest.update(runs.rows.tobytes())
            digest.update(runs.shift_s.tobytes())
        return digest.digest()

    return moments, tt.keep(("hours alike", on, arrive_s, leave_s, horizon_s), trips)


def free_from(tt: Timetable, asked_on: date) -> date:
    """Return the first day from which nothing asked for on that day is booked too late.

    Whatever the moment of that day: searches of the days after it need no moment of asking.
    """
    return tt.keep(("free from", asked_on), lambda: _free_from(tt, asked_on))


def _free_from(tt: Timetable, asked_on: date) -> date:
    if not (tt.has_booked_lines or tt.on_demand):
        return asked_on
    # Later than any moment of that day, in any zone.
    asked_at = datetime.combine(asked_on + timedelta(2), time())
    floors = _Sorter(tt, None, replace(USUAL_LIMITS, asked_at=asked_at)).floors_of
    day = tt.end + timedelta(1)
    while day > asked_on and max(floors(asked_at, day)) <= -DAY_S:
        day -= timedelta(1)
    # The two service days before may bring a trip to a shift that starts as the day does.
    return day + timedelta(3)


class RunsAlike:
    """Keys, equal for days whose searches around a moment board the same trips and rides.

    What runs within some hours, and what may still be booked; `asks`: rides on demand count.
    """

    def __init__(self, tt: Timetable, limits: Limits, *, asks: bool) -> None:
        """Read nothing yet."""
        self._sorter = _Sorter(tt, None, limits)
        self._asks = asks

    def key(self, on: date, moment_s: int, from_s: int, to_s: int) -> Hashable:
        """Return the key of a day, for searches from, or for, a moment of it."""
        sorter = self._sorter
        hours = _Hours.of(sorter.tt, on, moment_s)
        runs = sorter.trips_within(hours, from_s, to_s)
        asked = sorter.asked_key(hours, from_s, to_s) if self._asks else ()
        return (
            moment_s,
            runs.rows.tobytes(),
            runs.shift_s.tobytes(),
            sorter.booking_key(hours),
            asked,
        )


class _Hours(NamedTuple):
    """One way of a shift on a day: the moment, and the service days whose trips may be taken."""

    moment_s: int
    days: tuple[Column, ...]

    @classmethod
    def of(cls, tt: Timetable, on: date, moment_s: int) -> "_Hours":
        around = service_days_at(moment_s)
        tt.check_covered(on, around[1])
        return cls(moment_s, tuple(tt.service_days(on, around)))


class _Runs(NamedTuple):
    """Trips of some hours: as rows of `compiling.trip_order`, and the seconds added."""

    parts: Array
    rows: Array
    shift_s: Array


class _Member(NamedTuple):
    """The first day of a class: the row of its shift, and its hours out and back."""

    shift: int
    on: date
    ways: tuple[_Hours, _Hours]


class _Sorter:
    """Gives days their class, first by the whole service days, then by the trips of the hours."""

    def __init__(self, tt: Timetable, horizon_s: int | None, limits: Limits) -> None:
        self.tt = tt
        self.horizon_s = horizon_s
        self.limits = limits
        self.by_days: dict[Hashable, int] = {}
        self.by_hours: dict[Hashable, int] = {}
        self.members: list[_Member] = []
        self.runs: list[tuple[_Runs, ...]] = []
        self.floors: dict[date, tuple[int, ...]] = {}
        self.ways_of: dict[tuple[int, date], tuple[_Hours, _Hours]] = {}

    def class_of(self, k: int, shift: "Shift", on: date) -> int:
        tt = self.tt
        try:
            out = _Hours.of(tt, on, clock_s(tt, on, shift.arrive_by_s))
            back = _Hours.of(tt, on, clock_s(tt, on, shift.leave_from_s))
        except OutsideTimetable:
            return OUTSIDE
        self.ways_of[k, on] = out, back
        key = k, *(self._days_key(on, hours) for hours in (out, back))
        if key not in self.by_days:
            self.by_days[key] = self._by_hours(k, on, out, back)
        return self.by_days[key]

    def _by_hours(self, k: int, on: date, out: _Hours, back: _Hours) -> int:
        if self.horizon_s is None:
            self.members.append(_Member(k, on, (out, back)))
            return len(self.members) - 1
        spans = (
            (out, out.moment_s - self.horizon_s, out.moment_s),
            (back, back.moment_s, back.moment_s + self.horizon_s),
        )
        runs = tuple(self.trips_within(*span) for span in spans)
        keys = (
            (*self._hours_key(span[0], of_hours), self.asked_key(*span))
            for span, of_hours in zip(spans, runs, strict=True)
        )
        key = k, *keys
        if key not in self.by_hours:
            self.by_hours[key] = len(self.members)
            self.members.append(_Member(k, on, (out, back)))
            self.runs.append(runs)
        return self.by_hours[key]

    def trips_within(self, hours: _Hours, from_s: int, to_s: int) -> _Runs:
        order = self.tt.trip_order
        n = len(order.trip) * len(hours.days)
        rows, shift_s = np.empty(n, np.int32), np.empty(n, np.int32)
        parts = np.zeros(len(hours.days) + 1, np.int64)
        n = view_kernels.runs_within(
            order.first_s,
            order.last_s,
            order.service,
            order.services,
            np.array([column for _, column, _ in hours.days], np.int64),
            np.array([shift_s for _, _, shift_s in hours.days], np.int64),
            from_s,
            to_s,
            rows,
            shift_s,
            parts,
        )
        # A service day unknown, before the first or after the last, has no trip.
        whole = np.full(4, n, np.int64)
        whole[: len(parts)] = parts
        return _Runs(whole, rows[:n].copy(), shift_s[:n].copy())

    def _days_key(self, on: date, hours: _Hours) -> Hashable:
        relative = tuple((day - on).days for day, _, _ in hours.days)
        signature = self.tt.day_signature(on, service_days=relative)
        return hours.moment_s, relative, signature, self.booking_key(hours)

    def _hours_key(self, hours: _Hours, runs: _Runs) -> tuple[Hashable, ...]:
        """Return what is equal where the same hours are run, by trips of another name perhaps."""
        content = self.tt.trip_order.content[runs.rows]
        return (
            hours.moment_s,
            content.tobytes(),
            runs.shift_s.tobytes(),
            self.booking_key(hours),
        )

    def asked_key(self, hours: _Hours, from_s: int, to_s: int) -> Hashable:
        """Return which services on demand run within the hours."""
        runs = self.tt.arrays["services"]
        return tuple(
            (number, shift_s)
            for _, column, shift_s in hours.days
            for number, trip in enumerate(self.tt.on_demand.trips)
            if runs[trip.service, column]
            and any(
                pickup.start_s + shift_s <= to_s and drop_off.end_s + shift_s >= from_s
                for pickup, drop_off in trip.rides
            )
        )

    def booking_key(self, hours: _Hours) -> Hashable:
        """Return until when rides can still be booked, on the days that are near enough."""
        asked_at = self.limits.asked_at
        if asked_at is None or not (self.tt.has_booked_lines or self.tt.on_demand):
            return ()
        return tuple(self.floors_of(asked_at, day) for day, _, _ in hours.days)

    def floors_of(self, asked_at: datetime, day: date) -> tuple[int, ...]:
        if day not in self.floors:
            calendar = self.tt.calendar
            rules = [[], *([rule] for rule in self.tt.on_demand.rules)]
            earliest = (earliest_pickup_s(named, asked_at, day, calendar) for named in rules)
            # Long before the day nothing is closed, however long: days to come share their class.
            self.floors[day] = tuple(max(-DAY_S, seconds) for seconds in earliest)
        return self.floors[day]

    def classes(
        self, shifts: tuple["Shift", ...], dates: tuple[date, ...], class_of: Array
    ) -> DayClasses:
        classes = DayClasses(
            shifts,
            dates,
            class_of,
            np.array([member.shift for member in self.members], np.int32),
            tuple(member.on for member in self.members),
            arrive_s=np.array([member.ways[0].moment_s for member in self.members], np.int32),
            leave_s=np.array([member.ways[1].moment_s for member in self.members], np.int32),
            out_days=tuple(member.ways[0].days for member in self.members),
            back_days=tuple(member.ways[1].days for member in self.members),
        )
        if self.horizon_s is None:
            return classes
        a = self.tt.arrays
        patterns = Patterns(a["pattern_starts"], a["pattern_stops"], a["pattern_flags"])
        out, patterns = self._running(0, patterns)
        back, patterns = self._running(1, patterns)
        return replace(
            classes, hours=Hours(out, back, patterns), spans=self._spans(dates, class_of)
        )

    def _spans(self, dates: tuple[date, ...], class_of: Array) -> Spans:
        shape = (*class_of.shape, 2)
        spans = Spans(
            np.zeros(shape, np.int64),
            np.full((*shape, 3), -1, np.int64),
            np.zeros((*shape, 3), np.int64),
        )
        for (k, on), ways in self.ways_of.items():
            d = (on - dates[0]).days
            for way, hours in enumerate(ways):
                n = len(hours.days)
                spans.moment_s[k, d, way] = hours.moment_s
                spans.columns[k, d, way, :n] = [column for _, column, _ in hours.days]
                spans.shift_s[k, d, way, :n] = [shift_s for _, _, shift_s in hours.days]
        return spans

    def _running(self, way: int, patterns: Patterns) -> tuple[Running, Patterns]:
        """Join the trips of the hours of each class, one way, with patterns for closed calls."""
        parts, rows, shifts, of_pattern = [], [], [], []
        begin = 0
        for member, of_class in zip(self.members, self.runs, strict=True):
            runs = of_class[way]
            pattern, patterns = self._patterns(runs, member.ways[way].days, patterns)
            parts.append(runs.parts + begin)
            rows.append(runs.rows)
            shifts.append(runs.shift_s)
            of_pattern.append(pattern)
            begin += len(runs.rows)
        none = np.empty(0, np.int32)
        moments = [member.ways[way].moment_s for member in self.members]
        running = Running(
            parts=np.array(parts, np.int64).reshape(-1, 4),
            row=np.concatenate([*rows, none]),
            shift_s=np.concatenate([*shifts, none]),
            pattern=np.concatenate([*of_pattern, none]),
            moment_s=np.array(moments, np.int32),
        )
        return running, patterns

    def _patterns(
        self, runs: _Runs, days: Sequence[Column], patterns: Patterns
    ) -> tuple[Array, Patterns]:
        """Return the pattern of each trip, its own where some call can no longer be booked."""
        tt, order = self.tt, self.tt.trip_order
        usual = order.pattern[runs.rows]
        if self.limits.asked_at is None or not tt.has_booked_lines:
            return usual, patterns
        closed = closures(
            tt.on_demand.rules, self.limits.asked_at, [day for day, *_ in days], tt.calendar
        )
        day = np.repeat(np.arange(len(runs.parts) - 1), np.diff(runs.parts))
        pattern, own = without_closed(tt.arrays, closed, order.trip[runs.rows], day)
        n = len(tt.arrays["pattern_starts"]) - 1
        begin = int(tt.arrays["pattern_starts"][-1])
        added = len(patterns.starts) - 1 - n
        pattern = np.where(pattern >= n, pattern + added, pattern).astype(np.int32)
        for d in range(len(runs.parts) - 1):
            part = slice(runs.parts[d], runs.parts[d + 1])
            # Kernels read the trips of a day by pattern: those of a new one come last.
            by_pattern = np.argsort(pattern[part], kind="stable")
            for column in (pattern, runs.rows, runs.shift_s):
                column[part] = column[part][by_pattern]
        starts = own.starts[n + 1 :] - begin + patterns.starts[-1]
        return pattern, Patterns(
            np.concatenate([patterns.starts, starts]).astype(np.int32),
            np.concatenate([patterns.stops, own.stops[begin:]]),
            np.concatenate([patterns.flags, own.flags[begin:]]),
        )
