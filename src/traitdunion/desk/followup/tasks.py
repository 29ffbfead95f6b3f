"""What is done every day for the follow-up; twice the same day, the second does nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from traitdunion.accounts import retention as of_accounts

from .. import retention as of_the_desk
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

    reminded: int = 0
    expired: int = 0
    asked: int = 0
    anonymised: int = 0
    appeared: int = 0
    failed: int = 0
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
    forgotten = of_accounts.forget_due(now=now) + of_the_desk.forget_due(now=now)
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
    return Done(reminded, len(expired), len(asked), anonymised, appeared, failed, forgotten)
