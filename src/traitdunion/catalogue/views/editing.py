"""Pages where the catalogue is kept: the board, the form of an entry, its history."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from traitdunion.accounts.access_decorators import OrganisationRequest, public, requires
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission, can
from traitdunion.french import week_hours

from .. import operations, queries
from ..entries import Content, EntryError, changes_between, content_of
from ..enums import Statut, TypeSolution
from ..forms import EntryForm, StartForm
from ..models import Modele, Proposition, Revision, Solution
from ..opening_hours import is_readable
from ..owners import keeper_of, organisation_of_draft
from ..quality import quality_of
from ..upkeep.board import board_of
from ..vocabulary import PUBLISHED_AS

MAX_TYPED = 400


@requires(Permission.SEE_DRAFTS)
@require_safe
def board(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """Show what the organisation keeps, and what waits for an answer."""
    kept_by = request.organisation
    context = {
        "organisation": kept_by,
        "board": board_of(kept_by, request.user, on=timezone.localdate()),
        "may_edit": can(request.user, Permission.EDIT_CATALOGUE, kept_by),
        "may_suggest": can(request.user, Permission.SUGGEST, kept_by),
        "may_moderate": can(request.user, Permission.MODERATE, kept_by),
        "may_exchange": can(request.user, Permission.EXCHANGE, kept_by),
    }
    return render(request, "catalogue/board.html", context)


@requires(Permission.SUGGEST)
@require_safe
def start(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """Choose the type of a new entry, and what it starts from."""
    form = StartForm(request.GET if "type_solution" in request.GET else None)
    if form.is_bound and form.is_valid():
        kind = form.cleaned_data["type_solution"]
        return redirect("catalogue:new", organisation=organisation, kind=kind)
    modeles = request.organisation.modeles.all()
    context = {
        "organisation": request.organisation,
        "form": form,
        "modeles": modeles,
        "no_structure": not request.organisation.structures.exists(),
        "may_edit": can(request.user, Permission.EDIT_CATALOGUE, request.organisation),
    }
    return render(request, "catalogue/start.html", context)


@requires(Permission.SUGGEST)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: OrganisationRequest, organisation: str, kind: str) -> HttpResponse:
    """Write a new entry of a type."""
    if kind not in TypeSolution.values:
        raise Http404("Ce type n'existe pas.")
    content = starting_content(TypeSolution(kind), request.GET.get("modele"), request.organisation)
    return _write(request, TypeSolution(kind), content)


def starting_content(kind: TypeSolution, modele: str | None, organisation: Organisation) -> Content:
    """Return the first content of a new entry: that of a template, else what its type implies."""
    if modele and modele.isdigit():
        modeles = Modele.objects.filter(pk=modele, organisation=organisation, type_solution=kind)
        if row := modeles.first():
            return dict(row.content)
    thematique, _ = PUBLISHED_AS[kind]
    return {"type_solution": kind.value, "thematiques": [thematique.value]}


@requires(Permission.SUGGEST, keeper_of)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: OrganisationRequest, key: str) -> HttpResponse:
    """Change an entry, or suggest a change."""
    solution = get_object_or_404(Solution.objects.select_related("structure"), pk=key)
    return _write(request, TypeSolution(solution.type_solution), content_of(solution), solution)


@requires(Permission.SUGGEST, organisation_of_draft)
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: OrganisationRequest, pk: int) -> HttpResponse:
    """Go on with one's draft."""
    kept = get_object_or_404(Proposition, pk=pk, author=request.user, etat="brouillon")
    kind = TypeSolution(kept.content["type_solution"])
    return _write(request, kind, kept.content, kept.solution, kept)


