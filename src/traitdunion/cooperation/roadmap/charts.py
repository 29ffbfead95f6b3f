"""The readings of an indicator drawn as a line; the same figures stand in a table beside it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from traitdunion.french import number

from .measures import Standing

LEFT, RIGHT, TOP, BOTTOM = 44, 308, 12, 104
TEXT_HEIGHT = 24


@dataclass(frozen=True)
class Mark:
    """A point of the line, or a level; coordinates in units of the drawing, from the top left.

    `below`: its text goes under it, where above it would lie on the target.
    """

    x: str
    y: str
    text: str
    below: bool = False


@dataclass(frozen=True)
class Chart:
    """`line`: the points joined, as SVG has them; `target` and `ground` (nought): levels across."""

    points: tuple[Mark, ...]
    line: str
    target: Mark | None
    ground: str
    first_day: date
    last_day: date


def chart_of(standing: Standing) -> Chart | None:
    """Return the line of the whole territory; None with fewer than two readings to join."""
    indicateur = standing.indicateur
    series = [
        (shown.row.releve_le, shown.valeur)
        for shown in standing.readings
        if not shown.row.territoire and shown.valeur is not None
    ]
    if indicateur.depart is not None and indicateur.depart_le is not None:
        series = [
            (indicateur.depart_le, indicateur.depart),
            *(at for at in series if at[0] > indicateur.depart_le),
        ]
    if len(series) < 2:
        return None
    values = [value for _, value in series]
    levels = [*values, *([] if indicateur.cible is None else [indicateur.cible]), Decimal(0)]
    low, high = min(levels), max(levels)
    first, last = series[0][0], series[-1][0]
    target = None
    if indicateur.cible is not None:
        target = Mark(str(LEFT), _up(indicateur.cible, low, high), number(indicateur.cible))
    points = tuple(
        _point(_across(day, first, last), _up(value, low, high), number(value), target)
        for day, value in series
    )
    return Chart(
        points=points,
        line=" ".join(f"{mark.x},{mark.y}" for mark in points),
        target=target,
        ground=_up(Decimal(0), low, high),
        first_day=first,
        last_day=last,
    )


def _point(x: str, y: str, text: str, target: Mark | None) -> Mark:
    above = None if target is None else float(y) - float(target.y)
    return Mark(x, y, text, below=above is not None and -4 < above < TEXT_HEIGHT)


def _across(day: date, first: date, last: date) -> str:
    share = (day - first).days / max((last - first).days, 1)
    return f"{LEFT + share * (RIGHT - LEFT):.1f}"


def _up(value: Decimal, low: Decimal, high: Decimal) -> str:
    share = float((value - low) / (high - low)) if high > low else 0.5
    return f"{BOTTOM - share * (BOTTOM - TOP):.1f}"
