"""Which organisation an address is about, for the gates of views."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from traitdunion.accounts.models import Organisation

from .models import Import, Proposition, Signalement, Solution


def keeper_of(key: str, **_: Any) -> Organisation:
    """Return the organisation that keeps the entry of an address."""
    solution = get_object_or_404(Solution.objects.select_related("structure__organisation"), pk=key)
    if solution.structure.organisation is None:
        raise Http404("Personne ne tient cette fiche.")
    return solution.structure.organisation


def organisation_of_draft(pk: int, **_: Any) -> Organisation:
    """Return the organisation of the draft or suggestion of an address."""
    return get_object_or_404(Proposition.objects.select_related("organisation"), pk=pk).organisation


def organisation_of_report(pk: int, **_: Any) -> Organisation:
    """Return the organisation that keeps the entry reported at an address."""
    rows = Signalement.objects.select_related("solution__structure__organisation")
    return get_object_or_404(
        rows.exclude(solution__structure__organisation=None), pk=pk
    ).solution.structure.organisation


def organisation_of_import(pk: int, **_: Any) -> Organisation:
    """Return the organisation that took the file of an address in."""
    return get_object_or_404(Import.objects.select_related("organisation"), pk=pk).organisation
