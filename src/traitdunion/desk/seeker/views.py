"""One question a screen, by addresses alone: nothing is kept, no script is needed."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from traitdunion.catalogue.rules.facts_form import FactsForm
from traitdunion.rules import rule_book

from .. import queries
from ..question.asking import answer_to
from ..question.cards import card_of
from ..question.forms import LONGEST_TEXT, QuestionForm
from ..sheet.asked import sheet_context
from ..sheet.lines import LANGUAGES
from .screens import STEPS, heading, screen_of, ways_of, words

ASKED = ("domicile", "travail", "jours", "debut", "fin", "permis", "velo")
FIELDS = {"heures": ("debut", "fin")}
FINAL = len(STEPS) + 1


@require_safe
def seeker(request: HttpRequest) -> HttpResponse:
    """Ask one question, or show the answers once all are given, in the language of the address."""
    language = request.GET.get("langue", "fr")
    if language not in LANGUAGES:
        language = "fr"
    given = answers_in(request.GET)
    with translation.override(language):
        context = {
            "language": language,
            "direction": "rtl" if language == "ar" else "ltr",
            "languages": [
                {"code": code, "name": name, "url": address(given, step_in(request.GET), code)}
                for code, name in LANGUAGES.items()
            ],
            "words": words(),
            **_contents(request.GET, given, language, timezone.localtime()),
        }
        response = render(request, "desk/seeker.html", context)
    if request.user.is_authenticated:
        # The page has the menus of who signs in: no device keeps it.
        add_never_cache_headers(response)
    return response


@require_safe
def seeker_sheet(request: HttpRequest) -> HttpResponse:
    """Show the sheet of one option, that a device reads again without a network."""
    context = sheet_context(request)
    language = request.GET.get("langue", "fr")
    back = address(answers_in(request.GET), FINAL, language)
    if context is None:
        return redirect(back)
    response = render(request, "desk/sheet.html", context | {"back": back})
    if request.user.is_authenticated:
        add_never_cache_headers(response)
    return response


@require_safe
@cache_control(no_cache=True)
def offline_worker(request: HttpRequest) -> HttpResponse:
    """Return the script by which a device reads again, without a network, what it has read."""
    return render(
        request,
        "desk/offline.js",
        {"static_prefix": settings.STATIC_URL},
        content_type="text/javascript; charset=utf-8",
    )


def answers_in(query: QueryDict) -> dict[str, list[str]]:
    """Return what an address says of the question, each value cut to its longest."""
    return {
        name: [value[:LONGEST_TEXT].replace("\0", "") for value in query.getlist(name)[:7]]
        for name in ASKED
        if name in query
    }


def step_in(query: QueryDict) -> int:
    """Return the screen that an address asks for, the first by default."""
    text = query.get("etape", "")
    return min(max(int(text), 1), FINAL) if text.isdecimal() and len(text) < 3 else 1


def address(given: dict[str, list[str]], step: int, language: str) -> str:
    """Return the address of a screen, with what was answered."""
    query = urlencode({**given, "langue": language, "etape": step}, doseq=True)
    return f"{reverse('desk:seeker')}?{query}"


def _contents(
    query: QueryDict, given: dict[str, list[str]], language: str, now: datetime
) -> dict[str, Any]:
    """Return the screen asked for, or the first whose answer is missing or not understood."""
    asked = step_in(query)
    for number, name in enumerate(STEPS[: asked - 1], start=1):
        wrong, near = _mistake(name, given)
        if wrong:
            return _asking(number, given, language) | {"wrong": words()[wrong], "near": near}
    if asked < FINAL:
        return _asking(asked, given, language)
    return _answering(given, language, now)


def _mistake(name: str, given: dict[str, list[str]]) -> tuple[str, list[dict[str, str]]]:
    if name == "jours" and not given.get("jours"):
        return "no_day", []
    if name not in ("domicile", "travail"):
        return "", []
    try:
        queries.place_named((given.get(name) or [""])[0])
    except LookupError as unknown:
        suggestions = list(getattr(unknown, "suggestions", ()))[:6]
        return "unknown", [
            {"label": queries.commune_label(commune), "value": commune.code_insee}
            for commune in suggestions
        ]
    return "", []


def _asking(number: int, given: dict[str, list[str]], language: str) -> dict[str, Any]:
    name = STEPS[number - 1]
    own = FIELDS.get(name, (name,))
    return {
        "screen": screen_of(name, given),
        "number": number,
        "n_screens": len(STEPS),
        "others": [
            (key, value) for key, values in given.items() if key not in own for value in values
        ],
        "previous": address(given, number - 1, language) if number > 1 else "",
        "following": number + 1,
        "is_last": number == len(STEPS),
    }


def _answering(given: dict[str, list[str]], language: str, now: datetime) -> dict[str, Any]:
    """Return the answers; the search is not counted, since nothing is kept here."""
    change = {"change": address(given, 1, language)}
    try:
        network = queries.active_network()
    except queries.NoNetworkError:
        return change | {"wrong": words()["no_answer"]}
    form = QuestionForm(
        _question(given), covers=queries.covered_dates(network), today=timezone.localdate()
    )
    if not form.is_valid():
        return change | {"wrong": words()["no_answer"]}
    facts = FactsForm({}, criteria=rule_book().criteria, asked=[])
    facts.is_valid()
    answer = answer_to(form, network, facts, now)
    return change | {
        "heading": heading(answer),
        "ends": (answer.situation.home.label, answer.situation.work.label),
        "ways": [
            {
                "card": card_of(rank, way.option, answer),
                "way": way,
                "sheet": f"{reverse('desk:seeker-sheet')}?{form.query()}&"
                + urlencode({"option": way.option.key, "langue": language}),
            }
            for rank, way in enumerate(ways_of(answer), start=1)
        ],
    }


def _question(given: dict[str, list[str]]) -> QueryDict:
    """Return the answers as the form of the desk takes them, a night marked as such."""
    data = QueryDict(mutable=True)
    for name, values in given.items():
        data.setlist(name, values)
    for name, usual in (("debut", "08:00"), ("fin", "16:00")):
        data.setdefault(name, usual)
    if data["fin"] < data["debut"]:
        data["nuit"] = "1"
    return data
