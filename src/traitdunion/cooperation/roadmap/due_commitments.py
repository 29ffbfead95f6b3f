"""Messages about commitments that fall due: a week before, and once the day has passed.

The key of each message holds the commitment, its day and the moment: run again, nothing more is
queued; a commitment whose day moves is announced again.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from traitdunion.accounts.outbox.operations import Sender, addresses_of, queue_mail, was_queued

from ..dates import day
from ..enums import EtatEngagement
from ..models import Engagement
from .reminders import token_hash

WARNED_BEFORE = timedelta(days=7)
# A commitment long past is a matter for those who steer: nothing more is written to its bearer.
ASKED_AFTER = timedelta(days=60)


@dataclass(frozen=True)
class Due:
    """A commitment to write about: `is_late` once its day has passed."""

    commitment: Engagement
    is_late: bool

    @property
    def key(self) -> str:
        """Return the name of the deed, for which one message is sent to an address."""
        moment = "late" if self.is_late else "soon"
        return f"commitment-{moment}:{self.commitment.pk}:{self.commitment.pour_le}"


def run(*, now: datetime, site: str) -> int:
    """Queue what is due; return how many messages were queued."""
    return sum(_queue(due, address, now, site) for due in due_on(day(now)) for address in _to(due))


def due_on(on: date) -> list[Due]:
    """Return the commitments in force due within a week, or past for less than two months."""
    rows = Engagement.objects.filter(
        etat=EtatEngagement.CONFIRME,
        pour_le__gte=on - ASKED_AFTER,
        pour_le__lte=on + WARNED_BEFORE,
        action__axe__seance__demonstration=False,
    ).select_related("organisation", "action__axe__seance__organisation")
    return [Due(row, row.pour_le < on) for row in rows]


def _to(due: Due) -> Iterator[str]:
    """Yield the addresses of who bears a commitment."""
    row = due.commitment
    if row.organisation is None:
        yield row.courriel
    else:
        yield from addresses_of(row.organisation)


@transaction.atomic
def _queue(due: Due, address: str, now: datetime, site: str) -> bool:
    row = due.commitment
    if not address or was_queued(key=due.key, to=address):
        return False
    queue_mail(
        key=due.key,
        to=address,
        subject=f"{'Échéance passée' if due.is_late else 'Dans une semaine'} : {row.quoi}",
        text=render_to_string(
            "cooperation/mails/commitment_due.txt",
            {"commitment": row, "is_late": due.is_late, "url": site + _page(row)},
        ),
        now=now,
        sender=Sender(organisation=row.action.axe.seance.organisation),
    )
    return True


def _page(row: Engagement) -> str:
    """Return the page where a bearer reports: by a new link where it has no account."""
    if row.organisation is not None:
        return reverse("cooperation:commitments", kwargs={"organisation": row.organisation.slug})
    # Only the digest of a link is kept: each message writes its own, which replaces the last.
    token = secrets.token_urlsafe(16)
    row.empreinte = token_hash(token)
    row.save(update_fields=["empreinte"])
    return reverse("cooperation:own-commitments", kwargs={"token": token})
