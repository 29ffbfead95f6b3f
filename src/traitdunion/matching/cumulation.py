"""Solutions that may not be had together, as the entries of the catalogue tell.

What either of two entries excludes is excluded. Price lists are chosen so that no two exclude one
another nor what is lent: every choice is tried, they are few.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import product
from typing import NamedTuple

from traitdunion import reach, rules

from . import costs
from .answer import Filtre, Finding, Verdict
from .costs import Cost
from .offers import TIMETABLED, Offer, kind_of, operator_of


class Cumulation:
    """Which offers exclude which, with the entry that says so; an offer's `exclues` are keys."""

    def __init__(self, offers: Iterable[Offer]) -> None:
        self.offers = {str(offer.id): offer for offer in offers}
        self._told_by: dict[frozenset[str], Offer] = {}
        self._rivals: dict[str, dict[str, None]] = {}
        for key, offer in self.offers.items():
            for other in map(str, getattr(offer, "exclues", ())):
                if other in self.offers:
                    self._told_by.setdefault(frozenset({key, other}), offer)
                    self._rivals.setdefault(key, {})[other] = None
                    self._rivals.setdefault(other, {})[key] = None

    def source(self, one: Offer, other: Offer) -> rules.Source | None:
        """What says that two offers exclude one another; None where nothing does."""
        told_by = self._told_by.get(frozenset({str(one.id), str(other.id)}))
        return None if told_by is None else source_of(told_by)

    def goes_with_all(self, one: Offer, others: Iterable[Offer]) -> bool:
        """True where nothing says that an offer excludes one of the others."""
        return all(self.source(one, other) is None for other in others)

    def against(self, one: Offer) -> list[tuple[Offer, rules.Source]]:
        """Offers that one excludes, or that exclude it."""
        others = self.named(self._rivals.get(str(one.id), ()))
        found = [(other, self.source(one, other)) for other in others]
        return [(other, source) for other, source in found if source is not None]

    def named_against(self, one: Offer) -> list[tuple[str, str, str]]:
        """The same by name, with the title and the address of what says so."""
        return [(other.nom, said.titre, said.url) for other, said in self.against(one)]

    def named(self, keys: Iterable[str]) -> list[Offer]:
        """Offers by their keys, those unknown left out."""
        return [self.offers[key] for key in keys if key in self.offers]

    def between(self, aids: Collection[str]) -> dict[frozenset[str], rules.Source]:
        """Pairs of these aids that no two offers let one have together, with what says so."""
        by_rule = self.by_rule
        contested = {
            offer.regle for pair in self._told_by for offer in self.named(pair)
        }.intersection(aids)
        found = {}
        for one in sorted(contested):
            for other in sorted(contested):
                if one < other and (said := self._always(by_rule[one], by_rule[other])):
                    found[frozenset({one, other})] = said
        return found

    @cached_property
    def by_rule(self) -> Mapping[str, list[Offer]]:
        """Offers that give each aid."""
        found: dict[str, list[Offer]] = {}
        for offer in self.offers.values():
            if offer.regle:
                found.setdefault(offer.regle, []).append(offer)
        return found

    def _always(self, ones: Sequence[Offer], others: Sequence[Offer]) -> rules.Source | None:
        """What says that every one excludes every other; None where two may be had together."""
        said = [self.source(one, other) for one in ones for other in others]
        return said[0] if said and all(said) else None


def source_of(offer: Offer) -> rules.Source:
    """The entry of an offer, as what vouches for what it excludes."""
    citation = getattr(offer, "source_citation", "")
    entry = f"fiche « {offer.nom} »"
    return rules.Source(
        id=str(offer.id),
        titre=f"{entry} : « {citation} »" if citation else entry,
        url=getattr(offer, "source_url", "") or "",
        lu_le=offer.verifie_le,
        confiance="B",
    )


# -- prices -------------------------------------------------------------------------------------


