"""The searches of the question of one person."""

from collections.abc import Hashable

from traitdunion import reach

from ..answer import DayPlan
from ..feasibility.travels import Asked, Searches
from ..margins import limits_of
from ..situation import Situation


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
            limits=limits_of(situation.margins, asked_at=situation.now),
            roster=situation.roster,
            period=situation.period,
        )
        super().__init__(asked, timetable, streets)
