"""Public pages of the observatory: no account, no cookie, nothing about one person."""

import mimetypes
from collections.abc import Sequence
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from traitdunion.accounts.access_decorators import public
from traitdunion.accounts.site import site_address
from traitdunion.territory.home import home_departement
from traitdunion.territory.models import Commune, Epci

from .definitions import DEFINITIONS, HOURS_UNKNOWN
from .enums import Niveau
from .models import CommuneBassin, Run
from .needs.followup import followed_quarter, followup_of
from .needs.statistics import last_quarter, needs_of
from .needs.surveys import SURVEYS
from .operations import PACKAGE
from .pages.comparisons import compare
from .pages.maps import outlines
from .pages.series import series
from .pages.territory_page import communes_of, context_of, rows_of
from .pages.trips import day_trips
from .publishing.documents import document_pdf
from .publishing.odt import document_odt
from .queries import Territory, published_runs, territory_named
from .running.profiles import BASE
from .running.shifts import BY_CODE as SHIFT_BY_CODE
from .running.shifts import SHIFTS
from .running.storage import folder_of
from .setting_up import awaited, readiness


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the département served, or what is missing before a first run."""
    return _territory(request, Niveau.DEPARTEMENT, home_departement())


@public
@require_safe
def territory(request: HttpRequest, niveau: str, code: str) -> HttpResponse:
    """Show a commune, an EPCI, a basin or a département."""
    return _territory(request, niveau, code)


@public
@require_safe
def table(request: HttpRequest, niveau: str, code: str) -> HttpResponse:
    """Show the six maps of a territory as a table."""
    runs, place = _runs_and_place(niveau, code)
    run = _chosen(runs, request.GET.get("calcul"))
    codes = communes_of(place, run.departement)
    return render(
        request,
        "observatory/table.html",
        {"run": run, "territory": place, "shifts": SHIFTS, "rows": rows_of(run, codes)},
    )


@public
@require_safe
def document(request: HttpRequest, niveau: str, code: str) -> HttpResponse:
    """Return the one-page note of a territory, PDF."""
    runs, place = _runs_and_place(niveau, code)
    run = _chosen(runs, request.GET.get("calcul"))
    response = HttpResponse(
        document_pdf(run, place, on=timezone.localdate()), content_type="application/pdf"
    )
    name = f"observatoire-{place.niveau}-{place.code}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@public
@require_safe
def document_text(request: HttpRequest, niveau: str, code: str) -> HttpResponse:
    """Return the document of a territory, OpenDocument."""
    runs, place = _runs_and_place(niveau, code)
    run = _chosen(runs, request.GET.get("calcul"))
    kind = "application/vnd.oasis.opendocument.text"
    response = HttpResponse(document_odt(run, place, on=timezone.localdate()), content_type=kind)
    name = f"observatoire-{place.niveau}-{place.code}.odt"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@public
@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """Show every indicator with its definition, and what it waits for."""
    runs = published_runs()
    return render(
        request,
        "observatory/method.html",
        {
            "definitions": DEFINITIONS,
            "hours_unknown": HOURS_UNKNOWN,
            "readiness": {row.definition.code: row for row in readiness()},
            "rows": readiness(),
            "shifts": SHIFTS,
            "run": runs[0] if runs else None,
        },
    )


@public
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show the questions of the last quarter that has ended, and what became of those before."""
    today = timezone.localdate()
    return render(
        request,
        "observatory/statistics.html",
        {
            "needs": needs_of(*last_quarter(today)),
            "followup": followup_of(*followed_quarter(today)),
            "surveys": SURVEYS,
        },
    )


@public  # type: ignore[arg-type]
@require_safe
def data_file(request: HttpRequest, run: str, name: str) -> HttpResponseBase:
    """Return a file of the package of a published run."""
    if not Run.objects.filter(pk=run).exclude(published_at=None).exists():
        raise Http404
    folder = folder_of(run) / PACKAGE
    known = {path.name: path for path in folder.iterdir()} if folder.is_dir() else {}
    if name not in known:
        raise Http404
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if name.endswith(".geojson"):
        kind = "application/geo+json"
    return FileResponse(known[name].open("rb"), content_type=kind, filename=name)


