"""What happens to a lease outside a resale: a death, its end, an operator's sale, its follow-up."""

from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import User

from ..enums import NatureFait
from .leases import Bail


class FaitBail(models.Model):
    """An event of a lease, with its proof; never changed nor removed. No proof, no date."""

    bail = models.ForeignKey(Bail, models.PROTECT, related_name="faits")
    nature = models.CharField("événement", max_length=24, choices=NatureFait.choices)
    le = models.DateField("date")
    preuve = models.CharField("preuve", max_length=200)
    regles = models.CharField("version des délais", max_length=64)
    par = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    ecrit_le = models.DateTimeField("écrit le")

    class Meta:
        verbose_name = "événement d'un bail"
        verbose_name_plural = "événements d'un bail"
        ordering = ["bail", "le", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(nature__in=NatureFait.values), name="fait_nature_is_known"
            ),
            models.CheckConstraint(condition=~Q(preuve=""), name="fait_has_a_proof"),
            models.UniqueConstraint(fields=["bail", "nature", "le"], name="fait_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} le {self.le}"
