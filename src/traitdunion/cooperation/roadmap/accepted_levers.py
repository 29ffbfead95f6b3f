"""Levers answered yes become commitments of an action of the roadmap, and are followed there."""

import secrets
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from traitdunion.accounts.models import User
from traitdunion.accounts.outbox.operations import Sender, queue_mail
from traitdunion.accounts.shared_words import PERSONAL
from traitdunion.levers.models import Proposition
from traitdunion.levers.recipients import recipient_of

from ..enums import PLACEHOLDERS, EtatEngagement, EtatPropos
from ..models import Action, Engagement
from ..operations import CooperationError, clean
from .operations import confirm, digest_of, record_event
from .responsibility import check_may_write

UNITE = "changement"


def accepted() -> list[Proposition]:
    """Return the levers answered yes that no action has taken yet, the latest first."""
    taken = Engagement.objects.exclude(proposition=None).values("proposition")
    return list(Proposition.objects.accepted().exclude(pk__in=taken))


@transaction.atomic
def commit_from_lever(
    *, by: User, action: Action, proposal: Proposition, pour_le: date, site: str, now: datetime
) -> Engagement:
    """Make a commitment of a lever answered yes, in force at once where a mailbox answered.

    An organisation that has an account still confirms it from its own page.
    """
    check_may_write(by, action)
    row = Proposition.objects.select_for_update().accepted().filter(pk=proposal.pk).first()
    if row is None:
        raise CooperationError("Cette proposition n'a pas reçu de oui : rien n'est promis.")
    if Engagement.objects.filter(proposition=row.pk).exists():
        raise CooperationError("Cette proposition est déjà un engagement de la feuille de route.")
    recipient = recipient_of(row.acteur, row.territoire, row.nature)
    organisation = recipient.row.organisation if recipient.row else None
    token = secrets.token_urlsafe(16)
    commitment = Engagement(
        action=action,
        organisation=organisation,
        organisation_nom="" if organisation else row.destinataire,
        courriel="" if organisation else row.courriel,
        empreinte="" if organisation else digest_of(token),
        propose_le=now,
        quoi=promised_in(row),
        quantite=Decimal(1),
        unite=UNITE,
        pour_le=pour_le,
        proposition=row.pk,
    )
    clean(commitment)
    commitment.save(force_insert=True)
    record_event(commitment, by=by, at=now, commentaire="Levier accepté, pris en engagement")
    if organisation is None and row.courriel:
        confirm(by=row.courriel, commitment=commitment, now=now)
        commitment.refresh_from_db()
        _announce(commitment, token, site=site, now=now)
    return commitment


def promised_in(proposal: Proposition) -> str:
    """Return what a proposal answered yes promises, with its conditions unless they were erased."""
    words = proposal.reponse
    # What was typed by link is published: a telephone or an address stays with the proposal.
    kept = words and words != PLACEHOLDERS[EtatPropos.EFFACE] and not PERSONAL.search(words)
    return f"{proposal.phrase} ({words})"[:300] if kept else proposal.phrase


def _announce(commitment: Engagement, token: str, *, site: str, now: datetime) -> None:
    """Send to the mailbox the link by which it reports on its commitment."""
    seance = commitment.action.axe.seance
    if seance.demonstration or commitment.etat != EtatEngagement.CONFIRME:
        return
    address = site + reverse("cooperation:own-commitments", kwargs={"token": token})
    queue_mail(
        key=f"commitment-of-lever:{commitment.pk}",
        to=commitment.courriel,
        subject=f"Votre engagement : {commitment.quoi}"[:200],
        text=render_to_string(
            "cooperation/mails/lever_commitment.txt",
            {"commitment": commitment, "address": address},
        ),
        now=now,
        sender=Sender(organisation=seance.organisation),
    )
