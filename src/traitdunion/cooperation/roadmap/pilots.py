"""The pilots of an action: an account or a name each, the first one asked first."""

from datetime import datetime
from typing import Any

from django.db import transaction

from traitdunion.accounts.models import User
from traitdunion.accounts.permissions import Permission, check

from ..models import Action, Pilote
from ..operations import CooperationError
from .sheet import write_part


@transaction.atomic
def name_pilot(
    *,
    by: User,
    action: Action,
    now: datetime,
    nom: str = "",
    courriel: str = "",
    row: Pilote | None = None,
    **fields: Any,
) -> Pilote:
    """Add a pilot, or change `row`; an address that belongs to an account is that person's.

    `fields`: role, organisation and college. Raises CooperationError: neither a name nor an
    account, or already a pilot.
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
    for name, value in (who | fields).items():
        setattr(pilot, name, value)
    write_part(pilot, by=by, now=now)
    return pilot
