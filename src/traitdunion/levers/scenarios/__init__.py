"""Scenarios: lists of changes applied in memory, compared with the baseline, both ways.

`territory` holds the baseline, `kinds` what may be written, `reading` turns it into a plan,
`applying` makes it, `comparing` sets it beside the baseline; the rest is the page.
"""

from .applying import Outcome, applied
from .comparing import Compared, compare, compared
from .reading import Plan, ScenarioError, change_of, days_of, plan_of, read_scenario
from .territory import Group, Pole, Territory

__all__ = [
    "Compared",
    "Group",
    "Outcome",
    "Plan",
    "Pole",
    "ScenarioError",
    "Territory",
    "applied",
    "change_of",
    "compare",
    "compared",
    "days_of",
    "plan_of",
    "read_scenario",
]
