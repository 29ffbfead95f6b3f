"""The roadmap by axis, as a board, a calendar or along time, on any day; the lineage of ideas."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from traitdunion.accounts.gates import public, requires
from traitdunion.accounts.permissions import Permission, can

from .. import operations
from ..actions.views import organisation_of_action, the_action
from ..calendars import all_due, by_month, month_of
from ..committees import last_meeting_of
from ..enums import EtatAction
from ..filters import Wanted, choices_of, kept
from ..gantt import gantt
from ..lineage import lineage_of
from ..models import Seance
from ..quality import compared, quality_of
from ..roadmap import ActionThen, AxeThen, differences, roadmap

VIEWS = {
    "axes": "Par axe",
    "tableau": "Par état",
    "calendrier": "Calendrier",
    "frise": "Dans le temps",
}


def day_asked(request: HttpRequest, name: str) -> date | None:
    """A day of the address; None where there is none, or where it is not one."""
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


@public
@require_safe
def roadmap_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Axes, actions, commitments, on any day; what changed since another."""
    row = get_object_or_404(Seance.objects.select_related("organisation"), pk=slug)
    today = timezone.localdate()
    on = min(day_asked(request, "le") or today, today)
    since = day_asked(request, "depuis")
    view = request.GET.get("vue", "axes")
    whole = roadmap(row, on=on)
    wanted = _wanted(request)
    then = kept(whole, wanted)
    organisations, epcis = choices_of(whole)
    meeting = last_meeting_of(row.organisation, before=on)
    context = {
        "session": row,
        "on": on,
        "today": today,
        "since": since,
        "meeting": meeting,
        "view": view if view in VIEWS else "axes",
        "views": VIEWS,
        "wanted": wanted,
        "organisations": organisations,
        "epcis": epcis,
        "all_axes": [axe.axe for axe in whole],
        "axes": then,
        "n_actions": sum(len(axe.actions) for axe in then),
        "n_in_all": sum(len(axe.actions) for axe in whole),
        "changed": differences(row, since=since, until=on) if since and since < on else None,
        "may_steer": on == today and can(request.user, Permission.STEER, row.organisation),
    }
    context |= _drawn(context["view"], then, on, day_asked(request, "mois") or on)
    return render(request, "cooperation/roadmap.html", context)


def _wanted(request: HttpRequest) -> Wanted:
    axe = request.GET.get("axe", "")
    return Wanted(
        axe=int(axe) if axe.isdecimal() and len(axe) < 6 else None,
        organisation=request.GET.get("organisation", ""),
        epci=request.GET.get("epci", ""),
        late="retard" in request.GET,
        blocked="bloque" in request.GET,
    )


def _drawn(view: str, axes: list[AxeThen], on: date, month: date) -> dict[str, Any]:
    """What a view needs besides the axes."""
    if view == "tableau":
        return {"columns": _board(axes), "states": EtatAction}
    if view == "calendrier":
        dues = all_due(axes)
        return {"months": by_month(dues), "month": month_of(month, dues)}
    return {"gantt": gantt(axes, on=on)} if view == "frise" else {}


def all_actions(axes: list[AxeThen]) -> list[ActionThen]:
    """Actions and their parts, in the order of the axes."""
    return [one for axe in axes for action in axe.actions for one in (action, *action.parts)]


def _board(axes: list[AxeThen]) -> list[tuple[EtatAction, list[ActionThen]]]:
    """Actions by state, the columns of the board."""
    actions = all_actions(axes)
    return [(etat, [one for one in actions if one.etat == etat]) for etat in EtatAction]


@requires(Permission.STEER, organisation_of_action)
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Say the new state of an action from the board; done is done today."""
    row = the_action(pk)
    told = request.POST.get("etat", "")
    board = redirect("cooperation:roadmap", slug=row.axe.seance_id)
    board["Location"] += f"?vue=tableau#action-{pk}"
    if told not in EtatAction.values or told == row.etat:
        return board
    etat = EtatAction(told)
    changes: dict[str, Any] = {"etat": etat}
    if etat == EtatAction.REALISEE:
        changes["fini_le"] = timezone.localdate()
    operations.follow(
        by=request.user,
        action=row,
        now=timezone.now(),
        commentaire=f"Passée de « {row.get_etat_display()} » à « {etat.label} »",
        **changes,
    )
    messages.success(
        request,
        f"« {row.titre} » est maintenant : {etat.label.lower()}. Sa fiche permet d'annuler.",
    )
    return board


@public
@require_safe
def lineage(request: HttpRequest, slug: str) -> HttpResponse:
    """Where each decision comes from: the ideas, how they were joined, what came out."""
    row = get_object_or_404(Seance, pk=slug)
    context = {"session": row, "drawings": lineage_of(row)}
    return render(request, "cooperation/lineage.html", context)


@public
@require_safe
def quality(request: HttpRequest, slug: str) -> HttpResponse:
    """How well one cooperates, with the numbers behind each figure, session after session."""
    row = get_object_or_404(Seance, pk=slug)
    today = timezone.localdate()
    sessions = compared(row, on=today)
    here = next((one for one in sessions if one.seance == row), None) or quality_of(row, on=today)
    lines = [(one, [told.figures[n] for told in sessions]) for n, one in enumerate(here.figures)]
    context = {"session": row, "quality": here, "sessions": sessions, "lines": lines}
    return render(request, "cooperation/quality.html", context)
