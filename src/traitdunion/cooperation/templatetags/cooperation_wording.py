"""Template filters of cooperation: days, hours and numbers in French."""

from decimal import Decimal

from django import template
from django.utils import timezone

from traitdunion import french

from ..dates import day_in_words, weekday_in_words
from ..models import Seance
from ..room_codes import in_groups
from ..sessions.decision_sheets import shown_sheet

register = template.Library()
register.filter("day", day_in_words)
register.filter("weekday", weekday_in_words)
register.filter("month", french.month)
register.filter("plural", french.plural)
register.filter("of_name", french.of_place)
register.filter("hour", french.time_of_day, expects_localtime=True)
register.filter("shown_sheet", shown_sheet)
register.filter("in_groups", in_groups)


@register.filter
def is_open(seance: Seance) -> bool:
    """Return whether a session is open when the page is drawn."""
    return seance.is_open_at(timezone.now())


@register.filter
def number(value: Decimal | None) -> str:
    """« 1 234,5 »; a dash where nothing is known."""
    return "–" if value is None else french.number(value)
