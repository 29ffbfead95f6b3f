"""When a solution works on a day: its usual hours, its particular days, its closures."""

from dataclasses import dataclass
from datetime import date, timedelta

from .enums import NatureFermeture
from .models import Fermeture, Solution
from .opening_hours import Windows, windows_on


@dataclass(frozen=True)
class Service:
    """Windows of a day in seconds after midnight; None where the hours are not known."""

    windows: Windows | None
    closure: Fermeture | None = None


def service_on(solution: Solution, on: date) -> Service:
    """Hours of service of a solution on a day.

    A closure wins over everything, a particular day over the usual hours. A suspension of new
    requests closes nothing to those already served.
    """
    closed = closure_on(solution, on)
    if closed and closed.nature == NatureFermeture.FERMETURE:
        return Service(Windows(()), closed)
    holidays = public_holidays(on.year)
    for day in solution.exceptions.all():
        if day.le == on:
            return Service(windows_on(day.horaires, on, holidays=holidays), closed)
    if not solution.horaires_service:
        return Service(None, closed)
    return Service(windows_on(solution.horaires_service, on, holidays=holidays), closed)


def closure_on(solution: Solution, on: date) -> Fermeture | None:
    """The closure or suspension that holds on a day; a closure before a suspension."""
    held = [
        one for one in solution.fermetures.all() if one.du <= on and (not one.au or on <= one.au)
    ]
    return min(
        held, key=lambda one: (one.nature != NatureFermeture.FERMETURE, one.du), default=None
    )


def coming_closures(solution: Solution, on: date) -> list[Fermeture]:
    """Closures that are not over on a day."""
    return [one for one in solution.fermetures.all() if not one.au or one.au >= on]


def public_holidays(year: int) -> frozenset[date]:
    """The eleven holidays of the Code du travail (article L3133-1)."""
    easter = easter_sunday(year)
    movable = (easter + timedelta(days=days) for days in (1, 39, 50))
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    return frozenset([*movable, *(date(year, month, day) for month, day in fixed)])


def easter_sunday(year: int) -> date:
    """Easter of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
