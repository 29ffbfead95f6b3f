"""Compute the balance of an operation: price of the homes, redevance of the land, sensitivity."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from .exact import ONE, ZERO, Given, decimal, exactly, rounded
from .loans import annuity

# The flat whose price and monthly cost are shown, m² of surface utile.
SAMPLE_M2 = Decimal(65)
MOVED = (
    "su",
    "works_per_m2",
    "fees",
    "other",
    "carry",
    "margin",
    "land",
    "rate",
    "term",
    "management_per_home_year",
    "buyer_rate",
    "buyer_years",
)
OUTPUTS = ("pv_ttc_m2", "redevance_m2_month", "home_month")


class Home(NamedTuple):
    """A home of an operation; `su`: surface utile, m²."""

    number: int
    kind: str
    su: Decimal


@dataclass(frozen=True, slots=True)
class OperationInputs:
    """What an operation costs. Amounts in € without tax, shares from 0 to 1, rates yearly.

    `works_per_m2` by m² of surface utile; `fees` on works; `other` on works and fees; `carry` on
    all three; `land`: debt left on the land once grants for it are taken off; `term` in years.
    """

    su: Decimal
    works_per_m2: Decimal
    fees: Decimal
    other: Decimal
    carry: Decimal
    margin: Decimal
    vat: Decimal
    land: Decimal
    rate: Decimal
    term: int
    management_per_home_year: Decimal
    homes: int
    buyer_rate: Decimal
    buyer_years: int
    subsidies: Decimal = ZERO
    sample_m2: Decimal = SAMPLE_M2


class Moved(NamedTuple):
    """An output at the low, base and high value of one input; `swing` = highest − lowest."""

    low: Decimal
    base: Decimal
    high: Decimal

    @property
    def swing(self) -> Decimal:
        return max(self) - min(self)


class Sensitivity(NamedTuple):
    """What moving one input changes."""

    input: str
    low: Decimal
    high: Decimal
    outputs: dict[str, Moved]


@dataclass(frozen=True, slots=True)
class Operation:
    """The balance of an operation, in euros; per m² of surface utile where named so."""

    works: Decimal
    fees: Decimal
    other: Decimal
    carry: Decimal
    cost_ht: Decimal
    pv_ht: Decimal
    pv_ht_m2: Decimal
    pv_ttc: Decimal
    pv_ttc_m2: Decimal
    land_annuity: Decimal
    management: Decimal
    redevance_m2_month: Decimal
    home_price_ttc: Decimal
    home_redevance_month: Decimal
    home_month: Decimal


@exactly
def operation(inputs: OperationInputs) -> Operation:
    """Return the balance: cost → price → redevance → what a buyer pays each month.

    Each line is rounded to the cent before the next; the redevance to 1/100 of a cent.

    Raises:
        ValueError: for a surface, a term or a margin that makes no operation.
    """
    x = inputs
    if x.su <= 0 or x.homes < 1 or x.term < 1 or x.buyer_years < 1 or not 0 <= x.margin < 1:
        raise ValueError("an operation has a surface, homes, terms, and a margin under 100 %")
    works = rounded(x.works_per_m2 * x.su)
    fees = rounded(works * x.fees)
    other = rounded((works + fees) * x.other)
    carry = rounded((works + fees + other) * x.carry)
    cost = works + fees + other + carry
    pv_ht = rounded((cost - x.subsidies) / (ONE - x.margin))
    pv_ttc = rounded(pv_ht * (ONE + x.vat))
    land_annuity = rounded(annuity(x.land, x.term, x.rate))
    management = rounded(x.management_per_home_year * x.homes)
    redevance = (land_annuity + management) / (12 * x.su)
    home_price = rounded(pv_ttc / x.su * x.sample_m2)
    loan = annuity(home_price, x.buyer_years * 12, x.buyer_rate / 12)
    return Operation(
        works=works,
        fees=fees,
        other=other,
        carry=carry,
        cost_ht=cost,
        pv_ht=pv_ht,
        pv_ht_m2=rounded(pv_ht / x.su),
        pv_ttc=pv_ttc,
        pv_ttc_m2=rounded(pv_ttc / x.su),
        land_annuity=land_annuity,
        management=management,
        redevance_m2_month=rounded(redevance, "0.0001"),
        home_price_ttc=home_price,
        home_redevance_month=rounded(redevance * x.sample_m2),
        home_month=rounded(loan + redevance * x.sample_m2),
    )


@exactly
def allocate(total: Given, homes: Sequence[Home]) -> tuple[Decimal, ...]:
    """Return the price of each home by its surface: largest remainder, ties by number.

    The parts add up to the total, to the cent.
    """
    whole = decimal(total) * 100
    surface = sum((home.su for home in homes), ZERO)
    exact = [whole * home.su / surface for home in homes]
    cents = [int(part) for part in exact]
    order = sorted(range(len(homes)), key=lambda n: (cents[n] - exact[n], homes[n].number))
    for n in order[: int(whole) - sum(cents)]:
        cents[n] += 1
    return tuple(Decimal(part) / 100 for part in cents)


@exactly
def sensitivity(inputs: OperationInputs, share: Given = "0.1") -> tuple[Sensitivity, ...]:
    """Return what each input moved by ± `share` changes; years are rounded half up.

    The tax (law) is left out. So are the grants: a tenth of nothing says nothing; give them an
    absolute step with `step`.
    """
    part = decimal(share)
    return tuple(
        step(inputs, name, _moved(inputs, name, -part), _moved(inputs, name, part))
        for name in MOVED
    )


def _moved(inputs: OperationInputs, name: str, share: Decimal) -> Decimal:
    value = Decimal(getattr(inputs, name)) * (ONE + share)
    return rounded(value, "1") if name in ("term", "buyer_years") else value


@exactly
def step(inputs: OperationInputs, name: str, low: Decimal, high: Decimal) -> Sensitivity:
    """Return what one input at `low` and at `high` changes."""
    results = [operation(_with(inputs, name, low)), operation(inputs)]
    results.append(operation(_with(inputs, name, high)))
    outputs = {out: Moved(*(getattr(result, out) for result in results)) for out in OUTPUTS}
    return Sensitivity(name, low, high, outputs)


def _with(inputs: OperationInputs, name: str, value: Decimal) -> OperationInputs:
    whole = name in ("term", "buyer_years", "homes")
    changed: dict[str, Any] = {name: int(value) if whole else value}
    return replace(inputs, **changed)
