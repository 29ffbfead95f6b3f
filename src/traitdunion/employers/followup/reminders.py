"""Ask an employer for its counts, 3, 6 and 12 months after it confirmed a commitment.

The key of a message names the commitment and the month: run again, nothing more is queued.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from traitdunion.accounts.outbox.operations import Sender, addresses_of, queue_mail, was_queued

from ..enums import IN_FORCE
from ..models import EngagementEmployeur

ASKED_AFTER = {3: timedelta(days=91), 6: timedelta(days=182), 12: timedelta(days=365)}
# A message that could not leave for this long is no longer sent.
SENT_UNTIL = timedelta(days=30)


def run(*, now: datetime, site: str) -> int:
    """Queue what is due; return how many messages were queued."""
    on = timezone.localdate(now)
    return sum(
        _queue(promise, months, address, now, site)
        for promise, months in due(on)
        for address in _to(promise)
    )


def due(on: date) -> list[tuple[EngagementEmployeur, int]]:
    """Return the commitments to ask about on a day, with the months gone by."""
    rows = EngagementEmployeur.objects.filter(
        engagement__etat__in=IN_FORCE, rencontre__club__demonstration=False
    ).select_related("engagement__organisation", "rencontre__club__organisation")
    due_now = []
    for row in rows:
        confirmed = timezone.localdate(row.engagement.confirme_le)
        for months, after in ASKED_AFTER.items():
            if confirmed + after <= on < confirmed + after + SENT_UNTIL:
                due_now.append((row, months))
    return due_now


def _to(promise: EngagementEmployeur) -> Iterator[str]:
    if promise.engagement.courriel:
        yield promise.engagement.courriel
    elif promise.engagement.organisation is not None:
        yield from addresses_of(promise.engagement.organisation)


@transaction.atomic
def _queue(
    promise: EngagementEmployeur, months: int, address: str, now: datetime, site: str
) -> bool:
    key = f"employer-counts:{promise.pk}:{months}"
    if was_queued(key=key, to=address):
        return False
    url = site + reverse("employers:counts", kwargs={"token": promise.token})
    context = {"promise": promise, "months": months, "url": url}
    queue_mail(
        key=key,
        to=address,
        subject="Vos embauches, en trois nombres",
        text=render_to_string("employers/mails/bilan.txt", context),
        now=now,
        sender=Sender(organisation=promise.rencontre.club.organisation),
    )
    return True
