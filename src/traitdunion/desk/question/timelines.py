"""The day drawn from left to right: way out, shift, way back, as shares of the width."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from traitdunion.matching.answer import DayPlan, Step

HOUR_S = 3600
MAX_TICKS = 4
"""Stretches between the hours written under the drawing: more would touch at 320 px."""


@dataclass(frozen=True)
class Block:
    """A stretch of the day; `x` and `width` are SVG percentages."""

    kind: str
    x: str
    width: str
    color: str = ""


@dataclass(frozen=True)
class Tick:
    """An hour written under the drawing."""

    x: str
    text: str


@dataclass(frozen=True)
class Timeline:
    """What the drawing is made of; `out_x` and `back_x` are where its two captions stand."""

    blocks: tuple[Block, ...]
    ticks: tuple[Tick, ...]
    out_x: str
    back_x: str
    work_x: str


@dataclass(frozen=True)
class Scale:
    """Seconds of the day to percentages of the width."""

    first_s: int
    last_s: int

    def at(self, seconds: float) -> str:
        """Place of an hour, as an SVG percentage."""
        return f"{100 * (seconds - self.first_s) / (self.last_s - self.first_s):.2f}%"

    def length(self, seconds: float) -> str:
        """Return the width of a duration, as an SVG percentage."""
        return f"{100 * seconds / (self.last_s - self.first_s):.2f}%"


def timeline_of(plan: DayPlan, shift: Any) -> Timeline | None:
    """Return the drawing of a feasible day; None without a way out or back to draw."""
    if not (plan.feasible and plan.out and plan.back):
        return None
    first_s, last_s = plan.out[0].departure_s, plan.back[-1].arrival_s
    scale = Scale(
        floor(first_s / HOUR_S) * HOUR_S,
        max(ceil(last_s / HOUR_S), floor(first_s / HOUR_S) + 1) * HOUR_S,
    )
    blocks = [
        *_way(plan.out, scale),
        *_work(shift, scale),
        *_way(plan.onward, scale),
        *_way(plan.back, scale),
    ]
    return Timeline(
        blocks=tuple(blocks),
        ticks=tuple(_ticks(scale)),
        out_x=scale.at(first_s),
        back_x=scale.at(last_s),
        work_x=scale.at((shift.start_s + shift.end_s) / 2),
    )


def _way(steps: tuple[Step, ...], scale: Scale) -> Iterator[Block]:
    reached_s = None
    for step in steps:
        if reached_s is not None and step.departure_s > reached_s:
            yield Block("wait", scale.at(reached_s), scale.length(step.departure_s - reached_s))
        reached_s = step.arrival_s
        length = scale.length(step.arrival_s - step.departure_s)
        yield Block(step.kind, scale.at(step.departure_s), length, step.color)


def _work(shift: Any, scale: Scale) -> Iterator[Block]:
    for start_s, end_s in tuple(shift.periods) or ((shift.start_s, shift.end_s),):
        yield Block("work", scale.at(start_s), scale.length(end_s - start_s))


def _ticks(scale: Scale) -> Iterator[Tick]:
    hours = (scale.last_s - scale.first_s) // HOUR_S
    every = next(step for step in (1, 2, 3, 4, 6, 12, 24) if hours / step <= MAX_TICKS)
    for hour in range(scale.first_s // HOUR_S, scale.last_s // HOUR_S + 1, every):
        yield Tick(scale.at(hour * HOUR_S), f"{hour % 24}\u00a0h")
