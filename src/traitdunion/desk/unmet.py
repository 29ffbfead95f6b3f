"""Questions of the last quarter that found nothing for sure: how many were like one asked now.

A lever shows the count beside it. One table a quarter, work area × kind of shift, is protected as a
whole: a cell of 1 to 10 is hidden, and no subtraction gives it back.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from django.core.cache import caches

from traitdunion.disclosure import publish, two_way
from traitdunion.matching.situation import Situation

from .enums import Horaire
from .models import Search
from .operations import area_of, horaire_of

QUARTER_MONTHS = 3
KEPT_S = 3_600


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


def _shown(first: date, last: date) -> Mapping[tuple[str, str], int | None]:
    key = f"unmet:{first}:{last}"
    kept: Mapping[tuple[str, str], int | None] | None = caches["memory"].get(key)
    if kept is None:
        rows = Search.objects.filter(week__range=(first, last), n_sure=0, demonstration=False)
        counts = Counter(rows.values_list("work_area", "horaire"))
        areas = {area for area, _ in counts}
        kept = publish(two_way({(a, h): counts[a, h] for a in areas for h in Horaire.values}))
        caches["memory"].set(key, kept, KEPT_S)
    return kept
