"""The roadmap of the whole département: the roadmaps of several sessions, under common axes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from ..models import Seance
from .filters import Wanted, kept
from .roadmap import ActionThen, roadmaps
from .titles import axis_key


@dataclass
class CommonAxis:
    """Actions of several sessions under one title: that of the latest session that has it."""

    titre: str
    actions: list[tuple[Seance, ActionThen]] = field(default_factory=list)


def whole_roadmap(
    sessions: Iterable[Seance], *, on: date, wanted: Wanted, without_pilot: bool = False
) -> list[CommonAxis]:
    """Return the axes of several roadmaps joined by title, as they stood at the end of a day.

    sessions: the latest first. Axes without an action to show are left out.
    """
    axes: dict[str, CommonAxis] = {}
    listed = list(sessions)
    stood = roadmaps(listed, on=on)
    for session in listed:
        for axe in kept(stood[session.pk], wanted):
            common = axes.setdefault(axis_key(axe.axe.titre), CommonAxis(axe.axe.titre))
            common.actions += [
                (session, action)
                for action in axe.actions
                if not without_pilot or not action.row.pilotes.all()
            ]
    return [axis for axis in axes.values() if axis.actions]


def as_rows(axes: Iterable[CommonAxis]) -> Iterator[list[str]]:
    """Yield a line of text for each action: axis, title, session, state, days, pilots, trouble."""
    for axis in axes:
        for session, action in axis.actions:
            yield [
                axis.titre,
                action.titre,
                session.titre,
                str(action.etat.label) + (", en retard" if action.is_late else ""),
                f"{action.debut_le:%d/%m/%Y}" if action.debut_le else "",
                f"{action.fin_prevue_le:%d/%m/%Y}" if action.fin_prevue_le else "",
                ", ".join(str(pilot) for pilot in action.row.pilotes.all()),
                action.blocage,
            ]


HEADINGS = (
    "axe", "action", "seance", "etat", "debut", "fin prevue", "pilotes", "ce qui bloque",
)  # fmt: skip
