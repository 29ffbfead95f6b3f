"""Rules that organisations write themselves, version by version."""

from typing import Any

from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import Organisation, User

from ..enums import Statut
from .solutions import one_of

STATUTS = (Statut.BROUILLON, Statut.PUBLIE, Statut.ARCHIVE)


class Regle(models.Model):
    """A version of a rule, whole, shaped like a file of `data/rules`; published, it is not changed.

    One draft at most of each name.
    """

    name = models.SlugField("identifiant", max_length=60)
    version = models.PositiveSmallIntegerField("version", default=1)
    statut = models.CharField(
        "statut",
        max_length=10,
        choices=[(one.value, one.label) for one in STATUTS],
        default=Statut.BROUILLON,
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="regles")
    content = models.JSONField("règle")
    cases = models.JSONField("cas d'essai", default=list, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField("modifiée le")

    class Meta:
        verbose_name = "règle"
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="regle_version_once"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(statut=Statut.BROUILLON), name="regle_one_draft"
            ),
            one_of("statut", [one.value for one in STATUTS], "regle_statut_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.nom}, version {self.version}"

    @property
    def nom(self) -> str:
        return str(self.content.get("nom") or self.name)

    @property
    def document(self) -> dict[str, Any]:
        """The document, with what the row knows better."""
        return {**self.content, "regle": self.name, "version": self.version}
