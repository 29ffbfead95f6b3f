"""Plan a buyer's purchase with a prêt à taux zéro, the bank loan smoothed around it.

Decree 2025-299: quota on the total cost within a ceiling, income retained = max(RFR N-2, cost/9).
A BRS home takes the quotas of every new home in flats (D.31-10-9 II bis sets it apart from houses).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

from .exact import ONE, Given, decimal, exactly, rounded


class Phase(NamedTuple):
    """Months that cost the same: `total` = `ptz` + `bank`."""

    months: int
    total: Decimal
    ptz: Decimal
    bank: Decimal


@dataclass(frozen=True, slots=True)
class PtzTable:
    """The dated figures of the PTZ; `verifie` False: no favourable verdict may rest on it."""

    source: str
    since: str
    verifie: bool
    coefficients: tuple[Decimal, ...]
    income: dict[str, Decimal]
    tranches: dict[str, tuple[Decimal, ...]]
    costs: dict[str, tuple[Decimal, ...]]
    quotas: dict[str, tuple[Decimal, ...]]
    terms: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class PtzPlan:
    """A plan, or why there is none (`refused`); `warnings` block a favourable verdict."""

    tranche: int | None = None
    ptz: Decimal | None = None
    classic_loan: Decimal | None = None
    deferral_years: int | None = None
    repayment_years: int | None = None
    phases: tuple[Phase, ...] = ()
    refused: str = ""
    warnings: tuple[str, ...] = ()


NOT_ELIGIBLE = "not eligible"
SMOOTHING_IMPOSSIBLE = "smoothing impossible"
OVER_THE_LOAN = "Le PTZ dépasse les autres prêts : à vérifier avec la banque."
TABLE_TO_CHECK = "Barème du PTZ à vérifier"


@cache
def shipped_table() -> PtzTable:
    """Return the table of the shipped data."""
    text = files("traitdunion.data").joinpath("housing/ptz.yaml").read_text("utf-8")
    return table_from(yaml.safe_load(text))


def table_from(document: Mapping[str, Any]) -> PtzTable:
    """Return a table from its YAML; amounts are texts there, so that no float comes in."""
    return PtzTable(
        source=str(document["source"]),
        since=str(document["depuis"]),
        verifie=bool(document["verifie"]),
        coefficients=_decimals(document["coefficients"]),
        income={zone: decimal(value) for zone, value in document["plafonds_ressources"].items()},
        tranches={zone: _decimals(values) for zone, values in document["tranches"].items()},
        costs={zone: _decimals(values) for zone, values in document["plafonds_operation"].items()},
        quotas={kind: _decimals(values) for kind, values in document["quotites"].items()},
        terms=tuple((int(d), int(r)) for d, r in document["durees"]),
    )


def _decimals(values: list[str]) -> tuple[Decimal, ...]:
    return tuple(decimal(value) for value in values)


@dataclass(frozen=True)
class Buyers:
    """Those who buy: how many, their zone, their revenu fiscal de référence of year N-2, €."""

    persons: int
    zone: str
    rfr: Given


@dataclass(frozen=True)
class BankLoan:
    """Terms of a bank: yearly nominal rate over `years`; a month bears a twelfth of it."""

    rate: Given
    years: int


@exactly
def ptz(
    *,
    cost: Given,
    contribution: Given,
    buyers: Buyers,
    loan: BankLoan,
    quota: str = "brs",
    tranche_1_max: Given | None = None,
    table: PtzTable | None = None,
) -> PtzPlan:
    """Return the plan of a purchase: PTZ, bank loan and phases of months that cost the same.

    Args:
        cost: total cost of the operation, € with tax.
        contribution: what the buyers pay themselves, €.
        quota: "brs" (every new BRS home) or "house".
        tranche_1_max: first bound of the zone, where the one of the table is disputed.

    The PTZ's monthly payment is rounded to the cent before smoothing.
    """
    persons, zone = buyers.persons, buyers.zone
    used = table or shipped_table()
    total = decimal(cost)
    if persons < 1 or loan.years < 1 or total <= 0 or zone not in used.income:
        raise ValueError(f"no plan for persons={persons}, years={loan.years}, zone {zone!r}")
    warnings = () if used.verifie else (TABLE_TO_CHECK,)
    coefficient = used.coefficients[min(persons, len(used.coefficients)) - 1]
    rfr = decimal(buyers.rfr)
    if rfr > used.income[zone] * coefficient:
        return PtzPlan(refused=NOT_ELIGIBLE, warnings=warnings)
    retained = max(rfr, total / 9) / coefficient
    bounds = list(used.tranches[zone])
    if tranche_1_max is not None:
        bounds[0] = decimal(tranche_1_max)
    tranche = next((n for n, bound in enumerate(bounds, 1) if retained <= bound), None)
    if tranche is None:
        return PtzPlan(refused=NOT_ELIGIBLE, warnings=warnings)
    costs = used.costs[zone]
    lent = rounded(
        min(total, costs[min(persons, len(costs)) - 1]) * used.quotas[quota][tranche - 1]
    )
    bank = total - decimal(contribution) - lent
    deferral, repayment = used.terms[tranche - 1]
    if bank < 0:
        return PtzPlan(refused=SMOOTHING_IMPOSSIBLE, warnings=warnings)
    months = [years * 12 for years in (loan.years, deferral, repayment)]
    phases = _smoothed(bank, lent, decimal(loan.rate) / 12, *months)
    if phases is None:
        return PtzPlan(refused=SMOOTHING_IMPOSSIBLE, warnings=(*warnings, OVER_THE_LOAN))
    over = () if bank >= lent else (OVER_THE_LOAN,)
    return PtzPlan(
        tranche, lent, rounded(bank), deferral, repayment, phases, warnings=(*warnings, *over)
    )


def _smoothed(
    bank: Decimal, lent: Decimal, t: Decimal, n: int, d: int, repaid: int
) -> tuple[Phase, ...] | None:
    """Return the phases of a smoothed loan; None where the bank's part would be negative.

    M = [C + m/(ρ(t, k)(1 + t)^d)]·ρ(t, n), ρ(t, n) = t/(1 − (1 + t)^−n): `n` months of bank loan,
    `d` of deferral, `k` where both run.
    """
    zero, k = rounded(Decimal(0)), max(min(n - d, repaid), 0)
    ptz_month = rounded(lent / repaid)
    month = rounded(_month(bank, ptz_month, t, n, d, k))
    if k and month < ptz_month:
        return None
    phases = [
        Phase(min(d, n), month, zero, month),
        Phase(k, month, ptz_month, month - ptz_month),
        Phase(n - min(d, n) - k, month, zero, month),
        Phase(max(d + repaid - max(n, d), 0), ptz_month, ptz_month, zero),
    ]
    return tuple(phase for phase in phases if phase.months)


def _rho(t: Decimal, n: int) -> Decimal:
    return ONE / n if t == 0 else t / (ONE - (ONE + t) ** -n)


def _month(bank: Decimal, ptz_month: Decimal, t: Decimal, n: int, d: int, k: int) -> Decimal:
    inside = bank + (ptz_month / (_rho(t, k) * (ONE + t) ** d) if k else 0)
    return inside * _rho(t, n)
