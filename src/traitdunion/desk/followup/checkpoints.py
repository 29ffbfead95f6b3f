"""What becomes of an accepted orientation: its start, then one, three and six months later."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import User

from ..enums import Servi, StatutOrientation
from ..models import CheckPoint, Orientation
from .operations import FollowUpError, checked, touch, trace

DUE_AFTER = {1: timedelta(days=30), 3: timedelta(days=91), 6: timedelta(days=182)}
"""Time from the start to each point of the follow-up, by month."""

Due = tuple[Orientation, int]
"""An orientation and the month of the point to open."""


@transaction.atomic
def start(*, by: User, orientation: Orientation, started_on: date, now: datetime) -> Orientation:
    """Write down the day from which the person is served."""
    parcours = checked(by, orientation.parcours)
    today = timezone.localdate(now)
    if not timezone.localdate(orientation.created_at) <= started_on <= today:
        raise FollowUpError("Le début se trouve entre le jour de l'orientation et aujourd'hui.")
    rows = Orientation.objects.filter(pk=orientation.pk, statut=StatutOrientation.ACCEPTEE)
    if not rows.filter(started_on=None).update(started_on=started_on):
        raise FollowUpError("Seule une orientation acceptée et pas encore commencée commence.")
    touch(parcours, now)
    trace(by, parcours, Action.MODIFIER, now)
    orientation.refresh_from_db()
    return orientation


def due(*, now: datetime) -> list[Due]:
    """Return the points to open; a file that is closed is left alone."""
    today = timezone.localdate(now)
    rows = Orientation.objects.filter(parcours__closed_at=None, parcours__anonymised_at=None)
    return [
        (orientation, month)
        for month, after in DUE_AFTER.items()
        for orientation in rows.filter(started_on__lte=today - after)
        .exclude(checkpoints__month=month)
        .select_related("parcours")
    ]


def open_point(due: Due, *, now: datetime) -> CheckPoint | None:
    """Open a point; None where it was opened meanwhile."""
    orientation, month = due
    point, new = CheckPoint.objects.get_or_create(
        orientation=orientation, month=month, defaults={"asked_at": now}
    )
    return point if new else None


@transaction.atomic
def answer_point(
    *, by: User, point: CheckPoint, servi: Servi, en_emploi: bool | None, now: datetime
) -> CheckPoint:
    """Record, once, whether the person is still served, and in a job (None: unknown)."""
    parcours = checked(by, point.orientation.parcours)
    rows = CheckPoint.objects.filter(pk=point.pk, answered_at=None)
    if not rows.update(servi=servi, en_emploi=en_emploi, answered_at=now):
        raise FollowUpError("Ce point de suivi est déjà fait.")
    touch(parcours, now)
    trace(by, parcours, Action.MODIFIER, now)
    point.refresh_from_db()
    return point
