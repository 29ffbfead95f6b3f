"""Figures of the follow-up for those who steer: counts and delays, naming no person.

The page is read while people move from one state to the next: every count is published by steps of
eleven, and what a subtraction could give back is hidden with the small counts.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from traitdunion.accounts.models import Organisation
from traitdunion.disclosure import K, Table, publish, stepped

from ..enums import MotifRefus, Servi, StatutOrientation
from ..models import CheckPoint, Orientation, Parcours

DAY = timedelta(days=1)
STATES = {
    StatutOrientation.OUVERTE: "Sans réponse pour l'instant",
    StatutOrientation.EN_ATTENTE: "Sur liste d'attente",
    StatutOrientation.RETIREE: "Retirées",
    StatutOrientation.EXPIREE: "Sans réponse au bout de trente jours",
    StatutOrientation.REFUSEE: "Refusées",
    StatutOrientation.ACCEPTEE: "Acceptées",
}
"""What is said of the orientations sent, by the state in which they are."""
FILES, SENT, STARTED = "Parcours ouverts", "Orientations envoyées", "Commencées"
SERVED, IN_A_JOB = "Encore servies à trois mois", "En emploi à trois mois"


@dataclass(frozen=True)
class Figures:
    """What may be shown: each count is the multiple of eleven below it, None where it is hidden.

    funnel: each step and its count. reasons: refusals by reason, those hidden left out.
    days: median and ninth decile from sending to first answer.
    """

    funnel: list[tuple[str, int | None]]
    reasons: list[tuple[str, int | None]]
    any_reason_hidden: bool
    days: tuple[float, float] | None


def figures_of(organisation: Organisation) -> Figures:
    """Return the figures of all the files of an organisation, anonymised ones included."""
    rows = Orientation.objects.filter(parcours__organisation=organisation).exclude(sent_at=None)
    return figures_over(rows, Parcours.objects.filter(organisation=organisation).count())


def figures_over(rows: QuerySet[Orientation], n_files: int) -> Figures:
    """Return the figures of orientations that were sent, and of so many files."""
    shown = publish(table_of(rows, n_files))
    motifs = [label for motif, label in MotifRefus.choices if shown.get(("motif", motif))]
    by_reason = {label: shown["motif", motif] for motif, label in MotifRefus.choices}
    waits = _first_waits(rows)
    return Figures(
        funnel=[(name, shown[name]) for name in (FILES, SENT, *STATES.values(), STARTED)]
        + [(name, shown[name]) for name in (SERVED, IN_A_JOB)],
        reasons=sorted(
            ((label, by_reason[label]) for label in motifs), key=lambda pair: -(pair[1] or 0)
        ),
        # True of no refusal too: the first would show as the difference between two readings.
        any_reason_hidden=None in by_reason.values(),
        days=(decile(waits, 5), decile(waits, 9)) if waits else None,
    )


def table_of(rows: QuerySet[Orientation], n_files: int) -> Table:
    """Return every count of the page, and the sums that a reader may write between them.

    Cells named ("rest", …) are never shown: they are what a subtraction would give.
    """
    by_state = Counter(rows.values_list("statut", flat=True))
    motifs = Counter(rows.exclude(motif="").values_list("motif", flat=True))
    points = CheckPoint.objects.filter(orientation__in=rows, month=3)
    n_started = rows.exclude(started_on=None).count()
    cells = {
        FILES: n_files,
        SENT: sum(by_state[state] for state in STATES),
        **{name: by_state[state] for state, name in STATES.items()},
        **{("motif", motif): motifs[motif] for motif in MotifRefus.values},
        STARTED: n_started,
        SERVED: points.filter(servi=Servi.OUI).count(),
        IN_A_JOB: points.filter(en_emploi=True).count(),
    }
    sums: list[tuple[object, Sequence[object]]] = [
        (SENT, tuple(STATES.values())),
        (
            STATES[StatutOrientation.REFUSEE],
            tuple(("motif", motif) for motif in MotifRefus.values),
        ),
    ]
    wholes = {STARTED: STATES[StatutOrientation.ACCEPTEE], SERVED: STARTED, IN_A_JOB: STARTED}
    for part, whole in wholes.items():
        cells["rest", part] = cells[whole] - cells[part]
        sums.append((whole, (part, ("rest", part))))
    return Table(cells, sums, step=K)


def _first_waits(rows: QuerySet[Orientation]) -> list[float]:
    """Return days from sending to first answer, of the first answers by steps of eleven."""
    first = Coalesce("listed_at", "answered_at")
    answered = rows.annotate(first=first).exclude(first=None).order_by("first", "pk")
    waits = [(end - sent) / DAY for sent, end in answered.values_list("sent_at", "first")]
    return waits[: stepped(len(waits))]


def decile(values: Sequence[float], tenths: int) -> float:
    """Return the smallest value that at least so many tenths do not exceed (nearest rank)."""
    return sorted(values)[ceil(len(values) * tenths / 10) - 1]
