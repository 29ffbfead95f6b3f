"""The weekly digest of a mailbox: proposals that got more support, and those that wait."""

from datetime import datetime, timedelta

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from traitdunion.accounts.outbox.operations import Sender, queue_mail

from .models import Proposition
from .recipients import recipient_of

WEEK = timedelta(days=7)
MONDAY = 0


def queue_digests(*, now: datetime, site: str) -> int:
    """Queue, on Mondays, one message to each mailbox with proposals that wait; return how many.

    Those sent within the week are left out unless another organisation asked for them since; a
    recipient on pause receives nothing. Run again on the same day, nothing more is sent.
    """
    today = timezone.localdate(now)
    if today.weekday() != MONDAY:
        return 0
    by_mailbox: dict[str, list[Proposition]] = {}
    rows = Proposition.objects.open().exclude(courriel="").filter(organisation__demonstration=False)
    for row in rows.select_related("organisation").prefetch_related("soutiens").order_by("pk"):
        is_new = now - row.envoyee_le < WEEK
        recent = [s for s in row.soutiens.all() if today - s.le <= WEEK]
        paused = recipient_of(row.acteur, row.territoire, row.nature).is_paused(today)
        if not paused and (not is_new or len(recent) > 1):
            by_mailbox.setdefault(row.courriel, []).append(row)
    for mailbox, proposals in by_mailbox.items():
        lines = [
            (row, row.soutiens.count(),
             site + reverse("levers:answer", kwargs={"token": row.token}))
            for row in proposals
        ]  # fmt: skip
        year, week, _ = today.isocalendar()
        queue_mail(
            key=f"levers-digest:{year}-{week}",
            to=mailbox,
            subject=f"{len(lines)} proposition{'s' * (len(lines) > 1)} sans réponse",
            text=render_to_string("levers/mails/digest.txt", {"lines": lines}),
            now=now,
            sender=Sender(organisation=proposals[0].organisation),
        )
    return len(by_mailbox)
