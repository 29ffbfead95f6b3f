"""Table of the follow-up: what an employer declares of those it hired, in counts only."""

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q

from .clubs import EngagementEmployeur

DAYS = (90, 180, 365)


class BilanCohorte(models.Model):
    """Those hired in a quarter, and how many were still there 90, 180 and 365 days after its end.

    `trimestre`: its first day. `presents_*`: None where it is too early, or unknown. `motifs`:
    groups of reasons of departures, without a count.
    """

    engagement = models.ForeignKey(EngagementEmployeur, models.CASCADE, related_name="bilans")
    trimestre = models.DateField("trimestre")
    embauches = models.PositiveSmallIntegerField("embauches")
    presents_90 = models.PositiveSmallIntegerField("présents à 90 jours", null=True, blank=True)
    presents_180 = models.PositiveSmallIntegerField("présents à 180 jours", null=True, blank=True)
    presents_365 = models.PositiveSmallIntegerField("présents à 365 jours", null=True, blank=True)
    motifs: Any = models.JSONField("raisons de départ", default=list, blank=True)
    declare_le = models.DateTimeField("déclaré le")

    class Meta:
        verbose_name = "bilan d'embauches"
        verbose_name_plural = "bilans d'embauches"
        ordering = ["engagement", "trimestre"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "trimestre"], name="bilan_once_by_quarter"
            ),
            models.CheckConstraint(
                condition=(Q(presents_90=None) | Q(presents_90__lte=F("embauches")))
                & (Q(presents_180=None) | Q(presents_180__lte=F("embauches")))
                & (Q(presents_365=None) | Q(presents_365__lte=F("embauches"))),
                name="bilan_nobody_stays_who_was_not_hired",
            ),
        ]

    def __str__(self) -> str:
        return f"embauches du {quarter_label(self.trimestre)}"

    def present(self, days: int) -> int | None:
        """Return how many were still there after 90, 180 or 365 days; None where unknown."""
        counted: int | None = getattr(self, f"presents_{days}")
        return counted


def quarter_of(on: date) -> date:
    """Return the first day of the quarter of a day."""
    return date(on.year, 3 * ((on.month - 1) // 3) + 1, 1)


def quarter_end(first: date) -> date:
    """Return the last day of a quarter that begins on a day."""
    return quarter_of(first + timedelta(days=95)) - timedelta(days=1)


def quarter_label(first: date) -> str:
    """Return a quarter in French: « 1er trimestre 2026 »."""
    rank = (first.month + 2) // 3
    return f"{rank}{'er' if rank == 1 else 'e'} trimestre {first.year}"
