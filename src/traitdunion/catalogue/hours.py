"""When a solution works on a day: its usual hours, its particular days, its closures."""

from dataclasses import dataclass
from datetime import date

from traitdunion.sources.public_holidays import public_holidays

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
