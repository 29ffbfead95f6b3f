"""The baseline of a scenario: who can hold which shift where, with today's timetable."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import numpy as np

from traitdunion import reach
from traitdunion.matching.places import Place
from traitdunion.reach.places import Array

from ..profiles import ON_FOOT, TerritoryProfile


@dataclass(frozen=True)
class Group:
    """People alike: where they live, how many they are."""

    place: Place
    people: int


@dataclass(frozen=True)
class Pole:
    """A place of work and its weight in jobs."""

    place: Place
    jobs: int


@dataclass
class Territory:
    """Groups and poles of a territory, their shifts, and what the timetable opens of them.

    `profile`: what everyone owns; nothing by default, so that `pairs` holds what is done on foot
    and by the lines alone. `pairs` bool (K, W, H): whether the group can hold the shift at the pole
    every day, without licence, car or loan where the profile has none. `on_demand`: services that
    everyone may ask for, none by default: the right to them is each person's.
    """

    timetable: reach.Timetable
    streets: reach.Streets
    groups: Sequence[Group]
    poles: Sequence[Pole]
    shifts: Sequence[reach.Shift]
    week: date
    limits: reach.Limits
    profile: TerritoryProfile = ON_FOOT
    on_demand: reach.OnDemand | None = None
    site_week: reach.SiteWeek = field(init=False)
    words: Array = field(init=False)
    pairs: Array = field(init=False)

    def __post_init__(self) -> None:
        self.homes = [reach.Point(g.place.lat, g.place.lon) for g in self.groups]
        self.modes = self.profile.modes(self.limits, self.on_demand)
        self.people = np.array([group.people for group in self.groups], np.int64)
        self.jobs = np.array([pole.jobs for pole in self.poles], np.int64)
        self.site_week = self.week_at(self.poles, self.shifts)
        self.words = self.site_week.words(self.homes, self.modes)
        self.pairs = self.held(self.words)

    def week_at(
        self,
        poles: Sequence[Pole],
        shifts: Sequence[reach.Shift],
        timetable: reach.Timetable | None = None,
    ) -> reach.SiteWeek:
        """Return the week of some poles at some shifts, by another timetable where given."""
        return reach.site_week(
            self.timetable if timetable is None else timetable,
            [reach.Point(pole.place.lat, pole.place.lon) for pole in poles],
            shifts, week=self.week, limits=self.limits, streets=self.streets,
        )  # fmt: skip

    def held(self, words: Array, shifts: Sequence[reach.Shift] | None = None) -> Array:
        """Return the pairs held on all their days by one of the ways, from words (M, W, H)."""
        days = np.bitwise_or.reduce(words, axis=0)
        asked = [
            np.uint64(sum(1 << 7 * k + day for day in shift.days))
            for k, shift in enumerate(self.shifts if shifts is None else shifts)
        ]
        return np.stack([(days & bits) == bits for bits in asked])

    def after(self, change: reach.Change) -> Array:
        """Return the pairs held once a change is made, exactly."""
        delta = self.site_week.changed(change)
        if not delta.n_searched:
            return self.pairs
        return self.held(delta.words(self.words, self.homes, self.modes))

    def searched_again(self, change: reach.Change) -> Array:
        """Return the same by a timetable changed and searched as a whole, without any bound."""
        return self.with_timetable(reach.changed_timetable(self.timetable, change)).pairs

    def with_timetable(self, timetable: reach.Timetable) -> "Territory":
        """Return the same territory with another timetable, searched as a whole."""
        return self._with(timetable, self.shifts)

    def with_shifts(self, shifts: Sequence[reach.Shift]) -> "Territory":
        """Return the same territory at other hours, searched as a whole."""
        return self._with(self.timetable, shifts)

    def with_stops(self, stops: Sequence[reach.NewStop]) -> "Territory":
        """Return the same territory where vehicles may call at other stops; itself for none."""
        if not stops:
            return self
        timetable = reach.with_stops(self.timetable, stops)
        streets = self.streets.over(timetable.arrays["stop_lat"], timetable.arrays["stop_lon"])
        return Territory(timetable, streets, self.groups, self.poles, self.shifts, self.week,
                         self.limits, self.profile, self.on_demand)  # fmt: skip

    def asking(self, at: datetime | None) -> "Territory":
        """Return the same territory where everyone may ask for every service on demand.

        at: moment of asking, on the timetable's clock, after which some can no longer be booked;
        None for who always books in time.
        """
        return Territory(self.timetable, self.streets, self.groups, self.poles, self.shifts,
                         self.week, replace(self.limits, asked_at=at), self.profile,
                         reach.OnDemand(asked_at=at))  # fmt: skip

    def owning(self, profile: TerritoryProfile) -> "Territory":
        """Return the same territory where everyone owns what a profile does."""
        return Territory(self.timetable, self.streets, self.groups, self.poles, self.shifts,
                         self.week, self.limits, profile, self.on_demand)  # fmt: skip

    def _with(self, timetable: reach.Timetable, shifts: Sequence[reach.Shift]) -> "Territory":
        return Territory(timetable, self.streets, self.groups, self.poles, shifts, self.week,
                         self.limits, self.profile, self.on_demand)  # fmt: skip
