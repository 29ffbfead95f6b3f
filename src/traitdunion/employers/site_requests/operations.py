"""Writes of the requests to sites: a contact, a request, its answers, its turn at the next site.

Every write locks the request first, then the contacts of its sites by number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.outbox.operations import Sender, addresses_of, queue_mail, was_queued
from traitdunion.accounts.permissions import Permission, check
from traitdunion.cooperation.operations import CooperationError, clean, refuse_personal
from traitdunion.territory.models import Site

from ..enums import REPONSES, EtatDemande, EtatEnvoi, NatureDemande
from ..errors import EmployersError
from ..models import ContactSite, DemandeSite, EnvoiSite
from ..models.site_requests import FRESH, SILENCE

SITES_MAX = 5
STILL_ANSWERED = (EtatDemande.EN_COURS, EtatDemande.EPUISEE)
ASKED_BEFORE_THE_END = FRESH - SILENCE - (SILENCE / 2)
"""From 75 days on, a site is asked whether it still takes requests."""


@transaction.atomic
def keep_contact(
    *, by: User, organisation: Organisation, site: Site, courriel: str, now: datetime
) -> ContactSite:
    """Record the mailbox of a site that agreed to be asked; a new mailbox closes the former link.

    Raises EmployersError where the site asked to be left alone, or another organisation keeps it.
    """
    check(by, Permission.ASK_SITES, organisation)
    known = ContactSite.objects.select_for_update().filter(site=site).first()
    today = timezone.localdate(now)
    if known is None:
        row = ContactSite(site=site, organisation=organisation, rafraichi_le=today)
    else:
        row = known
        if row.retire_le is not None:
            raise EmployersError("Ce site a demandé à ne plus être sollicité.")
        if row.organisation_id != organisation.pk and row.courriel:
            raise EmployersError(f"Ce site a déjà un contact, tenu par {row.organisation.nom}.")
        row.organisation, row.rafraichi_le = organisation, today
        row.version += row.courriel.lower() != courriel.lower()
    row.courriel = courriel
    _clean(row)
    row.save()
    did = Did.CREER if known is None else Did.MODIFIER
    record(by=by, organisation=organisation, action=did, target=row, at=now)
    return row


@dataclass(frozen=True)
class Wish:
    """What a person asks of a site.

    `reference`: a pseudonym of the person, of letters, digits and hyphens, a digit at least.
    """

    reference: str
    nature: NatureDemande
    rome: str
    precision: str


@transaction.atomic
def ask(
    *,
    by: User,
    organisation: Organisation,
    wish: Wish,
    contacts: Sequence[ContactSite],
    site: str,
    now: datetime,
) -> DemandeSite:
    """Ask the first site of a list; the others wait for their turn.

    `site`: address of this site, for the links. Raises EmployersError where one of the sites was
    already asked for this person, or no longer takes requests.
    """
    check(by, Permission.ASK_SITES, organisation)
    if not 1 <= len({asked_before.pk for asked_before in contacts}) == len(contacts) <= SITES_MAX:
        raise EmployersError(f"Choisissez de un à {SITES_MAX} sites, chacun une fois.")
    cle = f"{organisation.pk}:{wish.reference.upper()}"
    already = EnvoiSite.objects.filter(cle=cle, contact__in=contacts).select_related(
        "contact__site"
    )
    if (asked_before := already.first()) is not None:
        raise EmployersError(f"{asked_before.contact} a déjà été sollicité pour cette personne.")
    on = timezone.localdate(now)
    free = set(ContactSite.objects.free(on).filter(pk__in=[c.pk for c in contacts]))
    if gone := [str(contact) for contact in contacts if contact not in free]:
        raise EmployersError(f"{', '.join(gone)} : plus de demande possible en ce moment.")
    row = DemandeSite(
        organisation=organisation, reference=wish.reference.upper(), nature=wish.nature,
        rome=wish.rome, precision=wish.precision, demandee_le=now,
    )  # fmt: skip
    _clean(row, f"{wish.reference} {wish.precision}")
    row.save(force_insert=True)
    EnvoiSite.objects.bulk_create(
        EnvoiSite(demande=row, contact=contact, rang=rang, cle=cle)
        for rang, contact in enumerate(contacts, start=1)
    )
    _pass_on(_locked(row.pk), now=now, site=site)
    record(by=by, organisation=organisation, action=Did.CREER, target=row, at=now)
    row.refresh_from_db()
    return row


@transaction.atomic
def answer(
    *, contact: ContactSite, envoi: int, reponse: EtatEnvoi, site: str, now: datetime
) -> EnvoiSite:
    """Record the answer of a site, by its link: a yes ends the request, the others pass it on.

    A site may still answer, or say yes after all, as long as no other accepted.
    """
    if reponse not in REPONSES:
        raise EmployersError("Répondez oui, pas maintenant ou plus tard.")
    sent = contact.envois.exclude(envoyee_le=None).filter(pk=envoi).first()
    if sent is None:
        raise EmployersError("Cette demande n'est pas adressée à ce site.")
    asked = _locked(sent.demande_id)
    row = EnvoiSite.objects.get(pk=sent.pk)
    if row.etat == reponse:
        return row
    if asked.etat not in STILL_ANSWERED:
        raise EmployersError("Cette demande est finie : il n'y a plus à répondre. Merci.")
    was_waiting = row.etat == EtatEnvoi.ENVOYE
    row.etat, row.repondue_le = reponse, row.repondue_le or now
    row.save(update_fields=["etat", "repondue_le"])
    ContactSite.objects.filter(pk=contact.pk).update(rafraichi_le=timezone.localdate(now))
    if reponse == EtatEnvoi.OUI:
        _end(asked, EtatDemande.ACCEPTEE, now=now, site=site)
    elif was_waiting:
        _pass_on(asked, now=now, site=site)
    record(by=None, organisation=asked.organisation, action=Did.REPONDRE, target=asked, at=now)
    return row


@transaction.atomic
def close(*, by: User, demande: DemandeSite, now: datetime) -> DemandeSite:
    """End a request that the organisation no longer makes; no other site gets it."""
    check(by, Permission.ASK_SITES, demande.organisation)
    row = _locked(demande.pk)
    if row.etat != EtatDemande.EN_COURS:
        raise EmployersError(f"Cette demande est déjà finie : {row.get_etat_display().lower()}.")
    _end(row, EtatDemande.CLOSE, now=now, site="")
    record(by=by, organisation=row.organisation, action=Did.ANNULER, target=row, at=now)
    return row


@transaction.atomic
def set_limits(
    *, contact: ContactSite, plafond: int | None, pause_jusqu_au: date | None, now: datetime
) -> ContactSite:
    """Record the cap and the pause that a site chose, by its link; it is refreshed by doing so."""
    row = ContactSite.objects.select_for_update().get(pk=contact.pk)
    row.plafond, row.pause_jusqu_au = plafond, pause_jusqu_au
    row.rafraichi_le = timezone.localdate(now)
    _clean(row)
    row.save()
    return row


@transaction.atomic
def leave(*, contact: ContactSite, now: datetime, site: str) -> None:
    """Withdraw a site by its link: its mailbox is erased, its requests go to the next sites."""
    waiting = contact.envois.filter(etat=EtatEnvoi.ENVOYE).order_by("demande")
    held = [_locked(pk) for pk in waiting.values_list("demande", flat=True)]
    ContactSite.objects.filter(pk=contact.pk).update(courriel="", retire_le=now)
    for asked in held:
        asked.envois.filter(contact=contact, etat=EtatEnvoi.ENVOYE).update(
            etat=EtatEnvoi.SANS_OBJET
        )
        _pass_on(asked, now=now, site=site)
    record(
        by=None, organisation=contact.organisation, action=Did.RETIRER, target=contact, at=now
    )  # fmt: skip


def run(*, now: datetime, site: str) -> int:
    """Pass on the requests left unanswered, ask old contacts to refresh; return how many."""
    silent = EnvoiSite.objects.filter(etat=EtatEnvoi.ENVOYE, envoyee_le__lte=now - SILENCE)
    n = sum(_pass_silent(pk, now=now, site=site) for pk in silent.values_list("pk", flat=True))
    return n + sum(_ask_to_refresh(row, now=now, site=site) for row in _ageing(now))


@transaction.atomic
def _pass_silent(pk: int, *, now: datetime, site: str) -> bool:
    asked = _locked(EnvoiSite.objects.get(pk=pk).demande_id)
    changed = asked.envois.filter(pk=pk, etat=EtatEnvoi.ENVOYE).update(etat=EtatEnvoi.SILENCE)
    if changed:
        _pass_on(asked, now=now, site=site)
    return bool(changed)


def _ageing(now: datetime) -> list[ContactSite]:
    on = timezone.localdate(now)
    rows = ContactSite.objects.listed(on).filter(rafraichi_le__lte=on - ASKED_BEFORE_THE_END)
    return list(rows.filter(site__demonstration=False).select_related("site", "organisation"))


@transaction.atomic
def _ask_to_refresh(row: ContactSite, *, now: datetime, site: str) -> bool:
    key = f"site-refresh:{row.pk}:{row.rafraichi_le}"
    if was_queued(key=key, to=row.courriel):
        return False
    context = {"contact": row, "url": site + link_of(row), "until": row.rafraichi_le + FRESH}
    queue_mail(
        key=key,
        to=row.courriel,
        subject="Recevez-vous encore des demandes ? Une pression suffit",
        text=render_to_string("employers/mails/site_encore.txt", context),
        now=now,
        sender=Sender(organisation=row.organisation),
    )
    return True


def link_of(contact: ContactSite) -> str:
    """Return the path of the page of a site, which needs no account."""
    return reverse("employers:site-answers", kwargs={"token": contact.token})


def _pass_on(asked: DemandeSite, *, now: datetime, site: str) -> None:
    """Send a request to the next site that may be asked; end it where none is left."""
    on = timezone.localdate(now)
    for row in asked.envois.filter(etat=EtatEnvoi.ATTENTE).order_by("rang"):
        contact = ContactSite.objects.free(on).filter(pk=row.contact_id).first()
        if contact is None:
            row.etat = EtatEnvoi.ECARTE
            row.save(update_fields=["etat"])
            continue
        row.etat, row.envoyee_le = EtatEnvoi.ENVOYE, now
        row.save(update_fields=["etat", "envoyee_le"])
        _announce(asked, contact, now=now, site=site)
        return
    if asked.etat == EtatDemande.EN_COURS:
        _end(asked, EtatDemande.EPUISEE, now=now, site=site)


def _announce(asked: DemandeSite, contact: ContactSite, *, now: datetime, site: str) -> None:
    if contact.site.demonstration:
        return
    context = {"asked": asked, "contact": contact, "url": site + link_of(contact)}
    queue_mail(
        key=f"site-request:{asked.pk}:{contact.pk}",
        to=contact.courriel,
        subject=f"{asked.get_nature_display()} chez vous ? {asked.organisation.nom}",
        text=render_to_string("employers/mails/site_demande.txt", context),
        now=now,
        sender=Sender(organisation=asked.organisation),
    )


def _end(asked: DemandeSite, etat: EtatDemande, *, now: datetime, site: str) -> None:
    """End a request; write to the organisation if a site or the end of the list ended it."""
    asked.etat, asked.finie_le = etat, now
    asked.save(update_fields=["etat", "finie_le"])
    open_turns = Q(etat__in=(EtatEnvoi.ATTENTE, EtatEnvoi.ENVOYE))
    asked.envois.filter(open_turns).update(etat=EtatEnvoi.SANS_OBJET)
    if etat == EtatDemande.CLOSE or asked.organisation.demonstration:
        return
    path = reverse("employers:site-requests", kwargs={"organisation": asked.organisation_id})
    for to in addresses_of(asked.organisation):
        queue_mail(
            key=f"site-request-ended:{asked.pk}:{etat}",
            to=to,
            subject=f"Demande n° {asked.pk} : {asked.get_etat_display().lower()}",
            text=render_to_string(
                "employers/mails/site_reponse.txt", {"asked": asked, "url": site + path}
            ),
            sender=Sender(organisation=asked.organisation),
            now=now,
        )


def _locked(pk: int) -> DemandeSite:
    rows = DemandeSite.objects.select_for_update(of=("self",)).select_related("organisation")
    row = rows.get(pk=pk)
    contacts = row.envois.values_list("contact", flat=True)
    locked = ContactSite.objects.select_for_update().filter(pk__in=list(contacts))
    list(locked.order_by("pk"))
    return row


def _clean(row: Any, words: str = "") -> None:
    try:
        refuse_personal(words)
        clean(row)
    except CooperationError as refused:
        raise EmployersError(str(refused)) from refused
