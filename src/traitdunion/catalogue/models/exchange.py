"""Files taken in: what they hold, what was decided, and what must be put back to undo them."""

from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import Organisation, User

from ..enums import EtatImport, FormatFichier
from .solutions import one_of


class Import(models.Model):
    """A file read and checked; nothing of it is in the catalogue until it is applied.

    `content` holds the documents read; before, the address to read ("url"), why it could not be
    ("problems"), or the rows of a spreadsheet whose columns are not matched yet ("table"). `undo`
    holds, once applied, for each row written its values before (null for a row that was created)
    and the version it was given.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="imports")
    format = models.CharField("format", max_length=20, choices=FormatFichier)
    nom = models.CharField("nom du fichier", max_length=150)
    content = models.JSONField("fiches lues")
    etat = models.CharField("état", max_length=10, choices=EtatImport, default=EtatImport.PREPARE)
    undo = models.JSONField("avant", default=dict)
    at = models.DateTimeField("lu le")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    applied_at = models.DateTimeField("appliqué le", null=True)

    class Meta:
        verbose_name = "import"
        ordering = ["-at"]
        constraints = [
            one_of("format", FormatFichier.values, "import_format_is_known"),
            models.CheckConstraint(
                condition=Q(etat__in=["attendu", "echec", "colonnes", "prepare"], applied_at=None)
                | Q(etat__in=["applique", "annule"], applied_at__isnull=False),
                name="import_applied_when_it_is",
            ),
        ]

    def __str__(self) -> str:
        return self.nom


class ColonneAssociee(models.Model):
    """Which of our columns an organisation's spreadsheet means by a heading.

    `entete` is the heading without case nor accents; `colonne` is empty where it is left out.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="colonnes_associees"
    )
    entete = models.CharField("en-tête", max_length=120)
    colonne = models.CharField("colonne du catalogue", max_length=60, blank=True)

    class Meta:
        verbose_name = "colonne associée"
        verbose_name_plural = "colonnes associées"
        ordering = ["entete"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "entete"], name="colonne_matched_once"),
        ]

    def __str__(self) -> str:
        return f"{self.entete} : {self.colonne or 'laissée de côté'}"
