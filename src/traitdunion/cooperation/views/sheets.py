"""Pages where the sheet of an action is filled, part by part, and put back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion import french
from traitdunion.accounts.access_decorators import person_of, requires
from traitdunion.accounts.forms import taken_out, typed_key
from traitdunion.accounts.models import User
from traitdunion.accounts.permissions import Permission

from .. import operations
from ..models import Action, Releve
from ..requested import organisation_of_action, pilots_action, the_action
from ..roadmap import operations as roadmap_operations
from ..roadmap import pilots, reminders
from ..roadmap.budget import totals
from ..roadmap.changes import Row, last_changes, undo
from ..roadmap.measures import standing
from ..roadmap.plan_import.pasted_readings import take_readings
from ..roadmap.sheet import (
    KINDS,
    Reading,
    change_essentials,
    remove_action,
    remove_part,
    take_reading,
    write_part,
)
from ..roadmap.sheet_forms import (
    FORMS,
    EssentialsForm,
    PastedReadingsForm,
    ReadingForm,
    StepForm,
)

TITLES = {
    "pilote": ("Pilote", "Ajouter un pilote"),
    "partenaire": ("Partenaire", "Ajouter un partenaire"),
    "budget": ("Ligne de budget", "Ajouter une ligne de budget"),
    "indicateur": ("Indicateur", "Ajouter un indicateur"),
    "releve": ("Relevé", "Noter un relevé"),
}


@requires(Permission.STEER, organisation_of_action, or_if=pilots_action)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole sheet with a door to each part; what was just changed, to be put back."""
    row = the_action(pk)
    if request.method == "POST":
        event = get_object_or_404(row.evenements, pk=typed_key(request.POST.get("annuler")))
        try:
            undo(event, by=request.user, now=timezone.now())
        except operations.CooperationError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "C'est remis comme avant.")
        return redirect("cooperation:sheet", pk=pk)
    today = timezone.localdate()
    context = {
        "action": row,
        "session": row.axe.seance,
        "indicators": [
            standing(indicateur, on=today)
            for indicateur in row.indicateurs.prefetch_related("releves")
        ],
        "budget": row.budget.all(),
        "totals": totals(row.budget.all()),
        "changes": last_changes(row),
        "next_reminder": reminders.next_reminder(row),
    }
    return render(request, "cooperation/actions/sheet.html", context)


@requires(Permission.STEER, organisation_of_action, or_if=pilots_action)
@require_http_methods(["GET", "HEAD", "POST"])
def essentials(request: HttpRequest, pk: int) -> HttpResponse:
    """Title, description, days, territory; or take away an action to which nothing happened."""
    row = the_action(pk)
    if request.POST.get("faire") == "retirer":
        return _removed(request, row)
    form = EssentialsForm(request.POST or None, action=row)
    if request.method == "POST" and form.is_valid():
        try:
            change_essentials(by=request.user, action=row, now=timezone.now(), **form.cleaned_data)
        except operations.CooperationError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "La fiche est à jour.")
            return redirect("cooperation:sheet", pk=pk)
    context = {"action": row, "form": form, "title": "L'essentiel", "removable": "l'action"}
    return _form_page(request, context)


def _removed(request: HttpRequest, row: Action) -> HttpResponse:
    parent, session = row.parent_id, row.axe.seance_id
    try:
        remove_action(by=request.user, action=row, now=timezone.now())
    except operations.CooperationError as refused:
        messages.error(request, str(refused))
        return redirect("cooperation:essentials", pk=row.pk)
    messages.success(request, "C'est retiré.")
    if parent:
        return redirect("cooperation:sheet", pk=parent)
    return redirect("cooperation:roadmap", slug=session)


@requires(Permission.STEER, organisation_of_action, or_if=pilots_action)
@require_http_methods(["GET", "HEAD", "POST"])
def new_step(request: HttpRequest, pk: int) -> HttpResponse:
    """A part of an action, with its day."""
    row = the_action(pk)
    form = StepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            roadmap_operations.create_action(
                by=request.user, axe=row.axe, parent=row, now=timezone.now(), **form.cleaned_data
            )
        except operations.CooperationError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "L'étape est ajoutée.")
            return redirect("cooperation:sheet", pk=pk)
    return _form_page(request, {"action": row, "form": form, "title": "Ajouter une étape"})


