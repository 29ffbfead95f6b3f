"""Pages of the project of an OFS: file, points, partners, complete file."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts.access_decorators import person_of, requires
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission

from ..announcing import BY_PAGE, PAGE
from ..enums import EtatApport, EtatPiece, GenreApport
from ..errors import HousingError
from ..ledger.accounts import cents, euros_of
from ..models import PartenaireOfs, Projet
from ..models.setting_up import MENTIONS
from ..setting_up.forms import (
    ContributionForm,
    DocumentForm,
    PartnerForm,
    PointForm,
    ProjectForm,
)
from ..setting_up.operations import (
    add_contribution,
    add_document,
    keep_partner,
    keep_point,
    keep_project,
)
from ..setting_up.partners import partners_of, totals_of
from ..setting_up.points import (
    lacks_of,
    mentions_of,
    note_of_needs,
    points,
    points_of,
    prefect_clock,
)
from ..setting_up.writing import file_pdf, file_zip

WORDS = {True: "oui", False: "non", None: ""}


def organisation_of_partner(pk: int) -> Organisation:
    rows = PartenaireOfs.objects.select_related("projet__organisation")
    return get_object_or_404(rows, pk=pk).projet.organisation


def _project(keeper: Organisation) -> Projet | None:
    return Projet.objects.select_related("organisation").filter(pk=keeper.pk).first()


@requires(Permission.STUDY_OPERATIONS)
@require_http_methods(PAGE)
def project(request: HttpRequest, organisation: str) -> HttpResponse:
    """Show the agrément file: what is missing, each point, the three months; keep what changes."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    row = _project(keeper)
    form = ProjectForm(request.POST or None, initial=_initial(row))
    if form.is_bound and form.is_valid():
        try:
            keep_project(
                by=person_of(request), organisation=keeper, now=timezone.now(),
                **form.fields_of_project,
            )  # fmt: skip
        except HousingError as wrong:
            form.add_error(None, str(wrong))
        else:
            messages.success(request, "Le projet est enregistré.")
            return redirect("housing:project", organisation=keeper.pk)
    context: dict[str, Any] = {"organisation": keeper, "project": row, "form": form}
    if row is not None:
        context |= {
            "points": points_of(row),
            "lacks": lacks_of(row),
            "mentions": mentions_of(row),
            "clock": prefect_clock(row),
            "needs": note_of_needs(keeper, on=timezone.localdate()),
            "totals": totals_of(row),
        }
    return render(request, "housing/project.html", context)


def _initial(row: Projet | None) -> dict[str, Any]:
    if row is None:
        return {}
    given = {name: getattr(row, name) for name in ProjectForm.base_fields}
    return given | {f"mention_{n}": WORDS[getattr(row, f"mention_{n}")] for n in MENTIONS}


