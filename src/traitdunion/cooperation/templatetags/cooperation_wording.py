"""Days and hours in French, as they are read aloud: « jeudi 1er août 2026 », « 9h05 »."""

from collections.abc import Sized
from datetime import date, time
from decimal import Decimal

from django import template
from django.utils.dateformat import format as formatted

from ..days import day_in_words, weekday_in_words
from ..numbers import number as in_french

register = template.Library()
register.filter("day", day_in_words)
register.filter("weekday", weekday_in_words)


@register.filter
def hour(at: time) -> str:
    """« 9h05 »."""
    return f"{at.hour}h{at.minute:02}"


@register.filter
def month(on: date) -> str:
    """« août 2026 »."""
    return formatted(on, "F Y")


@register.filter
def plural(counted: int | Sized) -> str:
    """« s » from two on: in French, nought is singular."""
    n = counted if isinstance(counted, int) else len(counted)
    return "s" if n > 1 else ""


@register.filter
def number(value: Decimal | None) -> str:
    """« 1 234,5 »; a dash where nothing is known."""
    return "–" if value is None else in_french(value)
