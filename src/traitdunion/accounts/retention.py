"""What is forgotten of accounts, and when; the register of processing reads its periods here."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from .models import Access, Invitation

JOURNAL_KEPT = timedelta(days=365)
# After a link no longer opens: long enough to answer whoever says they never received it.
INVITATION_KEPT = timedelta(days=90)


def forget_due(*, now: datetime) -> int:
    """Delete old lines of the journal, invitations that are over, sessions that are; how many."""
    rows = (
        Access.objects.filter(at__lt=now - JOURNAL_KEPT),
        Invitation.objects.filter(expires_at__lt=now - INVITATION_KEPT),
        Session.objects.filter(expire_date__lt=now),
    )
    return sum(one.delete()[0] for one in rows)
