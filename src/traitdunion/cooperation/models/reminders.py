"""Messages that ask how an action goes: to one named person, answered without an account."""

from django.db import models
from django.db.models import F, Q

from .roadmap import Action


class Relance(models.Model):
    """An action asked about on a day; those of one message share its secret.

    Only the SHA-256 of the secret is kept. One is open at a time for an action: what is not
    answered is closed when the next leaves.
    """

    action = models.ForeignKey(Action, models.CASCADE, related_name="relances")
    adresse = models.EmailField("adresse")
    empreinte = models.CharField("empreinte", max_length=64, db_index=True)
    envoyee_le = models.DateTimeField("envoyée le")
    fermee_le = models.DateTimeField("fermée le", null=True, blank=True)

    class Meta:
        verbose_name = "relance"
        ordering = ["envoyee_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["action"], condition=Q(fermee_le=None), name="relance_one_open"
            ),
            models.CheckConstraint(
                condition=Q(fermee_le=None) | Q(fermee_le__gte=F("envoyee_le")),
                name="relance_closed_after",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} : {self.envoyee_le:%d/%m/%Y}"
