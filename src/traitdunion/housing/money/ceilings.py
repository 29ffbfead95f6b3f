"""Compute the highest price at which real rights may be sold again (CCH L.255-5, R.255-2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from .exact import ONE, ZERO, Given, decimal, exactly, rounded


class Works(NamedTuple):
    """Improvement works valued by the lease: straight line over `life_years`."""

    amount: Decimal
    age_years: Decimal
    life_years: Decimal


@dataclass(frozen=True, slots=True)
class Resale:
    """`allowed`: True, False, or None (« à vérifier ») where a newer ceiling stands under it."""

    works_value: Decimal
    p_max: Decimal
    asked: Decimal | None
    allowed_by_lease: bool | None
    ceiling_total_ht: Decimal | None
    allowed: bool | None


@exactly
def resale(
    *,
    acquisition: Given,
    index0: Given,
    index1: Given,
    works: Iterable[Works] = (),
    asked: Given | None = None,
    current_ceiling: Given | None = None,
    surface: Given | None = None,
) -> Resale:
    """Return the ceiling of a resale: price × I(t)/I(0), to the cent, plus each valued work.

    A price asked over the ceiling of the lease is refused. A price under it but over the ceiling
    of the day (`current_ceiling` € HT/m² × `surface`) is left to be checked: no text read settles
    whether that ceiling binds a resale.
    """
    if decimal(index0) <= 0 or decimal(index1) <= 0:
        raise ValueError("an index is over zero")
    value = sum((_value(work) for work in works), ZERO)
    p_max = rounded(decimal(acquisition) * decimal(index1) / decimal(index0)) + value
    ceiling = None
    if current_ceiling is not None and surface is not None:
        ceiling = rounded(decimal(current_ceiling) * decimal(surface))
    if asked is None:
        return Resale(value, p_max, None, None, ceiling, None)
    wanted = decimal(asked)
    if wanted < 0:
        raise ValueError("a price is not negative")
    by_lease = wanted <= p_max
    allowed = None if by_lease and ceiling is not None and wanted > ceiling else by_lease
    return Resale(value, p_max, wanted, by_lease, ceiling, allowed)


def _value(work: Works) -> Decimal:
    amount, age, life = (decimal(part) for part in work)
    if amount < 0 or age < 0 or life <= 0:
        raise ValueError(f"these works cannot be valued: {work}")
    return rounded(amount * max(ONE - age / life, ZERO))
