"""Pages of those who keep the sites of employers: shifts, files."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion import french
from traitdunion.accounts.access_decorators import OrganisationRequest, person_of, requires
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission
from traitdunion.sources.bounded.faults import Unreadable
from traitdunion.territory.models import Equipe, Site

from ..errors import EmployersError
from ..models import ImportSites
from ..operations import keep_shift, remove_shift
from ..site_files import COLUMNS
from ..site_forms import ShiftForm, SitesFileForm, initial_of
from ..site_imports import apply, keep_file, lines_of, preview, take_back

PAGE = ["GET", "HEAD", "POST"]
PER_PAGE = 50
LINES_SHOWN = 200
NEW = "nouvelle"


def organisation_of_import(pk: int) -> Organisation:
    rows = ImportSites.objects.select_related("organisation")
    return get_object_or_404(rows, pk=pk).organisation


@requires(Permission.KEEP_SITES)
@require_http_methods(PAGE)
def kept_sites(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """List the sites to correct, the files imported, and take a file."""
    form = SitesFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["fichier"]
        try:
            row = keep_file(
                by=person_of(request), organisation=request.organisation, name=file.name,
                content=file.read(), now=timezone.now(),
            )  # fmt: skip
        except Unreadable as wrong:
            form.add_error("fichier", str(wrong))
        else:
            return redirect("employers:import-sites", pk=row.pk)
    rows = Site.objects.select_related("commune").prefetch_related("equipes")
    files = ImportSites.objects.filter(organisation=request.organisation)
    context = {
        "organisation": request.organisation,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "files": files.exclude(applique_le=None)[:10],
        "form": form,
        "columns": COLUMNS,
    }
    status = 422 if form.errors else 200
    return render(request, "employers/sites/kept.html", context, status=status)


@requires(Permission.KEEP_SITES)
@require_http_methods(PAGE)
def shifts(request: OrganisationRequest, organisation: str, code: str) -> HttpResponse:
    """Correct, add and remove the shifts of a site."""
    row = get_object_or_404(Site.objects.select_related("commune"), pk=code)
    teams = list(row.equipes.all())
    asked = request.POST.get("equipe", "")
    forms = [(team, _form(request, team, asked)) for team in teams]
    new = _form(request, None, asked)
    sent = next((form for _, form in [*forms, (None, new)] if form.is_bound), None)
    team = next((team for team, form in forms if form is sent), None)
    removed = team is not None and request.POST.get("faire") == "retirer"
    if sent is not None and (removed or sent.is_valid()):
        try:
            messages.success(request, _kept(request, row, team, sent, removed=removed))
        except EmployersError as refused:
            sent.add_error("nom", str(refused))
        else:
            return redirect(request.path)
    context = {
        "organisation": request.organisation,
        "site": row,
        "forms": [(team, _hours(team), form) for team, form in forms],
        "new": new,
        "wrong": sent if sent is not None and sent.errors else None,
    }
    status = 422 if context["wrong"] else 200
    return render(request, "employers/sites/shifts.html", context, status=status)


def _hours(team: Equipe) -> str:
    """Return the days, hours and people of a shift in words."""
    hours = f"{french.days_of_week(team.jours)}, {french.clock(team.debut_s)} – "
    people = f", {french.counted(team.personnes, 'personne')}" if team.personnes else ""
    return f"{hours}{french.clock(team.fin_s)}{people}".capitalize()


def _form(request: HttpRequest, team: Equipe | None, asked: str) -> ShiftForm:
    name = str(team.pk) if team else NEW
    return ShiftForm(
        request.POST if asked == name else None,
        prefix=f"e{name}",
        initial=initial_of(team) if team else None,
    )


def _kept(
    request: OrganisationRequest, site: Site, team: Equipe | None, form: Any, *, removed: bool
) -> str:
    """Do what is asked of a shift; return it in French."""
    by, now = person_of(request), timezone.now()
    if team is not None and removed:
        remove_shift(by=by, organisation=request.organisation, shift=team, now=now)
        return f"L'équipe « {team.nom} » est retirée."
    made = keep_shift(
        by=by, organisation=request.organisation, site=site, shift=team, values=form.values(),
        now=now,
    )  # fmt: skip
    return f"L'équipe « {made.nom} » est enregistrée."


@requires(Permission.KEEP_SITES, organisation_of_import)
@require_http_methods(PAGE)
def import_sites_page(request: OrganisationRequest, pk: int) -> HttpResponse:
    """Show what a file would change; apply it, leave it, or take it back."""
    row = get_object_or_404(ImportSites.objects.select_related("organisation"), pk=pk)
    if request.method == "POST":
        return _done(request, row)
    context: dict[str, Any] = {"file": row, "organisation": row.organisation}
    if row.fichier is not None:
        changes, faults = preview(row)
        context |= {
            "lines": lines_of(changes.written[:LINES_SHOWN]),
            "n_more": max(0, len(changes.written) - LINES_SHOWN),
            "sites": changes.sites,
            "teams": changes.teams,
            "faults": faults,
        }
    return render(request, "employers/sites/import.html", context)


def _done(request: OrganisationRequest, row: ImportSites) -> HttpResponse:
    by, now, what = person_of(request), timezone.now(), request.POST.get("faire")
    try:
        if what == "importer":
            made = apply(by=by, row=row, now=now)
            messages.success(
                request,
                f"Importé : {french.counted(made.sites, 'site')} et "
                f"{french.counted(made.teams, 'équipe')}.",
            )
        elif what == "laisser" and row.applique_le is None:
            row.delete()
            messages.success(request, "Rien n'a été importé ; le fichier n'est pas gardé.")
            return redirect("employers:kept-sites", organisation=row.organisation_id)
        elif what == "annuler":
            left = take_back(by=by, row=row, now=now)
            if left:
                names = ", ".join(left[:5])
                messages.warning(request, f"Annulé, sauf ce qui a changé depuis : {names}.")
            else:
                messages.success(request, "L'import est annulé : les sites sont comme avant.")
    except (EmployersError, Unreadable) as refused:
        messages.error(request, str(refused))
    return redirect("employers:import-sites", pk=row.pk)
