"""Distinguishes an edition that would take away most of what runs from one that merely changes."""

from datetime import date
from typing import Final

from .change_lines import courses
from .comparing import coming_days, compare
from .edition import Edition

MIN_SHARE: Final = 0.5
WEIGHTS: Final = (5, 1, 1)
"""Days of each kind in a week, in the order of `comparing.KINDS`."""


def collapse(
    before: Edition | None, after: Edition, *, today: date, least_share: float = MIN_SHARE
) -> str | None:
    """Return why an edition should not take the place of the former one, in French; None if it may.

    Trips are counted on the same days: those of the next fourteen that the former edition speaks
    of, even where the newer one begins later. Where there are none, ordinary weeks are compared.
    An edition that is a first one, or replaces one in which nothing runs, must only run at all.
    """
    if after.last is None or after.last < today:
        return _over(after)
    if before is None:
        return None
    # The former edition's days: a new one that starts later would else be judged on days it has.
    days = coming_days(before, today)
    had = sum(map(before.trips_on, days))
    if had:
        has = sum(map(after.trips_on, days))
        when = f"du {days[0]:%d/%m/%Y} au {days[-1]:%d/%m/%Y}"
        return _fewer_trips(had, has, when, after, today) if has < had * least_share else None
    compared = compare(before, after, today=today)
    had, has = (
        sum(w * n for w, n in zip(WEIGHTS, trips, strict=True))
        for trips in (compared.trips_before, compared.trips_after)
    )
    return (
        _fewer_trips(had, has, "en une semaine ordinaire", after, today)
        if (has < had * least_share)
        else None
    )


def _over(after: Edition) -> str:
    if after.last is None:
        return "aucune course n'y circule"
    return f"rien n'y circule après le {after.last:%d/%m/%Y}"


def _fewer_trips(had: int, has: int, when: str, after: Edition, today: date) -> str:
    fewer = f"{courses(has)} {when}, contre {had} dans l'édition précédente"
    if after.first is not None and after.first > today:
        return f"{fewer} (elle ne commence que le {after.first:%d/%m/%Y})"
    return fewer
