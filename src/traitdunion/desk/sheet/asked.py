"""The sheet that an address asks for: a question, one of its options, a language."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone, translation

from traitdunion.matching.answer import Answer, DayPlan, Option

from ..question.asking import (
    answer_to,
    facts_form,
    needs_form,
    option_named,
    question_form,
)
from ..question.cards import days_alike
from . import sms
from .lines import LANGUAGES, sheet_of


@dataclass(frozen=True)
class Way:
    """Another language, and where it is read."""

    code: str
    name: str
    link: str
    current: bool


def sheet_context(request: HttpRequest) -> dict[str, Any] | None:
    """Return the sheet of the option in the address; None without a valid question.

    Raises Http404 for an option that the answer does not have, or an unknown language.
    """
    asked = question_form(request)
    form, network = asked["form"], asked["network"]
    if not (network and form.is_bound and form.is_valid()):
        return None
    answer = answer_to(
        form, network, facts_form(request), timezone.localtime(), needs_form(request).needs()
    )
    option = option_named(answer, request.GET.get("option", ""))
    language = request.GET.get("langue", "fr")
    if language not in LANGUAGES:
        raise Http404("Cette fiche n'existe pas dans cette langue.")
    plan = typical_day(option, answer)
    with translation.override(language):
        made = sheet_of(answer, option, plan, on=timezone.localdate())
    text = sms.text_of(option, plan)
    return {
        "sheet": made,
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "ways": list(ways(request, language)),
        "sms": text,
        "sms_length": sms.septets(text),
        "sms_link": sms.link_of(text),
        "back": f"{reverse('desk:question')}{form.link()}",
    }


def typical_day(option: Option, answer: Answer) -> DayPlan | None:
    """Return the most frequent plan among the feasible days."""
    alike = days_alike(option.days, answer.situation.shift_on)
    return next((group.plan for group in alike if group.plan.feasible and group.plan.out), None)


def ways(request: HttpRequest, language: str) -> list[Way]:
    """Yield the same sheet in each language."""
    query = request.GET.copy()
    offered = []
    for code, name in LANGUAGES.items():
        query["langue"] = code
        offered.append(Way(code, name, f"?{query.urlencode()}", code == language))
    return offered
