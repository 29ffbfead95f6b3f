"""What is forgotten of the levers: the mailbox that answered, a year after the proposal ended."""

from datetime import datetime, timedelta

from django.db.models import Q

from .models import Proposition

MAILBOX_KEPT = timedelta(days=365)
PROPOSAL_KEPT = timedelta(days=3 * 365)


def forget_due(*, now: datetime) -> int:
    """Empty the mailboxes of old proposals, delete those of three years; return how many rows."""
    old = Proposition.objects.filter(envoyee_le__lt=now - PROPOSAL_KEPT)
    n = old.delete()[0]
    limit = now - MAILBOX_KEPT
    ended = Q(repondue_le__lt=limit) | Q(repondue_le=None, envoyee_le__lt=limit)
    return n + Proposition.objects.filter(ended).exclude(courriel="").update(courriel="")