def _write(
    request: OrganisationRequest,
    kind: TypeSolution,
    content: Content,
    solution: Solution | None = None,
    kept: Proposition | None = None,
) -> HttpResponse:
    """Show the form of an entry, and what its buttons do."""
    organisation = request.organisation
    data = request.POST if request.method == "POST" else None
    form = EntryForm(kind, structures=organisation.structures.all(), content=content, data=data)
    if solution is None:
        form.fields["verifie_le"].initial = timezone.localdate()
    extra: dict[str, Any] = {"version": solution.version if solution else 0}
    if data is not None and "plus" not in data and form.is_valid():
        try:
            return _do(request, form, solution, kept)
        except operations.StaleVersion as stale:
            form = EntryForm(
                kind, structures=organisation.structures.all(), content=stale.merged.content
            )
            extra = {"version": stale.current.version, "stale": stale}
        except EntryError as wrong:
            form.add_problems(wrong.problems)
            extra["version"] = data.get("version", 0)
        except operations.EditingError as refused:
            form.add_error(None, str(refused))
            extra["version"] = data.get("version", 0)
    elif data is not None:
        extra["version"] = data.get("version", 0)
    # A new entry asks eight things; the rest is there for who has it.
    is_new = solution is None
    sections = list(form.sections(without=form.first_asked() if is_new else ()))
    context = {
        "organisation": organisation,
        "form": form,
        "first": form.first_fields() if is_new else [],
        "sections": sections,
        "unfolded": "plus" in request.POST or any(section["wrong"] for section in sections),
        "kind": kind,
        "solution": solution,
        "draft": kept,
        "may_edit": can(request.user, Permission.EDIT_CATALOGUE, organisation),
        **extra,
    }
    wrong = data is not None and (form.errors or form.has_row_errors())
    status = 409 if "stale" in extra else 422 if wrong and "plus" not in (data or {}) else 200
    return render(request, "catalogue/form.html", context, status=status)


def _do(
    request: OrganisationRequest,
    form: EntryForm,
    solution: Solution | None,
    kept: Proposition | None,
) -> HttpResponse:
    """Save, suggest, or keep for later the content of a valid form."""
    content, now, by = form.content(), timezone.now(), request.user
    organisation = request.organisation
    may_edit = can(by, Permission.EDIT_CATALOGUE, organisation)
    if not may_edit or {"garder", "proposer"} & {*request.POST}:
        kept = operations.keep_draft(
            by=by,
            organisation=organisation,
            content=content,
            now=now,
            solution=solution,
            draft=kept,
        )
        if "proposer" in request.POST:
            operations.suggest(by=by, draft=kept, now=now, message=request.POST.get("message", ""))
            messages.success(request, f"« {kept} » est proposée : un éditeur la relira.")
        else:
            messages.success(request, "Brouillon gardé : vous seul le voyez.")
        return redirect("catalogue:board", organisation=organisation.slug)
    if solution is None:
        saved = operations.create_solution(by=by, content=content, now=now)
    else:
        saved = operations.edit_solution(
            by=by,
            key=solution.pk,
            content=content,
            version=int(request.POST.get("version") or 0),
            now=now,
            motif=request.POST.get("motif", ""),
        )
    if kept is not None:
        operations.drop_draft(by=by, draft=kept)
    if "publier" in request.POST:
        operations.change_statut(by=by, key=saved.pk, statut=Statut.PUBLIE, now=now)
    kept_hours = week_hours.written(saved.horaires_service)
    understood = f" Horaires compris : {kept_hours}." if kept_hours else ""
    messages.success(request, f"« {saved.nom} » est enregistrée.{understood}")
    return redirect("catalogue:entry", key=saved.pk)


@public
@require_safe
def hours_understood(request: HttpRequest) -> HttpResponse:
    """Return what the site understands of hours being typed, in French, as plain text."""
    text = request.GET.get("texte", "")[:MAX_TYPED].strip()
    hours = text
    if text and not is_readable(text):
        try:
            hours = week_hours.understood(text)
        except week_hours.HoursError as refused:
            return HttpResponse(str(refused), content_type="text/plain; charset=utf-8")
    shown = f"Compris : {week_hours.written(hours)}." if hours else ""
    return HttpResponse(shown, content_type="text/plain; charset=utf-8")


