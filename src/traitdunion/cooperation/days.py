"""Days in French, as they are read aloud; a moment is told where the site stands."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.dateformat import format as formatted

from traitdunion.rules.wording import day


def day_in_words(on: date | datetime | None) -> str:
    """« 1er août 2026 »; nothing where there is no day."""
    return "" if on is None else day(_local(on))


def weekday_in_words(on: date | datetime | None) -> str:
    """« samedi 1er août 2026 »."""
    return "" if on is None else f"{formatted(_local(on), 'l')} {day_in_words(on)}"


def _local(on: date | datetime) -> date:
    return timezone.localtime(on).date() if isinstance(on, datetime) else on
