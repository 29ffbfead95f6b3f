"""The days and the seconds of every way of travelling from one home to many places of work."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from traitdunion import reach
from traitdunion.reach.booked_lines import has_unknown_bookings
from traitdunion.reach.calendar_days import monday_of
from traitdunion.reach.commutes import MAX_TRIP_S
from traitdunion.reach.day_classes import OUTSIDE
from traitdunion.reach.shifts import on_date
from traitdunion.reach.streets.many import between_each

from ..feasibility.travels import Asked, End, Travel
from ..situation import Place

Seconds = NDArray[np.int32]


@dataclass(frozen=True)
class Week:
    """What one way of travelling holds towards one place of work.

    `days`: the dates on which it works; `away_s`: mean seconds away from home on them;
    `minutes`: out and back on the most frequent of them.
    """

    days: tuple[date, ...]
    away_s: float
    minutes: tuple[int, int]


NO_WEEK = Week((), float("inf"), (0, 0))


class Job(NamedTuple):
    """Where a date of work is searched: its week, its shift, the class of its day."""

    week: int
    shift: reach.Shift
    of: int


class Travelled:
    """The ways of travelling of one home, searched once for all places of work.

    `asked.work` is not read. Where there is a roster, each week of its cycle is searched, from the
    one asked about.
    """

    def __init__(
        self,
        asked: Asked,
        works: Sequence[Place],
        travels: Sequence[Travel],
        timetable: reach.Timetable,
        streets: reach.Streets,
    ) -> None:
        self.asked, self.timetable, self.streets = asked, timetable, streets
        self.points = [reach.Point(work.lat, work.lon) for work in works]
        self._by_street = {t: self._on_streets(t) for t in travels if not t.is_public}
        self._lines = [travel for travel in travels if travel.is_public]
        commutes = [commute_of(travel, asked) for travel in self._lines]
        self._seconds = [week.seconds([asked.home], commutes) for week in self._site_weeks]
        self._row = {travel: m for m, travel in enumerate(self._lines)}

    @cached_property
    def _shifts(self) -> list[tuple[date, tuple[reach.Shift, ...]]]:
        """Return the Monday of each week searched, with its shifts; weeks of rest left out."""
        monday, roster = monday_of(self.asked.week), self.asked.roster
        if roster is None:
            return [(monday, (self.asked.shift,))]
        mondays = [monday + timedelta(7 * number) for number in range(roster.cycle_weeks)]
        return [(on, shifts) for on in mondays if (shifts := roster.of_week(on))]

    @cached_property
    def _site_weeks(self) -> list[reach.SiteWeek]:
        return [
            reach.site_week(
                self.timetable, self.points, shifts,
                week=monday, limits=self.asked.limits, streets=self.streets,
            )
            for monday, shifts in self._shifts
        ]  # fmt: skip

    def _on_streets(self, travel: Travel) -> tuple[Seconds, Seconds]:
        if travel.mode is None:
            raise ValueError("a way on streets has a mode")
        home = [self.asked.home]
        out_s = between_each(self.streets, home, self.points, travel.mode)[0]
        return out_s, between_each(self.streets, self.points, home, travel.mode)[:, 0]

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """Return the days of work in the week asked about, or in those of the roster."""
        return tuple(self._jobs)

    @property
    def n_weeks(self) -> int:
        """Return how many weeks the days are counted over."""
        return self.asked.roster.cycle_weeks if self.asked.roster else 1

    @cached_property
    def _jobs(self) -> dict[date, Job]:
        jobs = {}
        for x, (monday, shifts) in enumerate(self._shifts):
            classes = self._site_weeks[x].classes
            column = {on: d for d, on in enumerate(classes.dates)}
            for k, shift in enumerate(shifts):
                for day in shift.days:
                    on = monday + timedelta(day)
                    if self.asked.roster is not None and on < self.asked.roster.starts_on:
                        continue
                    c = int(classes.class_of[k, column[on]]) if on in column else OUTSIDE
                    jobs[on] = Job(x, shift, c)
        return dict(sorted(jobs.items()))

    def held(self, travel: Travel) -> list[int]:
        """Return the places of work, by their rows, that a way of travelling reaches some day."""
        if not travel.is_public:
            out_s, back_s = self._by_street[travel]
            return np.flatnonzero(np.maximum(out_s, back_s) <= MAX_TRIP_S).tolist()
        m = self._row[travel]
        works = np.zeros(len(self.points), np.bool_)
        for out_s, back_s in self._seconds:
            out, back = out_s[:, :, m, 0], back_s[:, :, m, 0]
            works |= ((out != reach.UNREACHED) & (back != reach.UNREACHED)).any(axis=0)
        return np.flatnonzero(works).tolist()

    def week(self, travel: Travel, w: int) -> Week:
        """Return what a way of travelling holds towards a place of work."""
        if not travel.is_public:
            return self._street_week(travel, w)
        m = self._row[travel]
        seconds = {}
        for on, job in self._jobs.items():
            if job.of < 0:
                continue
            every_out, every_back = self._seconds[job.week]
            out_s, back_s = int(every_out[job.of, w, m, 0]), int(every_back[job.of, w, m, 0])
            if reach.UNREACHED in (out_s, back_s):
                continue
            classes = self._site_weeks[job.week].classes
            at_work_s = int(classes.leave_s[job.of]) - int(classes.arrive_s[job.of])
            seconds[on] = out_s, back_s, at_work_s
        if not seconds:
            return NO_WEEK
        often = Counter((out_s, back_s) for out_s, back_s, _ in seconds.values())
        (out_s, back_s), _ = often.most_common(1)[0]
        away_s = sum(map(sum, seconds.values())) / len(seconds)
        return Week(tuple(seconds), away_s, (out_s // 60, back_s // 60))

    def _street_week(self, travel: Travel, w: int) -> Week:
        out_s, back_s = (int(seconds[w]) for seconds in self._by_street[travel])
        if max(out_s, back_s) > MAX_TRIP_S:
            return NO_WEEK
        at_work = [job.shift.leave_from_s - job.shift.arrive_by_s for job in self._jobs.values()]
        minutes = out_s // 60, back_s // 60
        return Week(self.dates, out_s + back_s + sum(at_work) / len(at_work), minutes)

    @cached_property
    def _doubtful(self) -> list[date]:
        """Return the days that some feed does not answer for."""
        feeds = self.timetable.feeds
        return [
            on
            for on, job in self._jobs.items()
            if job.of == OUTSIDE or any(not feed.knows(on) for feed in feeds)
        ]

    @cached_property
    def is_for_all(self) -> bool:
        """Return whether every line takes everybody, and states how to book it where one must."""
        arrays = self.timetable.arrays
        types = frozenset(np.unique(arrays["route_type"]).tolist())
        unknown = has_unknown_bookings(arrays, self.timetable.on_demand.rules)
        return not types & (reach.SCHOOL | reach.RESERVED) and not unknown

    @property
    def is_known(self) -> bool:
        """Return whether every feed answers for every day of the shift."""
        return not self._doubtful

    def is_unknown(self, w: int, days: Sequence[date]) -> bool:
        """Return whether a day of the shift, but for those that work, has no known timetable."""
        ends = (self.asked.home, self.points[w])
        return any(
            self._jobs[on].of == OUTSIDE or bool(self.timetable.unknown_feeds(on, ends))
            for on in self._doubtful
            if on not in days
        )

    def journeys(self, travel: Travel, w: int) -> reach.WeekVerdict:
        """Return the days that work with their journeys, those alike searched once."""
        held = set(self.week(travel, w).days)
        alike: dict[Job, list[date]] = {}
        for on, job in self._jobs.items():
            if on in held:
                alike.setdefault(job, []).append(on)
        first: dict[tuple[int, reach.Shift], set[int]] = {}
        for job, days in alike.items():
            first.setdefault((job.week, job.shift), set()).add(days[0].weekday())
        on_first: dict[date, reach.DayVerdict] = {}
        for (x, shift), weekdays in first.items():
            searched = reach.there_and_back(
                self.timetable, self.asked.home, self.points[w],
                replace(shift, days=frozenset(weekdays)), week=self._shifts[x][0],
                commute=commute_of(travel, self.asked), streets=self.streets,
            )  # fmt: skip
            on_first |= {day.on: day for day in searched.days}
        every = [(on_first[days[0]], on) for days in alike.values() for on in days]
        return reach.WeekVerdict(tuple(on_date(self.timetable, day, on) for day, on in every))


def commute_of(travel: Travel, asked: Asked) -> reach.Commute:
    """Return how one commutes by the lines."""
    return reach.Commute(
        home_vehicle=travel.mode if travel.end == End.HOME else None,
        work_vehicle=travel.mode if travel.end == End.WORK else None,
        bike_aboard=travel.mode if travel.end == End.BOTH else None,
        on_demand=reach.OnDemand(asked_at=asked.asked_at, routes=travel.routes)
        if travel.routes
        else None,
        limits=asked.limits,
    )
