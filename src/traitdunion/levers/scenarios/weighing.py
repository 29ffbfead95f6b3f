"""Weigh a scenario: read its rows, make them, compare. A cost comes from its row, else a model."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..changes import Overrides, cost_of
from ..enums import Nature
from .applying import applied
from .comparing import Compared, compared
from .reading import days_of, plan_of
from .territory import Territory


def weighed(
    territory: Territory,
    rows: Sequence[Mapping[str, Any]],
    *,
    given: Overrides | None = None,
    demonstration: bool = False,
) -> Compared:
    """Return what the rows of a scenario change; raises ScenarioError with all their faults."""

    def cost(nature: Nature) -> float | None:
        eur = cost_of(nature, on=territory.week, given=given, demonstration=demonstration).eur
        return None if eur is None else float(eur)

    plan = plan_of(rows, territory.timetable, days_of(territory.timetable), cost_model=cost)
    return compared(applied(territory, plan), territory.jobs, plan.cost_eur_year)
