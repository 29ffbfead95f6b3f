"""Pages of those who run a session: tables, ideas, decisions, follow-up of actions."""

from datetime import time

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.access_decorators import person_of, requires
from traitdunion.accounts.forms import taken_out
from traitdunion.accounts.permissions import Permission

from .. import operations, rehearsal
from ..enums import Etape, EtatAction, EtatSeance, ResultatDecision
from ..models import Action, Idee, Seance, Statement
from ..requested import (
    organisation_of_action,
    organisation_of_idea,
    organisation_of_session,
    pilots_action,
)
from ..roadmap import operations as roadmap_operations
from ..roadmap.forms import ActionForm, FollowForm, PledgeForm
from ..roadmap.operations import Pledge
from ..sessions import deliberation, lifecycle, moderation
from ..sessions import ideas as idea_operations
from ..sessions import queries as session_queries
from ..sessions.forms import DecisionForm, EndForm, GatesForm, MergeForm, SplitForm
from ..sessions.names import NameFinder
from ..sessions.queries import shown_idea, turnout

TIMERS_MIN = (3, 5, 10, 15, 20)
N_TO_READ = 3


def _step_after(seance: Seance) -> Etape | None:
    """Return the step of the room that follows the present one; None after the last."""
    steps = list(Etape)
    at = steps.index(Etape(seance.etape)) + 1
    return steps[at] if at < len(steps) else None


