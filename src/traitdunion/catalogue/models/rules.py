"""Rules that organisations write themselves, version by version."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

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
        choices=[(statut.value, statut.label) for statut in STATUTS],
        default=Statut.BROUILLON,
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="regles")
    content = models.JSONField("règle")
    cases = models.JSONField("cas d'essai", default=list, blank=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField("modifiée le")
    lue_le = models.DateField("source relue le", null=True, blank=True)

    class Meta:
        verbose_name = "règle"
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="regle_version_once"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(statut=Statut.BROUILLON), name="regle_one_draft"
            ),
            one_of("statut", [statut.value for statut in STATUTS], "regle_statut_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.nom}, version {self.version}"

    @property
    def nom(self) -> str:
        return str(self.content.get("nom") or self.name)

    @property
    def read_on(self) -> date:
        """Return the day its source was last read: that of its writing, unless noted since."""
        return max(timezone.localdate(self.at), self.lue_le or date.min)

    @property
    def document(self) -> dict[str, Any]:
        """Return the document, with what the row knows better."""
        return {**self.content, "regle": self.name, "version": self.version}
