"""Weigh a home by what it and its travels cost a household each month (H+T index)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .exact import ZERO, Given, decimal, exactly, rounded

HOUSING_SHARE = Decimal("0.30")
TRANSPORT_SHARE = Decimal("0.15")


@dataclass(frozen=True, slots=True)
class HousingTransport:
    """Shares of income, to four decimals; None, with every verdict, where income is not known."""

    housing_total: Decimal
    transport_total: Decimal
    h_share: Decimal | None = None
    t_share: Decimal | None = None
    ht_share: Decimal | None = None
    h_ok: bool | None = None
    t_ok: bool | None = None
    ht_ok: bool | None = None


@exactly
def housing_transport(
    *, income: Given | None, housing: Mapping[str, Given], transport: Mapping[str, Given]
) -> HousingTransport:
    """Compare housing with 30 % of income, transport with 15 %, both with 45 %.

    Verdicts are of the exact amounts, not of the rounded shares. (Housing and Transportation
    Affordability Index, Center for Neighborhood Technology.)
    """
    h = sum((decimal(value) for value in housing.values()), ZERO)
    t = sum((decimal(value) for value in transport.values()), ZERO)
    if income is None or decimal(income) <= 0:
        return HousingTransport(h, t)
    i = decimal(income)
    return HousingTransport(
        h,
        t,
        h_share=rounded(h / i, "0.0001"),
        t_share=rounded(t / i, "0.0001"),
        ht_share=rounded((h + t) / i, "0.0001"),
        h_ok=h <= HOUSING_SHARE * i,
        t_ok=t <= TRANSPORT_SHARE * i,
        ht_ok=h + t <= (HOUSING_SHARE + TRANSPORT_SHARE) * i,
    )
