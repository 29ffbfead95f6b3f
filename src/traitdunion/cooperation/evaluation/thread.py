"""The thread of an action: findings, question, ideas, decision, events, results."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from ..dates import day
from ..models import Action, Decision, Evenement, Idee
from ..roadmap.changes import is_edit
from ..roadmap.measures import shown


def ancestors(idea: Idee) -> list[Idee]:
    """Return every idea that one comes from, the oldest first."""
    ideas: dict[int, Idee] = {}
    waiting = [idea]
    while waiting:
        for parent in waiting.pop().issue_de.all():
            if parent.pk not in ideas:
                ideas[parent.pk] = parent
                waiting.append(parent)
    return sorted(ideas.values(), key=lambda row: row.pk)


@dataclass(frozen=True)
class Step:
    """One step of the thread of an action: what kind, when, in words, and the row."""

    kind: str
    at: date
    row: Any


def thread(action: Action, *, with_session: bool) -> list[Step]:
    """Return the steps from findings to results, in the order of the chain then of time.

    with_session: whether the reader sees the session too; otherwise nothing of it is returned, its
    findings, question, ideas and decision.
    """
    steps = _of_session(action) if with_session else []
    events = Evenement.objects.filter(action=action) | Evenement.objects.filter(
        engagement__action=action
    )
    events = events.select_related("engagement__organisation").order_by("at", "pk")
    lived = [Step("evenement", day(event.at), event) for event in events if not is_edit(event)]
    return steps + sorted(lived + _results(action), key=lambda step: step.at)


def _of_session(action: Action) -> list[Step]:
    """Return what the session brought to an action, from the findings to the decision."""
    decision = action.decision or (action.parent.decision if action.parent else None)
    steps = [Step("constat", constat.constate_le, constat) for constat in action.axe.constats.all()]
    steps.append(Step("question", action.axe.seance.tenue_le, action.axe))
    if decision is not None:
        steps += [Step("idee", day(idea.dite_le), idea) for idea in _ideas_of(decision)]
        steps.append(Step("decision", decision.prise_le, decision))
    return steps


def _results(action: Action) -> list[Step]:
    """Return the public readings of the indicators."""
    return [
        Step("resultat", reading.row.releve_le, reading)
        for indicateur in action.indicateurs.prefetch_related("releves")
        for reading in shown(indicateur.releves.all())
    ]


def _ideas_of(decision: Decision) -> list[Idee]:
    """Return the ideas a decision is about and those they come from."""
    ideas: dict[int, Idee] = {}
    for idea in decision.idees.all():
        ideas |= {ancestor.pk: ancestor for ancestor in (*ancestors(idea), idea)}
    return sorted(ideas.values(), key=lambda row: row.pk)
