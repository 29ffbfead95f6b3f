"""Erase the names of housing that are no longer needed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from .enums import EtatDemande, EvenementRevente
from .households.operations import forget
from .models import Bail, Demande, Mandat, Plan, Revente
from .plans.operations import forget_plan

# The action in nullity lasts five years from the deed (R.255-8): its proofs are kept as long.
PROOFS_KEPT = timedelta(days=5 * 365 + 2)
NOT_SOLD_KEPT = timedelta(days=730)
DEMAND_KEPT = timedelta(days=365)
"""After the last contact of a household that was allotted no home."""
CLOSED_KEPT = timedelta(days=90)
"""After a refusal."""
MANDATE_KEPT = timedelta(days=400)
"""After a mandate ends: a debit may be disputed for thirteen months (CMF L.133-24)."""
PLAN_KEPT = timedelta(days=365)
"""After the last change of a plan."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Names erased."""

    buyers: int
    holders: int
    demands: int = 0
    plans: int = 0

    @property
    def total(self) -> int:
        return self.buyers + self.holders + self.demands + self.plans


@transaction.atomic
def forget_due(*, now: datetime) -> Forgotten:
    """Erase the names of buyers and of holders whose period is over; run again, it does nothing."""
    resales = Revente.objects.exclude(acquereur="")
    deeds = resales.filter(evenements__nature=EvenementRevente.ACTE)
    sold = resales.filter(
        evenements__nature=EvenementRevente.ACTE,
        evenements__le__lt=timezone.localdate(now - PROOFS_KEPT),
    )
    unsold = resales.exclude(pk__in=deeds.values("pk")).filter(ouverte_le__lt=now - NOT_SOLD_KEPT)
    due = set(sold.values_list("pk", flat=True)) | set(unsold.values_list("pk", flat=True))
    buyers = Revente.objects.filter(pk__in=due).update(acquereur="")
    ended = (
        Bail.objects.exclude(preneur="")
        .annotate(last=Max("versions__fin"))
        .filter(last__lt=timezone.localdate(now - PROOFS_KEPT))
    )
    holders = Bail.objects.filter(pk__in=list(ended.values_list("pk", flat=True))).update(
        preneur=""
    )
    plans = Plan.objects.filter(clos_le=None, touche_le__lte=now - PLAN_KEPT)
    n_plans = len(plans)
    Mandat.objects.exclude(iban="").filter(
        revoque_le__lt=timezone.localdate(now - MANDATE_KEPT)
    ).update(iban="", titulaire="")
    for plan in plans:
        forget_plan(plan, now)
    return Forgotten(buyers, holders, _forget_demands(now), n_plans)


def _forget_demands(now: datetime) -> int:
    """Erase the contact of households that were not heard of; a lease takes over an allotment."""
    rows = Demande.objects.exclude(etat=EtatDemande.EFFACEE)
    refused = rows.filter(etat=EtatDemande.REFUSEE, touchee_le__lte=now - CLOSED_KEPT)
    stale = rows.filter(touchee_le__lte=now - DEMAND_KEPT)
    due = (refused | stale).distinct()
    for row in due:
        forget(row)
    return len(due)
