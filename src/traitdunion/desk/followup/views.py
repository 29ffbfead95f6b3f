"""Pages of the follow-up: the files of an organisation, the page of one, what is done to it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from traitdunion import french
from traitdunion.accounts.access_decorators import requires
from traitdunion.accounts.permissions import Permission

from .. import queries as desk_queries
from ..appointments import operations as appointments
from ..enums import Objectif, Situation
from ..models import OutilRendezVous, Parcours
from ..question.asking import answer_to, facts_form, question_form
from . import operations, queries, saved_searches
from .closing import close_file, still_waiting
from .deeds import run
from .forms import (
    AgreementForm,
    CloseForm,
    FilesForm,
    JobForm,
    NeedForm,
    OpenForm,
    ReferenceForm,
)
from .snapshots import aids_of, document_of, is_readable, options_of

ANSWER = "answer_to_keep"
"""Where the session holds the answer that is about to be kept."""

ORIENT_TO = "solution_to_orient_to"
"""Where the session holds the solution whose « Orienter » was pressed."""

LONGEST_KEY = 80
LONGEST_NUMBER = 18
LONGEST_SEARCH = 40
MAX_LISTED = 6
PER_PAGE = 30


@requires(Permission.FOLLOW)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest, organisation: str) -> HttpResponse:
    """List the files of an organisation; initials are searched in a body, never in an address."""
    form = FilesForm(request.POST, label_suffix="")
    rows = queries.files_of(request.organisation, form.wanted(), user=request.user)
    context = {
        "organisation": request.organisation,
        "form": form,
        "page": Paginator(rows, PER_PAGE).get_page(request.POST.get("page")),
        "is_filtered": any(form.cleaned_data.values()),
    }
    return render(request, "desk/followup/files.html", context)


@requires(Permission.FOLLOW)
@sensitive_post_parameters()
@require_POST
def keep(request: HttpRequest, organisation: str) -> HttpResponse:
    """Answer the question of the address once more, and hold the answer for a file to keep it."""
    asked = question_form(request)
    form, network = asked["form"], asked["network"]
    if not (network and form.is_bound and form.is_valid()):
        return redirect(f"{reverse('desk:question')}?{request.GET.urlencode()}")
    answer = answer_to(form, network, facts_form(request), timezone.localtime())
    request.session[ANSWER] = document_of(
        answer,
        form.summary(),
        form.given_out().query(),
        home=desk_queries.given_out(form.cleaned_data["domicile"]),
    )
    request.session[ORIENT_TO] = request.POST.get("orienter", "")[:LONGEST_KEY]
    return redirect("followup:new", organisation=organisation)


@requires(Permission.FOLLOW)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, organisation: str) -> HttpResponse:
    """Open the file of a person, or add the answer just given to one that is open."""
    answer = request.session.get(ANSWER)
    if answer is not None and not is_readable(answer):
        # Held by a session older than this version of the product.
        answer = None
    # Initials are looked for in a body, never in an address.
    is_search = "chercher" in request.POST
    wanted = request.POST.get("chercher", "")[:LONGEST_SEARCH]
    form = OpenForm(None if is_search else request.POST or None, today=timezone.localdate())
    if form.is_valid():
        parcours = operations.open_parcours(
            by=request.user,
            organisation=request.organisation,
            answer=answer,
            person=operations.Person(**form.cleaned_data),
            now=timezone.now(),
        )
        request.session.pop(ANSWER, None)
        messages.success(request, f"Parcours {parcours.reference} ouvert.")
        return _next(request, parcours)
    context = {
        "organisation": request.organisation,
        "form": form,
        "answer": answer,
        "wanted": wanted,
        "mine": queries.files_of(
            request.organisation,
            queries.Wanted(text=wanted, mine=not wanted.strip()),
            user=request.user,
        )[:MAX_LISTED]
        if answer
        else [],
    }
    return render(request, "desk/followup/new.html", context, status=422 if form.errors else 200)


@requires(Permission.FOLLOW, queries.organisation_of)
@never_cache
@require_safe
def parcours(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the file of a person; the reading is recorded."""
    row = get_object_or_404(Parcours.objects.select_related("agreed_with"), pk=pk)
    operations.consult(by=request.user, parcours=row, now=timezone.now())
    tool = OutilRendezVous.objects.filter(organisation=row.organisation).first()
    watched = list(row.saved_searches.all())
    asked_again = {saved.query for saved in watched}
    followers = list(row.followers.select_related("user"))
    context = {
        "parcours": row,
        "organisation": request.organisation,
        "situations": [Situation(code).label for code in row.situations],
        "objectifs": [Objectif(code).label for code in row.objectifs],
        "following": [follower for follower in followers if follower.until is None],
        "former": [follower for follower in followers if follower.until is not None],
        "i_follow": any(
            follower.user == request.user and follower.until is None for follower in followers
        ),
        "orientations": row.orientations.select_related("structure"),
        "appointments": [
            (appointment, tool.address_for(appointment.reference) if tool else "")
            for appointment in row.rendez_vous.all()
        ],
        "tool": tool,
        "job_form": JobForm(label_suffix=""),
        "saved_searches": watched,
        "answers": [
            (
                kept,
                options_of(kept.document),
                aids_of(
                    kept.document,
                    kept_on=timezone.localdate(kept.kept_at),
                    today=timezone.localdate(),
                    fresh_days=settings.TRAITDUNION_RULES_FRESH_DAYS,
                ),
                saved_searches.question_of(kept) in asked_again,
                not is_readable(kept.document),
            )
            for kept in row.answers.all()
        ],
    }
    return render(request, "desk/followup/parcours.html", context)


