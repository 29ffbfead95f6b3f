"""Makes an option of a way tried: title, days, times, cost, next step, what weighs on it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from traitdunion import reach

from . import bookings, collecting, costs, openness, plans, wording
from .access import (
    EpciOf,
    booking_findings,
    condition_findings,
    permis_findings,
    worst,
    zone_findings,
)
from .aids import Eligibility
from .answer import Apart, DayPlan, Filtre, Finding, Help, Option, Verdict
from .candidates import FEMININE, Candidate
from .cumulation import Cumulation, Fares, fares_together
from .offers import Offer, contact_of, is_chance, key_of, kind_of
from .situation import Situation, quotient_of
from .travels import End, Searches, Vehicle

ASKED = "transport à la demande"
CHANCE = "Un appoint, jamais compté comme une solution."
NO_CONTACT = {"contact_name": "", "telephone": "", "courriel": "", "lien": ""}


@dataclass(frozen=True)
class Tried:
    """A way tried: its option, and what ranks it that the option does not say.

    `away_s`: mean seconds away from home on the days that work. `rides`: the fewest on a way.
    `loan_eur`: what the loan alone costs a month, known even where a fare is not. `asks`: whether
    a ride on demand is taken on some day.
    """

    candidate: Candidate
    option: Option
    away_s: float
    rides: int
    loan_eur: Decimal | None = None
    asks: bool = False


def try_out(
    candidate: Candidate,
    searches: Searches,
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
    by = candidate.vehicle.by if candidate.vehicle else ""
    days = tuple(
        plans.plan_of(
            day,
            searches,
            candidate.vehicle_label,
            candidate.travel.mode,
            lambda failed: plans.reason_of(failed, searches, candidate.travel, by),
        )
        for day in week.days
    )
    works = [day for day in week.days if day.feasible]
    away = [day.away_s for day in works if day.away_s is not None]
    rides = min((min(d.out.rides, d.back.rides) for d in works if d.out and d.back), default=0)
    option = _option(candidate, week, days, searches, offers, cumulation, demonstration)
    return Tried(
        candidate=candidate,
        option=option,
        away_s=float(np.mean(away)) if away else np.inf,
        rides=rides,
        loan_eur=_vehicle_cost(candidate, candidate.vehicle, week, searches.situation).eur
        if candidate.vehicle
        else None,
        asks=any(j.on_demand for d in works for j in (d.out, d.back) if j is not None),
    )


def _option(
    candidate: Candidate,
    week: reach.WeekVerdict,
    days: tuple[DayPlan, ...],
    searches: Searches,
    offers: Sequence[Offer],
    cumulation: Cumulation,
    demonstration: bool,
) -> Option:
    typical, journey = _typical(days, week)
    cost, priced_by, apart = _cost(candidate, week, searches, offers, cumulation)
    findings = [*candidate.findings, *plans.day_findings(days, _weight_of_failing_days(week))]
    findings += apart
    if candidate.offer is not None and candidate.vehicle is not None:
        findings += collecting.findings_of(candidate.offer, searches)
    used = _distinct((candidate.offer, *priced_by))
    verified = [offer.verifie_le for offer in used if offer.verifie_le]
    return Option(
        key=candidate.key,
        title=candidate.fixed_title or _title(candidate, journey),
        summary=_summary(candidate, journey, searches),
        modes=_modes(candidate, typical),
        verdict=worst(findings),
        days=days,
        feasible_days=week.feasible_days,
        asked_days=week.asked_days,
        minutes_out=_minutes(typical.leave_s, typical.arrive_s) if typical else None,
        minutes_back=_minutes(typical.leave_work_s, typical.home_s) if typical else None,
        monthly_cost_eur=cost.eur if week.feasible_days else None,
        cost_detail=cost.detail if week.feasible_days else "",
        lead_time_days=candidate.offer.delai_jours if candidate.offer else 0,
        next_step=_next_step(candidate, priced_by, week, searches),
        **(contact_of(used[0]) if used else NO_CONTACT),
        estimated=any(step.estimated for day in days for step in (*day.out, *day.back)),
        reasons=reasons_of(findings),
        solutions=tuple(str(offer.id) for offer in used),
        demonstration=(demonstration and candidate.travel.is_public)
        or any(offer.demonstration for offer in used),
        verified_on=min(verified) if verified else None,
        checks=in_order(findings),
        subscription_eur=cost.subscription_eur if week.feasible_days else Decimal(0),
        rail_eur=cost.rail_eur if week.feasible_days else Decimal(0),
    )


def _distinct(offers: Iterable[Offer | None]) -> tuple[Offer, ...]:
    return tuple({offer.id: offer for offer in offers if offer is not None}.values())


def _weight_of_failing_days(week: reach.WeekVerdict) -> Verdict:
    return Verdict.SOUS_CONDITION if week.feasible_days else Verdict.NON


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in the order of sifting."""
    return tuple(sorted(findings, key=lambda found: found.filtre.rank))


