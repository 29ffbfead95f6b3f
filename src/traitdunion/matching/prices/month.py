"""What an option costs a month: start here. Nothing is made up.

By the fares of the feeds (`feed_fares`), the prices of the catalogue (`catalogue/pricing.py` picks
the cheapest way to pay, `_cost_of` words it here), and the tax scale for one's own vehicle.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from traitdunion import french, reach
from traitdunion.catalogue.enums import UniteTarif
from traitdunion.catalogue.pricing import Price, Range, Use, amount_for, price_for
from traitdunion.reach.monthly_fares import WEEKS_A_MONTH
from traitdunion.rules import mileage

from ..offers import TIMETABLED, Offer, kind_of, operator_of
from . import feed_fares

UNKNOWN_FARE = "tarif non renseigné"
SUBSCRIPTIONS = (UniteTarif.SEMAINE, UniteTarif.MOIS)
WITHOUT_FUEL = "hors carburant"
WEEKS_A_YEAR = 52


class Cost(NamedTuple):
    """Euros a month, None when a part is not known, and how they add up.

    Of them, `subscription_eur` pays for subscriptions of public transport, `rail_eur` for tickets
    of the railway: what employers and the Région pay a share of. `is_final`: nothing that one pays
    to travel is left out, as the fuel of a lent car is.
    """

    eur: Decimal | None
    detail: str
    subscription_eur: Decimal = Decimal(0)
    rail_eur: Decimal = Decimal(0)
    is_final: bool = True


FREE = Cost(Decimal(0), "")


def together(costs: Iterable[Cost]) -> Cost:
    """Add costs up; one unknown part makes the whole unknown."""
    parts = list(costs)
    known = [part.eur for part in parts if part.eur is not None]
    total = sum(known, Decimal(0)) if len(known) == len(parts) else None
    return Cost(
        total,
        " ; ".join(part.detail for part in parts if part.detail),
        sum((part.subscription_eur for part in parts), Decimal(0)),
        sum((part.rail_eur for part in parts), Decimal(0)),
        all(part.is_final for part in parts),
    )


def fares(
    week: reach.WeekVerdict,
    offers: Sequence[Offer],
    timetable: reach.Timetable,
    quotient: Decimal | None = None,
) -> tuple[Cost, tuple[Offer, ...]]:
    """Return the fares of the rides of a week, and the price lists they come from.

    By the feeds where they give the price of an operator's every ride, the subscriptions of the
    catalogue weighed with theirs; else by the catalogue, operator by operator.
    """
    priced = feed_fares.operators(week, timetable)
    month = feed_fares.month(week, timetable, offers, priced) if priced else None
    if month is None:
        return _by_catalogue(week, offers, frozenset(), quotient)
    cost, used = _by_catalogue(week, offers, priced, quotient)
    listed = tuple(
        offer for offer in offers if kind_of(offer) == TIMETABLED and offer.gtfs_agency in priced
    )
    return together([_of_month(month, week), cost]), (*listed, *used)


def _of_month(month: reach.fares.Month, week: reach.WeekVerdict) -> Cost:
    legs = [leg for day in week.days for leg in reach.fares.rides(day)]
    rail = frozenset(leg.agency for leg in legs if leg.route_type in reach.RAIL)
    return Cost(
        _cents(month.amount(feed_fares.EURO) or Decimal(0)),
        " ; ".join(feed_fares.line_text(line) for line in month.lines),
        _cents(feed_fares.subscription_eur(month)),
        _cents(feed_fares.rail_eur(month, rail)),
    )


def _by_catalogue(
    week: reach.WeekVerdict,
    offers: Sequence[Offer],
    without: frozenset[str],
    quotient: Decimal | None,
) -> tuple[Cost, tuple[Offer, ...]]:
    """Return the fares by the prices of the catalogue, the rides of some operators left aside."""
    rides: Counter[int] = Counter()
    days: Counter[int] = Counter()
    rails: set[int] = set()
    unknown: dict[str, None] = {}
    for day in week.days:
        legs = [leg for leg in _rides(day) if leg.kind != "ride" or leg.agency not in without]
        lists = [_price_list(leg, offers) for leg in legs]
        unknown |= {leg.agency: None for leg, i in zip(legs, lists, strict=True) if i is None}
        rides.update(i for i in lists if i is not None)
        days.update({i for i in lists if i is not None})
        rails |= {
            i
            for leg, i in zip(legs, lists, strict=True)
            if i is not None and leg.route_type in reach.RAIL
        }
    costs = [
        _named(
            offers[i],
            _shares(
                cheapest(offers[i], trips=rides[i], days=days[i], quotient=quotient),
                by_rail=i in rails,
            ),
        )
        for i in sorted(rides)
    ]
    costs += [Cost(None, _unknown_fare(agency)) for agency in unknown]
    return together(costs), tuple(offers[i] for i in sorted(rides))


def _shares(cost: Cost, *, by_rail: bool) -> Cost:
    """Return the same fare, what of it is a ticket of the railway kept apart."""
    if not by_rail or cost.eur is None or cost.subscription_eur:
        return cost
    return cost._replace(rail_eur=cost.eur)


def _rides(day: reach.DayVerdict) -> list[reach.Leg]:
    if not day.feasible or day.out is None or day.back is None:
        return []
    legs = (leg for way in day.ways for leg in way.legs)
    return [leg for leg in legs if leg.kind in ("ride", "on_demand")]


def _price_list(leg: reach.Leg, offers: Sequence[Offer]) -> int | None:
    """Return the row of the first offer of the operator."""
    for i, offer in enumerate(offers):
        is_line = kind_of(offer) == TIMETABLED
        if is_line == (leg.kind == "ride") and operator_of(offer) == leg.agency:
            return i
    return None


def _unknown_fare(agency: str) -> str:
    return f"{agency} : {UNKNOWN_FARE}" if agency else UNKNOWN_FARE


def _named(offer: Offer, cost: Cost) -> Cost:
    return cost._replace(detail=f"{offer.nom} : {_precised(cost.detail, offer)}")


def _precised(detail: str, offer: Offer) -> str:
    """Return the detail, then what the catalogue adds about the price."""
    more = (offer.tarif_precisions or "").strip().rstrip(".")
    return f"{detail} ({french.uncapitalised(more)})" if more else detail


def use_of(*, trips: int, days: int, km: float | None) -> Use:
    """Return a month's use of so many `trips`, `days` and `km` a week."""
    return Use(
        days=days * WEEKS_A_MONTH,
        trips=trips * WEEKS_A_MONTH,
        km=None if km is None else Decimal(round(km)) * WEEKS_A_MONTH,
    )


