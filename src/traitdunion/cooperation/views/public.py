"""What everybody reads: sessions, the roadmap on any day, the thread of an action."""

from collections import defaultdict
from datetime import date

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from traitdunion.accounts.gates import public
from traitdunion.accounts.permissions import Permission, can

from .. import queries, reminders
from ..actions.budget import totals
from ..actions.changes import is_edit
from ..actions.charts import chart_of
from ..actions.measures import standing
from ..enums import EtatAction, ResultatDecision
from ..exports import as_csv, as_json
from ..models import Action, Seance
from ..roadmap import ActionThen, AxeThen, differences, roadmap

VIEWS = {"axes": "Par axe", "tableau": "Tableau", "calendrier": "Calendrier"}


@public
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Every session, the latest first."""
    rows = Seance.objects.select_related("organisation")
    return render(request, "cooperation/sessions.html", {"sessions": rows})


@public
@require_safe
def session(request: HttpRequest, slug: str) -> HttpResponse:
    """A session: its aims, its programme, its axes, what came out of it."""
    row = get_object_or_404(Seance.objects.select_related("organisation"), pk=slug)
    ideas = queries.current_ideas(row)
    axes = [
        (axe, [idea for idea in ideas if idea.axe_id == axe.pk])
        for axe in row.axes.prefetch_related("constats")
    ]
    context = {
        "session": row,
        "aims": row.objectifs.filter(parent=None).prefetch_related("sous_objectifs"),
        "slots": row.creneaux.all(),
        "axes": axes,
        "retained": row.decisions.filter(resultat=ResultatDecision.RETENUE).prefetch_related(
            "actions"
        ),
        "may_steer": can(request.user, Permission.STEER, row.organisation),
    }
    return render(request, "cooperation/session.html", context)


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
    row = get_object_or_404(Seance, pk=slug)
    today = timezone.localdate()
    on = min(day_asked(request, "le") or today, today)
    since = day_asked(request, "depuis")
    view = request.GET.get("vue", "axes")
    then = roadmap(row, on=on)
    context = {
        "session": row,
        "on": on,
        "today": today,
        "since": since,
        "view": view if view in VIEWS else "axes",
        "views": VIEWS,
        "axes": then,
        "columns": _board(then),
        "months": _months(then),
        "changed": differences(row, since=since, until=on) if since and since < on else None,
    }
    return render(request, "cooperation/roadmap.html", context)


def all_actions(axes: list[AxeThen]) -> list[ActionThen]:
    """Actions and their parts, in the order of the axes."""
    return [one for axe in axes for action in axe.actions for one in (action, *action.parts)]


def _board(axes: list[AxeThen]) -> list[tuple[str, list[ActionThen]]]:
    """Actions by state, the columns of the board."""
    actions = all_actions(axes)
    return [(etat.label, [one for one in actions if one.etat == etat]) for etat in EtatAction]


def _months(axes: list[AxeThen]) -> list[tuple[date, list[tuple[date, str, int, bool]]]]:
    """What is due, month by month: day, words, action, whether it is late."""
    due: dict[date, list[tuple[date, str, int, bool]]] = defaultdict(list)
    for action in all_actions(axes):
        if action.fin_prevue_le:
            line = (action.fin_prevue_le, action.titre, action.row.pk, action.is_late)
            due[action.fin_prevue_le.replace(day=1)].append(line)
        for one in action.commitments:
            words = f"{one.row.organisation} : {one.told['quoi']}"
            due[one.pour_le.replace(day=1)].append((one.pour_le, words, action.row.pk, one.is_late))
    return [(month, sorted(lines)) for month, lines in sorted(due.items())]


@public
@require_safe
def action(request: HttpRequest, pk: int) -> HttpResponse:
    """The thread of an action, from the findings to the results."""
    row = get_object_or_404(
        Action.objects.select_related("axe__seance__organisation", "decision", "parent__decision"),
        pk=pk,
    )
    today = timezone.localdate()
    standings = [standing(one, on=today) for one in row.indicateurs.prefetch_related("releves")]
    budget = list(row.budget.all())
    context = {
        "action": row,
        "is_late": row.is_late(today),
        "session": row.axe.seance,
        "pilots": row.pilotes.select_related("compte"),
        "partners": row.partenaires.all(),
        "steps": [(one, one.is_late(today)) for one in row.sous_actions.all()],
        "commitments": [
            (one, one.is_late(today)) for one in row.engagements.select_related("organisation")
        ],
        "indicators": [(one, chart_of(one)) for one in standings],
        "budget": budget,
        "totals": totals(budget),
        "thread": queries.thread(row),
        "edits": [one for one in row.evenements.all() if is_edit(one)],
        "next_reminder": reminders.next_reminder(row),
        "may_steer": can(request.user, Permission.STEER, row.axe.seance.organisation),
    }
    return render(request, "cooperation/action.html", context)


@public
@require_safe
def roadmap_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The roadmap as a table, a line for each action and each commitment."""
    row = get_object_or_404(Seance, pk=slug)
    on = day_asked(request, "le") or timezone.localdate()
    answer = HttpResponse(as_csv(row, on=on), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="feuille-de-route-{slug}-{on}.csv"'
    return answer


@public
@require_safe
def roadmap_json(request: HttpRequest, slug: str) -> JsonResponse:
    """The roadmap as it stood on a day, for machines."""
    row = get_object_or_404(Seance, pk=slug)
    on = day_asked(request, "le") or timezone.localdate()
    return JsonResponse(as_json(row, on=on), json_dumps_params={"ensure_ascii": False})
