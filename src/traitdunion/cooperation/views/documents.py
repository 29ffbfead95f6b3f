"""The roadmap given out as documents: PDF, spreadsheet, calendar."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from traitdunion.accounts.gates import public

from ..documents import roadmap_pdf
from ..exports import as_ics, as_xlsx
from ..models import Seance
from ..roadmap import roadmap
from .roadmaps import day_asked

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(request: HttpRequest) -> date:
    """The day of the address, today where there is none or where it is to come."""
    today = timezone.localdate()
    return min(day_asked(request, "le") or today, today)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@public
@require_safe
def roadmap_document(request: HttpRequest, slug: str) -> HttpResponse:
    """The roadmap as it stood on a day, to print."""
    row, on = get_object_or_404(Seance, pk=slug), _asked(request)
    axes = roadmap(row, on=on)
    made = roadmap_pdf(row.titre, axes, on=on, demonstration=row.demonstration)
    return _file(made, "application/pdf", f"feuille-de-route-{slug}-{on}.pdf")


@public
@require_safe
def roadmap_sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """The roadmap as a spreadsheet."""
    row, on = get_object_or_404(Seance, pk=slug), _asked(request)
    return _file(as_xlsx(row, on=on), SHEET, f"feuille-de-route-{slug}-{on}.xlsx")


@public
@require_safe
def roadmap_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """What is due, to subscribe to."""
    row = get_object_or_404(Seance, pk=slug)
    site = f"{request.scheme}://{request.get_host()}"
    made = as_ics(row, on=timezone.localdate(), now=timezone.now(), site=site)
    return _file(made, "text/calendar; charset=utf-8", f"feuille-de-route-{slug}.ics")
