"""Closing a file: what still waits for an answer is withdrawn, and the structures know it."""

from datetime import datetime

from django.db import transaction

from traitdunion.accounts.models import User

from ..enums import StatutOrientation
from ..models import AWAITED, Orientation, Parcours
from . import mails, orientations
from .operations import close


def still_waiting(parcours: Parcours) -> list[Orientation]:
    """Return the requests of a file that no structure has answered."""
    rows = parcours.orientations.filter(statut__in=[StatutOrientation.A_MODERER, *AWAITED])
    return list(rows.select_related("structure", "parcours__organisation"))


@transaction.atomic
def close_file(*, by: User, parcours: Parcours, issue: str, now: datetime) -> int:
    """Withdraw the requests that wait, then close the file; return how many were withdrawn."""
    waiting = still_waiting(parcours)
    # Before closing: a closed file no longer changes its requests.
    for row in waiting:
        orientations.withdraw(by=by, orientation=row, now=now)
        mails.announce_withdrawal(row, now=now)
    close(by=by, parcours=parcours, issue=issue, now=now)
    return len(waiting)
