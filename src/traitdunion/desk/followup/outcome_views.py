"""Pages of what becomes of people: the start, the points, the figures, their rights."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from traitdunion.accounts.access_decorators import requires
from traitdunion.accounts.enums import Action
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, can

from ..models import CheckPoint, Orientation, Parcours
from ..phone.counts import tables_of
from . import checkpoints, imer, privacy, queries
from .deeds import run
from .figures import figures_of
from .forms import PointForm, StartForm


@requires(Permission.FOLLOW, queries.orientation_of)
@require_POST
def start(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down the day a solution began."""
    row = get_object_or_404(Orientation.objects.select_related("parcours"), pk=pk)
    form = StartForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors["started_on"]))
    else:
        run(request, "Le début est noté.", checkpoints.start, orientation=row, **form.cleaned_data)
    return redirect("followup:orientation", pk=pk)


@requires(Permission.FOLLOW, queries.orientation_of)
@require_POST
def point(request: HttpRequest, pk: UUID, month: int) -> HttpResponse:
    """Answer one point of the follow-up."""
    row = get_object_or_404(CheckPoint, orientation=pk, month=month)
    form = PointForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(text for texts in form.errors.values() for text in texts))
    else:
        done = "Le point de suivi est noté."
        if run(request, done, checkpoints.answer_point, point=row, **form.cleaned_data):
            return redirect("followup:morning", organisation=request.organisation.pk)
    return redirect("followup:orientation", pk=pk)


@requires(Permission.SEE_FIGURES)
@require_safe
def figures(request: HttpRequest, organisation: str) -> HttpResponse:
    """Show the counts and delays of an organisation."""
    context = {
        "organisation": request.organisation,
        "figures": figures_of(request.organisation),
        "may_export": can(request.user, Permission.EXPORT_EVENTS, request.organisation),
        "calls": tables_of(request.organisation, today=timezone.localdate()),
    }
    return render(request, "desk/followup/figures.html", context)


@requires(Permission.EXPORT_EVENTS)
@never_cache
@require_POST
def export_events(request: HttpRequest, organisation: str) -> HttpResponse:
    """Export the iMER of an organisation as CSV or JSON; the export is recorded."""
    here, now = request.organisation, timezone.now()
    record(by=request.user, organisation=here, action=Action.EXPORTER, target=here, at=now)
    events = imer.released(imer.events_of(here), on=timezone.localdate(now))
    if request.POST.get("format") == "json":
        response: HttpResponse = JsonResponse(
            imer.as_json(events, at=now), json_dumps_params={"ensure_ascii": False, "indent": 1}
        )
        kind = "json"
    else:
        response = HttpResponse(imer.as_csv(events), content_type="text/csv; charset=utf-8")
        kind = "csv"
    response["Content-Disposition"] = f'attachment; filename="imer-{here.pk}.{kind}"'
    return response


@requires(Permission.EXPORT_AND_ERASE, queries.organisation_of)
@never_cache
@require_POST
def export(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Export all that is kept of a person, as a file to hand over to them."""
    row = get_object_or_404(Parcours.objects.select_related("organisation"), pk=pk)
    document = privacy.export(by=request.user, parcours=row, now=timezone.now())
    response = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="parcours-{row.reference}.json"'
    return response


@requires(Permission.EXPORT_AND_ERASE, queries.organisation_of)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask once, then delete all that is kept of a person."""
    row = get_object_or_404(Parcours, pk=pk)
    if request.POST.get("effacer") == row.reference:
        privacy.erase(by=request.user, parcours=row, now=timezone.now())
        messages.success(request, f"Le parcours {row.reference} est effacé.")
        return redirect("followup:protection", organisation=request.organisation.pk)
    context = {"parcours": row, "organisation": request.organisation}
    return render(request, "desk/followup/erase.html", context)
