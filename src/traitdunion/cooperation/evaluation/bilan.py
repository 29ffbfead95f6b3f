"""Compute the bilan of a session: who came, what was retained, opinions, what became of it.

Every figure is counted from the records of the session; none is typed.
"""

from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from django.db.models import Max, QuerySet

from traitdunion.disclosure import group_small, is_small, may_be_parts

from ..dates import day
from ..enums import ENGAGEMENT_CONFIRMED, EtatEngagement, ResultatDecision
from ..models import Action, Engagement, Idee, Seance
from ..models.guests import GroupePresence
from ..sessions import attendance
from ..sessions.deliberation import parents_of, with_ancestors
from .publication import Evaluation, Result, Share, published
from .questionnaire import questions

OTHER_DOMAINS = "Autres domaines"
OTHERS_SHOWN = 5
"""Other sessions beside which one is shown: each asks the database as much as the first."""


@dataclass(frozen=True)
class Cooperation:
    """Indicators of cooperation beyond the day: shares, or None where there is nothing to count.

    `answered`: ideas about which a decision was taken, themselves or what became of them;
    `held_in_time`: commitments held by their day, of those confirmed and due; `median_days`: from
    an idea to the decision about it.
    """

    answered: Share | None
    held_in_time: Share | None
    median_days: float | None


@dataclass(frozen=True)
class Bilan:
    """The bilan of a session as of a day.

    n_present: None while people arrive, or where they are one to ten. n_domains: how many domains
        they come from, 0 where those present are too few to be parted. shown_domains: people by
        domain, the most numerous first, small ones gathered. evaluation: None before the session
        is over.
    """

    seance: Seance
    n_present: int | None
    n_domains: int
    shown_domains: tuple[tuple[str, int], ...]
    retained: tuple[Action, ...]
    evaluation: Evaluation | None
    response_rate: Share | None
    cooperation: Cooperation

    @property
    def titles(self) -> list[tuple[str, Result | None]]:
        """Return the questions shown first, with what may be shown of their answers."""
        results = self.evaluation.headlines if self.evaluation else ()
        shown = {result.question.code: result for result in results}
        return [
            (question.dit, shown.get(question.code))
            for question in questions()
            if question.est_titre
        ]


def bilan_of(seance: Seance, *, on: date) -> Bilan:
    """Return the bilan of a session as of a day."""
    present = (attendance.shown_of(seance, on=on) or {}).get(GroupePresence.DOMAINE, {})
    domains = dict(sorted(present.items(), key=lambda pair: (-pair[1], pair[0])))
    n_present = sum(domains.values())
    is_shown = bool(n_present) and not is_small(n_present)
    evaluation = published(seance, on=on)
    retained = Action.objects.filter(
        axe__seance=seance, parent=None, decision__resultat=ResultatDecision.RETENUE
    )
    return Bilan(
        seance=seance,
        n_present=n_present if is_shown else None,
        n_domains=len(domains) if may_be_parts(n_present, len(domains)) else 0,
        shown_domains=tuple((group_small(domains, other=OTHER_DOMAINS) or {}).items()),
        retained=tuple(retained.select_related("axe", "decision")),
        evaluation=evaluation,
        response_rate=evaluation.response_rate(n_present) if evaluation else None,
        cooperation=cooperation_of(seance, on=on),
    )


def cooperation_of(seance: Seance, *, on: date) -> Cooperation:
    """Return the indicators of cooperation that the records hold."""
    first_ideas = _first_said(seance)
    days = _days_to_answer(seance)
    waits = [n for pk, n in days.items() if pk in first_ideas]
    due = Engagement.objects.filter(
        action__axe__seance=seance, etat__in=ENGAGEMENT_CONFIRMED, pour_le__lte=on
    ).annotate(told_at=Max("evenements__at"))
    in_time = sum(_held_in_time(commitment) for commitment in due)
    return Cooperation(
        answered=Share(len(waits), len(first_ideas)) if first_ideas else None,
        held_in_time=Share(in_time, len(due)) if due else None,
        median_days=median(waits) if waits else None,
    )


def _first_said(seance: Seance) -> set[int]:
    """Return the ideas that come from no other."""
    rows = Idee.objects.filter(axe__seance=seance, origines=None)
    return set(rows.values_list("pk", flat=True))


def _days_to_answer(seance: Seance) -> dict[int, int]:
    """Return the days from each idea to the first decision about it or about what became of it.

    A query for the ideas, one for their lineage, two for the decisions, however many there are.
    """
    said_on = {
        pk: day(at)
        for pk, at in Idee.objects.filter(axe__seance=seance).values_list("pk", "dite_le")
    }
    parents = parents_of(seance)
    days: dict[int, int] = {}
    for decision in seance.decisions.prefetch_related("idees"):
        for pk in with_ancestors([idea.pk for idea in decision.idees.all()], parents):
            waited = (decision.prise_le - said_on[pk]).days
            days[pk] = min(days.get(pk, waited), waited)
    return days


def _held_in_time(commitment: Any) -> bool:
    """Return whether it was reported held by its day; `told_at` is the time of its last event."""
    told_at = commitment.told_at
    return (
        commitment.etat == EtatEngagement.TENU
        and told_at is not None
        and day(told_at) <= commitment.pour_le
    )


def others_of(seance: Seance, *, on: date, among: QuerySet[Seance]) -> list[Bilan]:
    """Return the bilans of the latest other sessions of its organisation, the latest first."""
    rows = among.filter(organisation=seance.organisation_id, tenue_le__lte=on)
    return [bilan_of(row, on=on) for row in rows.exclude(pk=seance.pk)[:OTHERS_SHOWN]]
