"""Pages of leases: the list, a lease with the delays of its resale, the accounts."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from traitdunion.accounts.access_decorators import person_of, requires
from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission

from ..enums import EvenementRevente
from ..errors import HousingError
from ..leases.forms import ChecksForm, EventForm
from ..leases.pages import lease_page
from ..leases.resales import record_event, set_checks
from ..ledger.queries import balances, faults_of
from ..models import Bail, Ecriture, Revente

BY_PAGE = 50


def organisation_of_lease(pk: int) -> Organisation:
    return get_object_or_404(Bail.objects.select_related("organisation"), pk=pk).organisation


def organisation_of_resale(pk: int) -> Organisation:
    rows = Revente.objects.select_related("bail__organisation")
    return get_object_or_404(rows, pk=pk).bail.organisation


@requires(Permission.KEEP_LEASES)
@require_safe
def leases(request: HttpRequest, organisation: str) -> HttpResponse:
    """List the leases of an organisation."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    rows = keeper.baux.select_related("commune").prefetch_related("versions")
    page = Paginator(rows, BY_PAGE).get_page(request.GET.get("page"))
    listed = [(row, max(row.versions.all(), key=lambda v: v.depuis, default=None)) for row in page]
    context = {"organisation": keeper, "page": page, "leases": listed}
    return render(request, "housing/leases.html", context)


@requires(Permission.KEEP_LEASES, organisation_of_lease)
@require_safe
def lease(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a lease: the next decision, the delays of its resale, what is due."""
    rows = Bail.objects.select_related("organisation", "commune")
    row = get_object_or_404(rows.prefetch_related("versions", "travaux"), pk=pk)
    record(
        by=person_of(request), organisation=row.organisation, action=Action.CONSULTER, target=row,
        at=timezone.now(),
    )  # fmt: skip
    return render(request, "housing/lease.html", lease_page(row, on=timezone.localdate()))


@requires(Permission.KEEP_LEASES, organisation_of_resale)
@require_POST
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an event of a resale."""
    row = get_object_or_404(Revente.objects.select_related("bail__organisation"), pk=pk)
    form = EventForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choisissez un événement, sa date et sa preuve.")
        return redirect("housing:lease", pk=row.bail_id)
    given = form.cleaned_data
    try:
        record_event(
            by=person_of(request),
            revente=row,
            nature=EvenementRevente(given["nature"]),
            le=given["le"],
            preuve=given["preuve"],
            motif=given["motif"],
            now=timezone.now(),
        )
    except HousingError as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(request, "L'événement est inscrit.")
    return redirect("housing:lease", pk=row.bail_id)


@requires(Permission.KEEP_LEASES, organisation_of_resale)
@require_POST
def checks(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what was checked of a buyer."""
    row = get_object_or_404(Revente.objects.select_related("bail__organisation"), pk=pk)
    form = ChecksForm(request.POST)
    if form.is_valid():
        set_checks(by=person_of(request), revente=row, now=timezone.now(), **form.cleaned_data)
        messages.success(request, "Les vérifications sont enregistrées.")
    else:
        messages.error(request, "Répondez oui, non ou pas encore à chaque vérification.")
    return redirect("housing:lease", pk=row.bail_id)


@requires(Permission.KEEP_LEASES)
@require_safe
def accounts(request: HttpRequest, organisation: str) -> HttpResponse:
    """Show the accounts and the latest entries of an organisation."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    rows = Ecriture.objects.filter(organisation=keeper).order_by("-numero")
    context = {
        "organisation": keeper,
        "balances": balances(keeper, until=timezone.localdate()),
        "faults": faults_of(keeper),
        "page": Paginator(rows, BY_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "housing/accounts.html", context)
