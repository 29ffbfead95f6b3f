"""The desk's first page: a question in the address, its answers on the page."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts.permissions import Permission, organisations_where
from traitdunion.catalogue.rules.facts_form import ASKED, AT_ONCE, BUDGET, FactsForm
from traitdunion.levers.aid_terms import is_held, shortfall_eur
from traitdunion.levers.cards import cards_of as cards_of_levers
from traitdunion.matching.answer import Answer, Verdict
from traitdunion.matching.explaining.margins import margins_kept
from traitdunion.matching.needs import NO_NEEDS, Needs
from traitdunion.rules import Reponse

from .. import operations, queries
from ..phone.lines import attach_line, line_context, line_of
from ..phone.operations import count_search
from ..unmet import unmet_alike
from .addresses_form import OF_ADDRESSES, AddressesForm
from .asking import answer_to, asked_situation, facts_form, needs_form, question_form
from .cards import Card, awarded, cards_of, excluded_groups, main_obstacle
from .comparisons import compare
from .day_bars import NIGHT_HOURS, hours_of
from .forms import JOURS, LONGEST_TEXT, QuestionForm
from .needs_form import NeedsForm
from .paging import page_asked, page_of
from .parts import edit_address, edited_part, question_parts
from .retries import retries
from .roster_form import GRID
from .verdicts import aids_words, around_words, excluded_words, verdict_words

SHOWN_TO_CHECK = 4
"""Aids to check that are shown at once; the others are a click away."""

SHOWN_WAYS = 5
"""Ways on the page before any unfolding: with their cards they fit three screens of a phone."""

STEPS = ("Domicile", "Travail", "Horaires", "Permis")

EXAMPLE = (
    "?domicile=Langeac+%2843%29&travail=Le+Puy-en-Velay+%2843%29"
    "&jours=lun&jours=mar&jours=mer&jours=jeu&jours=ven"
    "&debut=08%3A00&fin=16%3A00&permis=aucun&velo=inconnu"
)


@require_safe
def question(request: HttpRequest) -> HttpResponse:
    """Show the question and, when the address holds one, its answers."""
    context = question_context(request)
    form = context["form"]
    if GRID in request.GET and form.is_valid():
        # The lines of hours, typed one by one, stand in one field of the address to keep or share.
        return redirect(f"{reverse('desk:question')}{form.link()}#reponses")
    return render(request, "desk/question.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def aids(request: HttpRequest) -> HttpResponse:
    """Show the same page, its aids made precise by the facts of the body.

    Nothing is changed by it, so that a request from elsewhere does no harm, and no cookie is set.
    """
    if request.method != "POST":
        return redirect(f"{reverse('desk:question')}?{request.GET.urlencode()}")
    context = question_context(request)
    context["open_aids"] = not context.get("needs")
    return render(request, "desk/question.html", context)


def question_context(request: HttpRequest) -> dict[str, Any]:
    """Return the form, and the answer if it is valid."""
    context = question_form(request) | {
        "example": EXAMPLE,
        # A stranger is asked one question at a time; who signs in, or comes back to mend a
        # question, has all of them on one page.
        "steps": not (
            request.user.is_authenticated or request.GET.get("formulaire") or request.GET
        ),
        "step_names": STEPS,
    }
    form, network = context["form"], context["network"]
    line = line_of(request)
    if network and form.is_bound and form.is_valid():
        facts = facts_form(request)
        if line is not None:
            count_search(line, question=_digest(form), now=timezone.now())
            attach_line(request, line)
        needed = needs_form(request)
        needed.refuse_with(form.second)
        context |= answer_context(
            form, network, facts, page_asked(request), needed.needs()
        ) | keeping_context(request, form, facts)
        context |= needs_context(form, needed, context["told_pairs"])
        context["editing"] = edited_part(request.GET)
    elif line is not None or context["steps"]:
        form.fields["domicile"].widget.attrs["autofocus"] = True
    return context | line_context(line)


def shown_at_first(cards: list[Card]) -> tuple[list[Card], list[Card]]:
    """Return the ways on the page, and those folded after them.

    Those that hold an award stay, and those that are possible, up to SHOWN_WAYS.
    """
    first = [card for card in cards if card.option.awards or card.tone != "maybe"]
    first = first[:SHOWN_WAYS] or cards[:SHOWN_WAYS]
    room = SHOWN_WAYS - len(first)
    kept = {id(card) for card in first}
    others = [card for card in cards if id(card) not in kept]
    if len(others) <= room or len(others) == 1:
        return cards, []
    first += others[: max(room - 1, 0)]
    kept = {id(card) for card in first}
    return (
        [card for card in cards if id(card) in kept],
        [card for card in cards if id(card) not in kept],
    )


def _digest(form: QuestionForm) -> str:
    """Return a digest that distinguishes the questions of a call, and reveals nothing."""
    return hashlib.sha256(form.query().encode()).hexdigest()


def keeping_context(request: HttpRequest, form: QuestionForm, facts: FactsForm) -> dict[str, Any]:
    """Return where the answer may be kept, and what has to be sent again for it."""
    return {
        "followed_in": organisations_where(request.user, Permission.FOLLOW),
        "question_query": form.query(),
        "told_pairs": facts_pairs(request, facts),
    }


def facts_pairs(request: HttpRequest, facts: FactsForm) -> list[tuple[str, str]]:
    """Return the facts that a body gives, to be sent again by the forms of the page."""
    names = [ASKED, *(facts.add_prefix(name) for name in facts.fields)]
    return [(name, value) for name in names for value in request.POST.getlist(name)]


def needs_context(
    form: QuestionForm, needed: NeedsForm, facts_pairs: list[tuple[str, str]]
) -> dict[str, Any]:
    """Return the form of the needs, and what each form of the page sends again for the others."""
    needed_pairs = list(needed.pairs())
    return {
        "needs_form": needed,
        "needs": needed.needs(),
        "needs_pairs": needed_pairs,
        "facts_pairs": facts_pairs,
        "told_pairs": [*facts_pairs, *needed_pairs],
        "needs_action": f"{reverse('desk:aids')}?{form.query()}#reponses",
    }


def answer_context(
    form: QuestionForm,
    network: Any,
    facts: FactsForm,
    page: int = 1,
    needs: Needs = NO_NEEDS,
) -> dict[str, Any]:
    """Return the answer to a valid form, as templates draw it; `told`: what the person answered.

    `page`: which of the ways, solutions left out and helps; each list stops at its last.
    """
    now = timezone.localtime()
    answer = answer_to(form, network, facts, now, needs)
    if not needs:
        # What a need made of a search says something of the person: it is not counted.
        operations.keep_search(answer, now=now)
    shown, excluded = page_of(answer.options, page), page_of(answer.excluded, page)
    helps = page_of(answer.helps, page)
    cards = cards_of(answer, shown)
    first, more = shown_at_first(cards)
    hours = hours_of(answer.situation.shift)
    context: dict[str, Any] = {
        "verdict": verdict_words(answer),
        "around_centre": around_words(queries.find_around_centre(answer.situation, network)),
        "question_parts": question_parts(form),
        "edit_url": edit_address(form),
        "home_url": edit_address(form, "domicile"),
        # The card of the only way has all that its line would repeat.
        "alone": len(answer.options) == 1 and bool(answer.options[0].awards),
        "share_url": f"{reverse('desk:share')}?{form.query()}",
        "awarded": awarded(answer) if page == 1 else [],
        "first_cards": first,
        "more_cards": more,
        "bar_hours": "Barres de midi à midi" if hours == NIGHT_HOURS else "Barres de 5 h à 20 h",
        "before_work": answer.situation.shift.margin_before_s // 60,
        "excluded_counted": excluded_words(answer.excluded),
        "aids_counted": aids_words(answer.aids),
        "answer": answer,
        "options_page": shown,
        "excluded_page": excluded,
        "helps_page": helps,
        "summary": form.summary(),
        "cards": cards,
        "sure": sum(option.verdict != Verdict.A_VERIFIER for option in answer.options),
        "helps": helps.rows,
        "excluded": answer.excluded,
        "excluded_groups": excluded_groups(excluded.rows),
        "retries": retries(form),
        "margins": margins_kept(answer.situation),
        "what_if": f"{reverse('desk:what-if')}?{form.query()}",
    }
    context |= aids_context(answer, facts)
    context["facts_action"] = f"{reverse('desk:aids')}?{form.query()}#aides"
    if not (_is_held(answer) or answer.situation.roster or answer.situation.second_work):
        # The search of levers costs as much as the answer: the page asks for it once it is drawn.
        context["unlock_url"] = f"{reverse('desk:unlock')}?{form.query()}"
    if not answer.options:
        obstacle = main_obstacle(answer)
        jours = [JOURS[day][0] for day in obstacle.possible_days]
        context |= {"obstacle": obstacle, "fewer_days": form.link(jours=jours) if jours else ""}
    return context


def _is_held(answer: Answer) -> bool:
    """Return whether some way that needs no checking keeps every day, and can be paid.

    One whose price, resources or charges are not known can.
    """
    return any(is_held(option) and (shortfall_eur(option) or 0) <= 0 for option in answer.options)


def aids_context(answer: Answer, facts: FactsForm) -> dict[str, Any]:
    """Return the aids by answer, and the questions that would make them precise."""
    new = [asked.criterion.name for asked in answer.questions][:AT_ONCE]
    asking = FactsForm(None, criteria=facts.criteria, asked=new)
    by_answer = {
        reponse: [aid for aid in answer.aids if aid.reponse is reponse] for reponse in Reponse
    }
    to_check = by_answer[Reponse.A_VERIFIER]
    return {
        "aids": answer.aids,
        "aids_shown": by_answer[Reponse.OUI] + to_check[:SHOWN_TO_CHECK],
        "aids_more": to_check[SHOWN_TO_CHECK:],
        "aids_closed": by_answer[Reponse.NON],
        "new_questions": asking.rows(asking.asked),
        "told": facts,
        "told_questions": facts.rows(facts.asked),
        "budget_fields": facts.rows(BUDGET),
        "seen": [*facts.asked, *asking.asked],
    }


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """Show what each actor could change to open the job of a valid question, on a page of its own.

    The page of answers takes `#leviers` of it into its own place. The body gives the facts and the
    needs of the person, as for `aids`: nothing is changed by it, so that a request from elsewhere
    does no harm.
    """
    context = question_form(request)
    form, network = context["form"], context["network"]
    if not (network and form.is_bound and form.is_valid()):
        return redirect(f"{reverse('desk:question')}?{request.GET.urlencode()}")
    if form.second is not None:
        # Each employer moves its own hours: what would unlock is searched for one job.
        return redirect(f"{reverse('desk:question')}{form.link()}")
    now = timezone.localtime()
    situation = asked_situation(form, facts_form(request), now, needs_form(request).needs())
    levers = queries.find_levers(situation, network)
    shown = {
        "held": not levers and _is_held(queries.find_answer(situation, network)),
        "situation": situation,
        "summary": form.summary(),
        "levers": cards_of_levers(levers, situation.work.code_insee or ""),
        "levers_alike": unmet_alike(situation, on=timezone.localdate(now)) if levers else None,
        "back": f"{reverse('desk:question')}{form.link()}",
    }
    return render(request, "desk/unlock.html", context | shown)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def what_if(request: HttpRequest) -> HttpResponse:
    """Show « Et si… ? »: hours moved and other homes, for a valid question.

    The body gives the facts and the needs of the person, as for `unlock`, and then the other homes.
    """
    context = question_form(request)
    form, network = context["form"], context["network"]
    if not (network and form.is_bound and form.is_valid()):
        return redirect(f"{reverse('desk:question')}?{request.GET.urlencode()}")
    now = timezone.localtime()
    facts, needed = facts_form(request), needs_form(request)
    needed.refuse_with(form.second)
    asked = asked_situation(form, facts, now, needed.needs())
    typed = request.POST if OF_ADDRESSES in request.POST else request.GET
    addresses = AddressesForm(typed, question=form)
    compared = compare(form, addresses, asked, network)
    return render(
        request,
        "desk/what_if.html",
        context
        | {
            "addresses": addresses,
            "situation": asked,
            "summary": form.summary(),
            "question_query": form.query(),
            "needs": asked.needs,
            "told_pairs": [*facts_pairs(request, facts), *needed.pairs()],
            "hours": compared.hours,
            "homes": compared.homes,
            "pairs": list(form.pairs()),
            "back": f"{reverse('desk:question')}{form.link()}",
        },
    )


@require_safe
@cache_control(private=True, max_age=3600)
def communes(request: HttpRequest) -> JsonResponse:
    """Return communes, addresses, stops and sites that begin like `q`, while typing."""
    text = request.GET.get("q", "").replace("\0", "")[:LONGEST_TEXT].strip()
    places = queries.search_places(text) if text else []
    rows = [
        {"label": queries.commune_label(commune), "code_insee": commune.code_insee}
        for commune in places
    ]
    return JsonResponse({"communes": rows})


@require_safe
@cache_control(public=True, max_age=86_400)
def contours(request: HttpRequest) -> JsonResponse:
    """Return the boundaries around the communes named by `code`, or `ici`, as GeoJSON."""
    codes = [code for code in request.GET.getlist("code")[:2] if code.isalnum() and len(code) == 5]
    home = "ici" in request.GET
    features = queries.boundaries_of_home() if home else queries.boundaries_near(codes)
    return JsonResponse({"type": "FeatureCollection", "features": features})