class Fares(NamedTuple):
    """What the rides of a week cost a month, the price lists used, and what they stand against."""

    cost: Cost
    used: tuple[Offer, ...]
    findings: tuple[Finding, ...] = ()


def fares_together(
    week: reach.WeekVerdict,
    offers: Sequence[Offer],
    timetable: reach.Timetable,
    *,
    quotient: Decimal | None,
    cumulation: Cumulation,
    lent: Offer | None = None,
) -> Fares:
    """Fares of a week whose price lists go together, and with the offer that lends.

    The first list of each operator where these do; else the cheapest of every allowed choice. An
    operator whose every list stands against another part cannot be ridden along with it: told.
    """
    plain = Fares(*costs.fares(week, offers, timetable, quotient))
    if _go_together(plain.used, lent, cumulation):
        return plain
    lists = _price_lists(week, offers, lent)
    aside = {str(one.id) for one in lists}
    others = [one for one in offers if str(one.id) not in aside]
    tried = [
        Fares(*costs.fares(week, [*others, *kept], timetable, quotient))
        for kept in _choices(lists)
        if _go_together(kept, lent, cumulation)
    ]
    best = min(tried, key=lambda one: _dearness(plain, one))
    missing = _unpriced_lists(plain, best)
    return best._replace(findings=tuple(_stands_against(missing, best, lent, cumulation)))


def _go_together(used: Sequence[Offer], lent: Offer | None, cumulation: Cumulation) -> bool:
    return all(
        cumulation.goes_with_all(one, [*used[:i], *([lent] if lent else [])])
        for i, one in enumerate(used)
    )


def _choices(lists: Sequence[Offer]) -> Iterator[tuple[Offer, ...]]:
    """Every choice of one list of each operator, or none of it."""
    operators: dict[str, list[Offer | None]] = {}
    for one in lists:
        operators.setdefault(operator_of(one), [None]).append(one)
    for chosen in product(*operators.values()):
        yield tuple(one for one in chosen if one is not None)


def _price_lists(
    week: reach.WeekVerdict, offers: Sequence[Offer], lent: Offer | None
) -> list[Offer]:
    """Offers that may price a ride of the week, but the one that is asked or lends."""
    legs = [
        leg
        for day in week.days
        for journey in (day.out, day.back)
        if day.feasible and journey is not None
        for leg in journey.legs
    ]
    timed = {leg.agency for leg in legs if leg.kind == "ride"}
    asked = {leg.agency for leg in legs if leg.kind == "on_demand"}
    return [
        offer
        for offer in offers
        if operator_of(offer) in (timed if kind_of(offer) == TIMETABLED else asked)
        and (lent is None or offer.id != lent.id)
    ]


def _unpriced_lists(plain: Fares, found: Fares) -> list[Offer]:
    """Price lists used but for the exclusions, whose operator has none left."""
    priced = {operator_of(one) for one in found.used}
    return [one for one in plain.used if operator_of(one) not in priced]


def _dearness(plain: Fares, found: Fares) -> tuple[int, bool, Decimal]:
    """Fewest operators without a price first, then a price that is known, then the lowest."""
    eur = found.cost.eur
    return len(_unpriced_lists(plain, found)), eur is None, eur or Decimal(0)


def _stands_against(
    missing: Sequence[Offer], best: Fares, lent: Offer | None, cumulation: Cumulation
) -> Iterator[Finding]:
    """Why each operator left without a price list cannot be ridden along with the rest."""
    present = [*([lent] if lent else []), *best.used]
    for one in missing:
        for other in present:
            source = cumulation.source(one, other)
            if source is not None:
                text = excludes_text(one.nom, other.nom, source)
                yield Finding(Verdict.NON, text, Filtre.ELIGIBILITE)
                break


def excludes_text(one: str, other: str, source: rules.Source) -> str:
    """Why two are not had together, in French."""
    return f"« {one} » ne se cumule pas avec « {other} » ({source.titre})."
