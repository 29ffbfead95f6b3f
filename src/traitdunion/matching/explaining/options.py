"""Makes an option of a way tried: title, days, times, cost, next step, what weighs on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from traitdunion import french, reach
from traitdunion.reach.calendar_days import monday_of

from ..alternatives import Way
from ..answer import Apart, DayPlan, Filtre, Finding, Help, Option, Step, Verdict
from ..eligibility import availability, limits, needs, pickup
from ..eligibility.aids import Eligibility
from ..eligibility.conditions import (
    EpciOf,
    booking_findings,
    condition_findings,
    permis_findings,
    worst,
    zone_findings,
)
from ..eligibility.exclusions import Cumulation
from ..eligibility.judging import Weighed
from ..eligibility.searches import SituationSearches
from ..feasibility.candidates import FEMININE
from ..feasibility.travels import VEHICLES, End, Vehicle
from ..offers import NO_CONTACT, Offer, contact_of, is_chance, key_of, kind_of
from ..prices import month as costs
from ..prices.together import NO_FARES, Fares, fares_together
from ..situation import Situation, quotient_of
from . import bookings, day_plans
from .errands import errand_text
from .shown_weeks import ShownWeek, shown_week

ASKED = "transport à la demande"
CHANCE = "Un appoint, jamais compté comme une solution."


@dataclass(frozen=True)
class Tried:
    """A way tried: its option, and what ranks it that the option does not say.

    `away_s`: mean seconds away from home on the days that work. `rides`: the fewest on a way.
    `loan_eur`: what the loan alone costs a month, known even where a fare is not. `asks`: whether
    a ride on demand is taken on some day. `way`: the week it stands for, where others were weighed;
    `fares`: what its week costs.
    """

    candidate: Weighed
    option: Option
    away_s: float
    rides: int
    loan_eur: Decimal | None = None
    asks: bool = False
    way: Way | None = None
    fares: Fares = NO_FARES


def try_out(
    candidate: Weighed,
    searches: SituationSearches,
    offers: Sequence[Offer],
    *,
    cumulation: Cumulation,
    demonstration: bool,
) -> Tried:
    """Sift a candidate: its zone, the way out and back, then what its use asks."""
    blocked = candidate.blocked
    if blocked is not None and blocked.filtre == Filtre.ZONE:
        return Tried(candidate, _forbidden(candidate, blocked, searches.situation), np.inf, 0)
    week = searches.week(candidate.travel)
    if blocked is not None and week.feasible_days:
        return Tried(candidate, _forbidden(candidate, blocked, searches.situation), np.inf, 0)
    shown = shown_week(candidate, week, searches)
    # What no day may hold costs nothing, and its price would rank it among nothing.
    fares = fares_of(candidate, week, searches, offers, cumulation) if shown.may_work else NO_FARES
    return tried_by(candidate, shown, fares, demonstration)


def tried_by(candidate: Weighed, shown: ShownWeek, fares: Fares, demonstration: bool) -> Tried:
    """Return a candidate tried by one week."""
    return Tried(
        candidate=candidate,
        option=_option(candidate, shown, fares, demonstration),
        away_s=shown.away_s,
        rides=shown.rides,
        loan_eur=fares.loan_eur,
        asks=shown.asks,
        fares=fares,
    )


def _option(candidate: Weighed, shown: ShownWeek, fares: Fares, demonstration: bool) -> Option:
    searches, week = shown.searches, shown.week
    journey, works = shown.typical[1], bool(shown.works)
    cost, priced_by = fares.cost, fares.used
    findings = [
        *candidate.findings,
        *shown.day_findings,
        *fares.findings,
        *shown.line_findings,
    ]
    if candidate.offer is not None and candidate.vehicle is not None:
        findings += pickup.findings_of(candidate.offer, searches)
    used = _distinct((candidate.offer, *priced_by))
    verified = [offer.verifie_le for offer in used if offer.verifie_le]
    measured = not searches.situation.is_within_one_commune
    priced = priced_way(candidate, shown, fares, measured=measured)
    return Option(
        **vars(priced),
        key=candidate.key,
        title=title_of(candidate, journey),
        summary=_summary(candidate, journey, searches) if measured else "",
        verdict=worst(findings),
        days=shown.days,
        feasible_days=len(shown.works),
        asked_days=week.asked_days,
        cost_detail=cost.detail if works else "",
        lead_time_days=availability.delay_days(candidate.offer, searches.situation.now.date())
        if candidate.offer
        else bookings.days_ahead(week),
        next_step=_next_step(candidate, priced_by, week, searches),
        **(contact_of(used[0]) if used else NO_CONTACT),
        estimated=shown.estimated,
        reasons=reasons_of(findings),
        demonstration=(demonstration and candidate.travel.is_public)
        or any(offer.demonstration for offer in used),
        verified_on=min(verified) if verified else None,
        checks=in_order(findings),
        cost_is_final=cost.is_final,
        weeks=shown.weeks,
    )


@dataclass(frozen=True)
class PricedWay:
    """What the aids read of a way to go, without all that an option shows beside."""

    modes: tuple[str, ...]
    minutes_out: int | None
    minutes_back: int | None
    minutes_onward: int | None
    monthly_cost_eur: Decimal | None
    subscription_eur: Decimal
    rail_eur: Decimal
    solutions: tuple[str, ...]


def priced_way(candidate: Weighed, shown: ShownWeek, fares: Fares, *, measured: bool) -> PricedWay:
    """Return what the aids read of a candidate by one week; `measured`: its minutes are known."""
    typical, cost, works = shown.typical[0], fares.cost, bool(shown.works)
    plan = typical if measured else None
    return PricedWay(
        modes=_modes(candidate, typical),
        minutes_out=_minutes(plan.leave_s, plan.arrive_s) if plan else None,
        minutes_back=_minutes(plan.leave_work_s, plan.home_s) if plan else None,
        minutes_onward=_minutes_of(plan.onward) if plan else None,
        monthly_cost_eur=cost.eur if works else None,
        subscription_eur=cost.subscription_eur if works else Decimal(0),
        rail_eur=cost.rail_eur if works else Decimal(0),
        solutions=tuple(str(offer.id) for offer in _distinct((candidate.offer, *fares.used))),
    )


def _distinct(offers: Iterable[Offer | None]) -> tuple[Offer, ...]:
    return tuple({offer.id: offer for offer in offers if offer is not None}.values())


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings in the order of sifting."""
    return tuple(sorted(findings, key=lambda finding: finding.filtre.rank))


