"""Pages of demands: inbox and waiting list, a demand, the homes to allot."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from traitdunion.accounts.access_decorators import person_of, requires
from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission

from ..announcing import BY_PAGE, PAGE, announce
from ..enums import EtatDemande, Souhait
from ..errors import HousingError
from ..households.allocation import candidates, rules
from ..households.forms import AllocationForm, CheckForm, DecisionForm, LotForm
from ..households.operations import OPEN, add_lot, allot, check_demand, decide, erase
from ..models import Demande, Lot, Operation


def organisation_of_demand(pk: int) -> Organisation:
    rows = Demande.objects.select_related("organisation")
    return get_object_or_404(rows, pk=pk).organisation


def organisation_of_operation(pk: int) -> Organisation:
    rows = Operation.objects.select_related("organisation")
    return get_object_or_404(rows, pk=pk).organisation


def organisation_of_lot(pk: int) -> Organisation:
    rows = Lot.objects.select_related("operation__organisation")
    return get_object_or_404(rows, pk=pk).operation.organisation


@requires(Permission.HANDLE_DEMANDS)
@require_safe
def demands(request: HttpRequest, organisation: str) -> HttpResponse:
    """List the demands of a state: those received first, then the waiting list."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    states = (EtatDemande.RECUE, EtatDemande.EN_ATTENTE, EtatDemande.ATTRIBUEE, EtatDemande.REFUSEE)
    asked = request.GET.get("etat", "")
    state = EtatDemande(asked) if asked in states else EtatDemande.RECUE
    rows = Demande.objects.filter(organisation=keeper)
    counts = dict(rows.values_list("etat").annotate(n=Count("pk")).order_by())
    listed = rows.filter(etat=state).prefetch_related("communes")
    homes = Lot.objects.filter(operation__organisation=keeper).select_related("operation__commune")
    free = homes.exclude(
        Q(decisions__etat=EtatDemande.ATTRIBUEE)
    )  # fmt: skip
    context = {
        "organisation": keeper,
        "state": state,
        "states": [(each, counts.get(each.value, 0)) for each in states],
        "page": Paginator(listed, BY_PAGE).get_page(request.GET.get("page")),
        "more": f"&etat={state}",
        "free": free[:BY_PAGE],
    }
    return render(request, "housing/demands.html", context)


def _demand(pk: int) -> Demande:
    rows = Demande.objects.select_related("organisation").prefetch_related("communes")
    return get_object_or_404(rows, pk=pk)


@requires(Permission.HANDLE_DEMANDS, organisation_of_demand)
@require_safe
def demand(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a demand; the journal keeps who opened it."""
    row = _demand(pk)
    record(
        by=person_of(request), organisation=row.organisation, action=Action.CONSULTER, target=row,
        at=timezone.now(),
    )  # fmt: skip
    return render(request, "housing/demand.html", _context(row))


def _context(row: Demande) -> dict[str, Any]:
    words = {None: "", True: "oui", False: "non"}
    return {
        "demande": row,
        "decisions": row.decisions.select_related("lot__operation"),
        "is_open": row.etat in OPEN,
        "check_form": CheckForm(
            initial={
                "ressources": words[row.ressources_verifiees],
                "non_proprietaire": words[row.non_proprietaire],
                "categorie": row.categorie,
            }
        ),
        "decision_form": DecisionForm(),
    }


@requires(Permission.HANDLE_DEMANDS, organisation_of_demand)
@require_POST
def check_documents(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what was checked of a household."""
    row, form = _demand(pk), CheckForm(request.POST)
    if form.is_valid():
        by, now = person_of(request), timezone.now()
        announce(
            request,
            lambda: check_demand(by=by, demande=row, now=now, **form.checked),
            "Les vérifications sont enregistrées.",
        )
    else:
        messages.error(request, "Indiquez la catégorie du ménage, de 1 à 20.")
    return redirect("housing:demand", pk=pk)


@requires(Permission.HANDLE_DEMANDS, organisation_of_demand)
@require_POST
def decide_demand(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a demand on the waiting list, or refuse it."""
    row, form = _demand(pk), DecisionForm(request.POST)
    if form.is_valid():
        by, now, given = person_of(request), timezone.now(), form.cleaned_data
        announce(
            request,
            lambda: decide(
                by=by, demande=row, etat=EtatDemande(given["etat"]), motif=given["motif"], now=now
            ),
            "La décision est inscrite.",
        )
    else:
        messages.error(request, "Choisissez une décision et écrivez son motif.")
    return redirect("housing:demand", pk=pk)


@requires(Permission.HANDLE_DEMANDS, organisation_of_demand)
@require_POST
def erase_demand(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase the contact of a household."""
    row = _demand(pk)
    by, now = person_of(request), timezone.now()
    announce(request, lambda: erase(by=by, demande=row, now=now), "Les coordonnées sont effacées.")
    return redirect("housing:demand", pk=pk)


@requires(Permission.HANDLE_DEMANDS, organisation_of_operation)
@require_http_methods(PAGE)
def lots(request: HttpRequest, pk: int) -> HttpResponse:
    """List the homes of an operation, and add one."""
    row = get_object_or_404(Operation.objects.select_related("organisation", "commune"), pk=pk)
    form = LotForm(request.POST or None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            add_lot(
                by=person_of(request), operation=row, libelle=given["libelle"],
                pieces=given["pieces"], surface_utile=given["surface_utile"],
                genre=Souhait(given["genre"]), now=timezone.now(),
            )  # fmt: skip
        except HousingError as wrong:
            form.add_error(None, str(wrong))
        else:
            return redirect("housing:lots", pk=pk)
    homes = row.lots.prefetch_related("decisions__demande")
    context = {
        "operation": row,
        "form": form,
        "page": Paginator(homes, BY_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "housing/lots.html", context)


@requires(Permission.HANDLE_DEMANDS, organisation_of_lot)
@require_http_methods(PAGE)
def lot(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who may be allotted a home, in the order of the rules, and allot it."""
    rows = Lot.objects.select_related("operation__organisation", "operation__commune")
    row = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        form = AllocationForm(request.POST)
        if form.is_valid():
            _allot(request, row, form)
        else:
            messages.error(request, "Écrivez le motif de l'attribution.")
        return redirect("housing:lot", pk=pk)
    waiting = Demande.objects.filter(
        organisation=row.operation.organisation, etat=EtatDemande.EN_ATTENTE
    ).prefetch_related("communes")
    context = {
        "lot": row,
        "allotted": row.decisions.filter(etat=EtatDemande.ATTRIBUEE)
        .select_related("demande")
        .first(),
        "page": Paginator(candidates(row, waiting), BY_PAGE).get_page(request.GET.get("page")),
        "rules": rules(),
    }
    return render(request, "housing/lot.html", context)


def _allot(request: HttpRequest, row: Lot, form: AllocationForm) -> None:
    demande = get_object_or_404(
        Demande, pk=form.cleaned_data["demande"], organisation=row.operation.organisation
    )
    by, now, motif = person_of(request), timezone.now(), form.cleaned_data["motif"]
    announce(
        request,
        lambda: allot(by=by, lot=row, demande=demande, motif=motif, now=now),
        "Le logement est attribué.",
    )
