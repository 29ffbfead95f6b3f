"""Price lists that go together: the cheapest set that no entry of the catalogue forbids.

No two lists exclude one another, nor what is lent: every choice is tried, they are few.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from traitdunion import reach

from ..answer import Filtre, Finding, Verdict
from ..eligibility.exclusions import Cumulation, excludes_text
from ..offers import TIMETABLED, Offer, kind_of, operator_of
from . import month as costs
from .month import Cost


class Fares(NamedTuple):
    """What the rides of a week cost a month, the price lists used, and what they stand against.

    `loan_eur`: what the vehicle alone costs of it, known even where a fare is not.
    """

    cost: Cost
    used: tuple[Offer, ...]
    findings: tuple[Finding, ...] = ()
    loan_eur: Decimal | None = None


NO_FARES = Fares(costs.FREE, ())


def fares_together(
    week: reach.WeekVerdict,
    offers: Sequence[Offer],
    timetable: reach.Timetable,
    *,
    quotient: Decimal | None,
    cumulation: Cumulation,
    lent: Offer | None = None,
) -> Fares:
    """Return the fares of a week whose price lists go together, and with the offer that lends.

    The first list of each operator where these do; else the cheapest of every allowed choice. An
    operator whose every list stands against another part cannot be ridden along: it is reported.
    """
    plain = Fares(*costs.fares(week, offers, timetable, quotient))
    if _go_together(plain.used, lent, cumulation):
        return plain
    lists = _price_lists(week, offers, lent)
    aside = {str(price_list.id) for price_list in lists}
    others = [price_list for price_list in offers if str(price_list.id) not in aside]
    tried = [
        Fares(*costs.fares(week, [*others, *kept], timetable, quotient))
        for kept in _choices(lists)
        if _go_together(kept, lent, cumulation)
    ]
    best = min(tried, key=lambda price_list: _dearness(plain, price_list))
    missing = _unpriced_lists(plain, best)
    return best._replace(findings=tuple(_stands_against(missing, best, lent, cumulation)))


def _go_together(used: Sequence[Offer], lent: Offer | None, cumulation: Cumulation) -> bool:
    return all(
        cumulation.goes_with_all(offer, [*used[:i], *([lent] if lent else [])])
        for i, offer in enumerate(used)
    )


def _choices(lists: Sequence[Offer]) -> Iterator[tuple[Offer, ...]]:
    """Yield every choice of one list of each operator, or none of it."""
    operators: dict[str, list[Offer | None]] = {}
    for price_list in lists:
        operators.setdefault(operator_of(price_list), [None]).append(price_list)
    for chosen in product(*operators.values()):
        yield tuple(price_list for price_list in chosen if price_list is not None)


def _price_lists(
    week: reach.WeekVerdict, offers: Sequence[Offer], lent: Offer | None
) -> list[Offer]:
    """Return the offers that may price a ride of the week, but the one that is asked or lends."""
    legs = [
        leg for day in week.days for journey in day.ways if day.feasible for leg in journey.legs
    ]
    timed = {leg.agency for leg in legs if leg.kind == "ride"}
    asked = {leg.agency for leg in legs if leg.kind == "on_demand"}
    return [
        offer
        for offer in offers
        if operator_of(offer) in (timed if kind_of(offer) == TIMETABLED else asked)
        and (lent is None or offer.id != lent.id)
    ]


def _unpriced_lists(plain: Fares, fares: Fares) -> list[Offer]:
    """Return the price lists used but for the exclusions, whose operator has none left."""
    priced = {operator_of(price_list) for price_list in fares.used}
    return [price_list for price_list in plain.used if operator_of(price_list) not in priced]


def _dearness(plain: Fares, fares: Fares) -> tuple[int, bool, Decimal]:
    """Rank fewest operators without a price, then a known price, then the lowest."""
    eur = fares.cost.eur
    return len(_unpriced_lists(plain, fares)), eur is None, eur or Decimal(0)


def _stands_against(
    missing: Sequence[Offer], best: Fares, lent: Offer | None, cumulation: Cumulation
) -> Iterator[Finding]:
    """Yield why each operator left without a price list cannot be ridden along with the rest."""
    present = [*([lent] if lent else []), *best.used]
    for offer in missing:
        for other in present:
            source = cumulation.source(offer, other)
            if source is not None:
                text = excludes_text(offer.nom, other.nom, source)
                yield Finding(Verdict.NON, text, Filtre.ELIGIBILITE)
                break
