"""The question of a request, and what it tells of the person: what views of the desk begin with."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from traitdunion.catalogue.facts_form import ASKED, FactsForm
from traitdunion.matching.answer import Answer
from traitdunion.rules import rule_book
from traitdunion.rules.questions import MOST

from . import queries
from .forms import QuestionForm


def question_form(request: HttpRequest) -> dict[str, Any]:
    """Form of the question in the address, bound if there is one, and the network in use."""
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
    """What the request tells of the person, checked."""
    asked = request.POST.getlist(ASKED)[:MOST]
    form = FactsForm(request.POST, criteria=rule_book().criteria, asked=asked)
    form.is_valid()
    return form


def answer_to(form: QuestionForm, network: Any, told: FactsForm, now: datetime) -> Answer:
    """Answer to a valid form, with what is told of the person."""
    situation = replace(form.situation(now), facts=told.facts(), skipped=told.skipped())
    return queries.find_answer(situation, network)
