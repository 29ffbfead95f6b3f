"""Reads of scheduled work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .models import Outcome, ScheduledWork
from .operations import Work

# The worker looks three times a minute; a long work may keep the others waiting.
LATE_AFTER = timedelta(hours=3)


@dataclass(frozen=True)
class Line:
    """A work with its row, as pages show it; `row` is None before a worker first ran."""

    work: Work
    row: ScheduledWork | None

    def state(self, now: datetime) -> str:
        """Return how it stands, in French."""
        if self.row is None:
            return "jamais vu par un envoi"
        if self.row.claimed_until is not None and self.row.claimed_until > now:
            return "en cours"
        return str(Outcome(self.row.outcome).label)


def lines(works: Sequence[Work]) -> list[Line]:
    """Return each work with its row, in the order of the list."""
    rows = ScheduledWork.objects.in_bulk([work.name for work in works])
    return [Line(work, rows.get(work.name)) for work in works]


def failing() -> list[str]:
    """Return the names of the works whose last run failed."""
    rows = ScheduledWork.objects.filter(outcome=Outcome.FAILED).order_by("name")
    return list(rows.values_list("name", flat=True))


def late(now: datetime) -> list[str]:
    """Return the names of the works due for hours that no worker has taken."""
    rows = ScheduledWork.objects.filter(due_at__lt=now - LATE_AFTER).exclude(claimed_until__gt=now)
    return list(rows.order_by("name").values_list("name", flat=True))
