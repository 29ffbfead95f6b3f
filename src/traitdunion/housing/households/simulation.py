"""Plan a purchase before any contact: PTZ, smoothed loan, redevance, month by month."""

from dataclasses import dataclass
from decimal import Decimal

from ..money import BankLoan, Buyers, PtzPlan, ptz
from ..money.exact import rounded
from ..money.zero_rate_loans import NOT_ELIGIBLE, SMOOTHING_IMPOSSIBLE

BANK_SHARE = Decimal("0.35")
"""Share of income that a bank takes as its limit (HCSF, decision of 2021-7, 35 %)."""
REFUSED = {
    NOT_ELIGIBLE: "Pas de prêt à taux zéro : revenu au-dessus de son plafond.",
    SMOOTHING_IMPOSSIBLE: "Le lissage ne se calcule pas avec ces montants : à voir avec la banque.",
}


@dataclass(frozen=True, slots=True)
class PlanPhase:
    """Years that cost the same each month: loans and redevance. Months counted from the start."""

    first: int
    last: int
    loans: Decimal
    redevance: Decimal

    @property
    def total(self) -> Decimal:
        return self.loans + self.redevance

    @property
    def words(self) -> str:
        """Return the months in French: « mois 1 à 240 »."""
        return f"mois {self.first} à {self.last}"


@dataclass(frozen=True, slots=True)
class PurchasePlan:
    """A plan of purchase; `share` of income at its dearest month, None where income is unknown."""

    ptz: PtzPlan
    phases: tuple[PlanPhase, ...]
    dearest: Decimal | None
    share: Decimal | None
    refused: str

    @property
    def within_bank_limit(self) -> bool | None:
        return None if self.share is None else self.share <= BANK_SHARE


def purchase_plan(
    *,
    price: Decimal,
    contribution: Decimal,
    buyers: Buyers,
    loan: BankLoan,
    redevance: Decimal,
    income: Decimal | None,
) -> PurchasePlan:
    """Return what a home costs each month.

    Args:
        redevance: euros a month.
        income: euros a month of the household, today.

    Raises:
        ValueError: for a zone that the table of the PTZ does not know.
    """
    plan = ptz(cost=price, contribution=contribution, buyers=buyers, loan=loan)
    phases, month = [], 1
    for phase in plan.phases:
        phases.append(PlanPhase(month, month + phase.months - 1, phase.total, redevance))
        month += phase.months
    dearest = max((phase.total for phase in phases), default=None)
    share = None
    if dearest is not None and income:
        share = rounded(dearest / income, "0.0001")
    return PurchasePlan(
        plan, tuple(phases), dearest, share, REFUSED.get(plan.refused, plan.refused)
    )
