"""When a solution works on a day: its usual hours, its particular days, its closures."""

from dataclasses import dataclass
from datetime import date

from .enums import NatureFermeture
from .models import Fermeture, Solution
from .opening_hours import Windows, windows_on


@dataclass(frozen=True)
class Service:
    """Windows of a day; None where the hours are not known, `unreadable` where a text gives them.

    Text that cannot be read comes from files and older versions: forms refuse it.
    """

    windows: Windows | None
    closure: Fermeture | None = None
    unreadable: bool = False


def service_on(solution: Solution, on: date) -> Service:
    """Return the hours of service of a solution on a day.

    A closure wins over everything, a particular day over the usual hours. A suspension of new
    requests closes nothing to those already served.
    """
    closed = closure_on(solution, on)
    if closed and closed.nature == NatureFermeture.FERMETURE:
        return Service(Windows(()), closed)
    text = next((day.horaires for day in solution.exceptions.all() if day.le == on), None)
    text = solution.horaires_service if text is None else text
    if not text:
        return Service(None, closed)
    windows = windows_on(text, on)
    return Service(windows, closed, unreadable=windows is None)


def closure_on(solution: Solution, on: date) -> Fermeture | None:
    """Return the closure or suspension that holds on a day; a closure before a suspension."""
    held = [
        fermeture
        for fermeture in solution.fermetures.all()
        if fermeture.du <= on and (not fermeture.au or on <= fermeture.au)
    ]
    return min(
        held,
        key=lambda fermeture: (fermeture.nature != NatureFermeture.FERMETURE, fermeture.du),
        default=None,
    )


def coming_closures(solution: Solution, on: date) -> list[Fermeture]:
    """Return the closures that are not over on a day."""
    return [
        fermeture
        for fermeture in solution.fermetures.all()
        if not fermeture.au or fermeture.au >= on
    ]