@requires(Permission.SEE_DRAFTS, keeper_of)
@require_safe
def entry(request: OrganisationRequest, key: str) -> HttpResponse:
    """Show how an entry stands: state, quality, what to do, history in short."""
    solution = get_object_or_404(queries.with_parts().select_related("parent"), pk=key)
    today = timezone.localdate()
    context = {
        "organisation": request.organisation,
        "solution": solution,
        "quality": quality_of(solution, on=today),
        "fraicheur": solution.freshness(today),
        "waiting": queries.waiting(solution, today),
        "missing": operations.missing_to_publish(solution),
        "broken": [link for link in solution.liens.all() if not link.works],
        "reports": solution.signalements.open(),
        "may_edit": can(request.user, Permission.EDIT_CATALOGUE, request.organisation),
        "may_suggest": can(request.user, Permission.SUGGEST, request.organisation),
        "statuts": [statut for statut in Statut if statut != solution.statut],
    }
    return render(request, "catalogue/entry.html", context)


@requires(Permission.EDIT_CATALOGUE, keeper_of)
@require_POST
def act(request: OrganisationRequest, key: str) -> HttpResponse:
    """Apply a button of the page of an entry: its state, check, template, waiting list."""
    now, today, by = timezone.now(), timezone.localdate(), request.user
    solution = get_object_or_404(Solution.objects.select_related("structure__organisation"), pk=key)
    what = request.POST.get("faire", "")
    try:
        match what:
            case "confirmer":
                operations.confirm(by=by, key=key, on=today, now=now)
                done = "La fiche est confirmée à la date d'aujourd'hui."
            case "modele":
                nom = request.POST.get("nom", "")
                operations.keep_as_template(
                    by=by, organisation=request.organisation, solution=solution, nom=nom, now=now
                )
                done = f"Le modèle « {nom} » est gardé."
            case "inscrire":
                operations.join_waiting_list(by=by, solution=solution, on=today)
                done = "Une demande de plus en liste d'attente."
            case "servir" | "renoncer":
                operations.leave_waiting_list(
                    by=by, solution=solution, on=today, served=what == "servir"
                )
                done = "La première demande quitte la liste d'attente."
            case _ if what in Statut.values:
                motif = request.POST.get("motif", "")
                operations.change_statut(by=by, key=key, statut=Statut(what), now=now, motif=motif)
                done = f"La fiche est maintenant : {Statut(what).label.lower()}."
            case _:
                raise operations.EditingError("Ce bouton n'existe pas.")
    except operations.EditingError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("catalogue:entry", key=key)


@requires(Permission.SEE_DRAFTS, keeper_of)
@require_safe
def history(request: OrganisationRequest, key: str) -> HttpResponse:
    """Show every version of an entry, each with what it changed."""
    solution = get_object_or_404(Solution, pk=key)
    revisions = list(solution.revisions.select_related("by"))
    steps = []
    for i, revision in enumerate(revisions):
        before: Revision | None = revisions[i + 1] if i + 1 < len(revisions) else None
        changes = changes_between(before.content, revision.content) if before else []
        moved = before is not None and before.statut != revision.statut
        statut = Statut(revision.statut).label if moved else ""
        steps.append({"revision": revision, "changes": changes, "statut": statut})
    context = {
        "organisation": request.organisation,
        "solution": solution,
        "steps": steps,
        "may_edit": can(request.user, Permission.EDIT_CATALOGUE, request.organisation),
    }
    return render(request, "catalogue/history.html", context)


@requires(Permission.EDIT_CATALOGUE, keeper_of)
@require_POST
def restore(request: OrganisationRequest, key: str, version: int) -> HttpResponse:
    """Go back to a version."""
    try:
        operations.restore(by=request.user, key=key, version=version, now=timezone.now())
    except operations.EditingError as refused:
        messages.error(request, str(refused))
    except EntryError as wrong:
        messages.error(request, f"Cette version ne convient plus. {wrong}")
    else:
        messages.success(
            request, f"La fiche dit de nouveau ce qu'elle disait à la version {version}."
        )
    return redirect(reverse("catalogue:history", kwargs={"key": key}))
