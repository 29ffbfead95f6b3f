"""What is due, month by month, as a calendar hung on a wall has it."""

from calendar import Calendar
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .actions.measures import months_after
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
    """Ends of actions and their parts, and days of commitments, in order."""
    found = []
    for axe in axes:
        for action in (one for top in axe.actions for one in (top, *top.parts)):
            if action.fin_prevue_le:
                found.append(Due(action.fin_prevue_le, action.titre, action.row.pk, action.is_late))
            for one in action.commitments:
                words = f"{one.row.organisation} : {one.told['quoi']}"
                found.append(Due(one.pour_le, words, action.row.pk, one.is_late))
    return sorted(found, key=lambda one: (one.on, one.words))


def by_month(dues: Sequence[Due]) -> list[tuple[date, list[Due]]]:
    """What is due under the first day of its month, months in order."""
    found: dict[date, list[Due]] = defaultdict(list)
    for one in dues:
        found[one.on.replace(day=1)].append(one)
    return sorted(found.items())


def month_of(day: date, dues: Sequence[Due]) -> Month:
    """The month of a day, with what is due in it."""
    first = day.replace(day=1)
    on: dict[date, list[Due]] = defaultdict(list)
    for one in dues:
        on[one.on].append(one)
    weeks = [
        [(one, on.get(one, [])) if one.month == first.month else None for one in week]
        for week in Calendar(MONDAY).monthdatescalendar(first.year, first.month)
    ]
    return Month(
        first=first,
        weeks=weeks,
        before=months_after(first, -1),
        after=months_after(first, 1),
        n_due=sum(one.on.replace(day=1) == first for one in dues),
    )
