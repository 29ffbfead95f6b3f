"""The curve of residents by budget, as it is drawn: points, band, marks of the two axes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import floor, log10
from typing import Any

LEFT, TOP, WIDTH, HEIGHT = 64, 14, 300, 190
"""The area of the plot, in units of a drawing of 380 by 240."""

MAX_MARKS = 4
"""Marks of an axis beside zero."""


@dataclass(frozen=True)
class Point:
    """A budget of the curve and where it is drawn; `least_text`: the low end of the band."""

    budget: int
    people: int
    people_text: str
    least_text: str
    x: float
    y: float
    y_least: float


@dataclass(frozen=True)
class Mark:
    """A value of an axis and where it is drawn along it."""

    value: int
    at: float


@dataclass(frozen=True)
class Curve:
    """The points in order of budget; `here`: that of the budget asked for."""

    points: list[Point]
    here: Point
    budgets: list[Mark]
    people: list[Mark]

    @property
    def line(self) -> str:
        """Return the points of the line, as SVG writes them."""
        return " ".join(f"{p.x:.1f},{p.y:.1f}" for p in self.points)

    @property
    def band(self) -> str:
        """Return the outline of the band, from the line down to what is sure."""
        back = " ".join(f"{p.x:.1f},{p.y_least:.1f}" for p in reversed(self.points))
        return f"{self.line} {back}"

    @property
    def most(self) -> int:
        """Return the residents of the highest point."""
        return max(p.people for p in self.points)

    @property
    def highest(self) -> int:
        """Return the largest budget drawn, in euros a year."""
        return self.points[-1].budget


def drawn(curve: Sequence[dict[str, Any]], chosen: dict[str, Any]) -> Curve:
    """Place the points of a search's curve; chosen: the one the budget pays for."""
    most = max((row["people_rounded"] for row in curve), default=0) or 1
    highest = curve[-1]["budget_eur"] or 1

    def x(budget: float) -> float:
        return LEFT + WIDTH * budget / highest

    def y(people: float) -> float:
        return TOP + HEIGHT * (1 - people / most)

    def point(row: dict[str, Any]) -> Point:
        people = row["people_rounded"]
        return Point(
            int(row["budget_eur"]), people, row["people_text"], row["least_text"],
            x(row["budget_eur"]), y(people), y(min(row["people_least"], people)),
        )  # fmt: skip

    points = [point(row) for row in curve]
    return Curve(
        points,
        points[next(place for place, row in enumerate(curve) if row is chosen)],
        [Mark(value, x(value)) for value in marks(highest)],
        [Mark(value, y(value)) for value in marks(most)],
    )


def marks(highest: float) -> list[int]:
    """Return zero and the round values up to `highest`: steps of 1, 2 or 5 times a power of ten."""
    if highest < 1:
        return [0]
    power = 10 ** floor(log10(highest / MAX_MARKS)) if highest >= MAX_MARKS else 1
    step = next(step for n in (1, 2, 5, 10) if (step := n * power) * (MAX_MARKS + 1) > highest)
    return list(takewhile(lambda value: value <= highest, range(0, int(highest) + step, step)))