@requires(Permission.STEER, organisation_of_action, or_if=pilots_action)
@require_http_methods(["GET", "HEAD", "POST"])
def paste_readings(request: HttpRequest, pk: int) -> HttpResponse:
    """Readings of an indicator, copied from a spreadsheet and pasted at once."""
    row = the_action(pk)
    form = PastedReadingsForm(
        request.POST or None,
        action=row,
        initial={"indicateur": request.GET.get("indicateur")},
    )
    if form.is_valid():
        given = form.cleaned_data
        try:
            taken = take_readings(
                by=person_of(request),
                indicateur=given["indicateur"],
                readings=given["lignes"],
                now=timezone.now(),
            )
        except operations.CooperationError as refused:
            form.add_error("lignes", str(refused))
        else:
            done = french.counted(len(taken), "relevé enregistré", "relevés enregistrés")
            messages.success(request, f"{done} pour « {given['indicateur']} ».")
            return redirect("cooperation:sheet", pk=pk)
    return _form_page(request, {"action": row, "form": form, "title": "Coller des relevés"})


@requires(Permission.STEER, organisation_of_action, or_if=pilots_action)
@require_http_methods(["GET", "HEAD", "POST"])
def new_part(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A pilot, a partner, a line of budget, an indicator, a reading."""
    return _part(request, the_action(pk), kind, None)


@requires(Permission.STEER, organisation_of_action, or_if=pilots_action)
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: HttpRequest, pk: int, kind: str, part: int) -> HttpResponse:
    """Change a part of the sheet, or take it off."""
    action = the_action(pk)
    return _part(request, action, kind, _part_or_404(action, kind, part))


def _part_or_404(action: Action, kind: str, pk: int) -> Row:
    if kind not in KINDS:
        raise Http404
    rows = KINDS[kind].table.objects.all()
    of = {"indicateur__action": action} if kind == "releve" else {"action": action}
    return get_object_or_404(rows, pk=pk, **of)


def _part(request: HttpRequest, action: Action, kind: str, row: Row | None) -> HttpResponse:
    if kind not in KINDS:
        raise Http404
    by, now = request.user, timezone.now()
    if row is not None and request.POST.get("faire") == "retirer":
        remove_part(row, by=by, now=now)
        messages.success(request, "C'est retiré. « Annuler », plus bas, le remet.")
        return redirect("cooperation:sheet", pk=action.pk)
    form = _form(request, action, kind, row)
    if request.method == "POST" and form.is_valid():
        try:
            _write(by, action, kind, row, form.cleaned_data, now)
        except operations.CooperationError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "C'est enregistré.")
            return redirect("cooperation:sheet", pk=action.pk)
    title = TITLES[kind][0 if row else 1]
    context = {"action": action, "form": form, "title": title, "removable": row and "cette ligne"}
    return _form_page(request, context)


def _form(request: HttpRequest, action: Action, kind: str, row: Row | None) -> forms.Form:
    if kind != "releve":
        initial = {} if row else {"annee": timezone.localdate().year}
        values = {"action": action, "initial": initial}
        return FORMS[kind](request.POST or None, instance=row, **values)
    initial = {"indicateur": request.GET.get("indicateur"), "releve_le": timezone.localdate()}
    if isinstance(row, Releve):
        names = ("releve_le", "valeur", "numerateur", "denominateur", "periode", "territoire")
        initial = {name: getattr(row, name) for name in names} | {"indicateur": row.indicateur_id}
        if row.denominateur:
            initial["valeur"] = None
    return ReadingForm(request.POST or None, action=action, initial=initial)


def _write(
    by: User, action: Action, kind: str, row: Any, values: Mapping[str, Any], now: datetime
) -> None:
    if kind == "releve":
        given = dict(values)
        reading = taken_out(Reading, given)
        take_reading(by=by, reading=reading, now=now, row=row, **given)
    elif kind == "pilote":
        pilots.name_pilot(by=by, action=action, row=row, now=now, **values)
    else:
        row = row or KINDS[kind].table(action=action)
        for name, value in values.items():
            setattr(row, name, value)
        write_part(row, by=by, now=now)


def _form_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    status = 422 if context["form"].errors else 200
    return render(request, "cooperation/actions/form.html", context, status=status)
