"""Pages of the self-diagnosis of a site."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion import french
from traitdunion.accounts.access_decorators import OrganisationRequest, person_of, requires
from traitdunion.accounts.permissions import Permission
from traitdunion.territory.models import Site

from ..diagnosis import keep_diagnosis, remove_diagnosis, result_of
from ..diagnosis_form import DiagnosisForm
from ..errors import EmployersError
from ..models import DiagnosticSite

SHOWN = 10


@requires(Permission.KEEP_SITES)
@require_http_methods(["GET", "HEAD", "POST"])
def diagnosis(request: OrganisationRequest, organisation: str, code: str) -> HttpResponse:
    """Show the last diagnosis of a site, or the one of a day; keep a new one, or remove one."""
    site = get_object_or_404(Site.objects.select_related("commune"), pk=code)
    rows = list(DiagnosticSite.objects.filter(site=site)[:SHOWN])
    today = timezone.localdate()
    form = DiagnosisForm(None, initial={"fait_le": today})
    if request.POST.get("faire") == "retirer":
        return _removed(request, site)
    if request.method == "POST":
        form = DiagnosisForm(request.POST)
        if form.is_valid():
            try:
                row = keep_diagnosis(
                    by=person_of(request), organisation=request.organisation, site=site,
                    answers=form.answers(), on=form.cleaned_data["fait_le"], now=timezone.now(),
                )  # fmt: skip
            except EmployersError as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, f"Le diagnostic du {french.day(row.fait_le)} est gardé.")
                return redirect(f"{request.path}?jour={row.fait_le.isoformat()}")
    asked = request.GET.get("jour", "")
    shown = next((row for row in rows if row.fait_le.isoformat() == asked), None)
    shown = shown or (rows[0] if rows else None)
    context = {
        "organisation": request.organisation,
        "site": site,
        "form": form,
        "rows": rows,
        "shown": shown,
        "result": result_of(shown) if shown else None,
    }
    status = 422 if form.errors else 200
    return render(request, "employers/sites/diagnosis.html", context, status=status)


def _removed(request: OrganisationRequest, site: Site) -> HttpResponse:
    text = request.POST.get("diagnostic", "")
    pk = int(text) if text.isdecimal() and len(text) < 18 else 0
    row = get_object_or_404(DiagnosticSite, pk=pk, site=site)
    label = french.day(row.fait_le)
    remove_diagnosis(
        by=person_of(request), organisation=request.organisation, row=row, now=timezone.now()
    )
    messages.success(request, f"Le diagnostic du {label} est retiré.")
    return redirect(request.path)
