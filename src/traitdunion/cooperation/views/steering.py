"""Pages of those who steer: the scribe's entry, ideas, decisions, follow-up of actions."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.gates import requires
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission

from .. import operations, queries
from ..enums import EtatAction, EtatSeance, ResultatDecision
from ..forms import (
    ActionForm,
    DecisionForm,
    FollowForm,
    GatesForm,
    MergeForm,
    PledgeForm,
    ScribeForm,
    SplitForm,
)
from ..models import Action, Idee, Seance


def organisation_of_session(slug: str, **_: object) -> Organisation:
    return get_object_or_404(Seance.objects.select_related("organisation"), pk=slug).organisation


def organisation_of_idea(pk: int) -> Organisation:
    row = get_object_or_404(Idee.objects.select_related("axe__seance__organisation"), pk=pk)
    return row.axe.seance.organisation


def organisation_of_action(pk: int) -> Organisation:
    row = get_object_or_404(Action.objects.select_related("axe__seance__organisation"), pk=pk)
    return row.axe.seance.organisation


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(["GET", "HEAD", "POST"])
def scribe(request: HttpRequest, slug: str) -> HttpResponse:
    """Fast entry of a table: axe and table stay as they were, the field waits for more."""
    seance = get_object_or_404(Seance, pk=slug)
    kept = {"axe": request.GET.get("axe"), "table": request.GET.get("table")}
    form = ScribeForm(request.POST or None, request.FILES or None, seance=seance, initial=kept)
    if request.method == "POST" and form.is_valid():
        axe, table = form.cleaned_data["axe"], form.cleaned_data["table"]
        try:
            noted = operations.note_table(
                by=request.user, axe=axe, table=table, lines=form.lines(), now=timezone.now()
            )
        except operations.CooperationError as refused:
            form.add_error("idees", str(refused))
        else:
            messages.success(request, f"Table {table} : {_counted(len(noted))}.")
            return redirect(f"{request.path}?axe={axe.pk}&table={table}")
    ideas = Idee.objects.filter(axe__seance=seance).exclude(table=None)
    context = {
        "session": seance,
        "form": form,
        "latest": ideas.select_related("axe").order_by("-pk")[:10],
    }
    return render(request, "cooperation/scribe.html", context, status=422 if form.errors else 200)


def _counted(n: int) -> str:
    if n == 0:
        return "rien de nouveau"
    return "une idée enregistrée" if n == 1 else f"{n} idées enregistrées"


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
            told = _steered(request, seance, what, forms_)
        except operations.CooperationError as refused:
            messages.error(request, str(refused))
        else:
            if told:
                messages.success(request, told)
                return redirect("cooperation:steer", slug=slug)
    context = {
        "session": seance,
        "states": EtatSeance,
        "ideas": [(idea, queries.agreement_on(idea)) for idea in queries.current_ideas(seance)],
        "decisions": seance.decisions.prefetch_related("idees", "actions"),
        "merge": forms_["merge"],
        "decide": forms_["decide"],
        "act": forms_["act"],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cooperation/steer.html", context, status=status)


def _steered(request: HttpRequest, seance: Seance, what: str, forms_: dict[str, forms.Form]) -> str:
    """What was done, in French; empty where a form is not sound."""
    now, by = timezone.now(), request.user
    if what == "state":
        if request.POST.get("etat") not in EtatSeance.values:
            raise operations.CooperationError("Choisissez un état de la séance.")
        etat = EtatSeance(request.POST["etat"])
        operations.change_state(by=by, seance=seance, etat=etat, now=now)
        return f"La séance est maintenant : {etat.label.lower()}."
    form = forms_.get(what)
    if form is None or not form.is_valid():
        return ""
    told = form.cleaned_data
    if what == "act":
        operations.create_action(by=by, now=now, **told)
        return "L'action est inscrite à la feuille de route."
    chosen = list(Idee.objects.filter(axe__seance=seance, pk__in=_chosen(request)))
    if what == "merge":
        operations.merge_ideas(by=by, ideas=chosen, texte=told["texte"], now=now)
        return "Les idées sont regroupées ; chacune reste dans la filiation."
    told["resultat"] = ResultatDecision(told["resultat"])
    operations.decide(by=by, seance=seance, ideas=chosen, now=now, **told)
    return "La décision est enregistrée."


def _chosen(request: HttpRequest) -> list[int]:
    return [int(pk) for pk in request.POST.getlist("idee") if pk.isdecimal() and len(pk) < 18]


@requires(Permission.STEER, organisation_of_idea)
@require_http_methods(["GET", "HEAD", "POST"])
def idea(request: HttpRequest, pk: int) -> HttpResponse:
    """One idea: whence it comes, its four gates, splitting it."""
    row = get_object_or_404(Idee.objects.select_related("axe__seance"), pk=pk)
    initial = {one.critere: one.reponse for one in row.filtres.all()}
    initial |= {f"{one.critere}_pourquoi": one.pourquoi for one in row.filtres.all()}
    splits = "idees" in request.POST
    gates = GatesForm(request.POST if request.POST and not splits else None, initial=initial)
    split = SplitForm(request.POST if splits else None)
    form = split if splits else gates
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            if splits:
                lines = split.cleaned_data["idees"].splitlines()
                operations.split_idea(by=request.user, idea=row, texts=lines, now=now)
            else:
                operations.assess(by=request.user, idea=row, answers=gates.answers(), now=now)
        except operations.CooperationError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "C'est enregistré.")
            return redirect("cooperation:steer", slug=row.axe.seance_id)
    context = {
        "idea": row,
        "session": row.axe.seance,
        "origins": queries.ancestors(row),
        "is_replaced": row.suites.exists(),
        "agreement": queries.agreement_on(row),
        "gates": gates,
        "split": split,
        "form": form,
    }
    return render(request, "cooperation/idea.html", context, status=422 if form.errors else 200)


@requires(Permission.STEER, organisation_of_action)
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """What happens to an action, and commitments proposed to organisations."""
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
        told, now = form.cleaned_data, timezone.now()
        try:
            if pledges:
                operations.propose_commitment(by=request.user, action=row, now=now, **told)
            else:
                changes = {
                    name: EtatAction(told[name]) if name == "etat" else told[name]
                    for name in columns
                    if told[name] != getattr(row, name)
                }
                operations.follow(
                    by=request.user,
                    action=row,
                    now=now,
                    commentaire=told["commentaire"],
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
