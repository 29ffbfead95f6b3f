"""Messages to the organiser of a meeting: three weeks and one week before, and the day after.

Each holds the one link of the meeting, which needs no account. The key of a message names the
meeting, its day and the moment: run again, nothing more is queued.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from traitdunion.accounts.outbox.operations import Sender, addresses_of, queue_mail, was_queued

from ..enums import Bloc
from ..models import Rencontre

FIRST_BEFORE = timedelta(days=21)
SECOND_BEFORE = timedelta(days=7)
# A meeting without a record for this long is no longer asked about.
ASKED_UNTIL = timedelta(days=30)


class Moment(StrEnum):
    """Why a message is sent."""

    FIRST = "j-21"
    SECOND = "j-7"
    AFTER = "apres"


SUBJECTS = {
    Moment.FIRST: "Dans trois semaines : un temps sur l'intégration ?",
    Moment.SECOND: "Dans une semaine : le temps sur l'intégration",
    Moment.AFTER: "Une minute : ce qui s'est dit",
}


@dataclass(frozen=True, slots=True)
class Due:
    """A message to queue."""

    meeting: Rencontre
    moment: Moment

    @property
    def key(self) -> str:
        return f"club-meeting:{self.meeting.pk}:{self.moment}:{self.meeting.tenue_le}"


def run(*, now: datetime, site: str) -> int:
    """Queue what is due; return how many messages were queued."""
    return sum(
        _queue(due, address, now, site)
        for due in due_on(timezone.localdate(now))
        for address in _to(due.meeting)
    )


def due_on(on: date) -> list[Due]:
    """Return the messages due on a day; none for a club of demonstration."""
    rows = (
        Rencontre.objects.kept()
        .filter(
            tenue_le__gte=on - ASKED_UNTIL,
            tenue_le__lte=on + FIRST_BEFORE,
            club__demonstration=False,
        )
        .select_related("club__organisation")
    )
    dues = [Due(row, moment) for row in rows if (moment := _moment(row, on)) is not None]
    return dues


def _moment(row: Rencontre, on: date) -> Moment | None:
    if row.tenue_le < on:
        return None if row.is_recorded else Moment.AFTER
    if row.bloc == Bloc.NON_PREVU or row.tenue_le == on:
        return None
    return Moment.SECOND if row.tenue_le - on <= SECOND_BEFORE else Moment.FIRST


def _to(row: Rencontre) -> Iterator[str]:
    if row.courriel:
        yield row.courriel
    else:
        yield from addresses_of(row.club.organisation)


@transaction.atomic
def _queue(due: Due, address: str, now: datetime, site: str) -> bool:
    if was_queued(key=due.key, to=address):
        return False
    row = due.meeting
    url = site + reverse("employers:organiser", kwargs={"token": row.token})
    queue_mail(
        key=due.key,
        to=address,
        subject=f"{SUBJECTS[due.moment]} {row.titre}"[:200],
        text=render_to_string(f"employers/mails/{due.moment}.txt", {"meeting": row, "url": url}),
        now=now,
        sender=Sender(organisation=row.club.organisation),
    )
    return True
