"""One of a thing is said in the singular."""

from decimal import Decimal

import pytest

from traitdunion.rules.wording import with_unit


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        ("1", "enfants", "1 enfant"),
        ("0", "nuits", "0 nuit"),
        ("1.5", "ans", "1,5 an"),
        ("2", "enfants", "2 enfants"),
        ("1", "km", "1 km"),
        ("1", "€ par mois", "1 € par mois"),
    ],
)
def test_units_take_their_plural_from_two_on(number, unit, said):
    assert with_unit(Decimal(number), unit).replace("\u00a0", " ") == said
