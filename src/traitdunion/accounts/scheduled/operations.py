"""Writes of scheduled work: enter it, claim what is due, record how it ended."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from .models import Outcome, ScheduledWork

# Time for the process to be stopped and its end recorded, after the limit of the work.
CLAIM_MARGIN = timedelta(minutes=5)


@dataclass(frozen=True)
class Work:
    """A command to run at an hour of the site's time zone, each day or on one day of the week.

    `label` is French, for pages; `weekday` counts from 0 for Monday, None for each day. `at_first`:
    it also runs as soon as a worker knows it.
    """

    name: str
    label: str
    command: tuple[str, ...]
    at: time
    weekday: int | None = None
    limit: timedelta = timedelta(hours=1)
    at_first: bool = False

    def next_after(self, now: datetime) -> datetime:
        """Return the first moment of the work after `now`."""
        day = timezone.localdate(now)
        zone = timezone.get_current_timezone()
        while True:
            moment = datetime.combine(day, self.at, tzinfo=zone)
            if moment > now and self.weekday in (None, day.weekday()):
                return moment
            day += timedelta(days=1)


def enter(works: Iterable[Work], now: datetime) -> None:
    """Give each new work its first moment, and forget those that are scheduled no more."""
    works = list(works)
    kept = dict(ScheduledWork.objects.values_list("name", "due_at"))
    for work in works:
        due_at = kept.get(work.name)
        if due_at is None:
            first = now if work.at_first else work.next_after(now)
            ScheduledWork.objects.get_or_create(name=work.name, defaults={"due_at": first})
        elif due_at > work.next_after(now):  # an earlier hour was set, or the clock jumped back
            ScheduledWork.objects.filter(name=work.name, claim=None).update(
                due_at=work.next_after(now)
            )
    if gone := kept.keys() - {work.name for work in works}:
        ScheduledWork.objects.filter(name__in=gone).delete()


def claim_due(works: Iterable[Work], now: datetime) -> tuple[Work, uuid.UUID] | None:
    """Claim the work that has been due for longest; None where none is due.

    Several workers may ask at once: one gets it, until the limit of the work has passed.
    """
    by_name = {work.name: work for work in works}
    free = Q(claim=None) | Q(claimed_until__lte=now)
    row = ScheduledWork.objects.filter(free, due_at__lte=now, name__in=by_name).order_by("due_at")
    for name, before in row.values_list("name", "claim"):
        work, mine = by_name[name], uuid.uuid4()
        with transaction.atomic(durable=True):
            same = ScheduledWork.objects.filter(name=name, claim=before, due_at__lte=now)
            if same.update(
                claim=mine, claimed_until=now + work.limit + CLAIM_MARGIN, started_at=now
            ):
                return work, mine
    return None


def end(work: Work, claim: uuid.UUID, *, outcome: Outcome, message: str, now: datetime) -> None:
    """Record how a claimed work ended, and when it is due next."""
    ScheduledWork.objects.filter(name=work.name, claim=claim).update(
        claim=None,
        claimed_until=None,
        ended_at=now,
        outcome=outcome,
        message=message[:500],
        due_at=work.next_after(now),
    )


def give_back(work: Work, claim: uuid.UUID) -> None:
    """Release a work that was stopped before its end: it is due still."""
    ScheduledWork.objects.filter(name=work.name, claim=claim).update(claim=None, claimed_until=None)


def ask_for(name: str, now: datetime) -> bool:
    """Make a work due now; return False where there is none of this name, or it is running."""
    free = Q(claim=None) | Q(claimed_until__lte=now)
    return bool(ScheduledWork.objects.filter(free, name=name).update(due_at=now))
