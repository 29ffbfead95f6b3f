"""What everybody reads: sessions, the sheet and the thread of an action."""

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
from ..enums import ResultatDecision
from ..exports import as_csv, as_json
from ..models import Action, Seance
from .roadmaps import day_asked


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
