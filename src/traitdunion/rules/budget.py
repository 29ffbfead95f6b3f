"""What a way to work costs a month before and after aids, and what is left to live on.

The aids of the first month are not those of the next ones: both months are worked out. A loan is
repaid and spares nothing; an exemption is no money in hand; money for meals, nights or child care
pays no transport. A sum that is a ceiling, or that is
still to be checked, is reported apart and never taken off. Aids that exclude one another are never
summed: those that spare most over the first year are counted, the others kept apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from .aids import CENT, Couvre, Entitlement, Nature, Periode, Reponse, Sum
from .exclusions import Exclusions, LeftOut, best_together

SPARING = frozenset({Nature.AIDE, Nature.REDUCTION, Nature.REMBOURSEMENT})
MONTHS_A_YEAR = 12
ZERO = Decimal(0)


@dataclass(frozen=True)
class Month:
    """Euros of one month; `left_eur` is what is left to live on, None where it cannot be given."""

    before_eur: Decimal
    aids_eur: Decimal
    after_eur: Decimal
    left_eur: Decimal | None


@dataclass(frozen=True)
class Budget:
    """The first month, then any other; `travel_h` is the time on the road in a month.

    `once_eur`: paid once, apart from the months. `to_check`: sums that may come on top. `left_out`:
    aids that may not be had with those counted.
    """

    first: Month
    next: Month
    travel_h: Decimal
    once_eur: Decimal
    to_check: tuple[Sum, ...]
    left_out: tuple[LeftOut, ...] = ()


def monthly_budget(
    cost_eur: Decimal,
    entitlements: Sequence[Entitlement],
    *,
    travel_min_a_day: int,
    days_a_month: Decimal,
    income_eur: Decimal | None = None,
    charges_eur: Decimal | None = None,
    exclusions: Exclusions = MappingProxyType({}),
) -> Budget:
    """Return the budget of a way that costs `cost_eur` a month.

    Incomes and charges may be left out.

    The aids of one month never exceed its cost: no one is paid to travel. `exclusions`: pairs of
    aids of which one only may be had.
    """
    chosen = best_together(entitlements, exclusions, lambda aids: spared_in_a_year(cost_eur, aids))
    sure = [amount for aid in chosen.kept if aid.reponse is Reponse.OUI for amount in _sparing(aid)]
    doubtful = [
        amount
        for aid in chosen.kept
        if aid.reponse is Reponse.A_VERIFIER
        for amount in _sparing(aid)
    ]
    counted = [amount for amount in sure if is_counted(amount)]
    left = None if income_eur is None or charges_eur is None else income_eur - charges_eur
    return Budget(
        first=_month(cost_eur, _first_month(counted), left),
        next=_month(cost_eur, _any_month(counted), left),
        travel_h=(Decimal(travel_min_a_day) * days_a_month / 60).quantize(Decimal("0.1")),
        once_eur=_total(counted, Periode.UNE_FOIS),
        to_check=tuple([amount for amount in sure if not is_counted(amount)] + doubtful),
        left_out=tuple(amount for amount in chosen.left_out if _may_spare(amount.aid)),
    )


def spared_in_a_year(cost_eur: Decimal, aids: Sequence[Entitlement]) -> tuple[Decimal, Decimal]:
    """Euros that granted aids spare over a first year of trips, then what ceilings may add."""
    sums = [amount for aid in aids for amount in _sparing(aid)]
    counted = [amount for amount in sums if is_counted(amount)]
    first = min(cost_eur, _first_month(counted))
    others = (MONTHS_A_YEAR - 1) * min(cost_eur, _any_month(counted))
    ceilings = sum((amount.eur or ZERO for amount in sums if not is_counted(amount)), ZERO)
    return first + others + _total(counted, Periode.UNE_FOIS), ceilings


def _any_month(counted: Sequence[Sum]) -> Decimal:
    return _total(counted, Periode.MOIS) + _total(counted, Periode.AN) / MONTHS_A_YEAR


def _first_month(counted: Sequence[Sum]) -> Decimal:
    return _any_month(counted) + _total(counted, Periode.PREMIER_MOIS)


def is_counted(amount: Sum) -> bool:
    """Return a sum known, sure and not a ceiling.

    The trips of a first month are their own ceiling.
    """
    exact = not amount.line.jusqu_a or amount.line.periode is Periode.PREMIER_MOIS
    return amount.sure and amount.eur is not None and exact


def _may_spare(aid: Entitlement) -> bool:
    return any(amount.eur is None or amount.eur > 0 for amount in _sparing(aid))


def _sparing(aid: Entitlement) -> list[Sum]:
    return [
        amount
        for amount in aid.sums
        if amount.line.nature in SPARING
        and amount.line.couvre is Couvre.TRANSPORT
        and amount.line.periode is not Periode.ALLER_RETOUR
    ]


def _total(sums: Sequence[Sum], periode: Periode) -> Decimal:
    return sum((amount.eur or ZERO for amount in sums if amount.line.periode is periode), ZERO)


def _month(cost_eur: Decimal, aids_eur: Decimal, left_eur: Decimal | None) -> Month:
    aids = min(aids_eur, cost_eur).quantize(CENT)
    after = cost_eur - aids
    return Month(cost_eur, aids, after, None if left_eur is None else left_eur - after)
