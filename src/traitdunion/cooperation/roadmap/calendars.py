"""What is due, month by month, as a calendar hung on a wall has it."""

from calendar import Calendar
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from traitdunion.rules.legal_days import add_months

from .roadmap import AxeThen

MONDAY = 0


@dataclass(frozen=True)
class Due:
    """Something due on a day; `action` is the key of its action."""

    on: date
    words: str
    action: int
    is_late: bool


@dataclass(frozen=True)
class Month:
    """A month in weeks from Monday; each day with what is due on it, None outside the month."""

    first: date
    weeks: list[list[tuple[date, list[Due]] | None]]
    before: date
    after: date
    n_due: int


def all_due(axes: Sequence[AxeThen]) -> list[Due]:
    """Return ends of actions and their parts, and days of commitments, in order."""
    dues = []
    for axe in axes:
        for action in (node for top in axe.actions for node in (top, *top.parts)):
            if action.fin_prevue_le:
                dues.append(Due(action.fin_prevue_le, action.titre, action.row.pk, action.is_late))
            for commitment in action.commitments:
                words = f"{commitment.row.porteur} : {commitment.fields['quoi']}"
                dues.append(Due(commitment.pour_le, words, action.row.pk, commitment.is_late))
    return sorted(dues, key=lambda row: (row.on, row.words))


def by_month(dues: Sequence[Due]) -> list[tuple[date, list[Due]]]:
    """Return what is due under the first day of its month, months in order."""
    by_first_day: dict[date, list[Due]] = defaultdict(list)
    for due in dues:
        by_first_day[due.on.replace(day=1)].append(due)
    return sorted(by_first_day.items())


def month_of(day: date, dues: Sequence[Due]) -> Month:
    """Return the month of a day, with what is due in it."""
    first = day.replace(day=1)
    on: dict[date, list[Due]] = defaultdict(list)
    for due in dues:
        on[due.on].append(due)
    weeks = [
        [(day, on.get(day, [])) if day.month == first.month else None for day in week]
        for week in Calendar(MONDAY).monthdatescalendar(first.year, first.month)
    ]
    return Month(
        first=first,
        weeks=weeks,
        before=add_months(first, -1),
        after=add_months(first, 1),
        n_due=sum(due.on.replace(day=1) == first for due in dues),
    )
