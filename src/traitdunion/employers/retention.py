"""What is forgotten of employers: the mailbox of an organiser, a year after the meeting."""

from datetime import datetime, timedelta

from django.utils import timezone

from .models import Rencontre

MAILBOX_KEPT = timedelta(days=365)


def forget_due(*, now: datetime) -> int:
    """Empty the mailboxes of old meetings; return how many."""
    limit = timezone.localdate(now) - MAILBOX_KEPT
    return Rencontre.objects.filter(tenue_le__lt=limit).exclude(courriel="").update(courriel="")
