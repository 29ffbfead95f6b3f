"""What is forgotten of employers: mailboxes of organisers, speakers who consent no more."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from .models import (
    Consentement,
    ContactSite,
    DemandeSite,
    DiagnosticSite,
    EnvoiSite,
    ImportSites,
    Intervenant,
    Intervention,
    Rencontre,
)
from .speakers.operations import empty
from .speakers.testimonies import forget_testimonies

MAILBOX_KEPT = timedelta(days=365)
# After the last consent ended, or the registration where none was given.
SPEAKER_KEPT = timedelta(days=90)
# A file of sites read and never applied.
FILE_KEPT = timedelta(days=30)
# After a diagnosis of a site, so that four others can be compared to it.
DIAGNOSIS_KEPT = timedelta(days=5 * 365 + 2)
# After a request to sites ended, what it says of the person; after the last sign of a site, its
# mailbox.
REFERENCE_KEPT = timedelta(days=365)
# After a consent ended or was withdrawn: the proof of it, and the trips paid.
PROOF_KEPT = timedelta(days=5 * 365 + 2)


@transaction.atomic
def forget_due(*, now: datetime) -> int:
    """Empty old mailboxes and speakers who consent no more, delete old proofs; return how many."""
    today = timezone.localdate(now)
    old = Rencontre.objects.filter(tenue_le__lt=today - MAILBOX_KEPT).exclude(courriel="")
    n = old.update(courriel="")
    n += _forget_requests(now)
    n += _forget_files(now)
    n += forget_testimonies(now=now)
    n += DiagnosticSite.objects.filter(fait_le__lt=today - DIAGNOSIS_KEPT).delete()[0]
    for row in _without_consent(now):
        empty(row, now=now)
        n += 1
    limit = now - PROOF_KEPT
    proofs = Consentement.objects.filter(
        expire_le__lt=timezone.localdate(limit), donne_le__lt=limit
    )
    n += proofs.delete()[0]
    rows = Intervention.objects.filter(demande__rencontre__tenue_le__lt=timezone.localdate(limit))
    n += rows.delete()[0]
    gone = Intervenant.objects.filter(retire_le__lt=limit, consentements=None, interventions=None)
    return n + gone.delete()[0]


def _forget_files(now: datetime) -> int:
    """Delete the files of sites that were never applied."""
    return ImportSites.objects.filter(applique_le=None, lu_le__lt=now - FILE_KEPT).delete()[0]


def _forget_requests(now: datetime) -> int:
    """Empty what ended requests say of a person, and the mailboxes of sites silent for long."""
    limit = now - REFERENCE_KEPT
    ended = DemandeSite.objects.filter(finie_le__lt=limit)
    ended = ended.exclude(reference="", precision="")
    EnvoiSite.objects.filter(demande__in=list(ended)).update(cle="")
    n = ended.update(reference="", precision="")
    old = ContactSite.objects.filter(rafraichi_le__lt=timezone.localdate(limit)).exclude(
        courriel=""
    )
    return n + old.update(courriel="", version=F("version") + 1)


def _without_consent(now: datetime) -> list[Intervenant]:
    """Return the speakers whose consents all ended long ago, or who never gave any."""
    limit = now - SPEAKER_KEPT
    rows = Intervenant.objects.filter(retire_le=None, inscrit_le__lt=limit)
    rows = rows.annotate(last=Max("consentements__expire_le"))
    return [row for row in rows if row.last is None or row.last < timezone.localdate(limit)]
