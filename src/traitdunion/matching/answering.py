"""Situation → answer: tries every way to hold the job, ranks them, tells why the others fail."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from time import perf_counter
from typing import Any

from traitdunion import reach
from traitdunion.rules import RuleBook

from .access import SEVERITY, EpciOf
from .aids import ESTIMATED_SHARE, STREETS_SHARE, Eligibility, Rough
from .answer import Answer, Option, Verdict
from .candidates import Candidate, asked_ways, lent_ways, own_ways, parked_ways, public_ways
from .cumulation import Cumulation
from .facts import PlacesOf, with_known_facts
from .offers import Offer, is_help, is_not_routed, routes_on_demand
from .options import Tried, help_of, not_routed, try_out, with_others
from .situation import Situation
from .street_maps import label_of
from .travels import VEHICLES, End, Searches, Travel

WORTH_THE_TROUBLE_S = 600
"""A combination must spare this time away each day, or open a day, to be worth its trouble."""


def answer(
    situation: Situation,
    *,
    timetable: reach.Timetable,
    solutions: Sequence[Offer],
    network: Any,
    epci_of: EpciOf | None = None,
    places_of: PlacesOf | None = None,
    streets: reach.Streets | None = None,
    book: RuleBook | None = None,
    elsewhere: int = 0,
) -> Answer:
    """Every way to hold the job of `situation`, ranked, and why the others do not do.

    `network`: `label` and `demonstration` of the timetable. `epci_of`: SIREN of the EPCI of a
    commune by its code INSEE, None if unknown; that of the territory by default. `places_of`: codes
    of the places it is in, as rules name them; the same, but unknown where only `epci_of` is given.
    `streets`: how one walks and drives; estimated by default.
    `elsewhere`: how many solutions of other areas were left out beforehand.
    `book`: the rules in force; those that come with the product by default.
    """
    began = perf_counter()
    if places_of is None:
        places_of = places_of_commune if epci_of is None else _unknown_places
    situation = with_known_facts(situation, places_of)
    epci = epci_of or epci_of_commune
    searches = Searches(situation, timetable, streets)
    cumulation = Cumulation(solutions)
    eligibility = Eligibility(situation, rough=_by_road(searches), book=book, cumulation=cumulation)

    def tried(candidates: Iterable[Candidate]) -> list[Tried]:
        return [
            try_out(
                candidate,
                searches,
                solutions,
                cumulation=cumulation,
                demonstration=network.demonstration,
            )
            for candidate in candidates
        ]

    own = [*own_ways(situation), *public_ways(situation), *_parked(situation, searches)]
    simple = _without_doubles(tried(own))
    lent = _worth_their_trouble(tried(lent_ways(solutions, situation, epci, eligibility)), simple)
    on_demand = asked_ways(solutions, situation, timetable, epci, eligibility)
    asked = _worth_asking(tried(on_demand), simple)
    ranked = sorted([*simple, *asked, *lent], key=_rank)
    unknown = [
        not_routed(offer, situation, epci, eligibility)
        for offer in solutions
        if is_not_routed(offer) and not routes_on_demand(offer, timetable)
    ]
    found = [
        (offer, help_of(offer, situation, epci, cumulation))
        for offer in solutions
        if is_help(offer)
    ]
    options = [
        eligibility.with_aids(option)
        for option in [*(one.option for one in ranked), *unknown]
        if option.verdict != Verdict.NON
    ]
    best = next((option for option in options if option.feasible_days), None)
    serving = [offer for offer, help_ in found if help_ is not None]
    return Answer(
        situation=situation,
        options=tuple(options),
        excluded=tuple(
            option
            for option in [*_public_first([*simple, *asked, *lent]), *unknown]
            if option.verdict == Verdict.NON
        ),
        network_label=network.label,
        network_is_demonstration=network.demonstration,
        covers=(timetable.start, timetable.end),
        computed_ms=(perf_counter() - began) * 1000,
        helps=tuple(help_ for offer, help_ in found if help_ is not None and not offer.regle),
        aids=eligibility.aids(best, serving),
        questions=eligibility.questions(best, serving),
        streets_label=label_of(searches.streets),
        elsewhere=elsewhere,
    )


def _by_road(searches: Searches) -> dict[str, Rough]:
    """Length and duration of the way by road, within bounds; nothing where no road leads there."""
    way = searches.way(VEHICLES["voiture"].mode)
    if way is None:
        return {}
    share = ESTIMATED_SHARE if way.estimated else STREETS_SHARE
    km, minutes = Decimal(f"{way.metres / 1000:.1f}"), Decimal(round(way.seconds / 60))
    return {
        "distance_aller_km": Rough.within(km, share),
        "duree_aller_min": Rough.within(minutes, share),
        "duree_aller_retour_min": Rough.within(2 * minutes, share),
    }


def _parked(situation: Situation, searches: Searches) -> Iterator[Candidate]:
    whole = searches.way(VEHICLES["voiture"].mode)
    if whole is not None:
        yield from parked_ways(situation, whole.metres)


def epci_of_commune(code_insee: str) -> str | None:
    """EPCI of a commune in the territory loaded; None where it is not known."""
    from traitdunion.territory.queries import UnknownCommune, commune_at

    try:
        commune: Any = commune_at(code_insee)
    except UnknownCommune:
        return None
    return None if commune.epci_id is None else str(commune.epci_id)


def places_of_commune(code_insee: str) -> frozenset[str] | None:
    """Codes of the places of a commune in the territory loaded; None where it is not known."""
    from traitdunion.territory.queries import UnknownCommune, places_of

    try:
        return places_of(code_insee)
    except UnknownCommune:
        return None


def _unknown_places(code_insee: str) -> frozenset[str] | None:
    return None


def _rank(one: Tried) -> tuple[Any, ...]:
    """Surest first, more days, no loan, less time away, cheaper; an unknown price comes last."""
    option = one.option
    price = option.monthly_cost_eur
    share = option.feasible_days / option.asked_days
    return (
        SEVERITY.index(option.verdict),
        -share,
        one.candidate.offer is not None,
        one.away_s,
        price is None,
        price or 0,
        one.loan_eur is None,
        one.loan_eur or 0,
        option.key,
    )


def _public_first(tried: Sequence[Tried]) -> list[Option]:
    """Options in the order they were tried, public transport before the rest."""
    return [one.option for one in sorted(tried, key=lambda one: not one.candidate.travel.is_public)]


def _without_doubles(simple: Sequence[Tried]) -> list[Tried]:
    """One's own ways: those that fail without being certain go, and rides that are but walks."""
    kept: list[Tried] = []
    for one in simple:
        works = one.option.feasible_days > 0
        if one.candidate.travel.is_public and works and not _truly_public(one):
            continue
        if not works and not one.candidate.certain:
            continue
        joined = one.candidate.travel.is_joined
        if joined and not (_opens_the_lines(one, kept) or _better_than_all(one, kept)):
            continue
        kept.append(one)
    return kept


