"""Add days to a date as the law counts them; find working days. Months: `rules.legal_days`."""

from datetime import date, timedelta

from traitdunion.rules.public_holidays import public_holidays

SATURDAY = 5


def add_days(on: date, days: int) -> date:
    """Return the day `days` later: the day of the event is not counted (CPC 641)."""
    return on + timedelta(days=days)


def next_working_day(on: date) -> date:
    """Return the day itself, or the first that is no Saturday, Sunday or holiday (CPC 642)."""
    while on.weekday() >= SATURDAY or on in public_holidays(on.year):
        on += timedelta(days=1)
    return on
