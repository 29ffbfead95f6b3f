"""Writes of the speakers: registered, consenting, asked, paid, withdrawn."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.outbox.operations import Sender, addresses_of, queue_mail
from traitdunion.accounts.permissions import Permission, check
from traitdunion.cooperation.operations import CooperationError, clean, refuse_personal

from ..enums import Categorie, EtatIntervention, Paiement, Payeur, Public, Support, Usage
from ..errors import EmployersError
from ..models import Consentement, DemandeIntervenant, Intervenant, Intervention, Rencontre
from .consents import texts
from .matching import why_not
from .queries import candidate_of, wanted_of
from .trips import PricedTrip

CONSENT_LASTS_AT_MOST = timedelta(days=365)
STILL_OPEN = (EtatIntervention.PROPOSEE, EtatIntervention.CONFIRMEE)
NEXT = {
    EtatIntervention.PROPOSEE: (EtatIntervention.CONFIRMEE, EtatIntervention.REFUSEE),
    EtatIntervention.CONFIRMEE: (EtatIntervention.TENUE, EtatIntervention.ANNULEE),
}


@transaction.atomic
def register(*, by: User, organisation: Organisation, now: datetime, **columns: Any) -> Intervenant:
    """Register a volunteer under the name they chose; nothing is asked before they consent."""
    check(by, Permission.KEEP_SPEAKERS, organisation)
    row = Intervenant(organisation=organisation, inscrit_le=now, **columns)
    _clean(row, f"{row.pseudonyme} {' '.join(row.themes)}")
    row.save(force_insert=True)
    record(by=by, organisation=organisation, action=Did.CREER, target=row, at=now)
    return row


@transaction.atomic
def consent(
    *,
    by: User,
    speaker: Intervenant,
    given: Mapping[Usage, tuple[Public, Support]],
    expire_le: date,
    now: datetime,
) -> list[Consentement]:
    """Record the consents that a person gave, each by itself; a former one to the same use ends."""
    check(by, Permission.KEEP_SPEAKERS, speaker.organisation)
    row = _locked(speaker)
    today = timezone.localdate(now)
    if not today <= expire_le <= today + CONSENT_LASTS_AT_MOST:
        raise EmployersError("Un accord dure un an au plus : choisissez une date à venir.")
    row.consentements.filter(usage__in=list(given), retire_le=None).update(retire_le=now)
    made = [
        Consentement.objects.create(
            intervenant=row, usage=usage, version=texts().version, public=public, support=support,
            donne_le=now, expire_le=expire_le,
        )
        for usage, (public, support) in given.items()
    ]  # fmt: skip
    record(by=by, organisation=row.organisation, action=Did.MODIFIER, target=row, at=now)
    return made


@transaction.atomic
def withdraw(*, speaker: Intervenant, usage: Usage | None, now: datetime) -> None:
    """Withdraw a consent by the link of the person; None, or to be contacted: all of them.

    Who can no longer be contacted is emptied at once; the consents stay as proofs, by number.
    """
    row = _locked(speaker)
    is_whole = usage in (None, Usage.CONTACT)
    rows = row.consentements.filter(retire_le=None)
    (rows if is_whole else rows.filter(usage=usage)).update(retire_le=now)
    if is_whole or usage == Usage.PAROLE:
        coming = row.interventions.filter(etat__in=STILL_OPEN)
        coming.filter(demande__rencontre__tenue_le__gte=timezone.localdate(now)).update(
            etat=EtatIntervention.ANNULEE
        )
    if usage == Usage.TEMOIGNAGE:
        row.temoignages.all().delete()
    if is_whole:
        empty(row, now=now)
    record(by=None, organisation=row.organisation, action=Did.RETIRER, target=row, at=now)


def empty(row: Intervenant, *, now: datetime) -> None:
    """Erase what is kept of a speaker; consents and interventions stay, by number."""
    row.temoignages.all().delete()
    row.pseudonyme, row.naf, row.commune, row.voiture = "", "", None, None
    row.romes, row.themes, row.jours = [], [], []
    row.retire_le = row.retire_le or now
    row.save()


@transaction.atomic
def request(
    *,
    meeting: Rencontre,
    intermediaire: Organisation,
    rome: str,
    naf: str,
    theme: str,
    fin: time,
    site: str,
    now: datetime,
) -> DemandeIntervenant:
    """Ask an intermediary for a speaker, by the link of the organiser; one open request each."""
    if meeting.annulee_le is not None or meeting.tenue_le <= timezone.localdate(now):
        raise EmployersError("La rencontre est passée ou annulée : il n'y a plus à inviter.")
    if meeting.heure is not None and fin <= meeting.heure:
        raise EmployersError("La rencontre finit après son début : corrigez l'heure de fin.")
    open_requests = DemandeIntervenant.objects.filter(
        rencontre=meeting, intermediaire=intermediaire, close_le=None
    )
    if open_requests.exists():
        raise EmployersError("Cet intermédiaire a déjà votre demande : il vous répond.")
    row = DemandeIntervenant(
        rencontre=meeting, intermediaire=intermediaire, rome=rome, naf=naf, theme=theme, fin=fin,
        demandee_le=now,
    )  # fmt: skip
    _clean(row, theme)
    row.save(force_insert=True)
    url = site + reverse("employers:request", kwargs={"pk": row.pk})
    for to in () if meeting.club.demonstration else addresses_of(intermediaire):
        queue_mail(
            key=f"speaker-request:{row.pk}",
            to=to,
            subject=f"Une demande d'intervenant : {meeting}"[:200],
            text=render_to_string("employers/mails/demande.txt", {"request": row, "url": url}),
            now=now,
            sender=Sender(organisation=meeting.club.organisation),
        )
    return row


@transaction.atomic
def propose(
    *,
    by: User,
    request: DemandeIntervenant,
    speaker: Intervenant,
    trip: PricedTrip,
    checked_employer: bool,
    now: datetime,
) -> Intervention:
    """Note that the intermediary asks a person, once every condition holds.

    `checked_employer`: neither organiser nor host is a former employer of the person; asked each
    time of a registered job-seeker (L5425-8), and never stored but for the moment of the check.
    """
    check(by, Permission.KEEP_SPEAKERS, request.intermediaire)
    row = _locked(speaker)
    if row.organisation_id != request.intermediaire_id:
        raise EmployersError("Cette personne est suivie par un autre intermédiaire.")
    if row.interventions.filter(demande=request).exists():
        raise EmployersError("Cette personne a déjà été sollicitée pour cette rencontre.")
    reason = why_not(wanted_of(request), candidate_of(row, request, trip))
    if reason:
        raise EmployersError(f"Cette personne ne peut pas être sollicitée : {reason}.")
    if row.statut == Categorie.DEMANDEURS and not checked_employer:
        raise EmployersError(
            "Vérifiez avec la personne que ni l'organisateur ni l'hôte n'est un ancien "
            "employeur : un bénévolat y est exclu (code du travail, L5425-8)."
        )
    made = Intervention.objects.create(
        demande=request, intervenant=row, proposee_le=now, trajet=trip.title[:200],
        trajet_min=trip.trip.minutes, cout_eur=trip.eur,
        ancien_employeur_verifie_le=now if checked_employer else None,
    )  # fmt: skip
    record(by=by, organisation=row.organisation, action=Did.PROPOSER, target=made, at=now)
    return made


@transaction.atomic
def move(
    *, by: User, intervention: Intervention, etat: EtatIntervention, now: datetime
) -> Intervention:
    """Record the answer of the person, then what became of it."""
    organisation = intervention.demande.intermediaire
    check(by, Permission.KEEP_SPEAKERS, organisation)
    row = Intervention.objects.select_for_update().get(pk=intervention.pk)
    if etat not in NEXT.get(EtatIntervention(row.etat), ()):
        raise EmployersError(f"Cette intervention est déjà : {row.get_etat_display().lower()}.")
    row.etat = etat
    row.save(update_fields=["etat"])
    record(by=by, organisation=organisation, action=Did.MODIFIER, target=row, at=now)
    return row


@transaction.atomic
def pay(
    *, by: User, intervention: Intervention, payeur: Payeur, paiement: Paiement, now: datetime
) -> Intervention:
    """Record who pays the trip, and where the payment stands; no bank data."""
    organisation = intervention.demande.intermediaire
    check(by, Permission.KEEP_SPEAKERS, organisation)
    row = Intervention.objects.select_for_update().get(pk=intervention.pk)
    row.payeur, row.paiement = payeur, paiement
    row.paye_le = (row.paye_le or timezone.localdate(now)) if paiement == Paiement.PAYE else None
    row.save(update_fields=["payeur", "paiement", "paye_le"])
    record(by=by, organisation=organisation, action=Did.MODIFIER, target=row, at=now)
    return row


@transaction.atomic
def score(*, speaker: Intervenant, intervention: int, note: int) -> Intervention:
    """Record what a person thought of an intervention that was held, by their link."""
    row = speaker.interventions.filter(pk=intervention, etat=EtatIntervention.TENUE).first()
    if row is None:
        raise EmployersError("Cette rencontre n'est pas encore notée comme tenue.")
    row.note = note
    _clean(row, "")
    row.save(update_fields=["note"])
    return row


def _locked(speaker: Intervenant) -> Intervenant:
    rows = Intervenant.objects.select_for_update(of=("self",)).select_related("organisation")
    row = rows.get(pk=speaker.pk)
    if row.retire_le is not None:
        raise EmployersError("Cette personne s'est retirée : plus rien ne lui est demandé.")
    return row


def _clean(row: Any, words: str) -> None:
    try:
        refuse_personal(words)
        clean(row)
    except CooperationError as refused:
        raise EmployersError(str(refused)) from refused