def _opens_the_lines(one: Tried, kept: Iterable[Tried]) -> bool:
    """Park and ride where the lines alone hold fewer days; by car all the way may be quicker."""
    alone = [other.option.feasible_days for other in kept if other.candidate.travel == Travel()]
    return one.candidate.parks and one.option.feasible_days > max(alone, default=0)


def _truly_public(one: Tried) -> bool:
    """True where a ride is taken on every day that works."""
    return one.rides > 0


def _worth_asking(asked: Sequence[Tried], simple: Sequence[Tried]) -> list[Tried]:
    """Services on demand: those that do not serve, to say why, and those that better the rest."""
    sure = [one for one in simple if _is_sure(one)]
    return [
        one
        for one in asked
        if not one.option.feasible_days or (one.asks and _better_than_all(one, sure))
    ]


def _worth_their_trouble(lent: Sequence[Tried], simple: Sequence[Tried]) -> list[Tried]:
    """All loans for the whole way; of those to a stop the best of each kind, if it is better.

    Better than what needs no loan, and than the same loan ridden the whole way.
    """
    whole = [one for one in lent if one.candidate.travel.end == End.WHOLE]
    sure = [one for one in simple if one.candidate.offer is None and _is_sure(one)]
    kinds: dict[tuple[str, End], list[Tried]] = {}
    for one in lent:
        if one.candidate.travel.end == End.WHOLE or not _truly_public(one):
            continue
        same = [other for other in whole if other.candidate.offer is one.candidate.offer]
        if _better_than_all(one, [*sure, *same]):
            kinds.setdefault(_title_and_end(one), []).append(one)
    return whole + [_best_of(alike) for alike in kinds.values()]


def _title_and_end(one: Tried) -> tuple[str, End]:
    """What makes two loans alike: the name of the vehicle and where it is used."""
    return one.candidate.vehicle_label, one.candidate.travel.end


def _is_sure(one: Tried) -> bool:
    return one.option.verdict in (Verdict.POSSIBLE, Verdict.SOUS_CONDITION)


def _best_of(alike: Sequence[Tried]) -> Tried:
    """The best of one kind, naming the others."""
    best, *others = sorted(alike, key=_rank)
    names = [one.candidate.offer.nom for one in others if one.candidate.offer is not None]
    return replace(best, option=with_others(best.option, names))


def _better_than_all(one: Tried, others: Iterable[Tried]) -> bool:
    """True where it opens more days than each, or as many with enough less time away."""
    days = one.option.feasible_days
    return days > 0 and all(
        days > other.option.feasible_days
        or (days == other.option.feasible_days and one.away_s <= other.away_s - WORTH_THE_TROUBLE_S)
        for other in others
    )
