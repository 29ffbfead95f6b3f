"""Home, hours and person → every commune one may work in, by the bulk of the answers.

The days and minutes come from one search for all communes (`travelled`), zones and conditions of
the offers that lend from `matching.bulk`; the ways kept are those of `answering`. Journeys are
looked up again, one day of each class, for the ways by lines that are shown: their legs set prices.
A car left at a stop is not tried, nor the slower and cheaper trips of one way of travelling.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, cached_property

from traitdunion import reach
from traitdunion.reach.calendar_days import monday_of
from traitdunion.rules import RuleBook, rule_book

from .. import bulk
from ..alternatives import AWARDED
from ..answer import Finding, Verdict
from ..answering import WORTH_THE_TROUBLE_S, by_road, epci_of_commune, places_of_commune
from ..eligibility import pickup
from ..eligibility.aids import Eligibility
from ..eligibility.conditions import SEVERITY, EpciOf, loan_findings, worst
from ..eligibility.exclusions import Cumulation
from ..eligibility.facts import OF_A_WAY, PlacesOf, with_known_facts
from ..eligibility.judging import OWN, Weighed, judged, owned
from ..eligibility.limits import too_far
from ..eligibility.searches import SituationSearches
from ..explaining.lines import beyond_findings, line_findings
from ..explaining.options import fares_of, priced_way, title_of
from ..explaining.shown_weeks import shown_week
from ..feasibility.candidates import Candidate, asked_ways, lent_ways, own_ways, public_ways
from ..feasibility.travels import VEHICLES, End, Travel
from ..offers import Offer, is_not_routed, lends, routes_on_demand
from ..prices import month as costs
from ..prices.together import Fares
from ..situation import Place, Situation, Vehicule
from .reached import Reached, WayThere
from .travelled import Travelled, Week

OF_PLACES = frozenset(
    {"distance_aller_km", "duree_aller_min", "duree_aller_retour_min", "lieu_activite"}
)
"""Criteria whose values differ from one place of work to another."""

VERDICT_OF = {
    bulk.NON: Verdict.NON,
    bulk.A_VERIFIER: Verdict.A_VERIFIER,
    bulk.OUI: Verdict.SOUS_CONDITION,
}


@dataclass(frozen=True)
class Kept:
    """A way of travelling towards one place of work: its verdict and its week."""

    candidate: Weighed
    verdict: Verdict
    week: Week

    @property
    def is_sure(self) -> bool:
        return self.verdict in AWARDED and bool(self.week.days)


def reach_map(
    situation: Situation,
    works: Sequence[Place],
    *,
    timetable: reach.Timetable,
    solutions: Sequence[Offer],
    epci_of: EpciOf | None = None,
    places_of: PlacesOf | None = None,
    streets: reach.Streets | None = None,
    book: RuleBook | None = None,
) -> list[Reached]:
    """Return what each place of work is for the home, hours and person of a situation.

    `situation.work` is not read; the other arguments are those of `answering.answer`.
    """
    mapping = _Mapping(
        situation, works, timetable, solutions, epci_of, places_of, streets, book or rule_book()
    )
    return [mapping.reached(w) for w in range(len(works))]


class _Mapping:
    """Everything known of one home, asked place of work by place of work."""

    def __init__(
        self,
        situation: Situation,
        works: Sequence[Place],
        timetable: reach.Timetable,
        solutions: Sequence[Offer],
        epci_of: EpciOf | None,
        places_of: PlacesOf | None,
        streets: reach.Streets | None,
        book: RuleBook,
    ) -> None:
        self.works, self.timetable, self.solutions = works, timetable, solutions
        self.places_of = places_of or (places_of_commune if epci_of is None else _unknown)
        self.epci_of = cache(epci_of or epci_of_commune)
        self.book = book
        self.cumulation = Cumulation(solutions)
        self.situation = situation
        # Facts of the home; those of the place of work are added for the rules that read them.
        self.at_home = with_known_facts(replace(situation, work=situation.home), self.places_of)
        self.searches_at_home = SituationSearches(self.at_home, timetable, streets)
        self.streets = self.searches_at_home.streets
        self.own = list(self._own())
        self.lent = list(lent_ways(self._serving))
        self.asked = [
            candidate for candidate in asked_ways(solutions, timetable) if self._may_come(candidate)
        ]
        ways = (*self.own, *self.lent, *self.asked)
        self.travelled = Travelled(
            self.searches_at_home.asked,
            works,
            list(dict.fromkeys(candidate.travel for candidate in ways)),
            timetable,
            self.streets,
        )
        self.held = {
            travel: set(self.travelled.held(travel)) for travel in {way.travel for way in ways}
        }

    # -- what does not depend on the place of work ------------------------------------------------

    def _own(self) -> Iterator[Weighed]:
        """Yield one's own ways, weighed by the licence alone."""
        vehicule = self.situation.vehicule
        candidates = [
            *own_ways(OWN[vehicule], certain=vehicule != Vehicule.INCONNU),
            *public_ways(owned(vehicule)),
        ]
        yield from judged(candidates, self.at_home, self.epci_of, Eligibility(self.at_home))

    @cached_property
    def _table(self) -> bulk.OfferTable:
        """Return the offers that carry or lend, judged at every place of work at once."""
        return bulk.offer_table(
            [offer for offer in self.solutions if not routes_on_demand(offer, self.timetable)],
            homes=[self.situation.home],
            sites=self.works,
            shifts=[self.situation.shift],
            week=self.situation.week,
            epci_of=self.epci_of,
        )

    @cached_property
    def _codes(self) -> Mapping[str, list[int]]:
        """Return NON, A_VERIFIER or OUI of each offer at each place of work, by its key."""
        table = self._table
        facts = {k: v for k, v in self.at_home.facts.items() if k not in OF_PLACES}
        profile = bulk.Profile(self.situation.permis, facts)
        may = bulk.eligible(self.book, [profile], table, self.situation.now.date())[0]
        codes = {}
        for n, offer in enumerate(table.offers):
            zone = table.zone(n)[:, 0]
            whole = zone if table.allowed[n] else zone * 0
            codes[str(offer.id)] = [min(int(may[n]), int(code)) for code in whole]
        return codes

    @cached_property
    def _serving(self) -> list[Offer]:
        """Return the offers that lend and may serve some place of work."""
        return [
            offer
            for offer in self._table.offers
            if lends(offer) and any(self._codes[str(offer.id)])
        ]

    @cached_property
    def _not_routed(self) -> list[Offer]:
        """Return the services whose hours must be asked for, and that may come somewhere."""
        return [
            offer
            for offer in self._table.offers
            if is_not_routed(offer) and any(self._codes[str(offer.id)])
        ]

    def _may_come(self, candidate: Candidate) -> bool:
        """Return False for a service on demand that does not serve the home."""
        offer = candidate.offer
        if offer is None:
            return False
        table = bulk.offer_table(
            [offer],
            homes=[self.situation.home],
            sites=[self.situation.home],
            shifts=[],
            week=self.situation.week,
            epci_of=self.epci_of,
        )
        return not len(table.offers) or table.at_home[0, 0] in (bulk.OUI, bulk.A_VERIFIER)

    @cache  # noqa: B019 (lives as long as one map)
    def _fetched(self, key: str) -> Verdict:
        """Return whether the place where a vehicle is fetched is within reach."""
        offer = self.cumulation.offers[key]
        return worst(pickup.findings_of(offer, self.searches_at_home))

    @cached_property
    def _named_by_place(self) -> frozenset[str]:
        """Return the rules whose answer depends on the place of work."""
        on = self.situation.now.date()
        names = {offer.regle for offer in self._table.offers if offer.regle in self.book.rules}
        return frozenset(name for name in names if self.book.rule(name, on).looks_at & OF_PLACES)

    @cached_property
    def may_have_aids(self) -> bool:
        """Return whether a sure aid may pay a part of some way, wherever one works."""
        return Eligibility(self.at_home, book=self.book).may_be_sure(OF_PLACES | OF_A_WAY)

    # -- one place of work ------------------------------------------------------------------------

    def reached(self, w: int) -> Reached:
        """Return what a place of work is."""
        place = self.works[w]
        at = _AtWork(self, w)
        asked_days = len(self.travelled.dates)
        is_home = (
            place.code_insee is not None and place.code_insee == self.situation.home.code_insee
        )
        sure = [kept for kept in at.alternatives if kept.is_sure]
        if not sure:
            verdict = Verdict.A_VERIFIER if at.is_to_check() else Verdict.NON
            return Reached(place, verdict, 0, asked_days, is_home=is_home)
        most = max(len(kept.week.days) for kept in sure)
        ways = [at.way_there(kept) for kept in sure if len(kept.week.days) == most]
        return Reached(
            place,
            Verdict.POSSIBLE,
            most,
            asked_days,
            min(ways, key=lambda way: (way.minutes is None, way.minutes or 0, way.key)),
            min(
                (way for way in ways if way.monthly_cost_eur is not None),
                key=lambda way: (way.monthly_cost_eur or Decimal(0), way.minutes or 0, way.key),
                default=None,
            ),
            is_home,
        )


