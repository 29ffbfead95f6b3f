"""The roadmap along the calendar: a bar for each action, in shares of the width of the drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from traitdunion.rules.legal_days import add_months

from .roadmap import ActionThen, AxeThen

# With more months than this, a tick every three; with more than three times as many, every year.
MAX_TICKS = 13


@dataclass(frozen=True)
class Tick:
    """The first day of a month, and where it is: percent of the width."""

    x: str
    on: date


@dataclass(frozen=True)
class Bar:
    """An action along the calendar; `x` and `width` in percent of the width.

    `begins` or `ends` is false where that day is not known; a bar without either has no width.
    """

    action: ActionThen
    is_part: bool
    x: str
    width: str
    begins: bool
    ends: bool

    @property
    def is_drawn(self) -> bool:
        return self.begins or self.ends


@dataclass(frozen=True)
class Gantt:
    """`groups`: axes with their bars; `today` in percent, None where it is outside."""

    ticks: list[Tick]
    groups: list[tuple[AxeThen, list[Bar]]]
    today: str | None


def gantt(axes: Sequence[AxeThen], *, on: date) -> Gantt | None:
    """Return the roadmap of a day along the calendar; None where no action has a date."""
    actions = [node for axe in axes for action in axe.actions for node in (action, *action.parts)]
    days = [day for action in actions for day in (action.debut_le, action.fin_prevue_le) if day]
    if not days:
        return None
    first = min(*days, on).replace(day=1)
    last = add_months(max(*days, on).replace(day=1), 1)
    scale = _Scale(first, last)
    groups = [
        (
            axe,
            [
                scale.bar(node, is_part=node is not action)
                for action in axe.actions
                for node in (action, *action.parts)
            ],
        )
        for axe in axes
        if axe.actions
    ]
    return Gantt(_ticks(scale), groups, scale.at(on))


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date

    def share(self, day: date) -> float:
        return 100 * (day - self.first).days / (self.last - self.first).days

    def at(self, day: date) -> str:
        return f"{self.share(day):.2f}"

    def bar(self, action: ActionThen, *, is_part: bool) -> Bar:
        begins, ends = action.debut_le, action.fin_prevue_le
        left = self.share(begins) if begins else self.share(ends) if ends else 0.0
        right = self.share(ends) if ends else 100.0
        return Bar(
            action=action,
            is_part=is_part,
            x=f"{left:.2f}",
            width=f"{max(right - left, 0.0):.2f}",
            begins=begins is not None,
            ends=ends is not None,
        )


def _ticks(scale: _Scale) -> list[Tick]:
    n_months = (scale.last.year - scale.first.year) * 12 + scale.last.month - scale.first.month
    step = 1 if n_months <= MAX_TICKS else 3 if n_months <= 3 * MAX_TICKS else 12
    ticks, day = [], scale.first
    while day < scale.last:
        if (day.month - 1) % step == 0:
            ticks.append(Tick(scale.at(day), day))
        day = add_months(day, 1)
    return ticks
