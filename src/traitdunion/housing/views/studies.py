"""Pages of an OFS: its operations, their feasibility, the references they rest on."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts.access_decorators import person_of, requires
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission, can

from ..enums import NatureReference
from ..errors import HousingError
from ..feasibility.forms import BalanceForm, OperationForm, TickForm, initial_of
from ..feasibility.studies import START, create_operation, save_version, study
from ..feasibility.tornado import tornado
from ..models import Operation, Reference
from ..references.operations import verify
from ..references.queries import ticks_of

PAGE = ["GET", "HEAD", "POST"]
BY_PAGE = 50


def organisation_of_operation(pk: int) -> Organisation:
    return _operation(pk).organisation


def _operation(pk: int) -> Operation:
    rows = Operation.objects.select_related("organisation", "commune")
    return get_object_or_404(rows, pk=pk)


@requires(Permission.STUDY_OPERATIONS)
@require_safe
def desk(request: HttpRequest, organisation: str) -> HttpResponse:
    """List the operations of an organisation."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    rows = keeper.operations_ofs.select_related("commune").prefetch_related("bilans")
    context = {
        "organisation": keeper,
        "page": Paginator(rows, BY_PAGE).get_page(request.GET.get("page")),
        "may_keep": can(request.user, Permission.KEEP_LEASES, keeper),
        "may_handle": can(request.user, Permission.HANDLE_DEMANDS, keeper),
        "may_check": can(request.user, Permission.CHECK_REFERENCES, keeper),
    }
    return render(request, "housing/desk.html", context)


@requires(Permission.STUDY_OPERATIONS)
@require_http_methods(PAGE)
def new_operation(request: HttpRequest, organisation: str) -> HttpResponse:
    """Create an operation, then show its balance."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    form = OperationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = create_operation(
                by=person_of(request), organisation=keeper, now=timezone.now(), **form.cleaned_data
            )
        except HousingError as wrong:
            form.add_error(None, str(wrong))
        else:
            return redirect("housing:operation", pk=row.pk)
    return render(request, "housing/new_operation.html", {"organisation": keeper, "form": form})


@requires(Permission.STUDY_OPERATIONS, organisation_of_operation)
@require_http_methods(PAGE)
def operation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the feasibility of an operation; tried hypotheses are shown without being kept."""
    row = _operation(pk)
    versions = list(row.bilans.all())
    kept = versions[0].hypotheses if versions else START
    form = BalanceForm(request.POST or None, initial=initial_of(kept))
    shown, tried = kept, False
    if request.method == "POST" and form.is_valid():
        shown, tried = form.hypotheses, form.hypotheses != kept
        if "enregistrer" in request.POST:
            try:
                save_version(
                    by=person_of(request), operation=row, hypotheses=shown, now=timezone.now()
                )
            except HousingError as wrong:
                messages.error(request, str(wrong))
            else:
                messages.success(request, "Nouvelle version enregistrée.")
            return redirect("housing:operation", pk=pk)
    studied = study(row, shown, on=timezone.localdate())
    context = {
        "operation": row,
        "form": form,
        "study": studied,
        "verdict": studied.verdict,
        "balance": studied.verdict.balance,
        "tornado": tornado(studied.inputs, studied.market.price_m2.value),
        "versions": versions,
        "tried": tried,
    }
    return render(request, "housing/operation.html", context)


@requires(Permission.STUDY_OPERATIONS)
@require_safe
def compare(request: HttpRequest, organisation: str) -> HttpResponse:
    """Show the last version of each operation side by side."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    rows = keeper.operations_ofs.select_related("organisation", "commune")
    page = Paginator(rows.prefetch_related("bilans"), 10).get_page(request.GET.get("page"))
    today = timezone.localdate()
    studies = [
        (row, study(row, bilans[0].hypotheses, on=today))
        for row in page
        if (bilans := list(row.bilans.all()))
    ]
    context = {"organisation": keeper, "page": page, "studies": studies}
    return render(request, "housing/compare.html", context)


@requires(Permission.CHECK_REFERENCES)
@require_http_methods(PAGE)
def references(request: HttpRequest, organisation: str) -> HttpResponse:
    """List the dated references of a kind, and tick those that were checked."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    if request.method == "POST":
        form = TickForm(request.POST)
        if form.is_valid():
            row = get_object_or_404(Reference, pk=form.cleaned_data["reference"])
            try:
                verify(
                    by=person_of(request),
                    organisation=keeper,
                    reference=row,
                    source=form.cleaned_data["source"],
                    now=timezone.now(),
                )
                messages.success(request, f"{row} : vérifié.")
            except HousingError as wrong:
                messages.error(request, str(wrong))
        else:
            messages.error(request, "Indiquez la source que vous avez lue.")
        return redirect(request.get_full_path())
    kind = request.GET.get("genre", NatureReference.PLAFOND_PRIX)
    if kind not in NatureReference.values:
        kind = NatureReference.PLAFOND_PRIX
    key = request.GET.get("cle", "").strip()[:20]
    rows = Reference.objects.filter(nature=kind).order_by("-depuis", "cle", "-pk")
    if key:
        rows = rows.filter(cle=key)
    page = Paginator(rows, BY_PAGE).get_page(request.GET.get("page"))
    ticks = ticks_of(keeper, [row.pk for row in page])
    context = {
        "organisation": keeper,
        "kinds": NatureReference.choices,
        "kind": kind,
        "key": key,
        "page": page,
        "rows": [(row, ticks.get(row.pk)) for row in page],
    }
    return render(request, "housing/references.html", context)