class _AtWork:
    """The ways kept towards one place of work, as `answering.answer` keeps them."""

    def __init__(self, mapping: _Mapping, w: int) -> None:
        self.mapping, self.w = mapping, w
        self.travelled = mapping.travelled
        self._journeys: dict[Travel, reach.WeekVerdict] = {}
        self._fares: dict[str, Fares] = {}

    @cached_property
    def situation(self) -> Situation:
        """Return the question of this place of work alone."""
        mapping = self.mapping
        asked = replace(mapping.situation, work=mapping.works[self.w])
        return with_known_facts(asked, mapping.places_of)

    @cached_property
    def searches(self) -> SituationSearches:
        return SituationSearches(self.situation, self.mapping.timetable, self.mapping.streets)

    @cached_property
    def eligibility(self) -> Eligibility:
        return Eligibility(
            self.situation,
            rough=by_road(self.searches),
            book=self.mapping.book,
            cumulation=self.mapping.cumulation,
        )

    def week(self, travel: Travel) -> Week:
        if self.w not in self.mapping.held[travel]:
            return Week((), float("inf"), (0, 0))
        return self.travelled.week(travel, self.w)

    def journeys(self, travel: Travel) -> reach.WeekVerdict:
        if travel not in self._journeys:
            self._journeys[travel] = self.travelled.journeys(travel, self.w)
        return self._journeys[travel]

    # -- the ways kept ----------------------------------------------------------------------------

    @cached_property
    def simple(self) -> list[Kept]:
        """Return one's own ways that work, as `_without_doubles` keeps them."""
        kept: list[Kept] = []
        for candidate in self.mapping.own:
            week = self.week(candidate.travel)
            if candidate.blocked is not None or not week.days:
                continue
            if candidate.travel.is_joined and not _beats(week, kept):
                continue
            if candidate.travel.is_public and not self._rides(candidate.travel):
                continue
            kept.append(Kept(candidate, self._verdict(candidate, week), week))
        return kept

    @cached_property
    def alternatives(self) -> list[Kept]:
        """Return the ways that work, and that nothing forbids."""
        return [*self.simple, *self._worth_asking(), *self._worth_their_trouble()]

    def _worth_asking(self) -> Iterator[Kept]:
        sure = [kept for kept in self.simple if kept.is_sure]
        for candidate in self.mapping.asked:
            week = self.week(candidate.travel)
            if not week.days or not _beats(week, sure):
                continue
            (weighed,) = judged([candidate], self.situation, self.mapping.epci_of, self.eligibility)
            if weighed.blocked is None and self._asks(candidate.travel):
                yield Kept(weighed, self._verdict(weighed, week), week)

    def _worth_their_trouble(self) -> Iterator[Kept]:
        sure = [kept for kept in self.simple if kept.is_sure]
        whole: dict[str, Kept] = {}
        kinds: dict[tuple[str, End], list[Kept]] = {}
        for candidate in self.mapping.lent:
            week = self.week(candidate.travel)
            if not week.days or candidate.offer is None:
                continue
            key = str(candidate.offer.id)
            verdict = self._loan_verdict(candidate.offer)
            if verdict == Verdict.NON:
                continue
            weighed = Weighed(**vars(candidate))
            if candidate.travel.end == End.WHOLE:
                whole[key] = Kept(weighed, verdict, week)
                continue
            same = [whole[key]] if key in whole else []
            if _beats(week, [*sure, *same]):
                kept = Kept(weighed, _gravest(verdict, self._verdict(weighed, week)), week)
                kind = candidate.vehicle_label, candidate.travel.end
                kinds.setdefault(kind, []).append(kept)
        yield from whole.values()
        for alike in kinds.values():
            yield self._best_of(alike)

    def _best_of(self, alike: Sequence[Kept]) -> Kept:
        """Return the best of loans alike; prices are looked up where they alone part them."""

        def rank(kept: Kept) -> tuple[int, int, float]:
            return SEVERITY.index(kept.verdict), -len(kept.week.days), kept.week.away_s

        def price(kept: Kept) -> tuple[bool, Decimal, str]:
            eur = self._price(kept)
            return eur is None, eur or Decimal(0), kept.candidate.key

        first = min(map(rank, alike))
        best = [kept for kept in alike if rank(kept) == first]
        return best[0] if len(best) == 1 else min(best, key=price)

    def _loan_verdict(self, offer: Offer) -> Verdict:
        key = str(offer.id)
        if offer.regle in self.mapping._named_by_place:
            needed = offer.permis_requis or VEHICLES[offer.mode].permis
            findings = loan_findings(
                offer, needed, self.situation, self.mapping.epci_of, self.eligibility
            )
            verdict = worst(findings)
        else:
            verdict = VERDICT_OF[self.mapping._codes[key][self.w]]
        return verdict if verdict == Verdict.NON else _gravest(verdict, self.mapping._fetched(key))

    def _verdict(self, candidate: Weighed, week: Week) -> Verdict:
        findings: list[Finding] = list(candidate.findings)
        verdict = worst(findings)
        if not candidate.travel.is_public:
            return verdict
        tt = self.mapping.timetable
        if not (self.travelled.is_for_all and self.travelled.is_known):
            journeys = self.journeys(candidate.travel)
            verdict = _gravest(
                verdict, worst([*line_findings(journeys), *beyond_findings(journeys, tt)])
            )
        if self.travelled.is_unknown(self.w, week.days):
            verdict = _gravest(verdict, Verdict.A_VERIFIER)
        return verdict

    def _rides(self, travel: Travel) -> bool:
        """Return whether a line is taken every day: one may go on foot, or by bicycle all along."""
        if travel.is_joined and travel.end != End.BOTH:
            return True
        whole = Travel(travel.mode or VEHICLES["marche"].mode, End.WHOLE)
        if self.w not in self.mapping.held.get(whole, {self.w}):
            return True
        return (
            min(
                min(day.out.rides, day.back.rides)
                for day in self.journeys(travel).days
                if day.out is not None and day.back is not None
            )
            > 0
        )

    def _asks(self, travel: Travel) -> bool:
        return any(
            way.on_demand
            for day in self.journeys(travel).days
            for way in (day.out, day.back)
            if way is not None
        )

    # -- what is shown ----------------------------------------------------------------------------

    def way_there(self, kept: Kept) -> WayThere:
        """Return a way as the map shows it."""
        candidate = kept.candidate
        day = None
        if candidate.travel.is_public and not candidate.travel.is_joined:
            day = next(iter(self.journeys(candidate.travel).days), None)
        minutes_out, minutes_back = kept.week.minutes
        measured = not self.situation.is_within_one_commune
        return WayThere(
            candidate.key,
            title_of(candidate, day),
            kept.verdict,
            len(kept.week.days),
            minutes_out if measured else None,
            minutes_back if measured else None,
            self._paid(kept),
        )

    def _price(self, kept: Kept) -> Decimal | None:
        """Return the euros of a month; None where a part is not known, as the fuel of a loan."""
        lent = kept.candidate.offer is not None and kept.candidate.vehicle
        if lent and lent.has_engine:
            return None
        cost = self._fares_of(kept).cost
        return cost.eur if cost.is_final else None

    def _paid(self, kept: Kept) -> Decimal | None:
        """Return the euros of a month once sure aids are taken off."""
        eur = self._price(kept)
        if not eur or not self.mapping.may_have_aids:
            return eur
        shown = shown_week(kept.candidate, self._week(kept.candidate.travel), self.searches)
        measured = not self.situation.is_within_one_commune
        way = priced_way(kept.candidate, shown, self._fares_of(kept), measured=measured)
        budget = self.eligibility.budget_of(way)
        return eur if budget is None else budget.next.after_eur

    def _week(self, travel: Travel) -> reach.WeekVerdict:
        """Return the week that a price is made of: that asked about, else the first that works."""
        if not travel.is_public:
            return self.searches.week(travel)
        week = self.journeys(travel)
        if self.travelled.n_weeks == 1:
            return week
        mondays = sorted({monday_of(day.on) for day in week.days})
        return reach.WeekVerdict(
            tuple(day for day in week.days if mondays and monday_of(day.on) == mondays[0])
        )

    def _fares_of(self, kept: Kept) -> Fares:
        key = kept.candidate.key
        if key not in self._fares:
            self._fares[key] = self._fares_found(kept.candidate)
        return self._fares[key]

    def _fares_found(self, candidate: Weighed) -> Fares:
        vehicle, travel = candidate.vehicle, candidate.travel
        if (
            not travel.is_public
            and candidate.offer is None
            and not (vehicle is not None and vehicle.has_engine)
        ):
            return Fares(costs.FREE, ())
        return fares_of(
            candidate, self._week(travel), self.searches, self.mapping.solutions,
            self.mapping.cumulation,
        )  # fmt: skip

    # -- nothing sure -----------------------------------------------------------------------------

    def is_to_check(self) -> bool:
        """Return whether some way is worth a call, or has no known timetable."""
        if self.alternatives or self._no_timetable():
            return True
        return any(self._may_carry(offer) for offer in self.mapping._not_routed)

    def _no_timetable(self) -> bool:
        return self.travelled.is_unknown(self.w, ())

    def _may_carry(self, offer: Offer) -> bool:
        if self.mapping._codes[str(offer.id)][self.w] == bulk.NON:
            return False
        if offer.regle in self.mapping._named_by_place:
            weighed = self.eligibility.findings(offer)
            if worst(weighed) == Verdict.NON:
                return False
        one_way = by_road(self.searches).get("distance_aller_km")
        return worst(list(too_far(offer, one_way))) != Verdict.NON


def _beats(week: Week, others: Iterable[Kept]) -> bool:
    """Return True where it opens more days than each, or as many with enough less time away."""
    days = len(week.days)
    return days > 0 and all(
        days > len(other.week.days)
        or (days == len(other.week.days) and week.away_s <= other.week.away_s - WORTH_THE_TROUBLE_S)
        for other in others
    )


def _gravest(first: Verdict, second: Verdict) -> Verdict:
    return max(first, second, key=SEVERITY.index)


def _unknown(code_insee: str) -> frozenset[str] | None:
    return None
