"""Plans taken from spreadsheets into a roadmap."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from ..enums import Visibilite
from .sessions import Axe, Seance, is_known


class ImportPlan(models.Model):
    """A workbook read into a roadmap; nothing of it is there until it is applied.

    `visibilite`: who reads what it would change; what it wrote is seen with the roadmap.

    The file is kept until then, no longer. `colonnes` holds, for each sheet, the meaning of its
    columns where a user corrected it. `ecrit` holds what was written, so that it can be taken back:
    the keys of axes, actions and events.
    """

    seance = models.ForeignKey(Seance, models.CASCADE, related_name="plans")
    nom = models.CharField("nom du fichier", max_length=150)
    fichier = models.BinaryField("fichier", null=True)
    colonnes: Any = models.JSONField("colonnes", default=dict)
    axe = models.ForeignKey(Axe, models.SET_NULL, null=True, blank=True, related_name="+")
    lu_le = models.DateTimeField("lu le")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    applique_le = models.DateTimeField("appliqué le", null=True)
    annule_le = models.DateTimeField("annulé le", null=True)
    ecrit: Any = models.JSONField("ce qui a été écrit", default=dict)
    visibilite = models.CharField(
        "qui voit le plan", max_length=12, choices=Visibilite, default=Visibilite.PRIVEE
    )

    class Meta:
        verbose_name = "plan importé"
        verbose_name_plural = "plans importés"
        ordering = ["-lu_le"]
        constraints = [
            is_known("visibilite", Visibilite.values, "import_plan_visibilite_is_known"),
            models.CheckConstraint(
                condition=Q(applique_le=None, annule_le=None)
                | Q(applique_le__isnull=False, fichier=None),
                name="import_plan_keeps_its_file_until_applied",
            ),
        ]

    def __str__(self) -> str:
        return self.nom
