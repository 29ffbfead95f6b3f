"""Commitments made in the room without an account, confirmed from the mailbox of the organisation.

Nothing is published before the mailbox confirms, nor, where the session reads words first, before
those who run it accept.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from traitdunion.accounts.models import User
from traitdunion.accounts.outbox.operations import Sender, queue_mail
from traitdunion.accounts.permissions import Permission, check

from ..enums import EtatEngagement
from ..models import Action, Engagement, Seance
from ..operations import CooperationError, clean, lock_rows, refuse_personal
from ..roadmap.operations import Pledge, confirm, digest_of, record_event
from .moderation import has_to_wait

# A commitment that no mailbox confirmed is deleted after this.
UNCONFIRMED_KEPT = timedelta(days=30)
MAX_UNCONFIRMED_OF_AN_ADDRESS = 5


@transaction.atomic
def propose(
    *,
    action: Action,
    organisation: str,
    courriel: str,
    pledge: Pledge,
    site: str,
    now: datetime,
) -> Engagement:
    """Write a commitment made in an open session, and send the link that confirms it."""
    seance = action.axe.seance
    if not seance.is_open_at(now):
        raise CooperationError("Cette séance est fermée : écrivez à qui l'a organisée.")
    return wait_for_mailbox(
        action=action,
        organisation=organisation,
        courriel=courriel,
        pledge=pledge,
        where=seance.titre,
        site=site,
        now=now,
    )


@transaction.atomic
def wait_for_mailbox(
    *,
    action: Action,
    organisation: str,
    courriel: str,
    pledge: Pledge,
    where: str,
    site: str,
    now: datetime,
) -> Engagement:
    """Write a commitment that waits for its mailbox, and send the link that confirms it.

    `where`: the session or the meeting in which it was made, in French.
    """
    refuse_personal(f"{organisation} {pledge.quoi} {pledge.unite}")
    waiting = Engagement.objects.filter(
        courriel__iexact=courriel, organisation=None, etat=EtatEngagement.PROPOSE
    )
    if waiting.count() >= MAX_UNCONFIRMED_OF_AN_ADDRESS:
        raise CooperationError(
            "Plusieurs engagements attendent déjà dans cette boîte : confirmez-les d'abord."
        )
    token = secrets.token_urlsafe(16)
    row = Engagement(
        action=action,
        organisation_nom=" ".join(organisation.split()),
        courriel=courriel,
        empreinte=digest_of(token),
        propose_le=now,
        quoi=" ".join(pledge.quoi.split()),
        quantite=pledge.quantite,
        unite=pledge.unite,
        pour_le=pledge.pour_le,
    )
    clean(row)
    row.save(force_insert=True)
    address = site + reverse("cooperation:own-commitments", kwargs={"token": token})
    keeper = action.axe.seance.organisation
    queue_mail(
        key=f"commitment:{row.pk}",
        to=courriel,
        subject=f"Confirmez votre engagement : {row.quoi}",
        text=render_to_string(
            "cooperation/mails/commitment.txt",
            {"commitment": row, "where": where, "keeper": keeper, "address": address},
        ),
        now=now,
        sender=Sender(organisation=keeper),
    )
    return row


def by_token(token: str) -> list[Engagement]:
    """Return the commitments of the mailbox that got a link; none where the link is unknown."""
    of = Engagement.objects.filter(empreinte=digest_of(token)).exclude(courriel="").first()
    return of_address(of.courriel) if of is not None else []


def of_address(address: str) -> list[Engagement]:
    """Return the commitments taken from a mailbox, in the order they were taken."""
    rows = Engagement.objects.filter(courriel__iexact=address, organisation=None)
    return list(rows.select_related("action__axe__seance__organisation").order_by("pk"))


@transaction.atomic
def confirm_by_mailbox(*, commitment: Engagement, now: datetime) -> bool:
    """Confirm a commitment by the link of its mailbox; return whether it is in force at once.

    Where the session reads words first, those who run it accept it before it is published.
    """
    lock_rows(commitment)
    commitment.refresh_from_db()
    if commitment.etat != EtatEngagement.PROPOSE:
        raise CooperationError("Cet engagement est déjà confirmé.")
    words = {"quoi": commitment.quoi, "organisation": commitment.organisation_nom}
    if has_to_wait(commitment.action.axe.seance, words):
        commitment.confirme_le = now
        commitment.save(update_fields=["confirme_le"])
        return False
    _take_in(commitment, now=now)
    return True


def _take_in(commitment: Engagement, *, now: datetime) -> None:
    record_event(commitment, by=None, at=now, commentaire="Engagement pris en séance")
    confirm(by=commitment.courriel, commitment=commitment, now=now)


def waiting(seance: Seance) -> list[Engagement]:
    """Return the commitments confirmed by their mailbox that wait to be read."""
    rows = Engagement.objects.filter(action__axe__seance=seance, etat=EtatEngagement.PROPOSE)
    rows = rows.filter(organisation=None).exclude(confirme_le=None)
    return list(rows.select_related("action").order_by("pk"))


@transaction.atomic
def accept(*, by: User, commitment: Engagement, now: datetime) -> None:
    """Publish a commitment that its mailbox confirmed."""
    check(by, Permission.STEER, commitment.action.axe.seance.organisation)
    lock_rows(commitment)
    commitment.refresh_from_db()
    if commitment.confirme_le is None or commitment.etat != EtatEngagement.PROPOSE:
        raise CooperationError("Cet engagement n'attend pas de relecture.")
    _take_in(commitment, now=now)


@transaction.atomic
def refuse(*, by: User, commitment: Engagement, motif: str, now: datetime) -> None:
    """Delete a commitment that waits, and write the reason to its mailbox."""
    seance = commitment.action.axe.seance
    check(by, Permission.STEER, seance.organisation)
    if motif not in seance.refusal_reasons:
        raise CooperationError("Choisissez un des motifs de refus publiés pour cette séance.")
    lock_rows(commitment)
    commitment.refresh_from_db()
    if commitment.etat != EtatEngagement.PROPOSE or commitment.organisation is not None:
        raise CooperationError("Cet engagement est déjà en vigueur : il ne se refuse plus.")
    queue_mail(
        key=f"commitment-refused:{commitment.pk}",
        to=commitment.courriel,
        subject=f"Engagement non publié : {seance.titre}",
        text=render_to_string(
            "cooperation/mails/commitment_refused.txt",
            {"commitment": commitment, "session": seance, "motif": motif},
        ),
        now=now,
        sender=Sender(by=by, organisation=seance.organisation),
    )
    commitment.delete()


def forget_unconfirmed(*, now: datetime) -> int:
    """Delete the commitments that no mailbox confirmed in time, or that it took back; how many."""
    states = (EtatEngagement.PROPOSE, EtatEngagement.RETIRE)
    rows = Engagement.objects.filter(organisation=None, etat__in=states)
    old = rows.filter(confirme_le=None, propose_le__lt=now - UNCONFIRMED_KEPT)
    return old.delete()[0]
