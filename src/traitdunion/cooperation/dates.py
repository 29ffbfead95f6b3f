"""Local dates of instants, and days in words for pages and documents."""

from datetime import date, datetime

from django.utils import timezone

from traitdunion import french


def day(at: datetime) -> date:
    """Return the local date of an instant, in the time zone of the site."""
    return timezone.localtime(at).date()


def day_in_words(on: date | datetime | None) -> str:
    """Return "1er août 2026"; an empty text where there is no day."""
    return "" if on is None else french.day(_local(on))


def weekday_in_words(on: date | datetime | None) -> str:
    """Return "samedi 1er août 2026"; an empty text where there is no day."""
    return "" if on is None else french.weekday_and_day(_local(on))


def _local(on: date | datetime) -> date:
    return day(on) if isinstance(on, datetime) else on
