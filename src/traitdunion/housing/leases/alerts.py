"""Warn who keeps leases before a decision of theirs is due, and once its day has passed."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from traitdunion.accounts.outbox.operations import Sender, addresses_of, queue_mail, was_queued
from traitdunion.french import day

from ..enums import EvenementRevente
from ..models import Bail, Revente
from .facts import FactClock, clocks_of_facts
from .resales import ClockLine, clocks_of

WARNED_DAYS = (14, 3, -1)
"""Days before the strict date; negative, once it has passed."""
CLOSED = (EvenementRevente.ACTE, EvenementRevente.PREEMPTION)


@dataclass(frozen=True, slots=True)
class Alert:
    """A clock to write about: `left` days before its strict date, negative past it.

    `origin`: the resale or the lease whose events started it.
    """

    bail: Bail
    origin: str
    line: ClockLine | FactClock
    left: int
    stage: int

    @property
    def key(self) -> str:
        """Return the name of the deed, for which one message is sent to an address."""
        counted = self.line.counted
        until = counted.strict if counted else ""
        return f"housing-clock:{self.origin}:{self.line.rule}:{until}:{self.stage}"


def due(*, now: datetime) -> list[Alert]:
    """Return the clocks without an answer that come near their end, or are past it."""
    today = timezone.localdate(now)
    rows = Revente.objects.exclude(evenements__nature__in=CLOSED).filter(bail__demonstration=False)
    rows = rows.select_related("bail__organisation").prefetch_related("evenements")
    lines: list[tuple[Bail, str, ClockLine | FactClock]] = [
        (row.bail, str(row.pk), line) for row in rows for line in clocks_of(row)
    ]
    leases = Bail.objects.filter(demonstration=False, faits__isnull=False).distinct()
    lines += [
        (bail, f"bail-{bail.pk}", line)
        for bail in leases.select_related("organisation").prefetch_related("faits")
        for line in clocks_of_facts(list(bail.faits.all()))
    ]
    alerts = []
    for bail, origin, line in lines:
        if line.counted is None or line.stopped is not None:
            continue
        left = (line.counted.strict - today).days
        stage = next((days for days in reversed(WARNED_DAYS) if left <= days), None)
        if stage is not None and left >= -7 * len(WARNED_DAYS):
            alerts.append(Alert(bail, origin, line, left, stage))
    return alerts


def run(*, now: datetime, site: str) -> int:
    """Queue the alerts; run again, nothing more is queued. Return how many were."""
    return sum(
        _queue(alert, address, now, site)
        for alert in due(now=now)
        for address in addresses_of(alert.bail.organisation)
    )


@transaction.atomic
def _queue(alert: Alert, address: str, now: datetime, site: str) -> bool:
    counted = alert.line.counted
    if counted is None or was_queued(key=alert.key, to=address):
        return False
    bail = alert.bail
    when = "Délai passé" if alert.left < 0 else f"Avant le {day(counted.strict)}"
    queue_mail(
        key=alert.key,
        to=address,
        subject=f"{when} : {alert.line.law.label.lower()}, bail {bail.numero}",
        text=render_to_string(
            "housing/mails/clock_due.txt",
            {
                "bail": bail,
                "law": alert.line.law,
                "strict": day(counted.strict),
                "extended": day(counted.extended),
                "left": alert.left,
                "is_ours": alert.line.is_ours,
                "url": site + reverse("housing:lease", kwargs={"pk": bail.pk}),
            },
        ),
        now=now,
        sender=Sender(organisation=bail.organisation),
    )
    return True
