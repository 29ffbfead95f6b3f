"""The roadmap by axis, as a board, a calendar or along time, on any day; the lineage of ideas."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from traitdunion.accounts.access_decorators import person_of, public, requires
from traitdunion.accounts.permissions import Permission, can
from traitdunion.sources.bounded import csv_text

from ..committees.queries import last_meeting_of
from ..enums import EtatAction
from ..evaluation.lineage import lineage_of
from ..evaluation.quality import compared, quality_of
from ..models import Seance
from ..requested import day_asked, organisation_of_action, the_action
from ..roadmap import operations as roadmap_operations
from ..roadmap.calendars import all_due, by_month, month_of
from ..roadmap.filters import Wanted, choices_of, kept
from ..roadmap.gantt import gantt
from ..roadmap.roadmap import ActionThen, AxeThen, differences, roadmap
from ..roadmap.whole import HEADINGS, CommonAxis, as_rows, whole_roadmap
from ..roadmap.yearly.bilan import FIRST_YEAR, YearOfRoadmap, year_of_roadmap
from ..roadmap.yearly.slides import as_odp
from ..visibility import (
    committees_seen_by,
    roadmap_is_seen,
    roadmaps_seen_by,
    sees_roadmap,
    session_is_seen,
)

SLIDES = "application/vnd.oasis.opendocument.presentation"
VIEWS = {
    "axes": "Par axe",
    "tableau": "Par état",
    "calendrier": "Calendrier",
    "frise": "Dans le temps",
}


@roadmap_is_seen
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
    committees = committees_seen_by(request.user)
    meeting = last_meeting_of(row.organisation, before=on, among=committees)
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


@public
@require_safe
def whole(request: HttpRequest) -> HttpResponse:
    """Show the roadmap of the département: the actions of every roadmap that one sees."""
    axes = _whole_axes(request)
    context = {
        "axes": axes,
        "wanted": _wanted(request),
        "without_pilot": "sans-pilote" in request.GET,
        "n_actions": sum(len(axis.actions) for axis in axes),
        "today": timezone.localdate(),
    }
    return render(request, "cooperation/whole_roadmap.html", context)


@public
@require_safe
def whole_csv(request: HttpRequest) -> HttpResponse:
    """The same actions as a CSV file that spreadsheets open."""
    text = csv_text(HEADINGS, as_rows(_whole_axes(request)))
    answer = HttpResponse(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="feuille-de-route.csv"'
    return answer


@public
@require_safe
def year(request: HttpRequest, year: int) -> HttpResponse:
    """Show the bilan of a year over every roadmap that one sees."""
    today = timezone.localdate()
    context = {
        "bilan": _year_asked(request, year, today),
        "earlier": year - 1 if year > FIRST_YEAR else None,
        "later": year + 1 if year < today.year else None,
    }
    return render(request, "cooperation/year.html", context)


@public
@require_safe
def year_slides(request: HttpRequest, year: int) -> HttpResponse:
    """Return the same bilan as a presentation to be changed."""
    made = as_odp(_year_asked(request, year, timezone.localdate()))
    answer = HttpResponse(made, content_type=SLIDES)
    answer["Content-Disposition"] = f'attachment; filename="feuille-de-route-{year}.odp"'
    return answer


def _year_asked(request: HttpRequest, year: int, today: date) -> YearOfRoadmap:
    if not FIRST_YEAR <= year <= today.year:
        raise Http404("Il n'y a pas de bilan de cette année.")
    sessions = roadmaps_seen_by(request.user).order_by("-tenue_le")
    return year_of_roadmap(sessions, year=year, today=today)


def _whole_axes(request: HttpRequest) -> list[CommonAxis]:
    return whole_roadmap(
        roadmaps_seen_by(request.user).order_by("-tenue_le"),
        on=timezone.localdate(),
        wanted=_wanted(request),
        without_pilot="sans-pilote" in request.GET,
    )


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
    return [node for axe in axes for action in axe.actions for node in (action, *action.parts)]


def _board(axes: list[AxeThen]) -> list[tuple[EtatAction, list[ActionThen]]]:
    """Actions by state, the columns of the board."""
    actions = all_actions(axes)
    return [(etat, [action for action in actions if action.etat == etat]) for etat in EtatAction]


@requires(Permission.STEER, organisation_of_action)
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Say the new state of an action from the board; done is done today."""
    row = the_action(pk)
    text = request.POST.get("etat", "")
    board = redirect("cooperation:roadmap", slug=row.axe.seance_id)
    board["Location"] += f"?vue=tableau#action-{pk}"
    if text not in EtatAction.values or text == row.etat:
        return board
    etat = EtatAction(text)
    changes: dict[str, Any] = {"etat": etat}
    if etat == EtatAction.REALISEE:
        changes["fini_le"] = timezone.localdate()
    roadmap_operations.follow(
        by=person_of(request),
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


@session_is_seen
@require_safe
def lineage(request: HttpRequest, slug: str) -> HttpResponse:
    """Where each decision comes from: the ideas, how they were joined, what came out."""
    row = get_object_or_404(Seance.objects.select_related("organisation"), pk=slug)
    drawings = lineage_of(row, with_roadmap=sees_roadmap(request.user, row))
    context = {"session": row, "drawings": drawings}
    return render(request, "cooperation/lineage.html", context)


@roadmap_is_seen
@require_safe
def quality(request: HttpRequest, slug: str) -> HttpResponse:
    """How well one cooperates, with the numbers behind each figure, session after session."""
    row = get_object_or_404(Seance, pk=slug)
    today = timezone.localdate()
    sessions = compared(row, on=today, among=roadmaps_seen_by(request.user))
    here = next((session for session in sessions if session.seance == row), None) or quality_of(
        row, on=today
    )
    lines = [
        (figure, [session.figures[n] for session in sessions])
        for n, figure in enumerate(here.figures)
    ]
    context = {"session": row, "quality": here, "sessions": sessions, "lines": lines}
    return render(request, "cooperation/quality.html", context)
