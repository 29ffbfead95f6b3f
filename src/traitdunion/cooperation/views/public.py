"""What everybody reads: sessions, the sheet and the thread of an action."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from traitdunion.accounts.access_decorators import public
from traitdunion.accounts.permissions import Permission, can, may_see, organisations_where

from ..enums import ResultatDecision
from ..evaluation import thread as thread_queries
from ..models import Action, Seance
from ..requested import day_asked
from ..roadmap import reminders
from ..roadmap.budget import totals
from ..roadmap.changes import is_edit
from ..roadmap.charts import chart_of
from ..roadmap.files import as_csv, as_json
from ..roadmap.measures import standing
from ..roadmap.responsibility import may_write
from ..sessions import deliberation
from ..sessions import queries as session_queries
from ..visibility import (
    action_is_seen,
    roadmap_is_seen,
    roadmaps_seen_by,
    sees_roadmap,
    session_is_seen,
    sessions_seen_by,
)


@public
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """List the sessions that one sees, the latest first."""
    rows = sessions_seen_by(request.user).select_related("organisation")
    roadmaps = set(roadmaps_seen_by(request.user).values_list("pk", flat=True))
    steered = organisations_where(request.user, Permission.STEER)
    context = {
        "sessions": [(row, row.pk in roadmaps) for row in rows],
        "steered": steered,
    }
    return render(request, "cooperation/sessions.html", context)


@session_is_seen
@require_safe
def session(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a session: its aims, its programme, its axes, what came out of it."""
    row = get_object_or_404(Seance.objects.select_related("organisation"), pk=slug)
    ideas = session_queries.current_ideas(row)
    axes = [
        (axe, [idea for idea in ideas if idea.axe_id == axe.pk])
        for axe in row.axes.prefetch_related("constats")
    ]
    retained = list(
        row.decisions.filter(resultat=ResultatDecision.RETENUE).prefetch_related("actions")
    )
    sheets = deliberation.with_words(retained, seance=row)
    context = {
        "session": row,
        "aims": row.objectifs.filter(parent=None).prefetch_related("sous_objectifs"),
        "slots": row.creneaux.all(),
        "axes": axes,
        "retained": list(zip(retained, sheets, strict=True)),
        "may_steer": can(request.user, Permission.STEER, row.organisation),
        "sees_roadmap": sees_roadmap(request.user, row),
    }
    return render(request, "cooperation/session.html", context)


@action_is_seen
@require_safe
def action(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the thread of an action, from the findings to the results."""
    row = get_object_or_404(
        Action.objects.select_related("axe__seance__organisation", "decision", "parent__decision"),
        pk=pk,
    )
    today = timezone.localdate()
    standings = [
        standing(indicateur, on=today) for indicateur in row.indicateurs.prefetch_related("releves")
    ]
    budget = list(row.budget.all())
    seance = row.axe.seance
    with_session = may_see(request.user, seance.visibilite, seance.organisation, Permission.STEER)
    context = {
        "action": row,
        "is_late": row.is_late(today),
        "session": seance,
        "pilots": row.pilotes.select_related("compte"),
        "partners": row.partenaires.all(),
        "steps": [
            (sous_action, sous_action.is_late(today)) for sous_action in row.sous_actions.all()
        ],
        "commitments": [
            (engagement, engagement.is_late(today))
            for engagement in row.engagements.published().select_related("organisation")
        ],
        "indicators": [(standing, chart_of(standing)) for standing in standings],
        "budget": budget,
        "totals": totals(budget),
        "with_session": with_session,
        "thread": thread_queries.thread(row, with_session=with_session),
        "edits": [evenement for evenement in row.evenements.all() if is_edit(evenement)],
        "next_reminder": reminders.next_reminder(row),
        "may_steer": may_write(request.user, row),
    }
    return render(request, "cooperation/action.html", context)


@roadmap_is_seen
@require_safe
def roadmap_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the roadmap as a table, a line for each action and each commitment."""
    row = get_object_or_404(Seance, pk=slug)
    on = day_asked(request, "le") or timezone.localdate()
    answer = HttpResponse(as_csv(row, on=on), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="feuille-de-route-{slug}-{on}.csv"'
    return answer


@roadmap_is_seen
@require_safe
def roadmap_json(request: HttpRequest, slug: str) -> JsonResponse:
    """Return the roadmap as it stood on a day, for machines."""
    row = get_object_or_404(Seance, pk=slug)
    on = day_asked(request, "le") or timezone.localdate()
    return JsonResponse(as_json(row, on=on), json_dumps_params={"ensure_ascii": False})
