"""The bilan of a year of the roadmap: figures, actions by axis, what was measured, what blocks.

The page and the presentation are both drawn from these values, so that no figure is written twice.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from traitdunion import french

from ...enums import EtatAction, EtatEngagement, UniteBudget
from ...models import LigneBudget, Seance
from ..action_lines import indicator_of, state_of
from ..budget import totals
from ..filters import Wanted
from ..measures import standing
from ..roadmap import ActionThen, CommitmentThen, pledges_in_force
from ..whole import CommonAxis, whole_roadmap

FIRST_YEAR = 2000
FICTITIOUS = "Avec des actions de démonstration, fictives."


@dataclass(frozen=True)
class Figure:
    """A figure in words: « 12 », « actions »; `detail` says what it counts."""

    value: str
    label: str
    detail: str = ""


@dataclass(frozen=True)
class AxisOfYear:
    """An axis with a sentence for each of its actions."""

    titre: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class YearOfRoadmap:
    """The roadmap as it stood at the end of a year, or on `on` while the year runs."""

    year: int
    on: date
    is_demonstration: bool
    figures: tuple[Figure, ...]
    axes: tuple[AxisOfYear, ...]
    indicators: tuple[str, ...]
    blocked: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"Feuille de route : bilan {self.year}"

    @property
    def as_of(self) -> str:
        """Return the day of the figures, in words."""
        day = f"Telle qu'elle était le {french.day(self.on)}."
        return f"{day} {FICTITIOUS}" if self.is_demonstration else day


def year_of_roadmap(sessions: Iterable[Seance], *, year: int, today: date) -> YearOfRoadmap:
    """Return the bilan of a year over the roadmaps of sessions, the latest first."""
    on = min(date(year, 12, 31), today)
    axes = whole_roadmap(sessions, on=on, wanted=Wanted())
    actions = [action for axis in axes for _, action in axis.actions]
    pledges = pledges_in_force(actions)
    return YearOfRoadmap(
        year=year,
        on=on,
        is_demonstration=any(session.demonstration for axis in axes for session, _ in axis.actions),
        figures=(*_of_actions(actions, year), *_of_pledges(pledges), *_of_budget(actions, year)),
        axes=tuple(_axis(axis) for axis in axes),
        indicators=tuple(
            indicator_of(standing(indicateur, on=on))
            for action in actions
            for indicateur in action.row.indicateurs.all()
        ),
        blocked=tuple(
            _what_blocks(node)
            for action in actions
            for node in (action, *action.parts)
            if node.blocage
        ),
    )


def _what_blocks(action: ActionThen) -> str:
    blocked = f"{action.titre} : {action.blocage.rstrip('. ')}."
    would_help = action.deblocage.rstrip(". ")
    return f"{blocked} Ce qui débloquerait : {would_help}." if would_help else blocked


def _of_actions(actions: Sequence[ActionThen], year: int) -> list[Figure]:
    states = Counter(action.etat for action in actions)
    finished = sum(_finished_in(action, year) for action in actions)
    late, n = sum(action.is_late for action in actions), len(actions)
    by_state = ", ".join(
        f"{french.number(states[etat])} {etat.label.lower()}" for etat in EtatAction if states[etat]
    )
    return [
        Figure(french.number(n), f"action{french.plural(n)}", by_state),
        Figure(
            french.number(finished), f"réalisée{french.plural(finished)} dans l'année"
        ),
        Figure(french.number(late), "en retard"),
    ]  # fmt: skip


def _finished_in(action: ActionThen, year: int) -> bool:
    ended = action.fields["fini_le"]
    return action.etat == EtatAction.REALISEE and bool(ended) and ended.startswith(f"{year}-")


def _of_pledges(pledges: Sequence[CommitmentThen]) -> list[Figure]:
    held = sum(pledge.etat == EtatEngagement.TENU for pledge in pledges)
    n, late = len(pledges), sum(pledge.is_late for pledge in pledges)
    detail = f"{french.number(held)} tenu{french.plural(held)}, {french.number(late)} en retard"
    return [Figure(french.number(n), f"engagement{french.plural(n)}", detail if n else "")]


def _of_budget(actions: Sequence[ActionThen], year: int) -> list[Figure]:
    """Return what the year's lines in euros plan and were given; nothing where none is known."""
    lines: list[LigneBudget] = [
        line
        for action in actions
        for line in action.row.budget.all()
        if line.annee == year and line.unite == UniteBudget.EUROS
    ]
    figures = []
    for total in totals(lines):
        if total.prevu is not None:
            figures.append(_euros(total.prevu, f"prévus en {year}", total.unknown))
        if total.obtenu is not None:
            figures.append(_euros(total.obtenu, f"obtenus en {year}"))
    return figures


def _euros(value: Decimal, label: str, unknown: int = 0) -> Figure:
    not_known = french.counted(unknown, "ligne non chiffrée", "lignes non chiffrées")
    return Figure(french.euros(value), label, not_known if unknown else "")


def _axis(axis: CommonAxis) -> AxisOfYear:
    return AxisOfYear(
        axis.titre,
        tuple(f"{action.titre} ({state_of(action)})" for _, action in axis.actions),
    )
