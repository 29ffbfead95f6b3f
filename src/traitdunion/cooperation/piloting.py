"""Who leads an action: somebody with an account or a name, first asked first."""

from datetime import datetime

from django.db import transaction

from traitdunion.accounts.models import User
from traitdunion.accounts.permissions import Permission, check

from .models import Action, Pilote
from .operations import CooperationError, happened


@transaction.atomic
def name_pilot(
    *, by: User, action: Action, now: datetime, nom: str = "", courriel: str = ""
) -> Pilote:
    """Add a pilot; an address that belongs to an account is that person's.

    Raises CooperationError: neither a name nor an account, or already a pilot.
    """
    check(by, Permission.STEER, action.axe.seance.organisation)
    nom, account = nom.strip(), None
    if courriel:
        account = User.objects.filter(email__iexact=courriel, is_active=True).first()
    if account is None and not nom:
        raise CooperationError("Donnez un nom : cette adresse n'est celle d'aucun compte.")
    told = {"compte": account} if account else {"nom": nom, "courriel": courriel}
    if action.pilotes.filter(**told).exists():
        raise CooperationError("Cette personne pilote déjà l'action.")
    row = Pilote.objects.create(action=action, **told)
    happened(action, by=by, at=now, commentaire=f"Pilote : {row}")
    return row


@transaction.atomic
def remove_pilot(*, by: User, pilot: Pilote, now: datetime) -> None:
    """Take a pilot off; the thread keeps that they were."""
    action = pilot.action
    check(by, Permission.STEER, action.axe.seance.organisation)
    words = f"Ne pilote plus : {pilot}"
    pilot.delete()
    happened(action, by=by, at=now, commentaire=words)
