"""Deletion of old rows of the accounts; the register of processing reads its periods here."""

from datetime import datetime, timedelta

from .models import Access, Counter, Invitation, OpenSession
from .outbox import operations as outbox

JOURNAL_KEPT = timedelta(days=365)
# After a link no longer opens: long enough to answer a person who did not receive it.
INVITATION_KEPT = timedelta(days=90)


def forget_due(*, now: datetime) -> int:
    """Delete old journal lines, messages, ended invitations and sessions; return how many rows."""
    rows = (
        Access.objects.filter(at__lt=now - JOURNAL_KEPT),
        Invitation.objects.filter(expires_at__lt=now - INVITATION_KEPT),
        Counter.objects.filter(expires__lt=now),
        OpenSession.objects.filter(expire_date__lt=now),
    )
    return sum(queryset.delete()[0] for queryset in rows) + outbox.forget_due(now=now)
