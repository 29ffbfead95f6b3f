"""Reads of the clubs."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from traitdunion.accounts.models import Organisation
from traitdunion.cooperation.models import Action
from traitdunion.cooperation.visibility import roadmaps_seen_by
from traitdunion.territory.models import Epci, TerritoryEdition

from ..models import Club, Rencontre


def with_counts(on: date) -> QuerySet[Club]:
    """Return the clubs, each with `n_coming`: its public meetings from a day on."""
    coming = Q(rencontres__publique=True, rencontres__annulee_le=None, rencontres__tenue_le__gte=on)
    rows = Club.objects.select_related("epci").order_by("nom", "pk")
    return rows.annotate(n_coming=Count("rencontres", filter=coming))


def public_meetings(club: Club) -> QuerySet[Rencontre]:
    """Return the meetings that everybody sees, cancelled ones too."""
    return club.rencontres.public()


def actions_for(person: Any) -> QuerySet[Action]:
    """Return the actions of the roadmaps that a person sees, which may take commitments."""
    rows = Action.objects.filter(axe__seance__in=roadmaps_seen_by(person), parent=None)
    return rows.select_related("axe")


def epci_served() -> QuerySet[Epci]:
    """Return the EPCI of the département served; all of them where none is chosen."""
    edition = TerritoryEdition.objects.first()
    rows = Epci.objects.order_by("nom")
    if edition is None or not edition.departement:
        return rows
    return rows.filter(communes__departement=edition.departement).distinct()


def organisation_of_club(slug: str) -> Organisation:
    """Return the organisation that keeps a club; 404 where there is no such club."""
    return get_object_or_404(Club.objects.select_related("organisation"), pk=slug).organisation