@requires(Permission.FOLLOW, queries.organisation_of)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def need(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a person's need."""
    row = get_object_or_404(Parcours, pk=pk)
    now_is = {name: getattr(row, name) for name in NeedForm.base_fields}
    form = NeedForm(request.POST or None, initial=now_is, label_suffix="")
    return _change(request, row, form, "Le besoin", operations.change_need)


@requires(Permission.FOLLOW, queries.organisation_of)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note the name and the contact of a person who agrees to it."""
    row = get_object_or_404(Parcours, pk=pk)
    now_is = {"nom": row.nom, "telephone": row.telephone, "courriel": row.courriel}
    form = AgreementForm(request.POST or None, initial=now_is, label_suffix="")
    back = "followup:orient" if request.GET.get("orienter") == "oui" else "followup:parcours"
    return _change(request, row, form, "Nom et coordonnées", operations.agree, back)


def _change(
    request: HttpRequest,
    row: Parcours,
    form: Any,
    title: str,
    operation: Callable[..., Any],
    back: str = "followup:parcours",
) -> HttpResponse:
    if form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "accord"}
        try:
            operation(by=request.user, parcours=row, now=timezone.now(), **given)
        except operations.FollowUpError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{title} : c'est noté.")
            return redirect(back, pk=row.pk)
    context = {"parcours": row, "form": form, "title": title}
    return render(request, "desk/followup/change.html", context, status=422 if form.errors else 200)


DEEDS: dict[str, tuple[Callable[..., Any], str]] = {
    "suivre": (operations.follow, "Vous suivez ce parcours."),
    "ne_plus_suivre": (operations.stop_following, "Vous ne suivez plus ce parcours."),
    "retirer_accord": (operations.withdraw_agreement, "Le nom et les coordonnées sont effacés."),
    "rendez_vous": (appointments.ask, "Une référence est tirée : prenez le rendez-vous avec elle."),
    "rouvrir": (operations.reopen, "Le parcours est rouvert."),
}


@requires(Permission.FOLLOW, queries.organisation_of)
@require_POST
def act(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Run the deed of the button pressed on a file."""
    row = get_object_or_404(Parcours, pk=pk)
    if (deed_on_search := SEARCH_DEEDS.get(request.POST.get("faire", ""))) is not None:
        return deed_on_search(request, row)
    deed, sentence = DEEDS.get(request.POST.get("faire", ""), (None, ""))
    if request.POST.get("faire") == "joindre":
        return _add_answer(request, row)
    if request.POST.get("faire") == "en_emploi":
        return _note_job(request, row)
    if deed is not None:
        run(request, sentence, deed, parcours=row)
    return redirect("followup:parcours", pk=pk)


def _note_job(request: HttpRequest, row: Parcours) -> HttpResponse:
    form = JobForm(request.POST)
    if form.is_valid():
        done = "L'emploi est noté."
        run(request, done, operations.note_job, parcours=row, **form.cleaned_data)
    else:
        messages.error(request, " ".join(form.errors["en_emploi_le"]))
    return redirect("followup:parcours", pk=row.pk)


@requires(Permission.FOLLOW, queries.organisation_of)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask what became of a person, then close their file and withdraw what still waits."""
    row = get_object_or_404(Parcours.objects.select_related("organisation"), pk=pk)
    form = CloseForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_valid():
        try:
            n = close_file(by=request.user, parcours=row, now=timezone.now(), **form.cleaned_data)
        except operations.FollowUpError as refused:
            messages.error(request, str(refused))
        else:
            withdrawn = (
                f" {french.counted(n, 'demande retirée', 'demandes retirées')}." if n else ""
            )
            messages.success(request, f"Le parcours est clos.{withdrawn}")
        return redirect("followup:parcours", pk=row.pk)
    context = {
        "parcours": row,
        "organisation": request.organisation,
        "form": form,
        "waiting": still_waiting(row),
    }
    return render(request, "desk/followup/close.html", context, status=422 if form.errors else 200)


def _watch(request: HttpRequest, row: Parcours) -> HttpResponse:
    answer = get_object_or_404(row.answers, pk=_parse_key(request.POST.get("reponse", "")))
    done = "Cette recherche sera posée chaque jour : vous saurez quand une réponse apparaît."
    run(request, done, saved_searches.watch, parcours=row, answer=answer)
    return redirect("followup:parcours", pk=row.pk)


def _stop_watching(request: HttpRequest, row: Parcours) -> HttpResponse:
    saved = get_object_or_404(row.saved_searches, pk=_parse_key(request.POST.get("recherche", "")))
    run(request, "La recherche n'est plus surveillée.", saved_searches.stop_watching, saved=saved)
    return redirect("followup:parcours", pk=row.pk)


def _see(request: HttpRequest, row: Parcours) -> HttpResponse:
    """Redirect to the question, asked now."""
    saved = get_object_or_404(row.saved_searches, pk=_parse_key(request.POST.get("recherche", "")))
    saved_searches.see(by=request.user, saved=saved, now=timezone.now())
    return redirect(f"{reverse('desk:question')}?{saved.query}#reponses")


def _parse_key(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER else 0


SEARCH_DEEDS: dict[str, Callable[[HttpRequest, Parcours], HttpResponse]] = {
    "surveiller": _watch,
    "ne_plus_surveiller": _stop_watching,
    "voir": _see,
}


def _add_answer(request: HttpRequest, row: Parcours) -> HttpResponse:
    answer = request.session.pop(ANSWER, None)
    if answer is None:
        messages.error(
            request, "Cette réponse n'est plus en mémoire : posez de nouveau la question."
        )
    else:
        done = "La réponse est ajoutée au parcours."
        run(request, done, operations.keep_answer, parcours=row, answer=answer)
    return _next(request, row)


def _next(request: HttpRequest, row: Parcours) -> HttpResponse:
    """Redirect to the file, or to orienting where a solution was chosen on the answer."""
    if solution := request.session.pop(ORIENT_TO, ""):
        query = urlencode({"solution": solution})
        return redirect(f"{reverse('followup:orient', kwargs={'pk': row.pk})}?{query}")
    return redirect("followup:parcours", pk=row.pk)


@requires(Permission.SEE_FILE_JOURNAL, queries.organisation_of)
@never_cache
@require_safe
def journal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show who opened or changed a file, without what it holds."""
    row = get_object_or_404(Parcours, pk=pk)
    context = {
        "parcours": row,
        "organisation": request.organisation,
        "lines": queries.accesses_to(row),
    }
    return render(request, "desk/followup/journal.html", context)


@requires(Permission.SEE_FILE_JOURNAL)
@never_cache
@require_safe
def protection(request: HttpRequest, organisation: str) -> HttpResponse:
    """List the files by their reference alone, to find who opened one."""
    form = ReferenceForm(request.GET, label_suffix="")
    text = form.cleaned_data.get("q", "") if form.is_valid() else ""
    rows = queries.files_by_reference(request.organisation, text)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "organisation": request.organisation,
        "field": form["q"],
        "page": page,
        "query": urlencode({"q": text}) if text else "",
    }
    return render(request, "desk/followup/protection.html", context)
