"""Reads of outgoing messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from ..models import Organisation
from .models import NO_SERVER, PENDING, MessageQuerySet, OutgoingMessage, is_configured

SHOWN = 100


@dataclass(frozen=True)
class Counts:
    """Numbers of messages that wait, that wait for over a quarter of an hour, that failed."""

    waiting: int
    late: int
    failed: int

    def __str__(self) -> str:
        return (
            f"{self.waiting} message(s) en attente, dont {self.late} depuis plus de quinze "
            f"minutes ; {self.failed} en échec."
        )


def counts(*, now: datetime, organisation: Organisation | None = None) -> Counts:
    """Count the messages of an organisation, or of the whole site."""
    rows = OutgoingMessage.objects.all() if organisation is None else of(organisation)
    return Counts(
        rows.filter(state__in=PENDING).count(), rows.late(now).count(), rows.failed().count()
    )


def alert_of(organisation: Organisation, *, now: datetime) -> str:
    """Return what an administrator has to know of the messages, in French; "" where all is well."""
    rows, parts = of(organisation), []
    if n_failed := rows.failed().count():
        parts.append(f"{n_failed} en échec")
    if n_late := rows.late(now).count():
        parts.append(f"{n_late} en attente depuis plus de quinze minutes")
    # Counting what waits would cost more at each page as a slow mail server lets it grow.
    if not is_configured() and rows.filter(state__in=PENDING).exists():
        parts.append(NO_SERVER)
    return "Messages : " + ", ".join(parts) + "." if parts else ""


def of(organisation: Organisation) -> MessageQuerySet:
    """Messages sent in the name of an organisation, or by the site itself to one of its members."""
    theirs = organisation.members.values("email")
    return OutgoingMessage.objects.filter(
        Q(organisation=organisation) | Q(organisation=None, to__in=theirs)
    )


def needing_care(organisation: Organisation, *, now: datetime) -> list[OutgoingMessage]:
    """Messages that failed, then those that wait for too long, the oldest first."""
    rows = of(organisation).select_related("by")
    late = rows.late(now).order_by("waiting_since", "pk")
    return [*rows.failed().order_by("created_at", "pk")[:SHOWN], *late[:SHOWN]]


def latest(organisation: Organisation) -> list[OutgoingMessage]:
    """The latest messages, whatever became of them."""
    return list(of(organisation)[:SHOWN])


def promise_of(queued: Sequence[OutgoingMessage]) -> str:
    """Return the answer to a person who queued several messages, in French."""
    if not queued:
        return "Aucun message à envoyer."
    if len(queued) == 1:
        return queued[0].promise
    n = len(queued)
    if is_configured():
        return f"{n} messages partent dans les minutes qui viennent."
    return f"{n} messages attendent : {NO_SERVER}."
