"""Situation → answer: tries every way to hold the job, ranks them, gives why the others fail."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache, partial
from time import perf_counter
from typing import Any

from traitdunion import reach
from traitdunion.networks.streets import label_of
from traitdunion.rules import RuleBook

from .alternatives import with_awards
from .answer import Alternative, Answer, Option, Verdict
from .eligibility.aids import ESTIMATED_SHARE, STREETS_SHARE, Eligibility, Rough
from .eligibility.conditions import SEVERITY, EpciOf
from .eligibility.exclusions import Cumulation
from .eligibility.facts import PlacesOf, with_known_facts
from .eligibility.judging import OWN, Weighed, judged, owned
from .eligibility.searches import SituationSearches
from .explaining.choices import alternative_of, try_others
from .explaining.options import Tried, help_of, not_routed, try_out, with_others
from .feasibility.candidates import (
    Candidate,
    asked_ways,
    lent_ways,
    own_ways,
    parked_ways,
    public_ways,
)
from .feasibility.travels import VEHICLES, End, Foreseen, Travel
from .offers import Offer, is_help, is_not_routed, routes_on_demand
from .situation import Situation, Vehicule

Try = Callable[[Weighed], Tried]

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
) -> Answer:
    """Return every way to hold the job of `situation`, ranked, and why the others do not do.

    `network`: `label` and `demonstration` of the timetable. `epci_of`: SIREN of the EPCI of a
    commune by its code INSEE, None if unknown; that of the territory by default. `places_of`: codes
    of the places it is in, as rules name them; the same, but unknown where only `epci_of` is given.
    `streets`: how one walks and drives; estimated by default.
    `book`: the rules in force; those that come with the product by default.
    """
    began = perf_counter()
    if places_of is None:
        places_of = places_of_commune if epci_of is None else _unknown_places
    places_of = cache(places_of)
    situation = with_known_facts(situation, places_of)
    epci = cache(epci_of or partial(_epci_among, places_of))
    searches = SituationSearches(situation, timetable, streets)
    cumulation = Cumulation(solutions)
    eligibility = Eligibility(situation, rough=by_road(searches), book=book, cumulation=cumulation)

    def tried(candidate: Weighed) -> Tried:
        """Try a candidate whose findings for this person are known."""
        return try_out(
            candidate,
            searches,
            solutions,
            cumulation=cumulation,
            demonstration=network.demonstration,
        )

    def weighed(candidates: Iterable[Candidate]) -> list[Weighed]:
        """Return each candidate with what weighs on it for this person."""
        return list(judged(candidates, situation, epci, eligibility))

    vehicule = situation.vehicule
    own = [
        *own_ways(OWN[vehicule], certain=vehicule != Vehicule.INCONNU),
        *public_ways(owned(vehicule)),
        *_parked(situation, searches),
    ]
    simple = _without_doubles(weighed(own), tried, searches)
    lent = _worth_their_trouble(weighed(lent_ways(solutions)), tried, searches, simple)
    on_demand = asked_ways(solutions, timetable)
    asked = _worth_asking(weighed(on_demand), tried, searches, simple)
    choices = [
        try_others(
            way_tried,
            searches,
            solutions,
            cumulation=cumulation,
            demonstration=network.demonstration,
        )
        for way_tried in (*simple, *asked, *lent)
    ]
    choices = [
        [_with_aids(choice, eligibility) for choice in of_one_way]
        for of_one_way in sorted(choices, key=lambda of_one_way: _rank(of_one_way[0]))
    ]
    alternatives = with_awards([
        alternative_of(choice) for of_one_way in choices for choice in of_one_way if choice.way
    ])  # fmt: skip
    ranked = list(_shown(choices, alternatives))
    unknown = [
        not_routed(offer, situation, epci, eligibility)
        for offer in solutions
        if is_not_routed(offer) and not routes_on_demand(offer, timetable)
    ]
    helps = [
        (offer, help_of(offer, situation, epci, cumulation))
        for offer in solutions
        if is_help(offer)
    ]
    options = [
        option
        for option in [
            *(way_tried.option for way_tried in ranked),
            *map(eligibility.with_aids, unknown),
        ]
        if option.verdict != Verdict.NON
    ]
    best = next((option for option in options if option.feasible_days), None)
    serving = [offer for offer, help_ in helps if help_ is not None]
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
        helps=tuple(help_ for offer, help_ in helps if help_ is not None and not offer.regle),
        aids=eligibility.aids(best, serving),
        questions=eligibility.questions(best, serving),
        streets_label=label_of(searches.streets),
        alternatives=alternatives,
    )


def _with_aids(choice: Tried, eligibility: Eligibility) -> Tried:
    if choice.option.verdict == Verdict.NON:
        return choice
    return replace(choice, option=eligibility.with_aids(choice.option))


def _shown(
    choices: Iterable[Sequence[Tried]], alternatives: Iterable[Alternative]
) -> Iterator[Tried]:
    """Yield the first choice of each way of travelling, and the others that an award names."""
    awards = {alternative.key: alternative.awards for alternative in alternatives}
    for of_one_way in choices:
        for rank, choice in enumerate(of_one_way):
            held = awards.get(choice.option.key, ())
            if held:
                yield replace(choice, option=replace(choice.option, awards=held))
            elif rank == 0:
                yield choice


def by_road(searches: SituationSearches) -> dict[str, Rough]:
    """Return the length and duration of the way by road, within bounds.

    Nothing where no road leads there.
    """
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


def _parked(situation: Situation, searches: SituationSearches) -> Iterator[Candidate]:
    whole = searches.way(VEHICLES["voiture"].mode)
    if whole is not None:
        yield from parked_ways(owned(situation.vehicule), whole.metres)


def epci_of_commune(code_insee: str) -> str | None:
    """Return the EPCI of a commune in the territory loaded; None where it is not known."""
    from traitdunion.territory.queries import UnknownCommune, commune_at

    try:
        commune: Any = commune_at(code_insee)
    except UnknownCommune:
        return None
    return None if commune.epci_id is None else str(commune.epci_id)


def _epci_among(places_of: PlacesOf, code_insee: str) -> str | None:
    """Return the EPCI of a commune among the places it is in; None where it is not known."""
    kind = "epci:"
    places = places_of(code_insee) or frozenset()
    return next((place.removeprefix(kind) for place in places if place.startswith(kind)), None)


def places_of_commune(code_insee: str) -> frozenset[str] | None:
    """Return the codes of the places of a commune in the territory loaded.

    None where it is not known.
    """
    from traitdunion.territory.queries import UnknownCommune, places_of

    try:
        return places_of(code_insee)
    except UnknownCommune:
        return None


def _unknown_places(code_insee: str) -> frozenset[str] | None:
    return None


def _rank(choice: Tried) -> tuple[Any, ...]:
    """Rank the surest first, then more days, no loan, less time away, cheaper.

    Unknown prices last.
    """
    option = choice.option
    price = option.monthly_cost_eur
    share = option.feasible_days / option.asked_days
    return (
        SEVERITY.index(option.verdict),
        -share,
        choice.candidate.offer is not None,
        choice.away_s,
        price is None,
        price or 0,
        choice.loan_eur is None,
        choice.loan_eur or 0,
        option.key,
    )


def _public_first(tried: Sequence[Tried]) -> list[Option]:
    """Return the options in the order they were tried, public transport before the rest."""
    return [
        choice.option
        for choice in sorted(tried, key=lambda choice: not choice.candidate.travel.is_public)
    ]


def _without_doubles(
    candidates: Iterable[Weighed], tried: Try, searches: SituationSearches
) -> list[Tried]:
    """Try one's own ways; drop unlikely failing ones, and transit trips with no ride."""
    kept: list[Tried] = []
    for candidate in candidates:
        if candidate.travel.is_joined:
            if candidate.blocked:
                continue
            foreseen = searches.foreseen(candidate.travel)
            if not (_opens_the_lines(candidate, foreseen, kept) or _beats(foreseen, kept)):
                continue
        choice = tried(candidate)
        works = choice.option.feasible_days > 0
        if candidate.travel.is_public and works and not _truly_public(choice):
            continue
        if works or candidate.certain:
            kept.append(choice)
    return kept


