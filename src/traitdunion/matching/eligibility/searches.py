"""The searches of the question of one person."""

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from traitdunion import reach

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
        self._every_ride = None
        if situation.needs.wheelchair:
            self._every_ride = Searches(asked, timetable, streets)
            timetable = timetable.for_wheelchair()
        super().__init__(asked, timetable, streets)

    def week(self, travel: Travel) -> reach.WeekVerdict:
        """Search as anyone, and name the days that only rides without a wheelchair hold."""
        verdict = super().week(travel)
        if self._every_ride is None or not travel.is_public or travel in self._named:
            return self._named.get(travel, verdict)
        self._named[travel] = verdict
        if verdict.feasible_days < verdict.asked_days:
            every = self._every_ride.week(travel)
            days = map(_refused, verdict.days, every.days)
            self._named[travel] = reach.WeekVerdict(tuple(days))
        return self._named[travel]


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
