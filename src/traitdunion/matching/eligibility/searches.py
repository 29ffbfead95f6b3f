"""The searches of the question of one person."""

from collections.abc import Hashable

from traitdunion import reach

from ..answer import DayPlan
from ..feasibility.travels import Asked, Searches
from ..margins import limits_of
from ..situation import Situation

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
        self.plans: dict[Hashable, tuple[reach.WeekVerdict, tuple[DayPlan, ...]]] = {}
        self.too_far: dict[tuple[reach.Mode, str], str] = {}
        asked = Asked(
            home=reach.Point(situation.home.lat, situation.home.lon),
            work=reach.Point(situation.work.lat, situation.work.lon),
            shift=situation.shift,
            week=situation.week,
            asked_at=situation.now,
            limits=limits_of(situation.margins, asked_at=situation.now, walk=situation.needs.walk),
            roster=situation.roster,
            period=situation.period,
            via=_via(situation),
            prefer_less_walk_s=LESS_WALK_S if situation.needs.walks_less else 0,
            max_wait_s=60 * situation.needs.wait_min if situation.needs.wait_min else None,
        )
        super().__init__(asked, timetable, streets)


def _via(situation: Situation) -> reach.Via | None:
    child = situation.needs.child
    if child is None:
        return None
    point = reach.Point(child.place.lat, child.place.lon)
    return reach.Via(point, child.opens_s, child.closes_s, child.dwell_s)
