"""The searches of the question of one person."""

from collections.abc import Hashable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from traitdunion import reach
from traitdunion.reach.compiling.wheelchair import NO, UNKNOWN

from ..feasibility.travels import Asked, Searches, Travel
from ..margins import limits_of
from ..situation import Place, Situation

LESS_WALK_S = 900
"""Minutes that a shorter walk may cost who walks less than others, in seconds."""


class SituationSearches(Searches):
    """The engine's replies to one situation, which sentences name."""

    def __init__(
        self,
        situation: Situation,
        timetable: reach.Timetable,
        streets: reach.Streets | None = None,
    ) -> None:
        """Keep the situation, and search for its places, its shift and its margins alone."""
        self.situation = situation
        self.shown: dict[Hashable, Any] = {}
        """What explaining made of each week, kept for the other offers that give the same."""
        self._named: dict[Travel, reach.WeekVerdict] = {}
        self.too_far: dict[tuple[reach.Mode, str], str] = {}
        asked = Asked(
            home=_point(situation.home),
            work=_point(situation.work),
            shift=situation.shift,
            week=situation.week,
            asked_at=situation.now,
            limits=limits_of(situation.margins, asked_at=situation.now, walk=situation.needs.walk),
            roster=situation.roster,
            period=situation.period,
            via=_via(situation),
            second_work=_point(situation.second_work) if situation.second_work else None,
            prefer_less_walk_s=LESS_WALK_S if situation.needs.walks_less else 0,
            max_wait_s=60 * situation.needs.wait_min if situation.needs.wait_min else None,
        )
        self._is_wheelchair = situation.needs.wheelchair
        self._whole_timetable = timetable
        if self._is_wheelchair:
            timetable = timetable.for_wheelchair()
        super().__init__(asked, timetable, streets)

    @cached_property
    def _every_ride(self) -> Searches:
        return Searches(self.asked, self._whole_timetable, self.streets)

    @cached_property
    def _sure_rides(self) -> Searches:
        """Return the same searches by rides that state a place for a wheelchair."""
        timetable = self._whole_timetable.for_wheelchair((UNKNOWN, NO))
        return Searches(self.asked, timetable, self.streets)

    def week(self, travel: Travel) -> reach.WeekVerdict:
        """Search as anyone, and name the days that only rides without a wheelchair hold.

        Rides that state a place for one come first, where they hold as many days.
        """
        verdict = super().week(travel)
        if not (self._is_wheelchair and travel.is_public) or travel in self._named:
            return self._named.get(travel, verdict)
        if self._is_surely_held(travel, verdict):
            verdict = self._sure_rides.week(travel)
        self._named[travel] = verdict
        if verdict.feasible_days < verdict.asked_days:
            every = self._every_ride.week(travel)
            days = map(_refused, verdict.days, every.days)
            self._named[travel] = reach.WeekVerdict(tuple(days))
        return self._named[travel]

    def other_weeks(self, travel: Travel) -> Iterator[reach.WeekVerdict]:
        """Return other weeks of a travel, by the rides that its week is made of."""
        if self._is_wheelchair and self._is_surely_held(travel, super().week(travel)):
            return self._sure_rides.other_weeks(travel)
        return super().other_weeks(travel)

    def _is_surely_held(self, travel: Travel, held: reach.WeekVerdict) -> bool:
        """Return whether rides that state a place for a wheelchair hold as many days."""
        if not (travel.is_public and held.feasible_days):
            return False
        return self._sure_rides.week(travel).feasible_days >= held.feasible_days


def _refused(day: reach.DayVerdict, by_every_ride: reach.DayVerdict) -> reach.DayVerdict:
    """Return a day that fails for the wheelchair alone with the ways that refuse it."""
    known = day.feasible or day.reason == reach.Reason.OUTSIDE_TIMETABLE
    if known or not by_every_ride.feasible:
        return day
    return replace(by_every_ride, reason=reach.Reason.NOT_ACCESSIBLE)


def _point(place: Place) -> reach.Point:
    return reach.Point(place.lat, place.lon)


def _via(situation: Situation) -> reach.Via | None:
    child = situation.needs.child
    if child is None:
        return None
    return reach.Via(_point(child.place), child.opens_s, child.closes_s, child.dwell_s)
