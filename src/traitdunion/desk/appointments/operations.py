"""Writes of appointments: set the tool, ask for one, record what the tool sends."""

import logging
import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.accounts.sealing import UnreadableSecret, seal, unseal

from ..enums import StatutRendezVous
from ..followup.operations import FollowUpError, checked, touch, trace
from ..models import Notification, OutilRendezVous, Parcours, RendezVous
from .notifications import REPLAYED_FOR, Notice, is_signed

logger = logging.getLogger(__name__)

PLACE = "{reference}"
SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 12
"""Sixty bits: nobody guesses a reference, and it can be dictated."""


def checked_address(text: str) -> str:
    """Return the address of the tool, over HTTPS, with one place for the reference."""
    if not text.startswith("https://"):
        raise ValidationError("L'adresse commence par https://.")
    if text.count(PLACE) != 1 or "{" in text.replace(PLACE, "") or "}" in text.replace(PLACE, ""):
        raise ValidationError(
            f"L'adresse contient {PLACE} une fois, et rien d'autre entre accolades : seule la "
            "référence du rendez-vous voyage."
        )
    return text


@transaction.atomic
def set_tool(*, by: User, organisation: Organisation, adresse: str, now: datetime) -> str:
    """Set the address of the tool, draw a new secret and return it; it is shown only once."""
    check(by, Permission.SET_APPOINTMENTS, organisation)
    secret = secrets.token_hex(32)
    tool, _ = OutilRendezVous.objects.update_or_create(
        organisation=organisation,
        defaults={"adresse": checked_address(adresse), "secret": seal(secret), "changed_at": now},
    )
    record(by=by, organisation=organisation, action=Action.MODIFIER, target=tool, at=now)
    return secret


def is_from(tool: OutilRendezVous, body: bytes, signature: str) -> bool:
    """Return whether the secret of the tool signs a message; a lost secret signs none."""
    try:
        secret = unseal(tool.secret)
    except UnreadableSecret:
        logger.warning("Le secret de l'%s ne se lit plus : réglez l'outil de nouveau.", tool)
        return False
    return is_signed(body, signature, secret)


@transaction.atomic
def ask(*, by: User, parcours: Parcours, now: datetime) -> RendezVous:
    """Draw the reference of an appointment to take."""
    row = checked(by, parcours)
    if not OutilRendezVous.objects.filter(organisation=row.organisation).exists():
        raise FollowUpError(
            "Aucun outil de rendez-vous n'est réglé : un administrateur de l'organisation le peut."
        )
    appointment = RendezVous.objects.create(
        parcours=row,
        reference=f"TU-{''.join(secrets.choice(SIGNS) for _ in range(LENGTH))}",
        asked_by=by,
        asked_at=now,
        statut=StatutRendezVous.DEMANDE,
    )
    touch(row, now)
    trace(by, row, Action.MODIFIER, now)
    return appointment


@transaction.atomic
def take_in(*, tool: OutilRendezVous, notice: Notice, now: datetime) -> bool:
    """Record what a message gives; return whether it changed anything.

    The same message twice, one that came after a later one, or about an appointment of another
    organisation's file, changes nothing.
    """
    Notification.objects.filter(received_at__lt=now - REPLAYED_FOR).delete()
    _, new = Notification.objects.get_or_create(digest=notice.digest, defaults={"received_at": now})
    if not new:
        return False
    rows = RendezVous.objects.filter(
        parcours__organisation=tool.organisation, parcours__anonymised_at=None
    )
    later = Q(event_at=None) | Q(event_at__lt=notice.event_at)
    held = rows.select_for_update(of=("self",)).select_related("parcours")
    row = held.filter(later, reference=notice.reference).first()
    if row is None:
        return False
    row.statut, row.starts_at = notice.statut, notice.starts_at
    row.external_id, row.event_at = notice.external_id, notice.event_at
    row.save()
    touch(row.parcours, now)
    trace(None, row.parcours, Action.MODIFIER, now)
    return True
