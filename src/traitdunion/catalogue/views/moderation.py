"""Pages where suggestions and readers' reports are answered."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from traitdunion.accounts.access_decorators import OrganisationRequest, requires
from traitdunion.accounts.permissions import Permission

from .. import operations
from ..entries import EntryError, changes_between, content_of
from ..enums import EtatSignalement
from ..models import Proposition, Signalement
from ..owners import organisation_of_draft, organisation_of_report
from ..saving import merge


@requires(Permission.MODERATE, organisation_of_draft)
@require_http_methods(["GET", "HEAD", "POST"])
def suggestion(request: OrganisationRequest, pk: int) -> HttpResponse:
    """Show what a suggestion changes; accept it, or refuse it saying why."""
    row = get_object_or_404(Proposition.objects.select_related("author", "solution"), pk=pk)
    if request.method == "POST":
        try:
            return _decide(request, row)
        except (operations.EditingError, EntryError) as refused:
            messages.error(request, str(refused))
    current = content_of(row.solution) if row.solution else {}
    merged = merge(row.base, current, row.content)
    context = {
        "organisation": request.organisation,
        "suggestion": row,
        "changes": changes_between(row.base, row.content),
        "conflicts": merged.conflicts,
        "theirs": {c.field: c.after for c in changes_between(row.base, current)},
    }
    return render(request, "catalogue/suggestion.html", context)


def _decide(request: OrganisationRequest, row: Proposition) -> HttpResponse:
    now, reponse = timezone.now(), request.POST.get("reponse", "")
    if "accepter" in request.POST:
        solution = operations.accept(by=request.user, suggestion=row, now=now, reponse=reponse)
        messages.success(request, f"« {solution.nom} » : la proposition est appliquée.")
        return redirect("catalogue:entry", key=solution.pk)
    operations.refuse(by=request.user, suggestion=row, now=now, reponse=reponse)
    messages.success(request, "La proposition est refusée ; son auteur lira pourquoi.")
    return redirect("catalogue:board", organisation=row.organisation_id)


@requires(Permission.MODERATE, organisation_of_report)
@require_POST
def report(request: OrganisationRequest, pk: int) -> HttpResponse:
    """Close a report: corrected, or set aside."""
    row = get_object_or_404(Signalement, pk=pk)
    etat = EtatSignalement.CORRIGE if "corrige" in request.POST else EtatSignalement.ECARTE
    try:
        operations.handle_report(by=request.user, signalement=row, etat=etat, now=timezone.now())
    except operations.EditingError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Signalement : {etat.label.lower()}.")
    return redirect("catalogue:board", organisation=request.organisation.slug)