def exact_month(price: Price) -> Decimal | None:
    """Return the month of a price; None where it is not known, or has bounds only."""
    month = price.month
    return month.low_eur if month is not None and month.is_exact else None


def cheapest(
    offer: Offer,
    *,
    trips: int,
    days: int,
    km: float | None = None,
    quotient: Decimal | None = None,
) -> Cost:
    """Return the cost of a month of so many `trips`, `days` and `km` a week, as the engine states.

    Where prices go by quotient familial and it is not known, the sum is unknown and the detail
    gives its bounds. Hours are not known here: a price by the hour alone leaves the sum unknown.
    """
    price = price_for(offer, use_of(trips=trips, days=days, km=km), quotient)
    return _cost_of(price, offer, trips=trips, days=days, km=km)


def _cost_of(price: Price, offer: Offer, *, trips: int, days: int, km: float | None) -> Cost:
    """Return the price of the engine with its detail in French."""
    counts = {
        UniteTarif.TRAJET: f"par trajet, {_times(trips, 'trajet')}",
        UniteTarif.JOUR: f"par jour, {_times(days, 'jour')}",
        UniteTarif.SEMAINE: "par semaine",
        UniteTarif.MOIS: "par mois",
    }
    parts = []
    if price.unit is not None and price.each is not None:
        parts.append(_each(price.each, counts[price.unit], is_free=price.each.high_eur == 0))
    elif (by_hour := amount_for(offer, UniteTarif.HEURE, None)) is not None:
        parts.append(_each(by_hour, "par heure, heures non comptées"))
    if price.by_km is not None and price.by_km.high_eur > 0:
        much = "kilomètres non comptés" if km is None else f"{km:.0f} km par semaine"
        parts.append(_each(price.by_km, f"par km, {much}"))
    detail = " ; ".join(parts) or UNKNOWN_FARE
    if price.is_capped and offer.plafond_mois_eur is not None:
        detail += f", au plus {french.euros(offer.plafond_mois_eur)} par mois"
    if price.once is not None and price.once.high_eur > 0:
        detail += f", et {_each(price.once, 'une fois')}"
    eur = exact_month(price)
    subscription = (
        eur if eur and price.by_km is None and price.unit in SUBSCRIPTIONS else Decimal(0)
    )
    return Cost(eur, detail, subscription)


def _each(price: Range, words: str, *, is_free: bool = False) -> str:
    """Return "3 € par jour", or the bounds where the quotient decides."""
    if is_free:
        return "gratuit"
    if price.is_exact:
        return f"{french.euros(price.low_eur)} {words}"
    between = f"de {french.euros(price.low_eur)} à {french.euros(price.high_eur)}"
    return f"{between} {words}, selon le quotient familial"


def _times(number: int, noun: str) -> str:
    return f"{number} {noun}{french.plural(number)} par semaine"


def loan(
    offer: Offer,
    *,
    days: int,
    km: float | None,
    has_engine: bool,
    quotient: Decimal | None = None,
) -> Cost:
    """Return the price of a lent vehicle over the days travelled, without its fuel.

    `km` a week, None where they are not known.
    """
    base = cheapest(offer, trips=2 * days, days=days, km=km, quotient=quotient)
    more = [WITHOUT_FUEL] if has_engine else []
    if offer.caution_eur:
        more.append(f"caution de {french.euros(offer.caution_eur)}")
    detail = _precised(", ".join([base.detail, *more]), offer)
    return base._replace(detail=detail, subscription_eur=Decimal(0), is_final=not has_engine)


def service(offer: Offer, *, days: int, quotient: Decimal | None = None) -> Cost:
    """Return the price of a service whose way, and so whose kilometres, are not known."""
    base = cheapest(offer, trips=2 * days, days=days, quotient=quotient)
    return Cost(base.eur, _precised(base.detail, offer))


def own_vehicle(code: str, *, km: float | None, on: date) -> Cost:
    """Return what one's own vehicle costs by the tax scale; `km` a week.

    Without a scale that was read lately the cost is unknown: fuel is not counted, and it is stated.
    Nor is it known where the kilometres (None) are not.
    """
    scale = mileage.scale_of(code, on)
    if scale is None:
        return Cost(None, "carburant non compté", is_final=False)
    if km is None:
        return Cost(None, f"{scale.vehicle} : kilomètres à mesurer", is_final=False)
    a_year = Decimal(round(km)) * WEEKS_A_YEAR
    detail = (
        f"{scale.vehicle}, {french.number(a_year)}{french.NBSP}km par an au barème kilométrique "
        "(usure, entretien, assurance et carburant)"
    )
    return Cost(scale.month_eur(a_year), detail)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))
