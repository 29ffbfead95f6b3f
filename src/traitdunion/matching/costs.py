"""What an option costs a month, from the prices of the catalogue alone: nothing is made up."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from traitdunion import reach
from traitdunion.reach.fares import WEEKS_A_MONTH

from . import feed_fares, wording
from .offers import TIMETABLED, Offer, kind_of, operator_of

UNKNOWN_FARE = "tarif non renseigné"
RAIL = 2
"""`route_type` of the railway."""

SUBSCRIPTIONS = (2, 3)
"""Ranks, among the prices compared, of those by the week and by the month."""


class Cost(NamedTuple):
    """Euros a month, None when a part is not known, and how they add up.

    Of them, `subscription_eur` pays for subscriptions of public transport, `rail_eur` for tickets
    of the railway: what employers and the Région pay a share of.
    """

    eur: Decimal | None
    detail: str
    subscription_eur: Decimal = Decimal(0)
    rail_eur: Decimal = Decimal(0)


FREE = Cost(Decimal(0), "")


def together(costs: Iterable[Cost]) -> Cost:
    """Sum; one unknown part makes the whole unknown, and is said."""
    parts = list(costs)
    known = [part.eur for part in parts if part.eur is not None]
    total = sum(known, Decimal(0)) if len(known) == len(parts) else None
    return Cost(
        total,
        " ; ".join(part.detail for part in parts if part.detail),
        sum((part.subscription_eur for part in parts), Decimal(0)),
        sum((part.rail_eur for part in parts), Decimal(0)),
    )


def fares(
    week: reach.WeekVerdict,
    offers: Sequence[Offer],
    timetable: reach.Timetable,
    quotient: Decimal | None = None,
) -> tuple[Cost, tuple[Offer, ...]]:
    """Fares of the rides of a week, and the price lists they come from.

    By the feeds where they tell the price of an operator's every ride, the subscriptions of the
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
    rail = frozenset(leg.agency for leg in legs if leg.route_type == RAIL)
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
    """Fares by the prices of the catalogue, the rides of some operators left aside."""
    rides: Counter[int] = Counter()
    days: Counter[int] = Counter()
    rails: set[int] = set()
    unknown: dict[str, None] = {}
    for day in week.days:
        legs = [leg for leg in _rides(day) if leg.kind != "ride" or leg.agency not in without]
        found = [_price_list(leg, offers) for leg in legs]
        unknown |= {leg.agency: None for leg, i in zip(legs, found, strict=True) if i is None}
        rides.update(i for i in found if i is not None)
        days.update({i for i in found if i is not None})
        rails |= {
            i
            for leg, i in zip(legs, found, strict=True)
            if i is not None and leg.route_type == RAIL
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
    """The same fare, what of it is a ticket of the railway told apart."""
    if not by_rail or cost.eur is None or cost.subscription_eur:
        return cost
    return cost._replace(rail_eur=cost.eur)


def _rides(day: reach.DayVerdict) -> list[reach.Leg]:
    if not day.feasible or day.out is None or day.back is None:
        return []
    return [leg for leg in (*day.out.legs, *day.back.legs) if leg.kind in ("ride", "on_demand")]


def _price_list(leg: reach.Leg, offers: Sequence[Offer]) -> int | None:
    """Row of the first offer of the operator."""
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
    """The detail, then what the catalogue adds about the price."""
    more = (offer.tarif_precisions or "").strip().rstrip(".")
    return f"{detail} ({wording.uncapitalised(more)})" if more else detail


def cheapest(offer: Offer, *, trips: int, days: int, quotient: Decimal | None = None) -> Cost:
    """Cheapest of the prices known for `trips` and `days` a week; unknown without a price.

    Where prices go by quotient familial, that of the person; not knowing it leaves the sum unknown
    and says from what to what it goes.
    """
    each = [
        ("par_trajet_eur", trips * WEEKS_A_MONTH, f"par trajet, {_times(trips, 'trajet')}"),
        ("par_jour_eur", days * WEEKS_A_MONTH, f"par jour, {_times(days, 'jour')}"),
        ("par_semaine_eur", WEEKS_A_MONTH, "par semaine"),
        ("par_mois_eur", Decimal(1), "par mois"),
    ]
    priced = [
        (_cents(amounts[1] * times), i, amounts, text)
        for i, (unit, times, text) in enumerate(each)
        if (amounts := _amounts(offer, unit, quotient)) is not None
    ]
    if not priced:
        return Cost(None, UNKNOWN_FARE)
    total, i, (low, high), text = min(priced)
    if low != high:
        between = f"de {wording.euros(low)} à {wording.euros(high)}"
        return Cost(None, f"{between} {text}, selon le quotient familial")
    if total == 0:
        return Cost(total, "gratuit")
    subscription = total if i in SUBSCRIPTIONS else Decimal(0)
    return Cost(total, f"{wording.euros(low)} {text}", subscription)


def _times(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''} par semaine"


def _amounts(offer: Offer, unit: str, quotient: Decimal | None) -> tuple[Decimal, Decimal] | None:
    """Lowest and highest price of a unit for the person; equal where it is known."""
    if not hasattr(offer, "tranches"):
        plain = getattr(offer, unit)
        return None if plain is None else (plain, plain)
    from traitdunion.catalogue.enums import UniteTarif
    from traitdunion.catalogue.pricing import amount_for

    found = amount_for(offer, UniteTarif(unit), quotient)
    return None if found is None else (found.low_eur, found.high_eur)


def loan(
    offer: Offer,
    *,
    days: int,
    km: float,
    has_engine: bool,
    quotient: Decimal | None = None,
) -> Cost:
    """Price of a lent vehicle over the days travelled; `km` a week. Fuel is left out, and said."""
    base = cheapest(offer, trips=2 * days, days=days, quotient=quotient)
    if offer.par_km_eur:
        by_km = _cents(offer.par_km_eur * Decimal(round(km)) * WEEKS_A_MONTH)
        text = f"{wording.euros(offer.par_km_eur)} par km, {km:.0f} km par semaine"
        parts = [Cost(by_km, text)]
        base = together([base, *parts] if base.eur is not None else parts)
    more = ["hors carburant"] if has_engine else []
    if offer.caution_eur:
        more.append(f"caution de {wording.euros(offer.caution_eur)}")
    return Cost(base.eur, _precised(", ".join([base.detail, *more]), offer))


def service(offer: Offer, *, days: int, quotient: Decimal | None = None) -> Cost:
    """Price of a service whose way is not known: by the kilometre it has no monthly sum."""
    base = cheapest(offer, trips=2 * days, days=days, quotient=quotient)
    if offer.par_km_eur:
        by_km = f"{wording.euros(offer.par_km_eur)} par km"
        base = Cost(None, by_km if base.eur is None else f"{base.detail} ; {by_km}")
    return Cost(base.eur, _precised(base.detail, offer))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))
