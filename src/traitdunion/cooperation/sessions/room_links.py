"""Links by which helpers of the day take the tables' ideas, or arrivals, without an account."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from ..enums import RoleSalle
from ..models import AccesSalle, Seance
from ..operations import CooperationError


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def draw_link(*, by: User, seance: Seance, role: RoleSalle, now: datetime) -> str:
    """Return the secret of a new link, kept nowhere; the former link of this role dies."""
    check(by, Permission.STEER, seance.organisation)
    token = secrets.token_urlsafe(16)
    AccesSalle.objects.update_or_create(
        seance=seance, role=role, defaults={"empreinte": digest_of(token), "tire_le": now}
    )
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)
    return token


def access_of(token: str, role: RoleSalle) -> AccesSalle | None:
    """Return what a link opens; None where there is no such link of this role."""
    rows = AccesSalle.objects.select_related("seance__organisation")
    return rows.filter(empreinte=digest_of(token), role=role).first()


def check_room(by: User | AccesSalle, role: RoleSalle, seance: Seance, *, now: datetime) -> None:
    """Raise unless `by` runs the session, or holds its link of this role until it ends."""
    if not isinstance(by, AccesSalle):
        check(by, Permission.STEER, seance.organisation)
    elif by.seance_id != seance.pk or by.role != role:
        raise CooperationError("Ce lien n'est pas celui de cette séance : redemandez-le.")
    elif not seance.may_still_run(now):
        raise CooperationError("La séance est terminée : ce lien ne sert plus.")
