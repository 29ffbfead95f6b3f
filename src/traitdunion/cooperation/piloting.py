"""Who leads an action: somebody with an account or a name, first asked first."""

from datetime import datetime
from typing import Any

from django.db import transaction

from traitdunion.accounts.models import User
from traitdunion.accounts.permissions import Permission, check

from .actions.sheet import remove_part, write_part
from .models import Action, Pilote
from .operations import CooperationError


@transaction.atomic
def name_pilot(
    *,
    by: User,
    action: Action,
    now: datetime,
    nom: str = "",
    courriel: str = "",
    row: Pilote | None = None,
    **told: Any,
) -> Pilote:
    """Add a pilot, or change `row`; an address that belongs to an account is that person's.

    `told`: role, organisation and college. Raises CooperationError: neither a name nor an account,
    or already a pilot.
    """
    check(by, Permission.STEER, action.axe.seance.organisation)
    nom, account = nom.strip(), None
    if courriel:
        account = User.objects.filter(email__iexact=courriel, is_active=True).first()
    if account is None and not nom:
        raise CooperationError("Donnez un nom : cette adresse n'est celle d'aucun compte.")
    who = (
        {"compte": account, "nom": "", "courriel": ""}
        if account
        else {"compte": None, "nom": nom, "courriel": courriel}
    )
    if action.pilotes.filter(**who).exclude(pk=row and row.pk).exists():
        raise CooperationError("Cette personne pilote déjà l'action.")
    pilot = row or Pilote(action=action)
    for name, value in (who | told).items():
        setattr(pilot, name, value)
    write_part(pilot, by=by, now=now)
    return pilot


def remove_pilot(*, by: User, pilot: Pilote, now: datetime) -> None:
    """Take a pilot off; the thread keeps that they were."""
    remove_part(pilot, by=by, now=now)
