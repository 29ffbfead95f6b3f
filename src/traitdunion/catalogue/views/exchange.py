"""Pages where files come in and go out."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion import french
from traitdunion.accounts.access_decorators import OrganisationRequest, public, requires
from traitdunion.accounts.permissions import Permission
from traitdunion.sources.bounded import Limits, clean_text

from .. import queries
from ..enums import EtatImport, FormatFichier, TypeSolution
from ..exchange import applying, fetching, headings
from ..exchange.batch import FileError
from ..exchange.bnlc import write_bnlc
from ..exchange.flex import ON_REQUEST, flex_feed, write_zip
from ..exchange.forms import ColumnsForm, UploadForm
from ..exchange.gbfs import FEEDS, SHARED, gbfs_files, missing
from ..exchange.inclusion_export import communes_of, exported, structure_record
from ..exchange.preview import preview
from ..exchange.reading import read_file
from ..exchange.sheets import write_csv, write_xlsx
from ..models import Import, LieuCovoiturage, Structure
from ..operations import EditingError
from ..owners import organisation_of_import

TABLES = frozenset({FormatFichier.CSV, FormatFichier.XLSX})
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """Take a file in; nothing is written before its preview is read."""
    form = UploadForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            row = _prepared(request, form)
        except FileError as refused:
            problems = refused.problems
        except EditingError as refused:
            problems = [str(refused)]
        else:
            return redirect("catalogue:import", pk=row.pk)
    context = {
        "organisation": request.organisation,
        "form": form,
        "problems": problems,
        "imports": request.organisation.imports.select_related("by")[:20],
    }
    wrong = problems or form.errors
    return render(request, "catalogue/upload.html", context, status=422 if wrong else 200)


def _prepared(request: OrganisationRequest, form: UploadForm) -> Import:
    kind, url = FormatFichier(form.cleaned_data["format"]), form.cleaned_data["adresse"]
    given, default = form.cleaned_data["fichier"], form.cleaned_data["defaut"]
    if url:
        return fetching.ask_for_feed(
            by=request.user, organisation=request.organisation, url=url, now=timezone.now()
        )
    filed = TypeSolution(default) if default else None
    if given.size > Limits().file_bytes:
        raise FileError(
            [f"Le fichier dépasse {Limits().file_bytes // 1_000_000} Mo : partagez-le."]
        )
    content = given.read()
    if kind in TABLES and (table := headings.unmatched_table(content, kind)) is not None:
        return headings.keep_table(
            by=request.user,
            organisation=request.organisation,
            table=table,
            nom=clean_text(given.name),
            now=timezone.now(),
        )
    batch = read_file(content, kind, default=filed, today=timezone.localdate())
    return applying.prepare(
        by=request.user,
        organisation=request.organisation,
        format=kind,
        nom=clean_text(given.name),
        batch=batch,
        now=timezone.now(),
    )


@requires(Permission.EXCHANGE, organisation_of_import)
@require_http_methods(["GET", "HEAD", "POST"])
def import_(request: OrganisationRequest, pk: int) -> HttpResponse:
    """Show what a file changes; apply it, or undo it."""
    row = get_object_or_404(Import.objects.select_related("by"), pk=pk)
    if row.etat == EtatImport.COLONNES:
        return redirect("catalogue:columns", pk=pk)
    if request.method == "POST":
        return _done(request, row)
    shown_preview = preview(row) if row.etat == "prepare" else None
    context: dict[str, Any] = {
        "organisation": request.organisation,
        "row": row,
        "preview": shown_preview,
    }
    if shown_preview:
        context["numbered"] = list(enumerate(shown_preview.lines))
    if row.etat == EtatImport.APPLIQUE:
        context["applied"] = _counted({name: len(rows) for name, rows in row.undo.items()})
    context["is_cut"] = fetching.is_cut(row, now=timezone.now())
    response = render(request, "catalogue/import.html", context)
    if row.etat == "attendu" and not context["is_cut"]:
        response["Refresh"] = "2"  # seconds: the feed is being read beside the site
    return response


@requires(Permission.EXCHANGE, organisation_of_import)
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: OrganisationRequest, pk: int) -> HttpResponse:
    """Match each column of a spreadsheet with one of ours, before its preview."""
    row = get_object_or_404(Import, pk=pk)
    try:
        table = headings.table_of(row)
    except EditingError:
        return redirect("catalogue:import", pk=pk)
    form = ColumnsForm(request.POST or None, table=table, organisation=request.organisation)
    if form.is_valid():
        try:
            headings.match_columns(
                by=request.user, row=row, columns=form.columns(), for_all=form.for_all()
            )
        except (EditingError, FileError) as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("catalogue:import", pk=pk)
    context = {"organisation": request.organisation, "row": row, "form": form,
               "n_rows": len(table.records)}  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "catalogue/columns.html", context, status=status)


def _done(request: OrganisationRequest, row: Import) -> HttpResponse:
    now = timezone.now()
    try:
        if "annuler" in request.POST:
            kept = applying.undo(by=request.user, row=row, now=now)
            messages.success(request, "L'import est annulé.")
            for sentence in kept:
                messages.warning(request, sentence)
        else:
            names = [solution["place"] for solution in row.content.get("solutions", [])]
            decisions = {
                place: request.POST.get(f"double-{i}", applying.IGNORER)
                for i, place in enumerate(names)
            }
            done = applying.apply(
                by=request.user,
                row=row,
                decisions=decisions,
                now=now,
                leave_out="laisser" in request.POST,
            )
            messages.success(request, f"Import appliqué : {_counted(done)}.")
    except EditingError as refused:
        messages.error(request, str(refused))
    return redirect("catalogue:import", pk=row.pk)


def _counted(written: Mapping[str, int]) -> str:
    """Return how many entries, structures and places were written, in words."""
    nouns = {"solutions": "fiche", "structures": "structure", "lieux": "lieu"}
    plurals = {"lieux": "lieux"}
    counted = [
        french.counted(written[key], noun, plurals.get(key, ""))
        for key, noun in nouns.items()
        if written[key]
    ]
    return french.listed(counted or ["rien"])


@requires(Permission.EXCHANGE)
@require_safe
def own_table(request: OrganisationRequest, organisation: str, kind: str) -> HttpResponse:
    """Show all the entries of an organisation as a table, or the template to fill in."""
    rows = queries.with_details().kept_by(request.organisation)
    if kind == "csv":
        return _file(write_csv(rows).encode("utf-8-sig"), "text/csv", f"{organisation}.csv")
    if kind == "modele":
        return _file(write_xlsx([]), XLSX, "modele.xlsx")
    structures = request.organisation.structures.all()
    return _file(write_xlsx(rows, structures), XLSX, f"{organisation}.xlsx")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


@public
@require_safe
@cache_control(public=True, max_age=3600)
def inclusion(request: HttpRequest) -> HttpResponse:
    """Export the published catalogue as data·inclusion v1, and what that lost."""
    today = timezone.localdate()
    services, lost, undated = [], {}, []
    rows = list(queries.with_details().published().valid(today))
    communes = communes_of(rows)
    for row in rows:
        try:
            export = exported(row, communes)
        except ValueError:
            undated.append(row.pk)
            continue
        services.append(export.record)
        lost[export.record["id"]] = {"en_texte": export.as_text, "perdus": export.lost}
    structures = Structure.objects.filter(pk__in={row.structure_id for row in rows})
    content = {
        "structures": [
            structure_record(structure, today, communes)
            for structure in structures.prefetch_related("reseaux")
        ],
        "services": services,
        "pertes": lost,
        "sans_date": undated,
    }
    return _file(
        json.dumps(content, ensure_ascii=False).encode(), "application/json", "data-inclusion.json"
    )


@public
@require_safe
@cache_control(public=True, max_age=3600)
def car_pool_places(request: HttpRequest) -> HttpResponse:
    """Show car-pool places, as the national base has them."""
    text = write_bnlc(LieuCovoiturage.objects.all())
    return _file(text.encode(), "text/csv", "lieux-covoiturage.csv")


@public
@require_safe
@cache_control(public=True, max_age=3600)
def flex(request: HttpRequest) -> HttpResponse:
    """Export published services on demand as GTFS-Flex; 404 where there are none."""
    today = timezone.localdate()
    rows = queries.with_parts().published().valid(today).filter(type_solution__in=ON_REQUEST)
    feed = flex_feed(rows, start=today, site=request.build_absolute_uri("/"))
    if not feed.rows["routes.txt"]:
        raise Http404("Aucun transport à la demande n'a de zone ni d'heures à publier.")
    return _file(write_zip(feed), "application/zip", "transport-a-la-demande.zip")


@public
@require_safe
@cache_control(public=True, max_age=300)
def gbfs(request: HttpRequest, key: str, name: str) -> JsonResponse:
    """Show a file of the GBFS of a shared fleet."""
    rows = queries.with_parts().published().filter(type_solution__in=SHARED)
    row = get_object_or_404(rows, pk=key)
    if name not in ("gbfs", *FEEDS):
        raise Http404("Ce fichier n'existe pas dans un flux GBFS.")
    if why := missing(row):
        raise Http404(f"Pas de flux GBFS : {why}.")
    base = request.build_absolute_uri(request.path.rsplit("/", 1)[0] + "/")
    return JsonResponse(gbfs_files(row, base_url=base, now=timezone.localtime())[name])
