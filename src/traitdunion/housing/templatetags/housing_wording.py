"""Template filters of housing: amounts and days in French."""

from decimal import Decimal

from django import template

from traitdunion import french

register = template.Library()
register.filter("plural", french.plural)


@register.filter(expects_localtime=True)
def day(value: object) -> str:
    """« 1er août 2026 »; a dash where there is no day."""
    return french.day(value) if value else french.UNKNOWN  # type: ignore[arg-type]


@register.filter
def eur(value: Decimal | None) -> str:
    """« 1 531,50 € », with cents only where there are some; a dash where nothing is known."""
    return french.UNKNOWN if value is None else french.euros(value)


@register.filter
def whole_eur(value: Decimal | None) -> str:
    """« 1 531 € », rounded; a dash where nothing is known."""
    return french.UNKNOWN if value is None else french.euros(value.quantize(Decimal(1)))


@register.filter
def number(value: Decimal | None) -> str:
    return french.UNKNOWN if value is None else french.number(value)


@register.filter
def percent(value: Decimal | None) -> str:
    """« 31,5 % » of a share; a dash where nothing is known."""
    if value is None:
        return french.UNKNOWN
    return f"{french.number(value * 100, 1)}{french.NBSP}%"


@register.filter
def cents(value: int) -> str:
    """« 84,12 € » of 8412 cents."""
    return french.euros(Decimal(value).scaleb(-2))
