"""What a solution costs a person: its price formula, with the tier of their quotient familial.

Nothing is made up: a price that is not known stays unknown, and a quotient that is not known gives
a range.
"""

from dataclasses import dataclass
from decimal import Decimal

from traitdunion.reach.fares import WEEKS_A_MONTH

from .enums import UniteTarif
from .models import Solution, TrancheTarif

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Use:
    """How much one uses a solution in a month."""

    days: int = 0
    trips: int = 0
    km: Decimal = Decimal(0)
    hours: Decimal = Decimal(0)


@dataclass(frozen=True)
class Range:
    """Euros, from the lowest to the highest that the facts allow."""

    low_eur: Decimal
    high_eur: Decimal

    @property
    def is_exact(self) -> bool:
        return self.low_eur == self.high_eur

    def times(self, factor: Decimal) -> "Range":
        return Range(self.low_eur * factor, self.high_eur * factor)

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low_eur + other.low_eur, self.high_eur + other.high_eur)


@dataclass(frozen=True)
class Price:
    """What a month costs, what is paid once, what is given back; None where it is not known.

    `basis` tells the way it is paid that was kept, the cheapest for this use.
    """

    month: Range | None
    once: Range | None
    deposit: Range | None
    basis: str = ""


def amount_for(
    solution: Solution, unit: UniteTarif, quotient_familial: Decimal | None
) -> Range | None:
    """Amount of one unit for a person; None where the catalogue does not tell it.

    Tiers, where there are any, replace the plain amount. The tier is the first whose limit is not
    under the quotient; above the last limit, and without a tier for all the others, the plain
    amount holds.
    """
    tiers = [tier for tier in solution.tranches.all() if tier.unite == unit]
    plain = getattr(solution, unit.value)
    if not tiers:
        return None if plain is None else Range(plain, plain)
    if quotient_familial is None:
        amounts = [tier.montant_eur for tier in tiers]
        if plain is not None and all(tier.qf_max_eur is not None for tier in tiers):
            amounts.append(plain)
        return Range(min(amounts), max(amounts))
    found = _tier(tiers, quotient_familial)
    value = plain if found is None else found.montant_eur
    return None if value is None else Range(value, value)


def _tier(tiers: list[TrancheTarif], quotient_familial: Decimal) -> TrancheTarif | None:
    limited = sorted((t for t in tiers if t.qf_max_eur is not None), key=lambda t: t.qf_max_eur)
    for tier in limited:
        if quotient_familial <= tier.qf_max_eur:
            return tier
    return next((tier for tier in tiers if tier.qf_max_eur is None), None)


def price_for(solution: Solution, use: Use, quotient_familial: Decimal | None = None) -> Price:
    """What a month of `use` costs: the cheapest way to pay, and the kilometres on top of it.

    Ways to pay (per trip, day, week, month, hour) exclude one another; kilometres are added to
    any, or stand alone. The monthly ceiling, if any, bounds the sum.
    """
    ways = [
        (UniteTarif.TRAJET, Decimal(use.trips)),
        (UniteTarif.JOUR, Decimal(use.days)),
        (UniteTarif.SEMAINE, WEEKS_A_MONTH),
        (UniteTarif.MOIS, Decimal(1)),
        (UniteTarif.HEURE, use.hours),
    ]
    priced = [
        (each.times(count), unit)
        for unit, count in ways
        if (each := amount_for(solution, unit, quotient_familial)) is not None
    ]
    best = min(priced, key=lambda way: (way[0].high_eur, way[0].low_eur), default=None)
    by_km = amount_for(solution, UniteTarif.KM, quotient_familial)
    parts = [part for part in (best and best[0], by_km and by_km.times(use.km)) if part]
    month = parts[0] + parts[1] if len(parts) == 2 else next(iter(parts), None)
    labels = [best[1].label] if best else []
    labels += [UniteTarif.KM.label] if by_km else []
    return Price(
        month=_bounded(month, solution.plafond_mois_eur),
        once=amount_for(solution, UniteTarif.FORFAIT, quotient_familial),
        deposit=amount_for(solution, UniteTarif.CAUTION, quotient_familial),
        basis=" et ".join(labels).lower(),
    )


def _bounded(month: Range | None, ceiling: Decimal | None) -> Range | None:
    if month is None:
        return None
    low, high = month.low_eur, month.high_eur
    if ceiling is not None:
        low, high = min(low, ceiling), min(high, ceiling)
    return Range(low.quantize(CENT), high.quantize(CENT))
