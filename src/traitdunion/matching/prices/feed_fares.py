"""What rides cost a month by the fares that the timetable's feeds give.

The passes (abonnements) of the catalogue are weighed with them: `_subscriptions`.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from traitdunion import french, reach
from traitdunion.reach.monthly_fares import Line
from traitdunion.reach.tariffs import Ticket

from ..offers import TIMETABLED, Offer, kind_of

EURO = "EUR"
EACH = {"ride": "par trajet", "day": "par jour", "week": "par semaine", "month": "par mois"}
TIMES = {"ride": ("trajet", "trajets"), "day": ("jour", "jours")}


def operators(week: reach.WeekVerdict, timetable: reach.Timetable) -> frozenset[str]:
    """Return the operators of a week whose feeds give the price of their every ride."""
    legs = [leg for day in week.days for leg in reach.fares.rides(day)]
    priced: set[str] = set()
    unpriced: set[str] = set()
    for leg in legs:
        is_priced = any(
            tariff.first_route <= route <= tariff.last_route
            for route in leg.routes[:1]
            for tariff in timetable.tariffs
        )
        (priced if is_priced else unpriced).add(leg.agency)
    return frozenset(priced - unpriced)


def month(
    week: reach.WeekVerdict,
    timetable: reach.Timetable,
    offers: Sequence[Offer],
    priced: frozenset[str],
) -> reach.fares.Month | None:
    """Return the cheapest month with these operators, the catalogue's subscriptions weighed too.

    None where the feeds leave a ride without a price, or price it in another currency.
    """
    others = {leg.agency for day in week.days for leg in reach.fares.rides(day)} - priced
    bought = reach.fares.month(
        timetable, week, passes=list(_subscriptions(offers, priced)), without=others
    )
    return None if bought.amount(EURO) is None else bought


def _subscriptions(offers: Sequence[Offer], priced: frozenset[str]) -> Iterator[Ticket]:
    for offer in offers:
        if kind_of(offer) != TIMETABLED or offer.gtfs_agency not in priced:
            continue
        for price, valid in ((offer.par_semaine_eur, "week"), (offer.par_mois_eur, "month")):
            if price is not None:
                agencies = (offer.gtfs_agency,)
                yield Ticket(offer.nom, price, EURO, valid, agencies=agencies, given=True)


def line_text(line: Line) -> str:
    """Return one thing to buy: "Ticket : 1,30 € par trajet, 10 trajets par semaine"."""
    ticket = line.ticket
    name = ticket.name or ", ".join(ticket.agencies) or "Billet"
    each = EACH[ticket.valid]
    price = french.euros(ticket.price)
    if ticket.rides > 1:
        name, each = f"{name}, carnet de {ticket.rides}", "le carnet"
    if ticket.valid not in TIMES:
        return f"{name} : {price} {each}"
    single, many = TIMES[ticket.valid]
    return (
        f"{name} : {price} {each}, {line.times} {single if line.times == 1 else many} par semaine"
    )


def subscription_eur(month: reach.fares.Month) -> Decimal:
    """Return what of the month pays for subscriptions, by the week or the month."""
    return sum(
        (line.a_month for line in month.lines if line.ticket.valid in ("week", "month")),
        Decimal(0),
    )


def rail_eur(month: reach.fares.Month, rail: frozenset[str]) -> Decimal:
    """Return what of the month pays for tickets of the railway, its operators being `rail`."""
    return (
        sum(
            (
                line.a_month
                for line in month.lines
                if line.ticket.valid in TIMES and set(line.ticket.agencies) <= rail
            ),
            Decimal(0),
        )
        if rail
        else Decimal(0)
    )
