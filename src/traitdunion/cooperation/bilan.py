"""The bilan of a session: who came, what was retained, what people thought, what became of it.

Every figure is counted from the records of the session; none is typed.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from django.db.models import Max

from .attendance import present_by
from .enums import ENGAGEMENT_CONFIRMED, EtatEngagement, ResultatDecision
from .evaluation import Evaluation, Share, evaluation_of
from .models import Action, Engagement, Filiation, Idee, Seance
from .models.guests import GroupePresence
from .queries import day


@dataclass(frozen=True)
class Cooperation:
    """How one cooperates, beyond one day: each a share, or None where there is nothing to count.

    `answered`: ideas about which a decision was taken, themselves or what became of them;
    `held_in_time`: commitments held by their day, of those confirmed and due; `median_days`: from
    an idea to the decision about it.
    """

    answered: Share | None
    held_in_time: Share | None
    median_days: float | None


@dataclass(frozen=True)
class Bilan:
    """`domains`: people present by domain, the most numerous first."""

    seance: Seance
    n_present: int
    domains: tuple[tuple[str, int], ...]
    retained: tuple[Action, ...]
    evaluation: Evaluation
    response_rate: Share | None
    cooperation: Cooperation


def bilan_of(seance: Seance, *, on: date) -> Bilan:
    """The bilan of a session, as one knows it on a day."""
    domains = present_by(seance, GroupePresence.DOMAINE)
    n_present = sum(n for _, n in domains)
    evaluation = evaluation_of(seance)
    retained = Action.objects.filter(
        axe__seance=seance, parent=None, decision__resultat=ResultatDecision.RETENUE
    )
    return Bilan(
        seance=seance,
        n_present=n_present,
        domains=tuple(domains),
        retained=tuple(retained.select_related("axe", "decision")),
        evaluation=evaluation,
        response_rate=evaluation.response_rate(n_present),
        cooperation=cooperation_of(seance, on=on),
    )


def cooperation_of(seance: Seance, *, on: date) -> Cooperation:
    """Indicators of the quality of cooperation that the records hold."""
    said = _first_said(seance)
    days = _days_to_answer(seance)
    waits = [n for pk, n in days.items() if pk in said]
    due = Engagement.objects.filter(
        action__axe__seance=seance, etat__in=ENGAGEMENT_CONFIRMED, pour_le__lte=on
    ).annotate(told_at=Max("evenements__at"))
    in_time = sum(_held_in_time(one) for one in due)
    return Cooperation(
        answered=Share(len(waits), len(said)) if said else None,
        held_in_time=Share(in_time, len(due)) if due else None,
        median_days=median(waits) if waits else None,
    )


def _first_said(seance: Seance) -> set[int]:
    """Ideas that come from no other."""
    rows = Idee.objects.filter(axe__seance=seance, origines=None)
    return set(rows.values_list("pk", flat=True))


def _days_to_answer(seance: Seance) -> dict[int, int]:
    """Days from each idea to the first decision about it or about what became of it.

    A query for the ideas, one for their lineage, two for the decisions, however many there are.
    """
    said_on = {
        pk: day(at)
        for pk, at in Idee.objects.filter(axe__seance=seance).values_list("pk", "dite_le")
    }
    parents: dict[int, list[int]] = defaultdict(list)
    edges = Filiation.objects.filter(enfant__axe__seance=seance)
    for child, parent in edges.values_list("enfant", "parent"):
        parents[child].append(parent)
    days: dict[int, int] = {}
    for decision in seance.decisions.prefetch_related("idees"):
        for pk in _with_ancestors([idea.pk for idea in decision.idees.all()], parents):
            waited = (decision.prise_le - said_on[pk]).days
            days[pk] = min(days.get(pk, waited), waited)
    return days


def _with_ancestors(ideas: list[int], parents: Mapping[int, list[int]]) -> set[int]:
    found: set[int] = set()
    waiting = list(ideas)
    while waiting:
        pk = waiting.pop()
        if pk not in found:
            found.add(pk)
            waiting += parents.get(pk, ())
    return found


def _held_in_time(commitment: Any) -> bool:
    """Whether it was told as held by its day; `told_at` is the moment of its last event."""
    told_at = commitment.told_at
    return (
        commitment.etat == EtatEngagement.TENU
        and told_at is not None
        and day(told_at) <= commitment.pour_le
    )


def others_of(seance: Seance, *, on: date) -> list[Bilan]:
    """The bilans of the other sessions of its organisation, the latest first."""
    rows = Seance.objects.filter(organisation=seance.organisation_id, tenue_le__lte=on)
    return [bilan_of(row, on=on) for row in rows.exclude(pk=seance.pk)]
