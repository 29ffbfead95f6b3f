"""The roadmap given out as documents: PDF, spreadsheet, calendar."""

from datetime import date

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from traitdunion.accounts.access_decorators import public
from traitdunion.accounts.site import site_address

from ..models import Seance
from ..requested import day_asked
from ..roadmap.action_lines import lines_of
from ..roadmap.files import as_ics, as_reentry_csv, as_xlsx
from ..roadmap.odt import as_odt
from ..roadmap.pdf import roadmap_pdf
from ..roadmap.roadmap import roadmap
from ..roadmap.schema import json_schema
from ..visibility import roadmap_is_seen

TEXT = "application/vnd.oasis.opendocument.text"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(request: HttpRequest) -> date:
    """Return the day of the address, today where there is none or where it is to come."""
    today = timezone.localdate()
    return min(day_asked(request, "le") or today, today)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@roadmap_is_seen
@require_safe
def roadmap_document(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the roadmap as it stood on a day, to print."""
    row, on = get_object_or_404(Seance, pk=slug), _asked(request)
    axes = roadmap(row, on=on)
    made = roadmap_pdf(row.titre, axes, on=on, demonstration=row.demonstration)
    return _file(made, "application/pdf", f"feuille-de-route-{slug}-{on}.pdf")


@roadmap_is_seen
@require_safe
def roadmap_text(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the roadmap for a word processor."""
    row, on = get_object_or_404(Seance, pk=slug), _asked(request)
    made = as_odt(row.titre, roadmap(row, on=on), on=on, demonstration=row.demonstration)
    return _file(made, TEXT, f"feuille-de-route-{slug}-{on}.odt")


@roadmap_is_seen
@require_safe
def reentry(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one block for each action, to be typed again in the national dashboard."""
    row, on = get_object_or_404(Seance, pk=slug), _asked(request)
    blocks = [
        (axe.axe, action, lines_of(action, on=on))
        for axe in roadmap(row, on=on)
        for action in axe.actions
    ]
    context = {"session": row, "on": on, "blocks": blocks}
    return render(request, "cooperation/reentry.html", context)


@roadmap_is_seen
@require_safe
def reentry_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the same blocks, line by line."""
    row, on = get_object_or_404(Seance, pk=slug), _asked(request)
    made = as_reentry_csv(roadmap(row, on=on), on=on)
    return _file(made.encode(), "text/csv; charset=utf-8", f"ressaisie-{slug}-{on}.csv")


@public
@require_safe
def roadmap_schema(request: HttpRequest) -> HttpResponse:
    """Return the JSON Schema of the roadmap given out as JSON."""
    return JsonResponse(json_schema(), json_dumps_params={"ensure_ascii": False})


@roadmap_is_seen
@require_safe
def roadmap_sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the roadmap as a spreadsheet."""
    row, on = get_object_or_404(Seance, pk=slug), _asked(request)
    return _file(as_xlsx(row, on=on), SHEET, f"feuille-de-route-{slug}-{on}.xlsx")


@roadmap_is_seen
@require_safe
def roadmap_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Return what is due, to subscribe to."""
    row = get_object_or_404(Seance, pk=slug)
    site = site_address(request)
    made = as_ics(row, on=timezone.localdate(), now=timezone.now(), site=site)
    return _file(made, "text/calendar; charset=utf-8", f"feuille-de-route-{slug}.ics")
