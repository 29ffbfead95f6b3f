"""What became of those proposed to a structure, all desks together, as a reader may see it.

One quarter is published, the last whose every start was three months ago: each quarter is another
set of people, and no table overlaps another. Its counts still move, so they go by steps of eleven.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.cache import caches

from traitdunion import french
from traitdunion.desk.enums import StatutRendezVous
from traitdunion.desk.followup.figures import Figures, figures_over
from traitdunion.desk.models import Orientation, Parcours, RendezVous
from traitdunion.desk.unmet import last_quarter
from traitdunion.disclosure import K, publish
from traitdunion.disclosure.tables import TOTAL, of_parts

KEPT_S = 3_600
KEPT, MISSED = "Rendez-vous honorés", "Rendez-vous manqués"


@dataclass(frozen=True)
class Followup:
    """The follow-up of a quarter: `appointments` are (name, count), None where hidden."""

    first: date
    last: date
    figures: Figures
    appointments: list[tuple[str, int | None]]

    @property
    def has_numbers(self) -> bool:
        """Return whether any count may be shown."""
        counts = [*self.figures.funnel, *self.appointments]
        return any(n is not None for _, n in counts)

    @property
    def first_words(self) -> str:
        """Return the first day in words."""
        return french.day(self.first)

    @property
    def last_words(self) -> str:
        """Return the last day in words."""
        return french.day(self.last)


def followed_quarter(on: date) -> tuple[date, date]:
    """Return the first and last day of the quarter before the last one that has ended."""
    return last_quarter(last_quarter(on)[0])


def followup_of(first: date, last: date) -> Followup:
    """Return what became of the orientations sent between two days, demonstration aside."""
    key = f"observatory-followup:{first}:{last}"
    kept: Followup | None = caches["memory"].get(key)
    if kept is None:
        kept = _counted(first, last)
        caches["memory"].set(key, kept, KEPT_S)
    return kept


def _counted(first: date, last: date) -> Followup:
    days = (first, last + timedelta(days=1))
    real = {"parcours__organisation__demonstration": False}
    sent = Orientation.objects.filter(sent_at__date__gte=days[0], sent_at__date__lt=days[1], **real)
    files = Parcours.objects.filter(
        opened_at__date__gte=days[0], opened_at__date__lt=days[1], organisation__demonstration=False
    )
    met = RendezVous.objects.filter(
        starts_at__date__gte=days[0], starts_at__date__lt=days[1], **real
    )
    counts = Counter(met.values_list("statut", flat=True))
    parts = {KEPT: counts[StatutRendezVous.HONORE], MISSED: counts[StatutRendezVous.ABSENT]}
    shown = publish(of_parts(parts, total=TOTAL, step=K))
    return Followup(
        first, last, figures_over(sent, files.count()), [(name, shown[name]) for name in parts]
    )
