"""Pages that write a lease, its letters, its direct debits, and the page of its household."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts.access_decorators import by_link, person_of, requires
from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission

from ..announcing import PAGE, announce
from ..enums import SchemaSepa
from ..errors import HousingError
from ..leases import manage_forms as written
from ..leases.collecting import (
    creditor_of,
    debits_of,
    entries_csv,
    keep_creditor,
    sign_mandate,
)
from ..leases.direct_debits import direct_debit_file, faults_of
from ..leases.facts import record_fact
from ..leases.letters import fact_letter_pdf, letter_pdf
from ..leases.operations import add_works, amend, draw_link, sign_lease
from ..leases.pages import household_page
from ..leases.resales import open_resale
from ..leases.terms import version_on
from ..ledger.accounts import cents, euros_of
from ..ledger.operations import cancel_entry, record_payment
from ..ledger.queries import payments_to_cancel
from ..models import Bail, Creancier, Revente


def organisation_of_lease(pk: int) -> Organisation:
    return get_object_or_404(Bail.objects.select_related("organisation"), pk=pk).organisation


def organisation_of_letter(pk: int, rule: str) -> Organisation:
    rows = Revente.objects.select_related("bail__organisation")
    return get_object_or_404(rows, pk=pk).bail.organisation


def organisation_of_fact_letter(pk: int, rule: str) -> Organisation:
    return organisation_of_lease(pk)


@requires(Permission.KEEP_LEASES)
@require_http_methods(PAGE)
def new_lease(request: HttpRequest, organisation: str) -> HttpResponse:
    """Sign a lease."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    form = written.LeaseForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            row = sign_lease(
                by=person_of(request),
                organisation=keeper,
                home=form.home,
                terms=form.terms,
                preneur=form.cleaned_data["preneur"],
                signe_le=form.cleaned_data["signe_le"],
                now=timezone.now(),
            )
        except HousingError as wrong:
            form.add_error(None, str(wrong))
        else:
            return redirect("housing:lease", pk=row.pk)
    return render(request, "housing/new_lease.html", {"organisation": keeper, "form": form})


FORMS: dict[str, type[forms.Form]] = {
    "avenant": written.AmendmentForm,
    "travaux": written.WorksForm,
    "paiement": written.PaymentForm,
    "annulation": written.CancelForm,
    "mandat": written.MandateForm,
    "revente": written.ResaleForm,
    "fait": written.FactForm,
}
TITLES = {
    "avenant": ("Avenant", "Écrire l'avenant", "L'avenant est écrit ; la version d'avant reste."),
    "travaux": ("Travaux valorisés", "Ajouter", "Les travaux sont ajoutés."),
    "paiement": ("Paiement reçu", "Inscrire", "Le paiement est inscrit aux comptes."),
    "annulation": (
        "Paiement à annuler",
        "Annuler le paiement",
        "Le paiement est annulé par une écriture inverse ; les deux restent aux comptes.",
    ),
    "mandat": ("Mandat de prélèvement", "Enregistrer", "Le mandat est enregistré, IBAN scellé."),
    "revente": ("Revente", "Ouvrir la revente", "La revente est ouverte."),
    "fait": ("Autre événement", "Inscrire l'événement", "L'événement est inscrit."),
}


