"""Weigh what a home and its travels cost household types each month (30 + 15 ≤ 45 % of income)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

import yaml

from ..money import HousingTransport, housing_transport


@dataclass(frozen=True, slots=True)
class HouseholdType:
    """A household and its income of a month, euros."""

    nom: str
    income: Decimal


@cache
def household_types() -> tuple[str, tuple[HouseholdType, ...]]:
    """Return the source of the incomes, and the household types."""
    text = files("traitdunion.data").joinpath("housing/menages_types.yaml").read_text("utf-8")
    content = yaml.safe_load(text)
    rows = tuple(HouseholdType(row["nom"], Decimal(row["revenu"])) for row in content["menages"])
    return content["source"], rows


@dataclass(frozen=True, slots=True)
class Line:
    """A household weighed without a car, then with one."""

    household: HouseholdType
    without_car: HousingTransport
    with_car: HousingTransport | None


def weighed(
    housing: Mapping[str, Decimal],
    *,
    without_car: Mapping[str, Decimal],
    with_car: Mapping[str, Decimal] | None,
    own_income: Decimal | None = None,
) -> list[Line]:
    """Return each household type; `own_income` adds the household that asks."""
    _, types = household_types()
    rows = list(types)
    if own_income is not None:
        rows.insert(0, HouseholdType("Votre ménage", own_income))
    return [
        Line(
            row,
            housing_transport(income=row.income, housing=housing, transport=without_car),
            None
            if with_car is None
            else housing_transport(income=row.income, housing=housing, transport=with_car),
        )
        for row in rows
    ]