@requires(Permission.STUDY_OPERATIONS)
@require_http_methods(PAGE)
def point(request: HttpRequest, organisation: str, number: int) -> HttpResponse:
    """Show a point of the file with its documents, and keep its state or add a document."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    row = _project(keeper)
    if row is None or number not in points():
        return redirect("housing:project", organisation=keeper.pk)
    shown = next(p for p in points_of(row) if p.number == number)
    adds = request.FILES or "fichier" in request.POST or "titre" in request.POST
    state = PointForm(
        request.POST if request.method == "POST" and not adds else None,
        initial={
            "etat": shown.piece.etat,
            "responsable": shown.piece.responsable,
            "remarque": shown.piece.remarque,
        },
    )
    document = DocumentForm(request.POST, request.FILES) if adds else DocumentForm()
    try:
        if state.is_bound and state.is_valid():
            given = state.cleaned_data
            keep_point(
                by=person_of(request), projet=row, point=number, etat=EtatPiece(given["etat"]),
                responsable=given["responsable"], remarque=given["remarque"], now=timezone.now(),
            )  # fmt: skip
            return redirect("housing:project", organisation=keeper.pk)
        if document.is_bound and document.is_valid():
            add_document(
                by=person_of(request), projet=row, point=number,
                titre=document.cleaned_data["titre"],
                contenu=document.cleaned_data["fichier"].read(), now=timezone.now(),
            )  # fmt: skip
            return redirect("housing:point", organisation=keeper.pk, number=number)
    except HousingError as wrong:
        (document if document.is_bound else state).add_error(None, str(wrong))
    documents = shown.piece.documents.defer("contenu") if shown.piece.pk else []
    context = {
        "organisation": keeper,
        "point": shown,
        "state": state,
        "document": document,
        "documents": documents,
    }
    return render(request, "housing/point.html", context)


def _sent(request: HttpRequest, organisation: str, kind: str) -> HttpResponse:
    keeper = get_object_or_404(Organisation, pk=organisation)
    row = _project(keeper)
    if row is None:
        raise Http404("Cet organisme n'a pas de projet.")
    on = timezone.localdate()
    content = file_pdf(row, on=on) if kind == "pdf" else file_zip(row, on=on)
    page = HttpResponse(content, content_type=f"application/{kind}")
    page.headers["Content-Disposition"] = f'attachment; filename="dossier-agrement.{kind}"'
    return page


@requires(Permission.STUDY_OPERATIONS)
@require_safe
def project_pdf(request: HttpRequest, organisation: str) -> HttpResponse:
    """Send the complete file as PDF."""
    return _sent(request, organisation, "pdf")


@requires(Permission.STUDY_OPERATIONS)
@require_safe
def project_zip(request: HttpRequest, organisation: str) -> HttpResponse:
    """Send the complete file with its documents."""
    return _sent(request, organisation, "zip")


@requires(Permission.STUDY_OPERATIONS)
@require_http_methods(PAGE)
def partners(request: HttpRequest, organisation: str) -> HttpResponse:
    """List the partners, and add one."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    row = _project(keeper)
    if row is None:
        messages.error(request, "Commencez par le projet de l'organisme.")
        return redirect("housing:project", organisation=keeper.pk)
    form = PartnerForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            made = keep_partner(
                by=person_of(request), projet=row, partner=form.partner, now=timezone.now(),
            )  # fmt: skip
        except HousingError as wrong:
            form.add_error(None, str(wrong))
        else:
            return redirect("housing:partner", pk=made.pk)
    page = Paginator(partners_of(row), BY_PAGE).get_page(request.GET.get("page"))
    context = {"organisation": keeper, "form": form, "page": page, "totals": totals_of(row)}
    return render(request, "housing/partners.html", context)


@requires(Permission.STUDY_OPERATIONS, organisation_of_partner)
@require_http_methods(PAGE)
def partner(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a partner: what it asks, its convention, what it brings; change it, add a part."""
    rows = PartenaireOfs.objects.select_related("projet__organisation")
    row = get_object_or_404(rows, pk=pk)
    asked = request.POST.get("faire", "")
    form = PartnerForm(
        request.POST if asked == "partenaire" else None,
        initial={name: getattr(row, name) for name in PartnerForm.base_fields},
    )
    brings = ContributionForm(request.POST if asked == "apport" else None)
    by, now = person_of(request), timezone.now()
    try:
        if form.is_bound and form.is_valid():
            keep_partner(by=by, projet=row.projet, partenaire=row, partner=form.partner, now=now)
            return redirect("housing:partner", pk=pk)
        if brings.is_bound and brings.is_valid():
            given = brings.cleaned_data
            amount = given["montant"]
            add_contribution(
                by=by, partenaire=row, genre=GenreApport(given["genre"]), quoi=given["quoi"],
                montant_centimes=None if amount is None else cents(amount),
                etat=EtatApport(given["etat"]), depuis=given["depuis"], now=now,
            )  # fmt: skip
            return redirect("housing:partner", pk=pk)
    except HousingError as wrong:
        (form if form.is_bound else brings).add_error(None, str(wrong))
    context = {
        "partner": row,
        "form": form,
        "brings_form": brings,
        "wrong": form if form.is_bound else brings,
        "brings": [
            (part, None if part.montant_centimes is None else euros_of(part.montant_centimes))
            for part in row.apports.select_related("engagement")[:BY_PAGE]
        ],
        "totals": totals_of(row.projet, row),
    }
    return render(request, "housing/partner.html", context)
