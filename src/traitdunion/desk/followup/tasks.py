"""What is done every day for the follow-up; twice the same day, the second does nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from traitdunion.accounts.operations import forget_old_accesses

from ..enums import Courrier
from . import saved_searches
from .checkpoints import ask_due
from .mails import send_link, tell_appeared, tell_followers
from .orientations import (
    ask_waiting_lists,
    expire_due,
    forget_link,
    forget_reminder,
    remind_due,
)
from .privacy import anonymise_due


@dataclass(frozen=True)
class Done:
    """How many of each thing were done, and how many messages could not leave."""

    reminded: int
    expired: int
    asked: int
    anonymised: int
    appeared: int
    failed: int


def run(
    *,
    now: datetime,
    site: str,
    kept_days: int,
    has_answer: saved_searches.HasAnswer = saved_searches.has_answer,
) -> Done:
    """Anonymise what was not touched for `kept_days`, then expire, remind, ask what is due.

    Searches that are watched are asked again, of `has_answer`. The lines of the journal that are
    older than it is kept are deleted on the way.
    """
    forget_old_accesses(now=now)
    anonymised = anonymise_due(now=now, kept=timedelta(days=kept_days))
    mails = []
    expired = expire_due(now=now)
    for orientation in expired:
        mails += tell_followers(orientation, kind=Courrier.EXPIRATION, site=site, now=now)
    reminded = 0
    for sent in remind_due(now=now):
        mail = send_link(sent, kind=Courrier.RELANCE, site=site, now=now)
        mails.append(mail)
        if mail.error:
            forget_reminder(sent)
        else:
            reminded += 1
    for sent in ask_waiting_lists(now=now):
        mail = send_link(sent, kind=Courrier.LISTE, site=site, now=now)
        mails.append(mail)
        if mail.error:
            forget_link(sent)
    asked = ask_due(now=now)
    for point in asked:
        mails += tell_followers(point.orientation, kind=Courrier.SUIVI, site=site, now=now)
    appeared = saved_searches.ask_again(now=now, has_answer=has_answer)
    for (user, organisation), rows in saved_searches.to_tell().items():
        mail = tell_appeared(user, organisation, len(rows), site=site, now=now)
        mails.append(mail)
        if not mail.error:
            saved_searches.told(rows, now=now)
    failed = sum(1 for mail in mails if mail.error)
    return Done(reminded, len(expired), len(asked), anonymised, appeared, failed)
