"""The bilan of a session: who came, what was retained, what people thought, what became of it.

Every figure is counted from the records of the session; none is typed.
"""

from dataclasses import dataclass
from datetime import date
from statistics import median

from .attendance import present_by
from .enums import ENGAGEMENT_CONFIRMED, EtatEngagement, ResultatDecision
from .evaluation import Evaluation, Share, evaluation_of
from .models import Action, Engagement, Idee, Seance
from .models.guests import GroupePresence
from .queries import ancestors, day


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
    days: dict[int, int] = {}
    for decision in seance.decisions.prefetch_related("idees"):
        for idea in decision.idees.all():
            for one in (idea, *ancestors(idea)):
                waited = (decision.prise_le - day(one.dite_le)).days
                days[one.pk] = min(days.get(one.pk, waited), waited)
    first = Idee.objects.filter(axe__seance=seance, origines=None).values_list("pk", flat=True)
    said = set(first)
    waits = [n for pk, n in days.items() if pk in said]
    due = Engagement.objects.filter(
        action__axe__seance=seance, etat__in=ENGAGEMENT_CONFIRMED, pour_le__lte=on
    )
    in_time = sum(_held_in_time(one) for one in due)
    return Cooperation(
        answered=Share(len(waits), len(said)) if said else None,
        held_in_time=Share(in_time, len(due)) if due else None,
        median_days=median(waits) if waits else None,
    )


def _held_in_time(commitment: Engagement) -> bool:
    """Whether it was told as held by its day."""
    if commitment.etat != EtatEngagement.TENU:
        return False
    told = commitment.evenements.order_by("at", "pk").last()
    return told is not None and day(told.at) <= commitment.pour_le


def others_of(seance: Seance, *, on: date) -> list[Bilan]:
    """The bilans of the other sessions of its organisation, the latest first."""
    rows = Seance.objects.filter(organisation=seance.organisation_id, tenue_le__lte=on)
    return [bilan_of(row, on=on) for row in rows.exclude(pk=seance.pk)]
