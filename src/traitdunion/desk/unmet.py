"""Questions of the last quarter that found nothing for sure: how many were like one asked now.

A lever shows the count beside it. One table a quarter, work area × kind of shift, is protected as a
whole: a cell of 1 to 10 is hidden, and no subtraction gives it back. It shares its totals with the
table of the page of statistics: where that one hides an outcome of a kind of shift, all is hidden.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from django.core.cache import caches
from django.db.models import QuerySet

from traitdunion.disclosure import publish, two_way
from traitdunion.disclosure.tables import TOTAL
from traitdunion.matching.situation import Situation

from .enums import Horaire
from .models import Search
from .operations import area_of, horaire_of

QUARTER_MONTHS = 3
KEPT_S = 3_600
MET, TO_CHECK, UNMET = "satisfait", "a_verifier", "sans_solution"

Published = Mapping[tuple[str, str], int | None]


def last_quarter(on: date) -> tuple[date, date]:
    """Return the first and last day of the last quarter that has ended."""
    first_month = (on.month - 1) // QUARTER_MONTHS * QUARTER_MONTHS + 1
    last = date(on.year, first_month, 1) - timedelta(days=1)
    return date(last.year, last.month - QUARTER_MONTHS + 1, 1), last


def unmet_alike(situation: Situation, *, on: date) -> int | None:
    """Return the questions towards the same area at the same kind of shift without a sure answer.

    Of the last quarter that ended before `on`, demonstration aside. None where the count is hidden,
    or there is none.
    """
    cell = area_of(situation.work), horaire_of(situation.shift).value
    return _shown(*last_quarter(on)).get(cell) or None


def _shown(first: date, last: date) -> Published:
    key = f"unmet:{first}:{last}"
    kept: Published | None = caches["memory"].get(key)
    if kept is None:
        asked = asked_between(first, last)
        outcomes = published_outcomes(asked)
        counts = Counter(asked.filter(n_sure=0).values_list("work_area", "horaire"))
        areas = {area for area, _ in counts}
        table = publish(two_way({(a, h): counts[a, h] for a in areas for h in Horaire.values}))
        kept = {
            (area, horaire): n
            for (area, horaire), n in table.items()
            # Its areas would give back what is hidden of a kind of shift; and the page of
            # statistics gives the total that is hidden here to protect them.
            if horaire != TOTAL
            and table[TOTAL, horaire] is not None
            and outcomes[horaire, TO_CHECK] is not None
            and outcomes[horaire, UNMET] is not None
        }
        caches["memory"].set(key, kept, KEPT_S)
    return kept


def asked_between(first: date, last: date) -> QuerySet[Search]:
    """Return the questions asked from the weeks that begin between two days, not demonstrations."""
    return Search.objects.filter(week__range=(first, last), demonstration=False)


def outcome_of(n_sure: int, n_to_check: int) -> str:
    """Return what became of a question that had so many solutions."""
    return MET if n_sure else TO_CHECK if n_to_check else UNMET


def published_outcomes(asked: QuerySet[Search]) -> Published:
    """Return the questions by kind of shift and outcome, with totals; None where hidden."""
    counts = Counter(
        (horaire, outcome_of(sure, to_check))
        for horaire, sure, to_check in asked.values_list("horaire", "n_sure", "n_to_check")
    )
    outcomes = (MET, TO_CHECK, UNMET)
    return publish(
        two_way({(h, outcome): counts[h, outcome] for h in Horaire.values for outcome in outcomes})
    )
