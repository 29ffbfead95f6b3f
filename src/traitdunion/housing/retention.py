"""Erase the names of housing that are no longer needed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from .enums import EvenementRevente
from .models import Bail, Revente

# The action in nullity lasts five years from the deed (R.255-8): its proofs are kept as long.
PROOFS_KEPT = timedelta(days=5 * 365 + 2)
NOT_SOLD_KEPT = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Names erased."""

    buyers: int
    holders: int

    @property
    def total(self) -> int:
        return self.buyers + self.holders


@transaction.atomic
def forget_due(*, now: datetime) -> Forgotten:
    """Erase the names of buyers and of holders whose period is over; run again, it does nothing."""
    resales = Revente.objects.exclude(acquereur="")
    deeds = resales.filter(evenements__nature=EvenementRevente.ACTE)
    sold = resales.filter(
        evenements__nature=EvenementRevente.ACTE,
        evenements__le__lt=(now - PROOFS_KEPT).date(),
    )
    unsold = resales.exclude(pk__in=deeds.values("pk")).filter(ouverte_le__lt=now - NOT_SOLD_KEPT)
    due = set(sold.values_list("pk", flat=True)) | set(unsold.values_list("pk", flat=True))
    buyers = Revente.objects.filter(pk__in=due).update(acquereur="")
    ended = (
        Bail.objects.exclude(preneur="")
        .annotate(last=Max("versions__fin"))
        .filter(last__lt=(now - PROOFS_KEPT).date())
    )
    holders = Bail.objects.filter(pk__in=list(ended.values_list("pk", flat=True))).update(
        preneur=""
    )
    return Forgotten(buyers, holders)
