"""Numbers in French, as they are read."""

from decimal import Decimal

from django.utils.formats import number_format


def number(value: Decimal | int) -> str:
    """« 1 234,5 »: no useless nought, French separators."""
    plain = Decimal(value).normalize()
    decimals = max(-int(plain.as_tuple().exponent), 0)
    return number_format(value, decimals, force_grouping=True)
