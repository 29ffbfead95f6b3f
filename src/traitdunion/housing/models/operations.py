"""Operations studied, and each version of their balance."""

from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import Organisation, User
from traitdunion.territory.models import Commune

from ..enums import NatureOperation


class Operation(models.Model):
    """A programme of homes in a commune."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="operations_ofs")
    nom = models.CharField("nom", max_length=120)
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+")
    nature = models.CharField("nature", max_length=16, choices=NatureOperation.choices)
    demonstration = models.BooleanField("opération de démonstration", default=False)
    creee_le = models.DateTimeField("créée le")

    class Meta:
        verbose_name = "opération"
        ordering = ["-creee_le", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(nature__in=NatureOperation.values), name="operation_nature_is_known"
            ),
            models.UniqueConstraint(
                fields=["organisation", "nom"], name="operation_name_once_by_organisation"
            ),
        ]

    def __str__(self) -> str:
        return self.nom


class Bilan(models.Model):
    """A version of the balance of an operation; `hypotheses`: its inputs, figures as text."""

    operation = models.ForeignKey(Operation, models.CASCADE, related_name="bilans")
    version = models.PositiveSmallIntegerField("version")
    hypotheses = models.JSONField("hypothèses")
    par = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    le = models.DateTimeField("écrit le")

    class Meta:
        verbose_name = "bilan"
        ordering = ["operation", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["operation", "version"], name="bilan_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.operation}, version {self.version}"
