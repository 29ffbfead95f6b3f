"""Count days and months as the law counts them; no publisher is asked."""

from calendar import monthrange
from datetime import date, timedelta

from .public_holidays import public_holidays

SUNDAY = 6


def add_months(on: date, months: int) -> date:
    """Return the same day of the month, or its last day where it has no such day (CPC 641)."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def is_jour_ouvrable(on: date) -> bool:
    """Return whether a day is neither a Sunday nor a public holiday (Code du travail, L3133-1)."""
    return on.weekday() != SUNDAY and on not in public_holidays(on.year)


def add_jours_ouvrables(on: date, days: int) -> date:
    """Return the n-th jour ouvrable after a day, or before it where `days` is negative."""
    step = timedelta(days=1 if days > 0 else -1)
    for _ in range(abs(days)):
        on += step
        while not is_jour_ouvrable(on):
            on += step
    return on
