"""The page of the sheet: a question in the address, one of its options, a language."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from traitdunion.matching.answer import Answer, DayPlan, Option

from ..asking import answer_to, facts_form, question_form
from ..cards import days_alike
from . import sms
from .lines import LANGUAGES, sheet_of


@dataclass(frozen=True)
class Way:
    """Another language, and where it is read."""

    code: str
    name: str
    link: str
    current: bool


@never_cache
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """The sheet of one option; without a sound question, the page that asks it."""
    asked = question_form(request)
    form, network = asked["form"], asked["network"]
    if not (network and form.is_bound and form.is_valid()):
        return redirect(f"{reverse('desk:question')}?{request.GET.urlencode()}")
    answer = answer_to(form, network, facts_form(request), timezone.localtime())
    option = option_named(answer, request.GET.get("option", ""))
    language = request.GET.get("langue", "fr")
    if language not in LANGUAGES:
        raise Http404("Cette fiche n'existe pas dans cette langue.")
    plan = typical_day(option, answer)
    with translation.override(language):
        made = sheet_of(answer, option, plan, on=timezone.localdate())
    text = sms.text_of(option, plan)
    context: dict[str, Any] = {
        "sheet": made,
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "ways": list(ways(request, language)),
        "sms": text,
        "sms_length": sms.septets(text),
        "sms_link": sms.link_of(text),
        "back": f"{reverse('desk:question')}{form.link()}#reponses",
    }
    return render(request, "desk/sheet.html", context)


def option_named(answer: Answer, key: str) -> Option:
    """The option asked for, or Http404 where the answer no longer has it."""
    for option in answer.options:
        if option.key == key:
            return option
    raise Http404("Cette solution n'est plus dans la réponse : posez de nouveau la question.")


def typical_day(option: Option, answer: Answer) -> DayPlan | None:
    """The day that comes most often among those that work."""
    alike = days_alike(option.days, answer.situation.shift)
    return next((one.plan for one in alike if one.plan.feasible and one.plan.out), None)


def ways(request: HttpRequest, language: str) -> list[Way]:
    """The same sheet in each language."""
    query = request.GET.copy()
    found = []
    for code, name in LANGUAGES.items():
        query["langue"] = code
        found.append(Way(code, name, f"?{query.urlencode()}", code == language))
    return found
