"""Calls of each finished week, for the page of figures, small counts hidden."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from traitdunion.accounts.models import Organisation
from traitdunion.disclosure import Table as Cells
from traitdunion.disclosure import publish
from traitdunion.reach.calendar_days import monday_of

from ..enums import Appelant, IssueAppel
from ..models import Call

WEEKS = 8
WEEK = timedelta(days=7)
UNKNOWN_OUTCOME = ("", "Issue non dite")
TOTAL = "total"


@dataclass(frozen=True)
class Week:
    """Calls of a week from `monday`, None where a count is hidden; parts follow `heads`."""

    monday: date
    total: int | None
    parts: Sequence[int | None]


@dataclass(frozen=True)
class Table:
    """Calls by week and by one column, the latest week first."""

    title: str
    heads: Sequence[str]
    weeks: Sequence[Week]


WAYS = {
    "issue": ("Appels par issue", [*IssueAppel.choices, UNKNOWN_OUTCOME]),
    "appelant": ("Appels par appelant", Appelant.choices),
}
"""Columns by which calls are counted, with the title of the table and their values."""


def tables_of(organisation: Organisation, *, today: date) -> list[Table]:
    """Return the calls of the last eight finished weeks, by outcome and by caller.

    The week under way is left out: read twice, it would give away the call between the two.
    """
    this_week = monday_of(today)
    rows = Call.objects.filter(
        organisation=organisation, week__gte=this_week - WEEKS * WEEK, week__lt=this_week
    )
    counts = {
        column: Counter(
            {
                (week, value): n
                for week, value, n in rows.values_list("week", column).annotate(n=Count("pk"))
            }
        )
        for column in WAYS
    }
    mondays = sorted(set(rows.values_list("week", flat=True)), reverse=True)
    shown = {monday: publish(cells_of(counts, monday)) for monday in mondays}
    return [
        Table(
            title,
            [label for _, label in choices],
            [
                Week(
                    monday,
                    shown[monday][TOTAL],
                    [shown[monday][column, value] for value, _ in choices],
                )
                for monday in mondays
            ],
        )
        for column, (title, choices) in WAYS.items()
    ]


def cells_of(counts: dict[str, Counter[tuple[date, str]]], monday: date) -> Cells:
    """Return the calls of a week: both tables share its total, so they are attacked together."""
    cells: dict[object, int] = {
        (column, value): counts[column][monday, value]
        for column, (_, choices) in WAYS.items()
        for value, _ in choices
    }
    sums = [
        (TOTAL, tuple((column, value) for value, _ in choices))
        for column, (_, choices) in WAYS.items()
    ]
    cells[TOTAL] = sum(cells[part] for part in sums[0][1])
    return Cells(cells, sums)
