"""The roadmap along the calendar: a bar for each action, in shares of the width of the drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .actions.measures import months_after
from .roadmap import ActionThen, AxeThen

# With more months than this, a tick every three; with more than three times as many, every year.
MOST_TICKS = 13


@dataclass(frozen=True)
class Tick:
    """The first day of a month, and where it is: percent of the width."""

    x: str
    on: date


@dataclass(frozen=True)
class Bar:
    """An action along the calendar; `x` and `width` in percent of the width.

    `begins` or `ends` is false where nobody said when; a bar without either has no width.
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
    """The roadmap of a day along the calendar; None where no action has a date."""
    actions = [one for axe in axes for action in axe.actions for one in (action, *action.parts)]
    days = [day for one in actions for day in (one.debut_le, one.fin_prevue_le) if day]
    if not days:
        return None
    first = min(*days, on).replace(day=1)
    last = months_after(max(*days, on).replace(day=1), 1)
    scale = _Scale(first, last)
    groups = [
        (
            axe,
            [
                scale.bar(one, is_part=one is not action)
                for action in axe.actions
                for one in (action, *action.parts)
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

    def bar(self, one: ActionThen, *, is_part: bool) -> Bar:
        begins, ends = one.debut_le, one.fin_prevue_le
        left = self.share(begins) if begins else self.share(ends) if ends else 0.0
        right = self.share(ends) if ends else 100.0
        return Bar(
            action=one,
            is_part=is_part,
            x=f"{left:.2f}",
            width=f"{max(right - left, 0.0):.2f}",
            begins=begins is not None,
            ends=ends is not None,
        )


def _ticks(scale: _Scale) -> list[Tick]:
    n_months = (scale.last.year - scale.first.year) * 12 + scale.last.month - scale.first.month
    step = 1 if n_months <= MOST_TICKS else 3 if n_months <= 3 * MOST_TICKS else 12
    found, day = [], scale.first
    while day < scale.last:
        if (day.month - 1) % step == 0:
            found.append(Tick(scale.at(day), day))
        day = months_after(day, 1)
    return found
