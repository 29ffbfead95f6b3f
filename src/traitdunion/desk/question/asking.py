"""The question of a request, and the facts it gives of the person."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone

from traitdunion.catalogue.rules.facts_form import ASKED, FactsForm
from traitdunion.matching.answer import Answer, Option
from traitdunion.matching.needs import NO_NEEDS, Needs
from traitdunion.matching.situation import Situation
from traitdunion.rules import rule_book
from traitdunion.rules.questions import MOST

from .. import queries
from .forms import QuestionForm
from .needs_form import NeedsForm


def question_form(request: HttpRequest) -> dict[str, Any]:
    """Return the form of the question in the address, bound if any, and the network in use."""
    try:
        network = queries.active_network()
    except queries.NoNetworkError:
        network = None
    asked = QuestionForm.asked_in(request.GET)
    form = QuestionForm(
        request.GET if asked else None,
        covers=queries.covered_dates(network) if network else None,
        today=timezone.localdate(),
    )
    return {"form": form, "network": network}


def facts_form(request: HttpRequest) -> FactsForm:
    """Return the facts that the request gives of the person, checked."""
    asked = request.POST.getlist(ASKED)[:MOST]
    form = FactsForm(request.POST, criteria=rule_book().criteria, asked=asked)
    form.is_valid()
    return form


def needs_form(request: HttpRequest) -> NeedsForm:
    """Return the needs that the body of a request gives, checked."""
    form = NeedsForm(request.POST)
    if form.is_bound:
        form.is_valid()
    return form


def answer_to(
    form: QuestionForm,
    network: Any,
    facts: FactsForm,
    now: datetime,
    needs: Needs = NO_NEEDS,
) -> Answer:
    """Return the answer to a valid form, with the facts and the needs given of the person."""
    return queries.find_answer(asked_situation(form, facts, now, needs), network)


def asked_situation(
    form: QuestionForm, facts: FactsForm, now: datetime, needs: Needs = NO_NEEDS
) -> Situation:
    """Return the situation of a valid form, with the facts and the needs given of the person."""
    return replace(form.situation(now), facts=facts.facts(), skipped=facts.skipped(), needs=needs)


def option_named(answer: Answer, key: str) -> Option:
    """Return the option asked for; raises Http404 where the answer no longer has it."""
    for option in answer.options:
        if option.key == key:
            return option
    raise Http404("Cette solution n'est plus dans la réponse : posez de nouveau la question.")
