"""Pages of plans: for the referent the whole, for a partner its own steps alone."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from traitdunion.accounts.access_decorators import person_of, requires
from traitdunion.accounts.enums import Action
from traitdunion.accounts.forms import taken_out
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.operations import record, record_all
from traitdunion.accounts.permissions import Permission

from ..announcing import BY_PAGE, PAGE, announce
from ..enums import Volet
from ..errors import HousingError
from ..models import Etape, Plan
from ..plans.forms import OutcomeForm, PlanForm, ReportForm, StepForm
from ..plans.operations import (
    Household,
    add_step,
    close_plan,
    open_plan,
    record_outcome,
    report_step,
)
from ..plans.visibility import cells_of, seen


def organisation_of_plan(pk: int) -> Organisation:
    return get_object_or_404(Plan.objects.select_related("organisation"), pk=pk).organisation


def partner_of_step(pk: int) -> Organisation:
    return get_object_or_404(Etape.objects.select_related("partenaire"), pk=pk).partenaire


@requires(Permission.HANDLE_DEMANDS)
@require_http_methods(PAGE)
def plans(request: HttpRequest, organisation: str) -> HttpResponse:
    """List the plans of an organisation, and open one."""
    keeper = get_object_or_404(Organisation, pk=organisation)
    form = PlanForm(request.POST or None)
    if form.is_bound and form.is_valid():
        given = dict(form.cleaned_data)
        household = taken_out(Household, given)
        row = open_plan(
            by=person_of(request),
            organisation=keeper,
            household=household,
            now=timezone.now(),
            **given,
        )
        return redirect("housing:plan", pk=row.pk)
    rows = Plan.objects.filter(organisation=keeper).select_related("referent")
    context = {
        "organisation": keeper,
        "form": form,
        "page": Paginator(rows, BY_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "housing/plans.html", context)


def _plan(pk: int) -> Plan:
    rows = Plan.objects.select_related("organisation", "referent", "lieu_travail")
    return get_object_or_404(rows.prefetch_related("communes"), pk=pk)


@requires(Permission.HANDLE_DEMANDS, organisation_of_plan)
@require_http_methods(PAGE)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a plan and its steps, and give one to a partner; the journal keeps who opened it."""
    row = _plan(pk)
    form = StepForm(request.POST or None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            add_step(
                by=person_of(request), plan=row, volet=Volet(given["volet"]),
                partenaire=given["partenaire"], quoi=given["quoi"], pour_le=given["pour_le"],
                now=timezone.now(),
            )  # fmt: skip
        except HousingError as wrong:
            form.add_error(None, str(wrong))
        else:
            return redirect("housing:plan", pk=pk)
    record(
        by=person_of(request), organisation=row.organisation, action=Action.CONSULTER, target=row,
        at=timezone.now(),
    )  # fmt: skip
    context = {
        "plan": row,
        "cells": [(cell.label, text) for cell, text in cells_of(row).items()],
        "steps": row.etapes.select_related("partenaire"),
        "form": form,
        "outcome_form": OutcomeForm(
            initial={"logee_le": row.logee_le, "en_emploi_le": row.en_emploi_le}
        ),
        "today": timezone.localdate(),
    }
    return render(request, "housing/plan.html", context)


@requires(Permission.HANDLE_DEMANDS, organisation_of_plan)
@require_POST
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Record since when the household is housed and hired."""
    row, form = _plan(pk), OutcomeForm(request.POST)
    if form.is_valid():
        by, now = person_of(request), timezone.now()
        announce(
            request,
            lambda: record_outcome(by=by, plan=row, now=now, **form.cleaned_data),
            "C'est inscrit.",
        )
    else:
        messages.error(request, "Écrivez les dates, ou laissez-les vides.")
    return redirect("housing:plan", pk=pk)


@requires(Permission.HANDLE_DEMANDS, organisation_of_plan)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a plan."""
    row, by, now = _plan(pk), person_of(request), timezone.now()
    announce(request, lambda: close_plan(by=by, plan=row, now=now), "Le plan est clos.")
    return redirect("housing:plan", pk=pk)


@requires(Permission.FOLLOW_STEPS)
@require_safe
def steps(request: HttpRequest, organisation: str) -> HttpResponse:
    """Show a partner the steps given to it, and nothing of the others."""
    partner = get_object_or_404(Organisation, pk=organisation)
    rows = (
        Etape.objects.filter(partenaire=partner, plan__clos_le=None)
        .select_related("plan__referent", "plan__lieu_travail")
        .prefetch_related("plan__communes")
    )
    page = Paginator(rows, BY_PAGE).get_page(request.GET.get("page"))
    record_all(
        by=person_of(request), organisation=partner, action=Action.CONSULTER, targets=page,
        at=timezone.now(),
    )  # fmt: skip
    context = {
        "organisation": partner,
        "page": page,
        "steps": [seen(row) for row in page],
        "today": timezone.localdate(),
    }
    return render(request, "housing/steps.html", context)


@requires(Permission.FOLLOW_STEPS, partner_of_step)
@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that a step is done, by its partner."""
    row = get_object_or_404(Etape.objects.select_related("plan__organisation", "partenaire"), pk=pk)
    form = ReportForm(request.POST)
    if form.is_valid():
        by, now, on = person_of(request), timezone.now(), form.cleaned_data["faite_le"]
        announce(
            request,
            lambda: report_step(by=by, step=row, faite_le=on, now=now),
            "L'étape est faite.",
        )
    else:
        messages.error(request, "Écrivez le jour où l'étape a été faite.")
    return redirect("housing:steps", organisation=row.partenaire_id)
