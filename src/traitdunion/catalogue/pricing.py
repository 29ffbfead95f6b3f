"""What a solution costs a person: its price formula, with the tier of their quotient familial.

The one engine of prices: pages of the catalogue and answers of the desk ask it alike. Nothing is
made up: a price that is not known stays unknown, and a quotient that is not known gives a range.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from traitdunion.reach.monthly_fares import WEEKS_A_MONTH

from .enums import UniteTarif

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Use:
    """How much one uses a solution in a month; kilometres and hours are None where unknown."""

    days: Decimal | int = 0
    trips: Decimal | int = 0
    km: Decimal | None = None
    hours: Decimal | None = None


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

    `unit` is the way of paying that was kept, the cheapest for this use, at `each` a time; `by_km`
    is the price of a kilometre on top of it. `is_capped`: the monthly ceiling brought the sum down.
    """

    month: Range | None
    once: Range | None
    deposit: Range | None
    unit: UniteTarif | None
    each: Range | None
    by_km: Range | None
    is_capped: bool

    @property
    def basis(self) -> str:
        """French name of the way of paying."""
        labels = [self.unit.label] if self.unit else []
        labels += [UniteTarif.KM.label] if self.by_km else []
        return " et ".join(labels).lower()


def amount_for(solution: Any, unit: UniteTarif, quotient_familial: Decimal | None) -> Range | None:
    """Return the amount of one unit for a person; None where the catalogue does not give it.

    Tiers, where there are any, replace the plain amount. The tier is the first whose limit is not
    under the quotient; above the last limit, and without a tier for all the others, the plain
    amount holds.
    """
    tiers = [tier for tier in tiers_of(solution) if tier.unite == unit]
    plain = getattr(solution, unit.value)
    if not tiers:
        return None if plain is None else Range(plain, plain)
    if quotient_familial is None:
        amounts = [tier.montant_eur for tier in tiers]
        if plain is not None and all(tier.qf_max_eur is not None for tier in tiers):
            amounts.append(plain)
        return Range(min(amounts), max(amounts))
    tier_of_person = _tier(tiers, quotient_familial)
    value = plain if tier_of_person is None else tier_of_person.montant_eur
    return None if value is None else Range(value, value)


def tiers_of(solution: Any) -> Sequence[Any]:
    """Return the tiers of a row of the database, or of a record."""
    rows = solution.tranches
    return rows if isinstance(rows, tuple) else list(rows.all())


def _tier(tiers: Sequence[Any], quotient_familial: Decimal) -> Any:
    limited = sorted((t for t in tiers if t.qf_max_eur is not None), key=lambda t: t.qf_max_eur)
    for tier in limited:
        if quotient_familial <= tier.qf_max_eur:
            return tier
    return next((tier for tier in tiers if tier.qf_max_eur is None), None)


def price_for(solution: Any, use: Use, quotient_familial: Decimal | None = None) -> Price:
    """Return what a month of `use` costs: the cheapest way to pay, and the kilometres on top of it.

    Ways to pay (per trip, day, week, month, hour) exclude one another; kilometres are added to
    any, or stand alone. The monthly ceiling, if any, bounds the sum. A price by the hour counts
    only where the hours are known; one by the kilometre leaves the month unknown where they are
    not, unless the ceiling is known to be reached without them.
    """
    counts = {
        UniteTarif.TRAJET: Decimal(use.trips),
        UniteTarif.JOUR: Decimal(use.days),
        UniteTarif.SEMAINE: WEEKS_A_MONTH,
        UniteTarif.MOIS: Decimal(1),
        **({} if use.hours is None else {UniteTarif.HEURE: use.hours}),
    }
    ceiling = solution.plafond_mois_eur
    return _priced(solution, counts, use.km, ceiling, quotient_familial)


def _priced(
    solution: Any,
    counts: Mapping[UniteTarif, Decimal],
    km: Decimal | None,
    ceiling: Decimal | None,
    quotient_familial: Decimal | None,
) -> Price:
    """Return the cheapest way to pay for so many of each unit, within a ceiling."""
    priced = [
        (each.times(count), unit, each)
        for unit, count in counts.items()
        if (each := amount_for(solution, unit, quotient_familial)) is not None
    ]
    best = min(priced, key=lambda way: (way[0].high_eur, way[0].low_eur), default=None)
    by_km = amount_for(solution, UniteTarif.KM, quotient_familial)
    month = _bounded(best[0] if best else None, by_km, km, ceiling)
    return Price(
        month=month[0],
        once=amount_for(solution, UniteTarif.FORFAIT, quotient_familial),
        deposit=amount_for(solution, UniteTarif.CAUTION, quotient_familial),
        unit=best[1] if best else None,
        each=best[2] if best else None,
        by_km=by_km,
        is_capped=month[1],
    )


def _bounded(
    base: Range | None, by_km: Range | None, km: Decimal | None, ceiling: Decimal | None
) -> tuple[Range | None, bool]:
    """Return the sum of both parts within the ceiling, and whether the ceiling brought it down."""
    if base is None and by_km is None:
        return None, False
    known = base or Range(Decimal(0), Decimal(0))
    if by_km is not None and km is not None:
        known = known + by_km.times(km)
    elif by_km is not None and (ceiling is None or known.low_eur < ceiling):
        return None, False
    low, high = known.low_eur, known.high_eur
    if ceiling is None:
        return Range(low.quantize(CENT), high.quantize(CENT)), False
    bounded = Range(min(low, ceiling).quantize(CENT), min(high, ceiling).quantize(CENT))
    return bounded, high > ceiling