def _opens_the_lines(candidate: Weighed, foreseen: Foreseen, kept: Iterable[Tried]) -> bool:
    """Return whether park and ride holds more days than the lines alone.

    By car all the way may be quicker.
    """
    alone = [other.option.feasible_days for other in kept if other.candidate.travel == Travel()]
    return candidate.parks and foreseen.days > max(alone, default=0)


def _truly_public(choice: Tried) -> bool:
    """Return True where a ride is taken on every day that works."""
    return choice.rides > 0


def _worth_asking(
    candidates: Iterable[Weighed], tried: Try, searches: SituationSearches, simple: Sequence[Tried]
) -> list[Tried]:
    """Return the services on demand that fail, to explain why, and those better than the rest.

    One that only lacks the hours of the lines it joins adds nothing to the lines, which lack them.
    """
    sure = [choice for choice in simple if _is_sure(choice)]
    kept = []
    for candidate in candidates:
        if not candidate.blocked:
            foreseen = searches.foreseen(candidate.travel)
            if foreseen.days and not _beats(foreseen, sure):
                continue
        choice = tried(candidate)
        days = choice.option.days
        if (choice.asks and choice.option.feasible_days) or not (
            choice.option.feasible_days or any(day.unknown for day in days)
        ):
            kept.append(choice)
    return kept


