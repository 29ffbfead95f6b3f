"""Table of the conventions between organisations: a dated access of one to what another keeps."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from traitdunion.accounts.models import Organisation

from ..enums import Acces, is_known


class ConventionQuerySet(models.QuerySet["Convention"]):
    """Adjectives of conventions."""

    def in_force(self, on: date) -> "ConventionQuerySet":
        """Keep those that give access on a day: begun, not ended, not closed before their end."""
        rows = self.filter(debut_le__lte=on, fin_le__gte=on)
        return rows.filter(Q(close_le=None) | Q(close_le__gt=on))


class Convention(models.Model):
    """What an organisation (`de`) lets another (`vers`) read, from a day to a day, both included.

    `reference`: of the signed paper. `close_le`: day from which it gives no access any more, before
    its end. Written once: a change is another convention.
    """

    de = models.ForeignKey(Organisation, models.PROTECT, related_name="conventions_donnees")
    vers = models.ForeignKey(Organisation, models.PROTECT, related_name="conventions_recues")
    acces = models.CharField("ce qu'elle ouvre", max_length=10, choices=Acces)
    reference = models.CharField("référence du texte signé", max_length=60)
    debut_le = models.DateField("à partir du")
    fin_le = models.DateField("jusqu'au")
    ecrite_le = models.DateTimeField("inscrite le")
    ecrite_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    close_le = models.DateField("close le", null=True, blank=True)

    objects = ConventionQuerySet.as_manager()

    class Meta:
        verbose_name = "convention entre organisations"
        verbose_name_plural = "conventions entre organisations"
        ordering = ["-fin_le", "-pk"]
        constraints = [
            is_known("acces", Acces.values, "convention_acces_is_known"),
            models.CheckConstraint(
                condition=Q(fin_le__gte=F("debut_le")), name="convention_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=~Q(de=F("vers")), name="convention_between_two"),
        ]

    def __str__(self) -> str:
        return f"convention {self.reference}"
