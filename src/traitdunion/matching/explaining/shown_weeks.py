"""What is shown of a week by one way of travelling, made once for all the offers that give it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from traitdunion import reach

from ..answer import DayPlan, Finding, Verdict
from ..eligibility.judging import Weighed
from ..eligibility.searches import SituationSearches
from ..feasibility.travels import Travel
from ..feasibility.week_held import WeekHeld
from ..feasibility.weeks import weeks_held
from . import day_plans, lines


@dataclass(frozen=True)
class ShownWeek:
    """One week of a way of travelling, with what any option made of it shows."""

    week: reach.WeekVerdict
    travel: Travel
    days: tuple[DayPlan, ...]
    searches: SituationSearches

    @cached_property
    def works(self) -> tuple[reach.DayVerdict, ...]:
        """Return the days that work."""
        return tuple(day for day in self.week.days if day.feasible)

    @cached_property
    def may_work(self) -> bool:
        """Return whether some day works, or may: its hours are not known."""
        return bool(self.works) or reach.Reason.OUTSIDE_TIMETABLE in self.week.failing.values()

    @cached_property
    def typical(self) -> tuple[DayPlan | None, reach.DayVerdict | None]:
        """Return the first of the most frequent days that work, and the engine's verdict on it."""
        return typical_day(self.days, self.week)

    @cached_property
    def away_s(self) -> float:
        """Return the mean seconds away from home on the days that work; infinite without any."""
        away = [day.away_s for day in self.works if day.away_s is not None]
        return float(np.mean(away)) if away else np.inf

    @cached_property
    def rides(self) -> int:
        """Return the fewest rides of a way, out or back."""
        return min((min(d.out.rides, d.back.rides) for d in self.works if d.out and d.back),
                   default=0)  # fmt: skip

    @cached_property
    def asks(self) -> bool:
        """Return whether a ride on demand is taken on some day."""
        return any(way.on_demand for day in self.works for way in day.ways)

    @cached_property
    def estimated(self) -> bool:
        """Return whether the time of some step is estimated."""
        return any(step.estimated for day in self.days for step in day.steps)

    @cached_property
    def day_findings(self) -> tuple[Finding, ...]:
        """Return why days fail: they forbid the whole only where no day works, nor may work."""
        verdict = Verdict.SOUS_CONDITION if self.may_work else Verdict.NON
        return tuple(day_plans.day_findings(self.days, verdict))

    @cached_property
    def line_findings(self) -> tuple[Finding, ...]:
        """Return what the lines taken ask, and on which other weeks they run."""
        if not self.travel.is_public:
            return ()
        week, searches = self.week, self.searches
        of_wheelchair = (
            lines.wheelchair_findings(week) if searches.situation.needs.wheelchair else ()
        )
        return (
            *lines.line_findings(week),
            *of_wheelchair,
            *lines.beyond_findings(week, searches.timetable),
            *lines.other_weeks_findings(week, searches.other_days(self.travel)),
        )

    @cached_property
    def weeks(self) -> tuple[WeekHeld, ...]:
        """Return how each week of the timetable answers; nothing where no day asked for works."""
        return weeks_held(self.searches, self.travel, self.week) if self.works else ()


def shown_week(
    candidate: Weighed, week: reach.WeekVerdict, searches: SituationSearches
) -> ShownWeek:
    """Return what is shown of a week, the same for all loans of one vehicle."""
    by = candidate.vehicle.by if candidate.vehicle else ""
    # By identity: the week is kept beside, and hashing all its legs takes longer than its plans.
    key = id(week), candidate.travel, candidate.vehicle_label, by
    if key not in searches.shown:
        plans = tuple(
            day_plans.plan_of(
                day,
                searches,
                candidate.vehicle_label,
                candidate.travel.mode,
                lambda failed: day_plans.reason_of(failed, searches, candidate.travel, by),
            )
            for day in week.days
        )
        searches.shown[key] = ShownWeek(week, candidate.travel, plans, searches)
    shown: ShownWeek = searches.shown[key]
    return shown


def typical_day(
    days: Sequence[DayPlan], week: reach.WeekVerdict
) -> tuple[DayPlan | None, reach.DayVerdict | None]:
    """Return the first of the most frequent days that work, and the verdict of the engine on it."""
    works = [(plan, day) for plan, day in zip(days, week.days, strict=True) if plan.feasible]
    if not works:
        return None, None
    often = Counter(plan.steps for plan, _ in works)
    return max(works, key=lambda pair: often[pair[0].steps])