def _worth_their_trouble(
    candidates: Sequence[Weighed], tried: Try, searches: SituationSearches, simple: Sequence[Tried]
) -> list[Tried]:
    """Return all loans for the whole way, and the best of each kind to a stop if it is better.

    Better than what needs no loan, and than the same loan ridden the whole way.
    """
    whole = [tried(choice) for choice in candidates if choice.travel.end == End.WHOLE]
    by_offer = {
        choice.candidate.offer.id: choice for choice in whole if choice.candidate.offer is not None
    }
    sure = [choice for choice in simple if choice.candidate.offer is None and _is_sure(choice)]
    kinds: dict[tuple[str, End], list[Tried]] = {}
    for candidate in candidates:
        if candidate.travel.end == End.WHOLE or candidate.offer is None:
            continue
        same = by_offer.get(candidate.offer.id)
        if _beats(searches.foreseen(candidate.travel), [*sure, *([same] if same else [])]):
            choice = tried(candidate)
            if _truly_public(choice):
                kinds.setdefault(_title_and_end(choice), []).append(choice)
    return whole + [_best_of(alike) for alike in kinds.values()]


def _title_and_end(choice: Tried) -> tuple[str, End]:
    """Return what makes two loans alike: the name of the vehicle and where it is used."""
    return choice.candidate.vehicle_label, choice.candidate.travel.end


def _is_sure(choice: Tried) -> bool:
    return choice.option.verdict in (Verdict.POSSIBLE, Verdict.SOUS_CONDITION)


def _best_of(alike: Sequence[Tried]) -> Tried:
    """Return the best of one kind, naming the others."""
    best, *others = sorted(alike, key=_rank)
    names = [choice.candidate.offer.nom for choice in others if choice.candidate.offer is not None]
    return replace(best, option=with_others(best.option, names))


def _beats(foreseen: Foreseen, others: Iterable[Tried]) -> bool:
    """Return True where it opens more days than each, or as many with enough less time away."""
    days = foreseen.days
    return days > 0 and all(
        days > other.option.feasible_days
        or (
            days == other.option.feasible_days
            and foreseen.away_s <= other.away_s - WORTH_THE_TROUBLE_S
        )
        for other in others
    )
