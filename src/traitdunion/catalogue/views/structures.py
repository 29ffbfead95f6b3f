"""Pages of the structures that an organisation keeps: a catalogue starts with the first one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.access_decorators import OrganisationRequest, requires
from traitdunion.accounts.permissions import Permission

from .. import operations
from ..forms import StructureForm


@requires(Permission.EDIT_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def structures(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """List the structures of an organisation, and create one."""
    form = StructureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        structure = operations.create_structure(
            by=request.user,
            organisation=request.organisation,
            columns=form.cleaned_data,
            now=timezone.now(),
        )
        messages.success(request, f"« {structure.nom} » est créée : écrivez sa première fiche.")
        return redirect("catalogue:start", organisation=organisation)
    context = {
        "organisation": request.organisation,
        "form": form,
        "rows": request.organisation.structures.all(),
    }
    status = 422 if form.errors else 200
    return render(request, "catalogue/structures.html", context, status=status)


@requires(Permission.EDIT_CATALOGUE)
@require_http_methods(["GET", "HEAD", "POST"])
def structure(request: OrganisationRequest, organisation: str, key: str) -> HttpResponse:
    """Change what is known of a structure."""
    row = get_object_or_404(request.organisation.structures, pk=key)
    form = StructureForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        operations.change_structure(
            by=request.user, structure=row, columns=form.cleaned_data, now=timezone.now()
        )
        messages.success(request, "C'est enregistré.")
        return redirect("catalogue:structures", organisation=organisation)
    context = {"organisation": request.organisation, "form": form, "row": row}
    status = 422 if form.errors else 200
    return render(request, "catalogue/structures.html", context, status=status)