@requires(Permission.KEEP_LEASES, organisation_of_lease)
@sensitive_post_parameters("iban")
@require_http_methods(PAGE)
def manage(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what happens to a lease: amendment, works, payment, mandate, resale, link."""
    row = get_object_or_404(Bail.objects.select_related("organisation", "commune"), pk=pk)
    asked = request.POST.get("faire", "")
    if asked in ("lien", "fermer"):
        by, now, opened = person_of(request), timezone.now(), asked == "lien"
        announce(
            request,
            lambda: draw_link(by=by, bail=row, is_open=opened, now=now),
            "Le lien est changé." if opened else "Le lien est fermé.",
        )
        return redirect("housing:manage", pk=pk)
    bound = {
        name: kind(request.POST if name == asked else None, prefix=name, **_started(name, row))
        for name, kind in FORMS.items()
    }
    if asked in bound and bound[asked].is_valid():
        form = bound[asked]
        try:
            DEEDS[asked](person_of(request), row, form.cleaned_data)
        except HousingError as wrong:
            form.add_error(None, str(wrong))
        else:
            messages.success(request, TITLES[asked][2])
            return redirect("housing:lease", pk=pk)
    context = {
        "bail": row,
        "parts": [
            (name, form, *TITLES[name][:2])
            for name, form in bound.items()
            if not isinstance(form, written.CancelForm) or form.entries
        ],
        "wrong": bound.get(asked),
        "mandate": row.mandats.filter(revoque_le=None).first(),
        "site": request.build_absolute_uri("/")[:-1],
    }
    return render(request, "housing/manage.html", context)


def _started(name: str, row: Bail) -> dict[str, Any]:
    """Return what a form of a lease starts from."""
    if name == "avenant":
        version = version_on(row.versions.all(), timezone.localdate())
        return {"initial": written.amendment_of(version)}
    return {"payments": payments_to_cancel(row)} if name == "annulation" else {}


def _amended(by: User, row: Bail, given: dict[str, Any]) -> None:
    plancher = given["plancher"]
    amend(
        by=by, bail=row, depuis=given["depuis"], motif=given["motif"], now=timezone.now(),
        redevance_centimes=cents(given["redevance"]),
        plancher_centimes=None if plancher is None else cents(plancher),
        indice=given["indice"], indice_base=given["indice_base"],
    )  # fmt: skip


def _worked(by: User, row: Bail, given: dict[str, Any]) -> None:
    add_works(by=by, bail=row, now=timezone.now(), **given)


def _paid(by: User, row: Bail, given: dict[str, Any]) -> None:
    record_payment(
        by=by, bail=row, le=given["le"], amount=cents(given["montant"]), piece=given["piece"],
        now=timezone.now(),
    )  # fmt: skip


def _cancelled(by: User, row: Bail, given: dict[str, Any]) -> None:
    cancel_entry(by=by, entry=given["ecriture"], le=given["le"], now=timezone.now())


def _mandated(by: User, row: Bail, given: dict[str, Any]) -> None:
    sign_mandate(by=by, bail=row, now=timezone.now(), **given)


def _resold(by: User, row: Bail, given: dict[str, Any]) -> None:
    open_resale(by=by, bail=row, now=timezone.now(), **given)


def _happened_to(by: User, row: Bail, given: dict[str, Any]) -> None:
    record_fact(by=by, bail=row, now=timezone.now(), **given)


DEEDS: dict[str, Callable[[User, Bail, dict[str, Any]], None]] = {
    "avenant": _amended,
    "travaux": _worked,
    "paiement": _paid,
    "annulation": _cancelled,
    "mandat": _mandated,
    "revente": _resold,
    "fait": _happened_to,
}


@requires(Permission.KEEP_LEASES, organisation_of_letter)
@require_safe
def letter(request: HttpRequest, pk: int, rule: str) -> HttpResponse:
    """Send the letter of a clock as PDF, to be signed."""
    rows = Revente.objects.select_related("bail__organisation", "bail__commune")
    row = get_object_or_404(rows.prefetch_related("evenements", "bail__versions"), pk=pk)
    try:
        content = letter_pdf(row, rule, on=timezone.localdate())
    except HousingError as wrong:
        messages.error(request, str(wrong))
        return redirect("housing:lease", pk=row.bail_id)
    name = f"lettre-{row.bail.numero}-{rule}.pdf".replace('"', "")
    return _file(content, name, "application/pdf")


@requires(Permission.KEEP_LEASES, organisation_of_fact_letter)
@require_safe
def fact_letter(request: HttpRequest, pk: int, rule: str) -> HttpResponse:
    """Send the letter of a clock of a lease outside a resale as PDF, to be signed."""
    row = get_object_or_404(Bail.objects.select_related("organisation", "commune"), pk=pk)
    try:
        content = fact_letter_pdf(row, rule, on=timezone.localdate())
    except HousingError as wrong:
        messages.error(request, str(wrong))
        return redirect("housing:lease", pk=pk)
    name = f"lettre-{row.numero}-{rule}.pdf".replace('"', "")
    return _file(content, name, "application/pdf")


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    page = HttpResponse(content, content_type=kind)
    page.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return page


def _exported(request: HttpRequest, keeper: Organisation) -> None:
    """Write in the journal that a file of the accounts of households left."""
    record(
        by=person_of(request), organisation=keeper, action=Action.EXPORTER, target=keeper,
        at=timezone.now(),
    )  # fmt: skip


@requires(Permission.KEEP_LEASES)
@require_http_methods(PAGE)
def debits(request: HttpRequest, organisation: str) -> HttpResponse:
    """Show what to take from the accounts for a month, and give the file once all is sound."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    creditor = creditor_of(keeper)
    known: Any = Creancier.objects.filter(pk=keeper.pk).values().first()
    creditor_form = written.CreditorForm(
        request.POST if request.method == "POST" else None, initial=known
    )
    if creditor_form.is_bound and creditor_form.is_valid():
        given = creditor_form.cleaned_data
        try:
            keep_creditor(
                by=person_of(request), organisation=keeper, nom=given["nom"], ics=given["ics"],
                iban=given["iban"], schema=SchemaSepa(given["schema"]), now=timezone.now(),
            )  # fmt: skip
        except HousingError as wrong:
            creditor_form.add_error(None, str(wrong))
        else:
            messages.success(request, "Le créancier est enregistré.")
            return redirect("housing:debits", organisation=keeper.pk)
    form = written.CollectForm(request.GET if "mois" in request.GET else None)
    context: dict[str, Any] = {
        "organisation": keeper,
        "creditor": creditor,
        "creditor_form": creditor_form,
        "form": form,
        "year": timezone.localdate().year,
    }
    if form.is_bound and form.is_valid() and creditor is not None:
        on, rows = form.cleaned_data["le"], debits_of(keeper, form.cleaned_data["mois"])
        faults = faults_of(creditor, rows, on, timezone.localdate())
        if "fichier" in request.GET and not faults:
            _exported(request, keeper)
            name = f"prelevements-{form.cleaned_data['mois']:%Y-%m}.xml"
            return _file(direct_debit_file(creditor, rows, on=on), name, "application/xml")
        context |= {
            "rows": rows,
            "faults": faults,
            "total": euros_of(sum(row.cents for row in rows)),
            "file": f"?mois={form.cleaned_data['mois']:%Y-%m}&le={on:%Y-%m-%d}&fichier=1",
        }
    return render(request, "housing/debits.html", context)


@requires(Permission.KEEP_LEASES)
@require_safe
def entries(request: HttpRequest, organisation: str) -> HttpResponse:
    """Send the entries of a year as CSV."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    asked = request.GET.get("annee", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else None
    year = year or timezone.localdate().year
    _exported(request, keeper)
    return _file(entries_csv(keeper, year).encode("utf-8-sig"), f"ecritures-{year}.csv", "text/csv")


@by_link
@require_safe
def own_lease(request: HttpRequest, token: str) -> HttpResponse:
    """Show a household its lease: what is due, today's highest price, its valued works."""
    row = Bail.by_token(token)
    if row is None:
        raise Http404("Ce lien n'ouvre aucun bail.")
    return render(request, "housing/own_lease.html", household_page(row, on=timezone.localdate()))
