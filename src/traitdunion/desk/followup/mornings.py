"""What waits for an adviser in the morning, in the files they follow; reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef

from traitdunion.accounts.models import Organisation, User

from ..enums import StatutOrientation
from ..models import CheckPoint, Orientation, OrientationQuerySet, Parcours, SavedSearch
from .orientations import EXPIRED_AFTER

TOLD_BEFORE = timedelta(days=5)
"""Time before an orientation expires from which it is in the list."""


@dataclass(frozen=True)
class Morning:
    """Each list in the order in which to take it: what waits longest comes first."""

    stopped: Sequence[Orientation]
    accepted: Sequence[Orientation]
    listed: Sequence[Orientation]
    expiring: Sequence[Orientation]
    points: Sequence[CheckPoint]
    appeared: Sequence[SavedSearch]

    @property
    def count(self) -> int:
        """Count the things to do; waiting lists need nothing."""
        todo = (self.stopped, self.accepted, self.expiring, self.points, self.appeared)
        return sum(map(len, todo))


def morning_of(user: User, organisation: Organisation, *, now: datetime) -> Morning:
    """Return what waits for `user` in the open files that they follow.

    Refused or expired, and nothing was tried since; accepted, and the start is not written down;
    on a waiting list, the nearest place first; about to expire; points of the follow-up that were
    asked and not answered; answers that appeared to searches that are watched.
    """
    files = Parcours.objects.of(organisation).followed_by(user).filter(closed_at=None)
    rows = Orientation.objects.filter(parcours__in=files).select_related("parcours", "structure")
    nearest = F("expected_on").asc(nulls_last=True)
    accepted = rows.filter(statut=StatutOrientation.ACCEPTEE, started_on=None)
    expiring = rows.open().sent_before(now - EXPIRED_AFTER + TOLD_BEFORE)
    points = CheckPoint.objects.filter(orientation__parcours__in=files, answered_at=None)
    appeared = SavedSearch.objects.filter(parcours__in=files).appeared()
    return Morning(
        stopped=list(_given_up(rows).order_by("created_at", "pk")),
        accepted=list(accepted.order_by("answered_at", "pk")),
        listed=list(rows.on_waiting_list().order_by(nearest, "listed_at", "pk")),
        expiring=list(expiring.order_by("sent_at", "pk")),
        points=list(points.select_related("orientation__parcours").order_by("asked_at", "pk")),
        appeared=list(appeared.select_related("parcours").order_by("appeared_at", "pk")),
    )


def _given_up(rows: OrientationQuerySet) -> OrientationQuerySet:
    """Filter those refused or expired, where no other orientation was made since."""
    ended = [StatutOrientation.REFUSEE, StatutOrientation.EXPIREE]
    later = Orientation.objects.filter(
        parcours=OuterRef("parcours"), created_at__gt=OuterRef("created_at")
    )
    return rows.filter(~Exists(later), statut__in=ended)
