"""The days and the seconds of every way of travelling from one home to many places of work."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

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


class Travelled:
    """The ways of travelling of one home, searched once for all places of work.

    `asked.work` is not read.
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
        self._out, self._back = self._site_week.seconds(
            [asked.home], [commute_of(travel, asked) for travel in self._lines]
        )
        self._row = {travel: m for m, travel in enumerate(self._lines)}

    @cached_property
    def _site_week(self) -> reach.SiteWeek:
        return reach.site_week(
            self.timetable, self.points, [self.asked.shift],
            week=self.asked.week, limits=self.asked.limits, streets=self.streets,
        )  # fmt: skip

    def _on_streets(self, travel: Travel) -> tuple[Seconds, Seconds]:
        if travel.mode is None:
            raise ValueError("a way on streets has a mode")
        home = [self.asked.home]
        out_s = between_each(self.streets, home, self.points, travel.mode)[0]
        return out_s, between_each(self.streets, self.points, home, travel.mode)[:, 0]

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """Return the days of the shift in the week asked for."""
        monday = monday_of(self.asked.week)
        return tuple(monday + timedelta(day) for day in sorted(self.asked.shift.days))

    @cached_property
    def _class_of(self) -> dict[date, int]:
        classes = self._site_week.classes
        on = dict(zip(classes.dates, classes.class_of[0].tolist(), strict=True))
        return {day: on.get(day, OUTSIDE) for day in self.dates}

    def held(self, travel: Travel) -> list[int]:
        """Return the places of work, by their rows, that a way of travelling reaches some day."""
        if not travel.is_public:
            out_s, back_s = self._by_street[travel]
            return np.flatnonzero(np.maximum(out_s, back_s) <= MAX_TRIP_S).tolist()
        m = self._row[travel]
        out, back = self._out[:, :, m, 0], self._back[:, :, m, 0]
        works = (out != reach.UNREACHED) & (back != reach.UNREACHED)
        return np.flatnonzero(works.any(axis=0)).tolist()

    def week(self, travel: Travel, w: int) -> Week:
        """Return what a way of travelling holds towards a place of work."""
        if not travel.is_public:
            return self._street_week(travel, w)
        m, classes = self._row[travel], self._site_week.classes
        seconds = {}
        for on, c in self._class_of.items():
            if c < 0:
                continue
            out_s, back_s = int(self._out[c, w, m, 0]), int(self._back[c, w, m, 0])
            if reach.UNREACHED in (out_s, back_s):
                continue
            seconds[on] = out_s, back_s, int(classes.leave_s[c]) - int(classes.arrive_s[c])
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
        at_work_s = self.asked.shift.leave_from_s - self.asked.shift.arrive_by_s
        minutes = out_s // 60, back_s // 60
        return Week(self.dates, float(out_s + back_s + at_work_s), minutes)

    @cached_property
    def _doubtful(self) -> list[date]:
        """Return the days that some feed does not answer for."""
        feeds = self.timetable.feeds
        return [
            on
            for on, c in self._class_of.items()
            if c == OUTSIDE or any(not feed.knows(on) for feed in feeds)
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
            self._class_of[on] == OUTSIDE or bool(self.timetable.unknown_feeds(on, ends))
            for on in self._doubtful
            if on not in days
        )

    def journeys(self, travel: Travel, w: int) -> reach.WeekVerdict:
        """Return the days that work with their journeys, those alike searched once."""
        held = set(self.week(travel, w).days)
        alike: dict[int, list[date]] = {}
        for on, c in self._class_of.items():
            if on in held:
                alike.setdefault(c, []).append(on)
        shift = self.asked.shift
        first = frozenset(days[0].weekday() for days in alike.values())
        searched = reach.there_and_back(
            self.timetable, self.asked.home, self.points[w], replace(shift, days=first),
            week=self.asked.week, commute=commute_of(travel, self.asked), streets=self.streets,
        )  # fmt: skip
        by_class = {self._class_of[day.on]: day for day in searched.days}
        return reach.WeekVerdict(
            tuple(
                on_date(self.timetable, by_class[c], on) for c, days in alike.items() for on in days
            )
        )


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