def reasons_of(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return what is shown: the first filter that removes it, else all that weighs on it."""
    removed = [finding.filtre for finding in in_order(findings) if finding.verdict == Verdict.NON]
    return tuple(
        finding.text
        for finding in findings
        if not removed or (finding.verdict == Verdict.NON and finding.filtre == removed[0])
    )


def _forbidden(candidate: Weighed, blocked: Finding, situation: Situation) -> Option:
    """Return an option excluded whatever the hours, each day with the reason that forbids it."""
    offer = candidate.offer
    return Option(
        key=candidate.key,
        title=candidate.fixed_title or (offer.nom if offer else ""),
        summary="",
        modes=_modes(candidate, None),
        verdict=Verdict.NON,
        days=tuple(
            day_plans.blocked(on, blocked.text, blocked.filtre) for on in asked_dates(situation)
        ),
        feasible_days=0,
        asked_days=len(situation.shift.days),
        minutes_out=None,
        minutes_back=None,
        monthly_cost_eur=None,
        cost_detail="",
        lead_time_days=availability.delay_days(offer, situation.now.date()) if offer else 0,
        next_step="",
        **(contact_of(offer) if offer else NO_CONTACT),
        estimated=False,
        reasons=(blocked.text,),
        solutions=(str(offer.id),) if offer else (),
        demonstration=bool(offer and offer.demonstration),
        verified_on=offer.verifie_le if offer else None,
        checks=(blocked,),
    )


def asked_dates(situation: Situation) -> list[date]:
    """Return the days of the shift in the week asked for."""
    monday = monday_of(situation.week)
    return [monday + timedelta(day) for day in sorted(situation.shift.days)]


def not_routed(
    offer: Offer, situation: Situation, epci_of: EpciOf, eligibility: Eligibility
) -> Option:
    """Return a service whose hours must be asked for.

    Never given as possible, excluded by zone or licence.
    """
    findings = [
        *zone_findings(offer, situation, epci_of, work_may_do=False),
        *permis_findings(offer.permis_requis, situation.permis, situation.needs.licence_suspended),
        *needs.offer_findings(offer, situation),
        *needs.night_work(situation),
        Finding(
            Verdict.A_VERIFIER, "Horaires et trajets à vérifier auprès du service.", Filtre.ALLER
        ),
        *booking_findings(offer),
        *availability.findings_of(offer, situation),
        *limits.findings_of(offer, situation, eligibility.rough.get("distance_aller_km")),
        *condition_findings(offer, eligibility),
    ]
    cost = costs.service(offer, days=len(situation.shift.days), quotient=quotient_of(situation))
    return Option(
        key=key_of(offer),
        title=offer.nom,
        summary=offer.description or "",
        modes=(),
        verdict=worst(findings),
        days=(),
        feasible_days=0,
        asked_days=len(situation.shift.days),
        minutes_out=None,
        minutes_back=None,
        monthly_cost_eur=cost.eur,
        cost_detail=cost.detail,
        lead_time_days=availability.delay_days(offer, situation.now.date()),
        next_step=_call(offer, "pour vérifier si le trajet est possible à ces heures"),
        **contact_of(offer),
        estimated=False,
        reasons=reasons_of(findings),
        solutions=(str(offer.id),),
        demonstration=offer.demonstration,
        verified_on=offer.verifie_le,
        checks=in_order(findings),
    )


def help_of(
    offer: Offer, situation: Situation, epci_of: EpciOf, cumulation: Cumulation
) -> Help | None:
    """Return a help that serves the home, or may; None outside its zone, closed or suspended."""
    verdict = worst(zone_findings(offer, situation, epci_of, work_may_do=False))
    shut = worst(availability.findings_of(offer, situation)) == Verdict.NON
    if verdict == Verdict.NON or shut:
        return None
    return Help(
        key=key_of(offer),
        title=offer.nom,
        summary=" ".join(filter(None, [CHANCE if is_chance(offer) else "", offer.description])),
        type_solution=kind_of(offer),
        to_check=verdict == Verdict.A_VERIFIER,
        **contact_of(offer),
        demonstration=offer.demonstration,
        verified_on=offer.verifie_le,
        apart=tuple(Apart(*named) for named in cumulation.named_against(offer)),
    )


def with_others(option: Option, others: Sequence[str]) -> Option:
    """Return the same option, naming others that lend alike."""
    if not others:
        return option
    also = f"Prêt proposé aussi par : {french.listed(others)}."
    return replace(option, summary=f"{option.summary} {also}".strip())


# -- the parts of an option -------------------------------------------------------------------


def _minutes(from_s: int | None, to_s: int | None) -> int | None:
    return None if from_s is None or to_s is None else round((to_s - from_s) / 60)


def _minutes_of(steps: Sequence[Step]) -> int | None:
    """Return the minutes from the first step to the end of the last, None without steps."""
    return _minutes(steps[0].departure_s, steps[-1].arrival_s) if steps else None


def _modes(candidate: Weighed, typical: DayPlan | None) -> tuple[str, ...]:
    if typical is not None:
        return tuple(dict.fromkeys(step.kind for step in typical.out))
    if candidate.is_asked:
        return ("on_demand",)
    own = (candidate.travel.mode.code,) if candidate.travel.mode else ("walk",)
    return (*own, "ride") if candidate.travel.is_public else own


def _ride_words(day: reach.DayVerdict | None) -> list[str]:
    legs = day.out.legs if day is not None and day.out is not None else ()
    words = [_stage(leg) for leg in legs if leg.kind in ("ride", "on_demand")]
    return words or ["transports en commun"]


def _stage(leg: reach.Leg) -> str:
    return ASKED if leg.kind == "on_demand" else day_plans.ride_word(leg).lower()


def title_of(candidate: Weighed, day: reach.DayVerdict | None) -> str:
    """Return the title of a way: that of its offer, or the lines of a day."""
    if candidate.fixed_title:
        return candidate.fixed_title
    if candidate.is_asked and candidate.offer is not None:
        asked = french.uncapitalised(candidate.offer.nom)
        words = [asked] if day is None else _ride_words(day)
        named = [asked if word == ASKED else word for word in words]
        return french.capitalised(french.in_sequence(named))
    stages = _ride_words(day)
    if candidate.vehicle is not None:
        own = candidate.vehicle_label if candidate.offer else _own_name(candidate.vehicle.name)
        name = own[:1].lower() + own[1:]
        if candidate.travel.end == End.BOTH:
            return french.capitalised(f"{name} à bord du {french.in_sequence(stages)}")
        stages = [name, *stages] if candidate.travel.end == End.HOME else [*stages, name]
    return french.capitalised(french.in_sequence(stages))


def _own_name(name: str) -> str:
    return f"{name} personnelle" if name in FEMININE else f"{name} personnel"


def _summary(candidate: Weighed, day: reach.DayVerdict | None, searches: SituationSearches) -> str:
    if day is None or day.out is None:
        return ""
    if not candidate.travel.is_public:
        metres = sum(leg.distance_m or 0 for leg in day.out.legs)
        by = candidate.vehicle.by if candidate.vehicle else ""
        estimated = any(leg.estimated for leg in day.out.legs)
        how = "distance estimée" if estimated else "par les rues"
        return f"{french.distance(metres)} {by}, {how}."
    rides = [leg for leg in day.out.legs if leg.kind in ("ride", "on_demand")]
    if not rides:
        return ""
    lines = ", puis ".join(day_plans.ride_label(leg) for leg in rides)
    lent = f" Prêt : {candidate.offer.nom}." if candidate.offer and candidate.vehicle else ""
    where = (
        f"montée à {rides[0].from_name}" if rides[0].from_name else "prise en charge au domicile",
        f"descente à {rides[-1].to_name}" if rides[-1].to_name else "dépose au lieu de travail",
    )
    return f"{lines} : {', '.join(where)}.{lent}"


def fares_of(
    candidate: Weighed,
    week: reach.WeekVerdict,
    searches: SituationSearches,
    offers: Sequence[Offer],
    cumulation: Cumulation,
) -> Fares:
    """Return what a week by a candidate costs a month, and the price lists it comes from."""
    fares, parts = Fares(costs.FREE, ()), []
    if candidate.travel.is_public:
        fares = fares_together(
            week,
            offers,
            searches.timetable,
            quotient=quotient_of(searches.situation),
            cumulation=cumulation,
            lent=candidate.offer,
        )
        parts.append(fares.cost)
    if candidate.vehicle is not None:
        loan = _vehicle_cost(candidate, candidate.vehicle, week, searches.situation)
        fares = fares._replace(loan_eur=loan.eur)
        parts.append(loan)
    return fares._replace(cost=costs.together(parts))


def _vehicle_cost(
    candidate: Weighed, known: Vehicle, week: reach.WeekVerdict, situation: Situation
) -> costs.Cost:
    offer = candidate.offer
    metres = sum(
        leg.distance_m or 0
        for day in week.days
        for journey in day.ways
        if day.feasible
        for leg in journey.legs
        if leg.kind == known.mode.code
    )
    km = None if situation.is_within_one_commune else metres / 1000
    if offer is None:
        return _own_cost(candidate, known, km, situation)
    price = costs.loan(
        offer,
        days=week.feasible_days,
        km=km,
        has_engine=known.has_engine,
        quotient=quotient_of(situation),
    )
    if not candidate.travel.is_public:
        return price
    return price._replace(detail=f"{candidate.vehicle_label} : {price.detail}")


def _own_cost(
    candidate: Weighed, known: Vehicle, km: float | None, situation: Situation
) -> costs.Cost:
    """Return what one's own vehicle costs; nothing where it has no engine."""
    if not known.has_engine:
        return costs.FREE
    codes = (code for code, vehicle in VEHICLES.items() if vehicle.name == known.name)
    price = costs.own_vehicle(next(codes, ""), km=km, on=situation.now.date())
    if not candidate.travel.is_public:
        return price
    return price._replace(detail=f"{candidate.vehicle_label} : {price.detail}")


def _next_step(
    candidate: Weighed,
    priced_by: Sequence[Offer],
    week: reach.WeekVerdict,
    searches: SituationSearches,
) -> str:
    offer = candidate.offer
    if offer is not None and candidate.is_asked:
        return bookings.of_the_first(week, searches.situation.now) or _call(
            offer, "pour demander les trajets"
        )
    if offer is not None:
        return _call(offer, "pour demander le prêt") + errand_text(offer, searches)
    booked = bookings.of_the_first(week, searches.situation.now)
    if candidate.travel.is_public and booked:
        return booked
    if candidate.travel.is_public and priced_by:
        names = french.listed(offer.nom for offer in priced_by)
        return f"Vérifier les horaires du premier jour et acheter le titre : {names}."
    if candidate.travel.is_public:
        return "Vérifier les horaires et les tarifs auprès du transporteur."
    return ""


def _call(offer: Offer, purpose: str) -> str:
    contact = contact_of(offer)
    verb = "Appeler" if contact["telephone"] else "Écrire à" if contact["courriel"] else "Contacter"
    return f"{verb} {contact['contact_name'] or offer.nom} {purpose}."
