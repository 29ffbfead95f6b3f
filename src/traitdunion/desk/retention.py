"""What is forgotten of the desk beside the files themselves, and when.

The files have their own end (`followup/privacy.py`). The register of processing reads the periods
here. Run again, it does nothing more.
"""

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from .models import AnswerLink, Call, Search, SentMail

# After a link no longer opens: its structure may still ask for a fresh one until then.
LINK_KEPT = timedelta(days=90)
MAIL_KEPT = timedelta(days=365)
# Counts without anybody: three years make a trend, and none is made of older ones.
COUNTED_KEPT = timedelta(days=3 * 365)


def forget_due(*, now: datetime) -> int:
    """Delete links, messages and counts that were kept for long enough; how many."""
    counted_from = localdate(now) - COUNTED_KEPT
    rows = (
        AnswerLink.objects.filter(expires_at__lt=now - LINK_KEPT),
        SentMail.objects.filter(at__lt=now - MAIL_KEPT),
        Search.objects.filter(week__lt=counted_from),
        Call.objects.filter(week__lt=counted_from),
    )
    return sum(old.delete()[0] for old in rows)
