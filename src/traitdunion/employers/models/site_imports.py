"""Table of the files of sites: read, applied, taken back."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import Organisation


class ImportSites(models.Model):
    """A file of sites and shifts; nothing of it is there until it is applied.

    The file is kept until then, no longer. `ecrit`: each row written, before and after, so that it
    can be taken back.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="imports_de_sites")
    nom = models.CharField("nom du fichier", max_length=150)
    fichier = models.BinaryField("fichier", null=True)
    lu_le = models.DateTimeField("lu le")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    applique_le = models.DateTimeField("appliqué le", null=True)
    annule_le = models.DateTimeField("annulé le", null=True)
    ecrit: Any = models.JSONField("ce qui a été écrit", default=list)

    class Meta:
        verbose_name = "import de sites"
        verbose_name_plural = "imports de sites"
        ordering = ["-lu_le"]
        constraints = [
            models.CheckConstraint(
                condition=Q(applique_le=None, annule_le=None)
                | Q(applique_le__isnull=False, fichier=None),
                name="import_sites_keeps_its_file_until_applied",
            )
        ]

    def __str__(self) -> str:
        return self.nom
