"""What is done every day for the follow-up; twice the same day, the second does nothing.

Each message is queued in the transaction of what it announces: a run that is killed half way
leaves nothing marked without its message.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from traitdunion.accounts import resets
from traitdunion.accounts import retention as of_accounts
from traitdunion.levers import retention as of_levers
from traitdunion.levers.digests import queue_digests

from .. import retention as of_the_desk
from ..enums import Courrier
from ..models import Orientation
from . import checkpoints, mails, orientations, saved_searches, waiting_lists
from .privacy import anonymise_due


@dataclass(frozen=True)
class Done:
    """How many of each thing were done."""

    reminded: int = 0
    expired: int = 0
    asked: int = 0
    anonymised: int = 0
    appeared: int = 0
    forgotten: int = 0


def run(
    *,
    now: datetime,
    site: str,
    kept_days: int,
    has_answer: saved_searches.HasAnswer = saved_searches.has_answer,
) -> Done:
    """Anonymise what was not touched for `kept_days`, then expire, remind, ask what is due.

    Searches that are watched are asked again, of `has_answer`. What was kept for long enough
    (journal, sessions, invitations, links, messages, counts) is deleted on the way.
    """
    resets.apply_due(now=now)
    forgotten = (
        of_accounts.forget_due(now=now)
        + of_the_desk.forget_due(now=now)
        + of_levers.forget_due(now=now)
    )
    queue_digests(now=now, site=site)
    anonymised = anonymise_due(now=now, kept=timedelta(days=kept_days))
    expired = sum(_expire(row, now, site) for row in orientations.due_to_expire(now=now))
    reminded = sum(_remind(row, now, site) for row in orientations.due_for_reminder(now=now))
    for row in waiting_lists.due(now=now):
        _ask_list(row, now, site)
    asked = sum(_ask_for_checkpoint(due, now, site) for due in checkpoints.due(now=now))
    appeared = saved_searches.ask_again(now=now, has_answer=has_answer)
    _announce_found(now, site)
    return Done(reminded, expired, asked, anonymised, appeared, forgotten)


@transaction.atomic
def _expire(orientation: Orientation, now: datetime, site: str) -> bool:
    if not orientations.expire(orientation, now):
        return False
    mails.announce_expiry(orientation, site=site, now=now)
    return True


@transaction.atomic
def _remind(orientation: Orientation, now: datetime, site: str) -> bool:
    sent = orientations.remind(orientation, now)
    if sent is not None:
        mails.send_link(sent, kind=Courrier.RELANCE, site=site, now=now)
    return sent is not None


@transaction.atomic
def _ask_list(orientation: Orientation, now: datetime, site: str) -> None:
    sent = orientations.ask_list(orientation, now)
    if sent is not None:
        mails.send_link(sent, kind=Courrier.LISTE, site=site, now=now)


@transaction.atomic
def _ask_for_checkpoint(due: checkpoints.Due, now: datetime, site: str) -> bool:
    point = checkpoints.open_point(due, now=now)
    if point is not None:
        mails.ask_for_checkpoint(point, site=site, now=now)
    return point is not None


@transaction.atomic
def _announce_found(now: datetime, site: str) -> None:
    """Write one message for each person and organisation, then mark the searches as announced."""
    for (user, organisation), rows in saved_searches.to_announce().items():
        mails.announce_found(user, organisation, rows, site=site, now=now)
        saved_searches.mark_announced(rows, now=now)