@public
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Return the publications as an Atom feed."""
    address = site_address(request)
    atom = Atom1Feed(
        title="Observatoire : publications",
        link=address + reverse("observatory:home"),
        description="Chaque calcul publié, avec ses données ouvertes.",
        language="fr",
        feed_url=address + request.path,
    )
    for run in published_runs()[:50]:
        url = address + reverse("observatory:data", args=[run.code, "datapackage.json"])
        atom.add_item(
            title=f"Département {run.departement}, semaine du {run.week:%d/%m/%Y}",
            link=url,
            description="Qui peut tenir un poste sans voiture, par horaire et par commune.",
            unique_id=f"urn:traitdunion:observatoire:{run.code}",
            pubdate=run.published_at,
            updateddate=run.published_at,
        )
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml")


def _territory(request: HttpRequest, niveau: str, code: str) -> HttpResponse:
    runs = published_runs()
    place = territory_named(niveau, code)
    if place is None and not (niveau == Niveau.DEPARTEMENT and code == home_departement()):
        raise Http404
    here = [run for run in runs if _holds(run, niveau, code)]
    if place is None or not here:
        rows = readiness()
        files = awaited(rows)
        return render(
            request,
            "observatory/day_one.html",
            {
                "rows": rows,
                "territory": place,
                "ready": sum(row.is_ready for row in rows),
                "files": [file for file in files if file.has_importer],
                "without_importer": [file for file in files if not file.has_importer],
            },
        )
    run = _chosen(here, request.GET.get("calcul"))
    shift = request.GET.get("horaire", "matin")
    if shift not in SHIFT_BY_CODE:
        raise Http404
    codes = communes_of(place, run.departement)
    context: dict[str, Any] = {
        "run": run,
        "territory": place,
        "shifts": SHIFTS,
        "shift": shift,
        "series": series(here, place),
        "comparison": _comparison(request, here, place, codes, shift),
        "runs": here,
        "files": ("chiffres.csv", "chiffres.parquet", "communes.geojson", "datapackage.json"),
        "hours_unknown": HOURS_UNKNOWN,
        "needs": needs_of(*last_quarter(timezone.localdate())),
        **context_of(run, place, shift=shift),
        **_around(place, run),
    }
    if place.niveau == Niveau.COMMUNE:
        context["pole"], context["trips"] = day_trips(run, place.code)
    return render(request, "observatory/territory.html", context)


def _comparison(
    request: HttpRequest,
    runs: Sequence[Run],
    place: Territory,
    codes: dict[str, str],
    shift: str,
) -> Any:
    """Return the comparison of two runs, those asked for or the last two; None under two."""
    if len(runs) < 2:
        return None
    before = _chosen(runs, request.GET.get("avant") or runs[1].code)
    after = _chosen(runs, request.GET.get("apres") or runs[0].code)
    whole = list(outlines(after.departement).paths)
    return compare(before, after, place, codes, whole, shift=shift, profile=BASE)


def _around(place: Territory, run: Run) -> dict[str, Any]:
    """Return the territories that a reader may go to from here."""
    communes = Commune.objects.filter(departement=run.departement)
    return {
        "epci_list": Epci.objects.filter(communes__in=communes).distinct().order_by("nom"),
        "bassin_list": dict(
            CommuneBassin.objects.filter(code_insee__in=communes.values("pk"))
            .order_by("nom")
            .values_list("bassin", "nom")
        ),
        "commune_list": communes.order_by("cle").values_list("pk", "nom"),
    }


def _holds(run: Run, niveau: str, code: str) -> bool:
    """Return whether a territory lies in the département of a run."""
    communes = Commune.objects.filter(departement=run.departement)
    match niveau:
        case Niveau.COMMUNE:
            return communes.filter(pk=code).exists()
        case Niveau.EPCI:
            return communes.filter(epci=code).exists()
        case Niveau.BASSIN:
            return CommuneBassin.objects.filter(
                bassin=code, code_insee__in=communes.values("pk")
            ).exists()
    return run.departement == code


def _runs_and_place(niveau: str, code: str) -> tuple[list[Run], Territory]:
    place = territory_named(niveau, code)
    runs = [run for run in published_runs() if _holds(run, niveau, code)]
    if place is None or not runs:
        raise Http404
    return runs, place


def _chosen(runs: Sequence[Run], code: str | None) -> Run:
    """Return the run of a code, the last one if none is asked for."""
    if not code:
        return runs[0]
    for run in runs:
        if run.code == code:
            return run
    raise Http404
