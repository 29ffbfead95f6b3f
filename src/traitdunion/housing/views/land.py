"""Pages of land: the parcels of an organisation, one of them with what pays for it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.access_decorators import person_of, requires
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission

from ..announcing import BY_PAGE, PAGE
from ..errors import HousingError
from ..land.cadastre import words_of
from ..land.forms import FundingForm, ParcelForm
from ..land.operations import add_funding, balance_of, keep_parcel
from ..ledger.accounts import euros_of
from ..models import Parcelle

WORDS = {True: "oui", False: "non", None: ""}


def organisation_of_parcel(pk: int) -> Organisation:
    rows = Parcelle.objects.select_related("organisation")
    return get_object_or_404(rows, pk=pk).organisation


@requires(Permission.STUDY_OPERATIONS)
@require_http_methods(PAGE)
def parcels(request: HttpRequest, organisation: str) -> HttpResponse:
    """List the parcels of an organisation, and add one."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    form = ParcelForm(request.POST or None, organisation=keeper)
    if form.is_bound and form.is_valid():
        try:
            made = keep_parcel(
                by=person_of(request), organisation=keeper, parcelle=None, values=form.values(),
                now=timezone.now(),
            )  # fmt: skip
        except HousingError as wrong:
            form.add_error(None, str(wrong))
        else:
            messages.success(request, "La parcelle est inscrite.")
            return redirect("housing:parcel", pk=made.pk)
    rows = Parcelle.objects.filter(organisation=keeper)
    rows = rows.select_related("commune").prefetch_related("financements")
    page = Paginator(rows, BY_PAGE).get_page(request.GET.get("page"))
    context = {
        "organisation": keeper,
        "form": form,
        "page": page,
        "parcels": [(row, words_of(row.idu), balance_of(row)) for row in page],
    }
    status = 422 if form.errors else 200
    return render(request, "housing/parcels.html", context, status=status)


@requires(Permission.STUDY_OPERATIONS, organisation_of_parcel)
@require_http_methods(PAGE)
def parcel(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a parcel and what pays for it; correct it, add a line."""
    rows = Parcelle.objects.select_related("organisation", "commune", "operation")
    row = get_object_or_404(rows, pk=pk)
    asked = request.POST.get("faire", "")
    form = ParcelForm(
        request.POST if asked == "parcelle" else None, organisation=row.organisation,
        initial=_initial(row),
    )  # fmt: skip
    funding = FundingForm(
        request.POST if asked == "financement" else None, auto_id="id_financement_%s"
    )
    by, now = person_of(request), timezone.now()
    wrong = form if form.is_bound else funding
    try:
        if form.is_bound and form.is_valid():
            keep_parcel(
                by=by, organisation=row.organisation, parcelle=row, values=form.values(), now=now
            )
            return redirect("housing:parcel", pk=pk)
        if funding.is_bound and funding.is_valid():
            add_funding(by=by, parcelle=row, values=funding.values(), now=now)
            return redirect("housing:parcel", pk=pk)
    except HousingError as refused:
        wrong.add_error(None, str(refused))
        row = get_object_or_404(rows, pk=pk)
    context = {
        "parcel": row,
        "name": words_of(row.idu),
        "balance": balance_of(row),
        "lines": [
            (line, euros_of(line.montant_centimes)) for line in row.financements.all()[:BY_PAGE]
        ],
        "form": form,
        "funding": funding,
        "wrong": wrong,
    }
    return render(request, "housing/parcel.html", context, status=422 if wrong.errors else 200)


def _initial(row: Parcelle) -> dict[str, object]:
    same = ("contenance_m2", "zone", "operation", "mode", "etat", "acquise_le", "piece")
    return {name: getattr(row, name) for name in same} | {
        "commune": f"{row.commune.nom} ({row.commune_id})",
        "reference": row.idu,
        "bati": WORDS[row.bati],
        "prix": None if row.prix_centimes is None else euros_of(row.prix_centimes),
    }
