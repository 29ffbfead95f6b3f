"""Table of the self-diagnoses of a site: its answers on a day, with no one's name."""

from typing import Any

from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import Organisation
from traitdunion.territory.models import Site


class DiagnosticSite(models.Model):
    """What a site answered on a day. `reponses`: by question; a question left out is unknown.

    `version`: of the questionnaire; answers to two versions are not compared.
    """

    site = models.ForeignKey(Site, models.CASCADE, related_name="diagnostics")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    fait_le = models.DateField("fait le")
    version = models.CharField("version du questionnaire", max_length=10)
    reponses: Any = models.JSONField("réponses", default=dict)

    class Meta:
        verbose_name = "diagnostic d'un site"
        verbose_name_plural = "diagnostics d'un site"
        ordering = ["site", "-fait_le"]
        constraints = [
            models.UniqueConstraint(fields=["site", "fait_le"], name="diagnostic_once_a_day"),
            models.CheckConstraint(condition=~Q(version=""), name="diagnostic_has_a_version"),
        ]

    def __str__(self) -> str:
        return f"diagnostic de {self.site}, {self.fait_le:%d/%m/%Y}"
