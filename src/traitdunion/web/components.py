"""The page that shows every shared component with its states: of the demonstration alone."""

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from traitdunion.accounts.access_decorators import public
from traitdunion.desk.question.day_bars import DayBar, day_bar
from traitdunion.desk.question.parts import QuestionPart
from traitdunion.desk.question.strips import Confidence, WeekStrip, week_strip
from traitdunion.matching.answer import Award, DayPlan
from traitdunion.matching.feasibility.week_held import WeekHeld
from traitdunion.reach import Shift

from .context import stands_on_demonstration

MONDAY = date(2026, 11, 23)
COLOURS = (
    "paper", "surface", "sunk", "ink", "ink-soft", "line", "line-strong", "accent", "warm", "yes",
    "maybe", "no", "reach-1", "reach-2", "reach-3", "reach-4",
)  # fmt: skip
HELD = (True,) * 4 + (False, False) + (True,) * 12 + (None, None)


@public
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Show the components, drawn by the same templates as the pages; 404 on a real site."""
    if not stands_on_demonstration():
        raise Http404
    context = {
        "colours": COLOURS,
        "parts": [
            QuestionPart(name, text, what, "#question")
            for name, text, what in (
                ("domicile", "Langeac", "le domicile"),
                ("travail", "Le Puy-en-Velay", "le lieu de travail"),
                ("jours", "du lundi au vendredi", "les jours"),
                ("horaires", "8 h – 16 h", "les heures"),
            )
        ],
        "awards": [(award.value, award.label) for award in Award],
        "strip": _strip(),
        "bars": [_bar(7, 8, 16, 18), _bar(20, 21, 29, 30)],
        "confidences": [
            Confidence(bars, word, "")
            for bars, word in enumerate(("faible", "moyenne", "forte"), 1)
        ],
        "minutes": [("Langeac", 85), ("Saugues", 112), ("Brioude", 141)],
    }
    return render(request, "web/components_page.html", context)


def _strip() -> WeekStrip | None:
    """Return twenty weeks: sixteen kept, two not, two not known."""
    fails = (MONDAY + timedelta(32), MONDAY + timedelta(39))
    weeks = [
        WeekHeld(MONDAY + timedelta(7 * number), held, fails[:1] if held is False else ())
        for number, held in enumerate(HELD)
    ]
    return week_strip(weeks)


def _bar(leave_h: int, start_h: int, end_h: int, home_h: int) -> DayBar | None:
    """Return the bar of a day whose hours are whole."""
    leave, start, end, home = (hour * 3600 for hour in (leave_h, start_h, end_h, home_h))
    plan = DayPlan(MONDAY, True, (), (), leave, start - 600, end + 300, home, "")
    return day_bar(plan, Shift(days=frozenset({0}), start_s=start, end_s=end))
