"""Reads of the requests to sites: who may be asked, how often a site answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Prefetch, Q, QuerySet

from traitdunion.accounts.models import Organisation
from traitdunion.disclosure import K, of_share, publish

from ..enums import EtatEnvoi
from ..models import ContactSite, DemandeSite, EnvoiSite
from ..models.site_requests import SILENCE

SHOWN_AFTER = 9 * SILENCE
"""A site sees its past requests for so long."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests that a site answered within ten days, of those whose ten days are over or answered.

    Each counted request is one person, and several organisations ask the same site: others than
    the site read steps of eleven.
    """

    answered: int
    asked: int

    @property
    def shown(self) -> tuple[int, int] | None:
        """Return both counts as others than the site read them; None where they are hidden."""
        if self.asked < K:
            return None
        cells = publish(of_share(self.answered, self.asked, step=K))
        answered, asked = cells["n"], cells["d"]
        return None if answered is None or asked is None else (answered, asked)

    @property
    def percent(self) -> int | None:
        """Return the share answered, in whole percent; None where nothing was asked."""
        return round(100 * self.answered / self.asked) if self.asked else None


def rates(contacts: Iterable[ContactSite], *, now: datetime) -> dict[int, Rate]:
    """Return how often each contact answers; late answers are not counted as answers."""
    in_time = Q(repondue_le__lte=F("envoyee_le") + SILENCE)
    over = Q(envoyee_le__lte=now - SILENCE) & ~Q(etat=EtatEnvoi.SANS_OBJET)
    rows = (
        EnvoiSite.objects.filter(contact__in=list(contacts))
        .order_by()
        .values("contact")
        .annotate(answered=Count("pk", filter=in_time), asked=Count("pk", filter=in_time | over))
    )
    return {row["contact"]: Rate(row["answered"], row["asked"]) for row in rows}


def may_be_asked(on: date) -> QuerySet[ContactSite]:
    """Return the contacts that a request may name on a day, by employer."""
    rows = ContactSite.objects.free(on).select_related("site__commune")
    return rows.order_by("site__employeur", "site__nom")


def requests_of(organisation: Organisation) -> QuerySet[DemandeSite]:
    """Return the requests of an organisation, the last first, each with its turns."""
    turns = EnvoiSite.objects.select_related("contact__site").order_by("rang")
    rows = DemandeSite.objects.filter(organisation=organisation)
    return rows.prefetch_related(Prefetch("envois", turns))


def received(contact: ContactSite, *, now: datetime) -> list[EnvoiSite]:
    """Return the requests that a site got of late, those that wait for it first."""
    rows = contact.envois.filter(envoyee_le__gt=now - SHOWN_AFTER)
    rows = rows.exclude(etat=EtatEnvoi.SANS_OBJET).select_related("demande__organisation")
    return sorted(rows, key=lambda row: (row.etat != EtatEnvoi.ENVOYE, -row.pk))
