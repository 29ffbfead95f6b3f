"""What is done every day for the follow-up; twice the same day, the second does nothing."""

from dataclasses import dataclass
from datetime import datetime

from ..enums import Courrier
from .mails import send_link, tell_followers
from .orientations import expire_due, forget_reminder, remind_due


@dataclass(frozen=True)
class Done:
    """How many of each thing were done, and how many messages could not leave."""

    reminded: int
    expired: int
    failed: int


def run(*, now: datetime, site: str) -> Done:
    """Expire, then remind."""
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
    return Done(reminded, len(expired), sum(1 for mail in mails if mail.error))
