"""The desk's first page: a question in the address, its answers on the page."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from traitdunion.accounts.permissions import Permission, organisations_where
from traitdunion.catalogue.facts_form import ASKED, AT_ONCE, BUDGET, FactsForm
from traitdunion.matching.answer import Answer, Verdict
from traitdunion.rules import Reponse

from . import operations, queries
from .asking import answer_to, facts_form, question_form
from .cards import cards_of, excluded_groups, main_obstacle
from .comparisons import compare
from .forms import JOURS, LONGEST_TEXT, AddressesForm, QuestionForm
from .phone.lines import hold, line_context, line_of
from .phone.operations import count_search
from .retries import retries

SHOWN_TO_CHECK = 4
"""Aids to check that are shown at once; the others are a click away."""

EXAMPLE = (
    "?domicile=Langeac+%2843%29&travail=Le+Puy-en-Velay+%2843%29"
    "&jours=lun&jours=mar&jours=mer&jours=jeu&jours=ven"
    "&debut=08%3A00&fin=16%3A00&permis=aucun&velo=inconnu#reponses"
)


@require_safe
@vary_on_headers("HX-Request")
def question(request: HttpRequest) -> HttpResponse:
    """Show the question and, when the address holds one, its answers.

    htmx gets the contents alone; everybody else, and htmx restoring its history, the whole page.
    """
    partial = request.htmx and not request.htmx.history_restore_request
    template = "desk/contents.html" if partial else "desk/question.html"
    return render(request, template, question_context(request))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def aids(request: HttpRequest) -> HttpResponse:
    """The same page, its aids made precise by what the body tells of the person.

    Nothing is changed by it, so that a request from elsewhere does no harm, and no cookie is set.
    """
    if request.method != "POST":
        return redirect(f"{reverse('desk:question')}?{request.GET.urlencode()}")
    return render(request, "desk/question.html", question_context(request))


def question_context(request: HttpRequest) -> dict[str, Any]:
    """Form, and answer if the form is valid."""
    context = question_form(request) | {"example": EXAMPLE}
    form, network = context["form"], context["network"]
    line = line_of(request)
    if network and form.is_bound and form.is_valid():
        told = facts_form(request)
        if line is not None:
            count_search(line, question=_digest(form), now=timezone.now())
            hold(request, line)
        context |= answer_context(form, network, told) | keeping_context(request, form, told)
    elif line is not None:
        form.fields["domicile"].widget.attrs["autofocus"] = True
    return context | line_context(line)


def _digest(form: QuestionForm) -> str:
    """What tells a question from another during a call, and nothing of it."""
    return hashlib.sha256(form.query().encode()).hexdigest()


def keeping_context(request: HttpRequest, form: QuestionForm, told: FactsForm) -> dict[str, Any]:
    """Where the answer may be kept in somebody's file, and what has to be sent again for it."""
    names = [ASKED, *(told.add_prefix(name) for name in told.fields)]
    return {
        "followed_in": organisations_where(request.user, Permission.FOLLOW),
        "question_query": form.query(),
        "told_pairs": [(name, value) for name in names for value in request.POST.getlist(name)],
    }


def answer_context(form: QuestionForm, network: Any, told: FactsForm) -> dict[str, Any]:
    """Answer to a valid form, as the templates draw it; `told` is what is said of the person."""
    now = timezone.localtime()
    answer = answer_to(form, network, told, now)
    operations.keep_search(answer, now=now)
    context: dict[str, Any] = {
        "answer": answer,
        "summary": form.summary(),
        "cards": cards_of(answer),
        "sure": any(option.verdict != Verdict.A_VERIFIER for option in answer.options),
        "helps": answer.helps,
        "excluded": answer.excluded,
        "excluded_groups": excluded_groups(answer),
        "retries": retries(form),
        "what_if": f"{reverse('desk:what-if')}?{form.query()}",
    }
    context |= aids_context(answer, told)
    context["facts_action"] = f"{reverse('desk:aids')}?{form.query()}#aides"
    if not answer.options:
        obstacle = main_obstacle(answer)
        jours = [JOURS[day][0] for day in obstacle.possible_days]
        context |= {"obstacle": obstacle, "fewer_days": form.link(jours=jours) if jours else ""}
    return context


def aids_context(answer: Answer, told: FactsForm) -> dict[str, Any]:
    """The aids by answer, and the questions that would make them precise."""
    new = [one.criterion.name for one in answer.questions][:AT_ONCE]
    asking = FactsForm(None, criteria=told.criteria, asked=new)
    by_answer = {one: [aid for aid in answer.aids if aid.reponse is one] for one in Reponse}
    to_check = by_answer[Reponse.A_VERIFIER]
    return {
        "aids": answer.aids,
        "aids_shown": by_answer[Reponse.OUI] + to_check[:SHOWN_TO_CHECK],
        "aids_more": to_check[SHOWN_TO_CHECK:],
        "aids_closed": by_answer[Reponse.NON],
        "new_questions": asking.rows(asking.asked),
        "told": told,
        "told_questions": told.rows(told.asked),
        "budget_fields": told.rows(BUDGET),
        "seen": [*told.asked, *asking.asked],
    }


@require_safe
def what_if(request: HttpRequest) -> HttpResponse:
    """« Et si… ? »: hours moved and other homes, for a question that is sound."""
    context = question_form(request)
    form, network = context["form"], context["network"]
    if not (network and form.is_bound and form.is_valid()):
        return redirect(f"{reverse('desk:question')}?{request.GET.urlencode()}")
    now = timezone.localtime()
    addresses = AddressesForm(request.GET, question=form)
    compared = compare(form, addresses, network, now)
    return render(
        request,
        "desk/what_if.html",
        context
        | {
            "addresses": addresses,
            "situation": form.situation(now),
            "summary": form.summary(),
            "hours": compared.hours,
            "homes": compared.homes,
            "pairs": list(form.pairs()),
            "back": f"{reverse('desk:question')}{form.link()}",
        },
    )


@require_safe
@cache_control(public=True, max_age=3600)
def communes(request: HttpRequest) -> JsonResponse:
    """Communes that begin like `q`, for the field that suggests as one types."""
    text = request.GET.get("q", "").replace("\0", "")[:LONGEST_TEXT].strip()
    found = queries.search_communes(text) if text else []
    rows = [
        {"label": queries.commune_label(commune), "code_insee": commune.code_insee}
        for commune in found
    ]
    return JsonResponse({"communes": rows})


@require_safe
@gzip_page
@cache_control(public=True, max_age=86_400)
def contours(request: HttpRequest) -> JsonResponse:
    """Boundaries of the communes around the ones named by `code`, as GeoJSON for the map."""
    codes = [code for code in request.GET.getlist("code")[:2] if code.isalnum() and len(code) == 5]
    return JsonResponse({"type": "FeatureCollection", "features": queries.boundaries_near(codes)})
