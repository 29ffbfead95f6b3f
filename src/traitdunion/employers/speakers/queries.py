"""Reads of the speakers: candidates of a request, names that a page may show."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Max, Prefetch
from django.utils import timezone

from traitdunion.accounts.models import Organisation

from ..enums import EtatIntervention, Public, Support, Usage
from ..models import Consentement, DemandeIntervenant, Intervenant, Intervention, Rencontre
from .matching import Candidate, Choice, Refusal, Trip, Wanted, choose
from .trips import UNKNOWN, PricedTrip, trip_of

SHOWN_STATES = (EtatIntervention.CONFIRMEE, EtatIntervention.TENUE)
TRIPS_TRIED = 12
"""Trips computed for a request, those who share most first."""


class Matched(NamedTuple):
    """The choice of a request, each speaker with the trip computed."""

    choices: tuple[tuple[Choice, Intervenant, PricedTrip], ...]
    refusals: tuple[tuple[Refusal, Intervenant], ...]


def intermediaries() -> list[Organisation]:
    """Return the organisations that hold a pool of speakers."""
    held = Intervenant.objects.filter(retire_le=None).values("organisation")
    return list(Organisation.objects.filter(pk__in=held).order_by("nom"))


def matched(request: DemandeIntervenant, *, now: datetime) -> Matched:
    """Return who may be asked, in order, and the others with why.

    Trips are computed for those who pass everything else, `TRIPS_TRIED` at most: those who share
    most with the request come first, then the least recently asked.
    """
    wanted = wanted_of(request)
    people = {person.pk: person for person in _pool(request)}
    first, refusals = choose(
        wanted, [_candidate(person, wanted.on, UNKNOWN) for person in people.values()]
    )
    trips = {
        choice.candidate.key: trip_of(people[choice.candidate.key], request, now=now)
        for choice in first[:TRIPS_TRIED]
    }
    kept = [
        _candidate(
            people[choice.candidate.key], wanted.on, trips.get(choice.candidate.key, UNKNOWN)
        )
        for choice in first
    ]
    choices, without_trip = choose(wanted, kept)
    return Matched(
        tuple(
            (weighed, people[weighed.candidate.key], trips.get(weighed.candidate.key, UNKNOWN))
            for weighed in choices
        ),
        tuple((refusal, people[refusal.candidate.key]) for refusal in (*refusals, *without_trip)),
    )


def wanted_of(request: DemandeIntervenant) -> Wanted:
    """Return what a request asks for."""
    return Wanted(request.rencontre.tenue_le, request.rome, request.naf, request.theme)


def candidate_of(speaker: Intervenant, request: DemandeIntervenant, trip: PricedTrip) -> Candidate:
    """Return one speaker as the choice of a request sees them."""
    row = _pool(request).get(pk=speaker.pk)
    return _candidate(row, request.rencontre.tenue_le, trip)


def _pool(request: DemandeIntervenant):  # type: ignore[no-untyped-def]
    on = request.rencontre.tenue_le
    consents = Consentement.objects.in_force(on)
    return (
        Intervenant.objects.filter(organisation=request.intermediaire, retire_le=None)
        .exclude(interventions__demande=request)
        .select_related("commune")
        .annotate(last_asked_at=Max("interventions__proposee_le"))
        .prefetch_related(Prefetch("consentements", consents, to_attr="in_force"))
    )


def _candidate(speaker: Intervenant, on: date, trip: PricedTrip) -> Candidate:
    held = {consent.usage for consent in speaker.in_force}  # type: ignore[attr-defined]
    asked_at = speaker.last_asked_at  # type: ignore[attr-defined]
    return Candidate(
        key=speaker.pk,
        agrees={Usage.CONTACT.value, Usage.PAROLE.value} <= held,
        days=frozenset(speaker.jours),
        romes=frozenset(speaker.romes),
        naf=speaker.naf,
        themes=frozenset(speaker.themes),
        last_asked_on=timezone.localdate(asked_at) if asked_at else None,
        trip=Trip(trip.trip.feasible, trip.trip.minutes),
    )


def announced(meeting: Rencontre, *, on: date, to_all: bool) -> list[str]:
    """Return the speakers of a meeting as a page may show them: a chosen name, or a category.

    `to_all`: for a page that everybody reads; else for the organiser alone.
    """
    rows = Intervention.objects.filter(demande__rencontre=meeting, etat__in=SHOWN_STATES)
    rows = rows.select_related("intervenant").prefetch_related(_named(on, to_all=to_all))
    return [_shown(row) for row in rows]


def announced_of(meetings: list[Rencontre], *, on: date) -> dict[int, list[str]]:
    """Return the speakers of several meetings as everybody may read them, by meeting."""
    rows = Intervention.objects.filter(demande__rencontre__in=meetings, etat__in=SHOWN_STATES)
    rows = rows.select_related("intervenant", "demande")
    by_meeting: dict[int, list[str]] = {}
    for row in rows.prefetch_related(_named(on, to_all=True)):
        by_meeting.setdefault(row.demande.rencontre_id, []).append(_shown(row))
    return by_meeting


def _named(on: date, *, to_all: bool) -> Any:
    consents = Consentement.objects.in_force(on).filter(usage=Usage.NOM)
    if to_all:
        consents = consents.filter(public=Public.TOUS, support=Support.SITE)
    return Prefetch("intervenant__consentements", consents, to_attr="named")


def _shown(row: Intervention) -> str:
    speaker = row.intervenant
    if speaker.named and speaker.pseudonyme:  # type: ignore[attr-defined]
        return f"{speaker.pseudonyme} ({row.category.lower()})"
    return row.category.lower()
