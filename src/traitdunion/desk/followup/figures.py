"""Figures of the follow-up for those who steer: counts and delays, nobody in them.

Nothing is told of fewer than eleven: a count from one to ten is withheld.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.db.models.functions import Coalesce

from traitdunion.accounts.models import Organisation

from ..enums import MotifRefus, Servi, StatutOrientation
from ..models import CheckPoint, Orientation, Parcours

FEWEST = 11
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Figures:
    """`funnel`: each step and its count; `days`: median and ninth decile from sending to answer.

    A count or a delay is None where it is withheld.
    """

    funnel: list[tuple[str, int | None]]
    reasons: list[tuple[str, int | None]]
    days: tuple[float, float] | None


def figures_of(organisation: Organisation) -> Figures:
    """Figures of all the files of an organisation, anonymised ones included."""
    parcours = Parcours.objects.filter(organisation=organisation)
    rows = Orientation.objects.filter(parcours__in=parcours)
    points = CheckPoint.objects.filter(orientation__in=rows)
    steps = {
        "Parcours ouverts": parcours,
        "Orientations envoyées": rows.exclude(sent_at=None),
        "Sur liste d'attente": rows.on_waiting_list(),
        "Retirées": rows.filter(statut=StatutOrientation.RETIREE),
        "Sans réponse au bout de trente jours": rows.filter(statut=StatutOrientation.EXPIREE),
        "Refusées": rows.filter(statut=StatutOrientation.REFUSEE),
        "Acceptées": rows.filter(statut=StatutOrientation.ACCEPTEE),
        "Commencées": rows.exclude(started_on=None),
        "Encore servies à trois mois": points.filter(month=3, servi=Servi.OUI),
        "En emploi à trois mois": points.filter(month=3, en_emploi=True),
    }
    motifs = Counter(rows.exclude(motif="").values_list("motif", flat=True))
    waits = [
        (answered - sent) / DAY
        for sent, answered in rows.exclude(sent_at=None)
        .annotate(first=Coalesce("listed_at", "answered_at"))
        .exclude(first=None)
        .values_list("sent_at", "first")
    ]
    return Figures(
        [(label, shown(found.count())) for label, found in steps.items()],
        [(MotifRefus(motif).label, shown(n)) for motif, n in motifs.most_common()],
        (decile(waits, 5), decile(waits, 9)) if len(waits) >= FEWEST else None,
    )


def shown(count: int) -> int | None:
    """A count, or None where it is withheld."""
    return None if 0 < count < FEWEST else count


def shown_parts(parts: Sequence[int]) -> list[int | None]:
    """Parts of a total that is told beside them: what the others would give back is withheld too.

    At least two parts are withheld, or none, and those withheld come to eleven or more together;
    where that cannot be, all are.
    """
    hidden = {place for place, count in enumerate(parts) if 0 < count < FEWEST}
    while hidden and (len(hidden) == 1 or sum(parts[place] for place in hidden) < FEWEST):
        others = [place for place, count in enumerate(parts) if count and place not in hidden]
        if not others:
            return [None] * len(parts)
        hidden.add(min(others, key=parts.__getitem__))
    return [None if place in hidden else count for place, count in enumerate(parts)]


def decile(values: Sequence[float], tenths: int) -> float:
    """Smallest value that at least so many tenths of them do not pass (nearest rank)."""
    return sorted(values)[ceil(len(values) * tenths / 10) - 1]
