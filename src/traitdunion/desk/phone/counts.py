"""Calls of each week, for the page of figures: nothing is told of fewer than eleven."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from traitdunion.accounts.models import Organisation

from ..enums import Appelant, IssueAppel
from ..followup.figures import shown, shown_parts
from ..models import Call

WEEKS = 8
WEEK = timedelta(days=7)
UNTOLD = ("", "Issue non dite")


@dataclass(frozen=True)
class Week:
    """Calls of a week from `monday`, None where a count is withheld; parts follow `heads`."""

    monday: date
    total: int | None
    parts: Sequence[int | None]


@dataclass(frozen=True)
class Table:
    """Calls by week and by something, the latest week first."""

    title: str
    heads: Sequence[str]
    weeks: Sequence[Week]


def tables_of(organisation: Organisation, *, today: date) -> list[Table]:
    """Calls of the last eight weeks, by what came of them and by who called."""
    first = today - timedelta(days=today.weekday()) - (WEEKS - 1) * WEEK
    rows = Call.objects.filter(organisation=organisation, week__gte=first, week__lte=today)
    ways = {
        "issue": ("Appels par issue", [*IssueAppel.choices, UNTOLD]),
        "appelant": ("Appels par appelant", Appelant.choices),
    }
    tables = []
    for column, (title, choices) in ways.items():
        found = rows.values_list("week", column).annotate(n=Count("pk"))
        counted = Counter({(week, value): n for week, value, n in found})
        mondays = sorted({week for week, _ in counted}, reverse=True)
        weeks = [
            _week(monday, [counted[monday, value] for value, _ in choices]) for monday in mondays
        ]
        tables.append(Table(title, [label for _, label in choices], weeks))
    return tables


def _week(monday: date, parts: list[int]) -> Week:
    return Week(monday, shown(sum(parts)), shown_parts(parts))