def _proposed_end(seance: Seance) -> time | None:
    """Return the end announced, else that of the programme; None where there is no programme."""
    if seance.fin_annoncee_le is None and not seance.creneaux.exists():
        return None
    return timezone.localtime(seance.fin_annoncee_le or seance.end_of_programme).time()


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(["GET", "HEAD", "POST"])
def steer(request: HttpRequest, slug: str) -> HttpResponse:
    """Open the session, group ideas, decide, make actions of decisions."""
    seance = get_object_or_404(Seance, pk=slug)
    what = request.POST.get("faire", "")
    forms_ = {
        "merge": MergeForm(request.POST if what == "merge" else None, prefix="merge"),
        "decide": DecisionForm(
            request.POST if what == "decide" else None,
            prefix="decide",
            seance=seance,
            initial={"prise_le": seance.tenue_le},
        ),
        "act": ActionForm(request.POST if what == "act" else None, prefix="act", seance=seance),
    }
    if request.method == "POST":
        try:
            if what == "end-rehearsal":
                return _rehearsal_ended(request, seance)
            message = _steered(request, seance, what, forms_)
        except operations.CooperationError as refused:
            messages.error(request, str(refused))
        else:
            if message:
                messages.success(request, message)
                return redirect("cooperation:steer", slug=slug)
    waiting = moderation.waiting(seance)
    ideas = session_queries.current_ideas(seance)
    agreements = session_queries.agreements_on(ideas)
    context = {
        "session": seance,
        "states": [
            etat_seance
            for etat_seance in EtatSeance
            if etat_seance not in (seance.etat, EtatSeance.ANNULEE)
        ],
        "steps": Etape,
        "next_step": _step_after(seance),
        "turnout": turnout(seance),
        "shown_idea": shown_idea(seance),
        "to_read": _to_read(seance, waiting[:N_TO_READ]),
        "timers": TIMERS_MIN,
        "end": _proposed_end(seance),
        "n_waiting": len(waiting),
        "ideas": [(idea, agreements[idea.pk]) for idea in ideas],
        "decisions": seance.decisions.select_related("remplacee_par").prefetch_related(
            "idees", "actions"
        ),
        "merge": forms_["merge"],
        "decide": forms_["decide"],
        "act": forms_["act"],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cooperation/steer.html", context, status=status)


def _to_read(
    seance: Seance, rows: list[tuple[Statement, dict[str, str]]]
) -> list[tuple[str, str, list[str]]]:
    """Return the key, the words and what looks like a name of each statement that waits."""
    finder, cards = NameFinder(seance), []
    for row, words in rows:
        text = " – ".join(value for value in words.values() if value)
        cards.append((f"{moderation.kind_of(row)}-{row.pk}", text, finder.names_in(text)))
    return cards


def _rehearsal_ended(request: HttpRequest, seance: Seance) -> HttpResponse:
    rehearsed = rehearsal.end_rehearsal(by=person_of(request), seance=seance, now=timezone.now())
    messages.success(request, "La répétition est effacée, avec tout ce qui y a été dit.")
    return redirect("cooperation:prepare", slug=rehearsed.pk)


def _steered(request: HttpRequest, seance: Seance, what: str, forms_: dict[str, forms.Form]) -> str:
    """Do what the page asks; return it in French, empty where a form is not sound."""
    now, by = timezone.now(), person_of(request)
    if what == "state":
        if request.POST.get("etat") not in EtatSeance.values:
            raise operations.CooperationError("Choisissez un état de la séance.")
        etat = EtatSeance(request.POST["etat"])
        lifecycle.change_state(by=by, seance=seance, etat=etat, now=now)
        return f"La séance est maintenant : {etat.label.lower()}."
    if what == "robots":
        n = rehearsal.let_robots_act(by=by, seance=seance, now=now)
        return f"Les robots ont parlé : {n} fois."
    if what == "timer":
        typed = request.POST.get("minutes", "")
        minutes = int(typed) if typed.isdecimal() and len(typed) < 5 else -1
        lifecycle.set_timer(by=by, seance=seance, minutes=minutes, now=now)
        return "Le minuteur est à l'écran." if minutes else "Le minuteur est arrêté."
    if what == "dark":
        dark = request.POST.get("noir") == "1"
        lifecycle.darken_screen(by=by, seance=seance, dark=dark)
        return "L'écran est noir." if dark else "L'écran montre de nouveau la salle."
    if what == "end":
        typed_end = EndForm(request.POST)
        if not typed_end.is_valid():
            raise operations.CooperationError("Écrivez l'heure de fin : 17:00.")
        at = None if "retirer" in request.POST else typed_end.cleaned_data["fin"]
        lifecycle.announce_end(by=by, seance=seance, at=at, now=now)
        return "La fin est annoncée." if at else "La fin n'est plus annoncée."
    if what == "step":
        if request.POST.get("etape") not in Etape.values:
            raise operations.CooperationError("Choisissez ce que fait la salle.")
        etape = Etape(request.POST["etape"])
        lifecycle.change_step(by=by, seance=seance, etape=etape, now=now)
        return f"Les téléphones montrent maintenant : {etape.label.lower()}."
    if what == "next":
        lifecycle.show_next_idea(by=by, seance=seance, now=now)
        return "L'idée suivante est à l'écran et sur les téléphones."
    if what == "reveal":
        lifecycle.reveal_idea(by=by, seance=seance, now=now)
        return "L'accord sur cette idée est à l'écran."
    form = forms_.get(what)
    if form is None or not form.is_valid():
        return ""
    fields = form.cleaned_data
    if what == "act":
        roadmap_operations.create_action(by=by, now=now, **fields)
        return "L'action est inscrite à la feuille de route."
    chosen = list(Idee.objects.filter(axe__seance=seance, pk__in=_chosen(request)))
    if what == "merge":
        idea_operations.merge_ideas(by=by, ideas=chosen, texte=fields["texte"], now=now)
        return "Les idées sont regroupées ; chacune reste dans la filiation."
    fields["resultat"] = ResultatDecision(fields["resultat"])
    taken = taken_out(idea_operations.Taken, fields)
    idea_operations.decide(by=by, seance=seance, ideas=chosen, taken=taken, now=now)
    return "La décision est enregistrée."


def _chosen(request: HttpRequest) -> list[int]:
    return [int(pk) for pk in request.POST.getlist("idee") if pk.isdecimal() and len(pk) < 18]


@requires(Permission.STEER, organisation_of_idea)
@require_http_methods(["GET", "HEAD", "POST"])
def idea(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an idea: what it comes from, its four gates; split it."""
    row = get_object_or_404(Idee.objects.select_related("axe__seance"), pk=pk)
    initial = {filtre.critere: filtre.reponse for filtre in row.filtres.all()}
    initial |= {f"{filtre.critere}_pourquoi": filtre.pourquoi for filtre in row.filtres.all()}
    splits = "idees" in request.POST
    gates = GatesForm(request.POST if request.POST and not splits else None, initial=initial)
    split = SplitForm(request.POST if splits else None)
    form = split if splits else gates
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            if splits:
                lines = split.cleaned_data["idees"].splitlines()
                idea_operations.split_idea(by=person_of(request), idea=row, texts=lines, now=now)
            else:
                idea_operations.assess(
                    by=person_of(request), idea=row, answers=gates.answers(), now=now
                )
        except operations.CooperationError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "C'est enregistré.")
            return redirect("cooperation:steer", slug=row.axe.seance_id)
    context = {
        "idea": row,
        "session": row.axe.seance,
        "origins": deliberation.origins_of(row),
        "objections": deliberation.progress_of(row).objections,
        "is_replaced": row.suites.exists(),
        "agreement": session_queries.agreement_on(row),
        "gates": gates,
        "split": split,
        "form": form,
    }
    return render(request, "cooperation/idea.html", context, status=422 if form.errors else 200)


@requires(Permission.STEER, organisation_of_action, or_if=pilots_action)
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow an action, and propose commitments to organisations."""
    row = get_object_or_404(Action.objects.select_related("axe__seance"), pk=pk)
    columns = ("etat", "fin_prevue_le", "fini_le", "blocage", "deblocage")
    pledges = "quoi" in request.POST
    following = FollowForm(
        request.POST if request.POST and not pledges else None,
        initial={name: getattr(row, name) for name in columns},
    )
    pledge = PledgeForm(request.POST if pledges else None)
    form = pledge if pledges else following
    if request.method == "POST" and form.is_valid():
        fields, now = form.cleaned_data, timezone.now()
        try:
            if pledges:
                roadmap_operations.propose_commitment(
                    by=person_of(request),
                    action=row,
                    pledge=taken_out(Pledge, fields),
                    now=now,
                    **fields,
                )
            else:
                changes = {
                    name: EtatAction(fields[name]) if name == "etat" else fields[name]
                    for name in columns
                    if fields[name] != getattr(row, name)
                }
                roadmap_operations.follow(
                    by=person_of(request),
                    action=row,
                    now=now,
                    commentaire=fields["commentaire"],
                    **changes,
                )
        except operations.CooperationError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "C'est inscrit dans le fil de l'action.")
            return redirect("cooperation:action", pk=pk)
    context = {
        "action": row,
        "session": row.axe.seance,
        "following": following,
        "pledge": pledge,
        "form": form,
    }
    return render(request, "cooperation/follow.html", context, status=422 if form.errors else 200)
