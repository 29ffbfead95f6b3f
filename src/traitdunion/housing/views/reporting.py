"""Pages of the annual report: what is assembled, what is missing, its PDF and its data."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from traitdunion.accounts.access_decorators import person_of, requires
from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission

from ..errors import HousingError
from ..models import VersionBail
from ..report.assembling import Report, lines_for_print, report_of
from ..report.writing import report_json, report_pdf

KINDS = {"pdf": "application/pdf", "json": "application/json"}


def years_of(organisation: Organisation, on: date) -> list[int]:
    """Return the years that may be reported on, the latest first."""
    first = VersionBail.objects.filter(bail__organisation=organisation).order_by("depuis").first()
    return list(range(on.year, first.depuis.year - 1, -1)) if first else []


def _report(keeper: Organisation, year: int) -> Report:
    if year not in years_of(keeper, timezone.localdate()):
        raise Http404("Aucun bail cette année-là.")
    return report_of(keeper, year)


@requires(Permission.KEEP_LEASES)
@require_safe
def report(request: HttpRequest, organisation: str) -> HttpResponse:
    """Show the report of a year: each item of R.329-11, and what is missing."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    years = years_of(keeper, timezone.localdate())
    asked = request.GET.get("annee", "")
    # The year that ended is the one due next.
    default = years[1] if len(years) > 1 else years[0] if years else None
    year = int(asked) if asked.isdecimal() and int(asked) in years else default
    context = {"organisation": keeper, "years": years, "year": year}
    if year is not None:
        try:
            annual = report_of(keeper, year)
        except HousingError as wrong:
            context["wrong"] = str(wrong)
        else:
            context |= {
                "report": annual,
                "items": [(item, lines_for_print(item)) for item in annual.items],
            }
    return render(request, "housing/report.html", context)


@requires(Permission.KEEP_LEASES)
@require_safe
def report_file(request: HttpRequest, organisation: str, year: int, kind: str) -> HttpResponse:
    """Send the report of a year, as PDF or as data."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    if kind not in KINDS:
        raise Http404("Ni PDF ni JSON.")
    try:
        report = _report(keeper, year)
    except HousingError as wrong:
        return HttpResponse(str(wrong), status=409, content_type="text/plain; charset=utf-8")
    record(
        by=person_of(request), organisation=keeper, action=Action.EXPORTER, target=keeper,
        at=timezone.now(),
    )  # fmt: skip
    content = report_pdf(report) if kind == "pdf" else report_json(report)
    sent = HttpResponse(content, content_type=KINDS[kind])
    sent.headers["Content-Disposition"] = (
        f'attachment; filename="rapport-{keeper.pk}-{year}.{kind}"'
    )
    return sent