def reasons_of(findings: Sequence[Finding]) -> tuple[str, ...]:
    """What is told: the first filter that removes the candidate, else all that weighs on it."""
    removed = [found.filtre for found in in_order(findings) if found.verdict == Verdict.NON]
    return tuple(
        found.text
        for found in findings
        if not removed or (found.verdict == Verdict.NON and found.filtre == removed[0])
    )


def _forbidden(candidate: Candidate, blocked: Finding, situation: Situation) -> Option:
    """Excluded whatever the hours: each day bears the first reason that forbids it."""
    offer = candidate.offer
    return Option(
        key=candidate.key,
        title=candidate.fixed_title or (offer.nom if offer else ""),
        summary="",
        modes=_modes(candidate, None),
        verdict=Verdict.NON,
        days=tuple(
            plans.blocked(on, blocked.text, blocked.filtre) for on in asked_dates(situation)
        ),
        feasible_days=0,
        asked_days=len(situation.shift.days),
        minutes_out=None,
        minutes_back=None,
        monthly_cost_eur=None,
        cost_detail="",
        lead_time_days=offer.delai_jours if offer else 0,
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
    """Days of the shift in the week asked for."""
    monday = situation.week.toordinal() - situation.week.weekday()
    return [date.fromordinal(monday + day) for day in sorted(situation.shift.days)]


def not_routed(
    offer: Offer, situation: Situation, epci_of: EpciOf, eligibility: Eligibility
) -> Option:
    """A service whose hours must be asked for: never told possible, excluded by zone or licence."""
    findings = [
        *zone_findings(offer, situation, epci_of, work_may_do=False),
        *permis_findings(offer.permis_requis, situation.permis),
        Finding(
            Verdict.A_VERIFIER, "Horaires et trajets à vérifier auprès du service.", Filtre.ALLER
        ),
        *booking_findings(offer),
        *openness.findings_of(offer, situation),
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
        lead_time_days=offer.delai_jours,
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
    """A help that serves the home, or may; None outside its zone."""
    verdict = worst(zone_findings(offer, situation, epci_of, work_may_do=False))
    if verdict == Verdict.NON:
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
        apart=tuple(Apart(*one) for one in cumulation.named_against(offer)),
    )


def with_others(option: Option, others: Sequence[str]) -> Option:
    """The same option, naming others that lend alike."""
    if not others:
        return option
    also = f"Prêt proposé aussi par : {wording.listed(others)}."
    return replace(option, summary=f"{option.summary} {also}".strip())


# -- the parts of an option -------------------------------------------------------------------


def _typical(
    days: Sequence[DayPlan], week: reach.WeekVerdict
) -> tuple[DayPlan | None, reach.DayVerdict | None]:
    """The most frequent day that works, the first of those, and what the engine said of it."""
    works = [(plan, day) for plan, day in zip(days, week.days, strict=True) if plan.feasible]
    if not works:
        return None, None
    often = Counter((plan.out, plan.back) for plan, _ in works)
    return max(works, key=lambda pair: often[pair[0].out, pair[0].back])


def _minutes(from_s: int | None, to_s: int | None) -> int | None:
    return None if from_s is None or to_s is None else round((to_s - from_s) / 60)


def _modes(candidate: Candidate, typical: DayPlan | None) -> tuple[str, ...]:
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
    return ASKED if leg.kind == "on_demand" else plans.ride_word(leg).lower()


def _title(candidate: Candidate, day: reach.DayVerdict | None) -> str:
    if candidate.is_asked and candidate.offer is not None:
        asked = wording.uncapitalised(candidate.offer.nom)
        words = [asked] if day is None else _ride_words(day)
        named = [asked if word == ASKED else word for word in words]
        return wording.capitalised(wording.in_a_row(named))
    stages = _ride_words(day)
    if candidate.vehicle is not None:
        own = candidate.vehicle_label if candidate.offer else _own_name(candidate.vehicle.name)
        name = own[:1].lower() + own[1:]
        if candidate.travel.end == End.BOTH:
            return wording.capitalised(f"{name} à bord du {wording.in_a_row(stages)}")
        stages = [name, *stages] if candidate.travel.end == End.HOME else [*stages, name]
    return wording.capitalised(wording.in_a_row(stages))


def _own_name(name: str) -> str:
    return f"{name} personnelle" if name in FEMININE else f"{name} personnel"


def _summary(candidate: Candidate, day: reach.DayVerdict | None, searches: Searches) -> str:
    if day is None or day.out is None:
        return ""
    if not candidate.travel.is_public:
        metres = sum(leg.distance_m or 0 for leg in day.out.legs)
        by = candidate.vehicle.by if candidate.vehicle else ""
        estimated = any(leg.estimated for leg in day.out.legs)
        how = "distance estimée" if estimated else "par les rues"
        return f"{wording.kilometres(metres)} {by}, {how}."
    rides = [leg for leg in day.out.legs if leg.kind in ("ride", "on_demand")]
    if not rides:
        return ""
    lines = ", puis ".join(plans.ride_label(leg) for leg in rides)
    lent = f" Prêt : {candidate.offer.nom}." if candidate.offer and candidate.vehicle else ""
    where = (
        f"montée à {rides[0].from_name}" if rides[0].from_name else "prise en charge au domicile",
        f"descente à {rides[-1].to_name}" if rides[-1].to_name else "dépose au lieu de travail",
    )
    return f"{lines} : {', '.join(where)}.{lent}"


def _cost(
    candidate: Candidate,
    week: reach.WeekVerdict,
    searches: Searches,
    offers: Sequence[Offer],
    cumulation: Cumulation,
) -> Fares:
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
        parts.append(_vehicle_cost(candidate, candidate.vehicle, week, searches.situation))
    return fares._replace(cost=costs.together(parts))


def _vehicle_cost(
    candidate: Candidate, known: Vehicle, week: reach.WeekVerdict, situation: Situation
) -> costs.Cost:
    offer = candidate.offer
    if offer is None:
        return costs.Cost(None, "carburant à votre charge") if known.has_engine else costs.FREE
    metres = sum(
        leg.distance_m or 0
        for day in week.days
        for journey in (day.out, day.back)
        if day.feasible and journey is not None
        for leg in journey.legs
        if leg.kind == known.mode.code
    )
    price = costs.loan(
        offer,
        days=week.feasible_days,
        km=metres / 1000,
        has_engine=known.has_engine,
        quotient=quotient_of(situation),
    )
    if not candidate.travel.is_public:
        return price
    return costs.Cost(price.eur, f"{candidate.vehicle_label} : {price.detail}")


def _next_step(
    candidate: Candidate,
    priced_by: Sequence[Offer],
    week: reach.WeekVerdict,
    searches: Searches,
) -> str:
    offer = candidate.offer
    if offer is not None and candidate.is_asked:
        return bookings.of_the_first(week, searches.situation.now) or _call(
            offer, "pour demander les trajets"
        )
    if offer is not None:
        return _call(offer, "pour demander le prêt") + collecting.told(offer, searches)
    if candidate.travel.is_public and priced_by:
        names = wording.listed(offer.nom for offer in priced_by)
        return f"Vérifier les horaires du premier jour et acheter le titre : {names}."
    if candidate.travel.is_public:
        return "Vérifier les horaires et les tarifs auprès du transporteur."
    return ""


def _call(offer: Offer, purpose: str) -> str:
    contact: dict[str, Any] = contact_of(offer)
    verb = "Appeler" if contact["telephone"] else "Écrire à" if contact["courriel"] else "Contacter"
    return f"{verb} {contact['contact_name'] or offer.nom} {purpose}."
