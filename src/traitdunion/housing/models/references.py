"""Dated references: a row is never edited; a newer one for the same key and day replaces it."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import Organisation, User

from ..enums import Confiance, NatureReference


class Reference(models.Model):
    """A value of law or of a market, from a day on. The database refuses to change or remove it.

    `valeur` is text: a zone, or a figure whose digits are kept.
    """

    nature = models.CharField("nature", max_length=20, choices=NatureReference.choices)
    cle = models.CharField("commune, zone, catégorie ou trimestre", max_length=20, blank=True)
    depuis = models.DateField("vaut depuis le")
    valeur = models.CharField("valeur", max_length=20)
    source = models.CharField("source", max_length=300)
    confiance = models.CharField("confiance", max_length=12, choices=Confiance.choices)
    note = models.CharField("note", max_length=300, blank=True)
    ecrite_le = models.DateTimeField("écrite le")

    class Meta:
        verbose_name = "référence datée"
        verbose_name_plural = "références datées"
        ordering = ["nature", "cle", "-depuis", "-pk"]
        indexes = [models.Index(fields=["nature", "cle", "depuis"], name="reference_by_key")]
        constraints = [
            models.CheckConstraint(
                condition=Q(nature__in=NatureReference.values), name="reference_nature_is_known"
            ),
            models.CheckConstraint(
                condition=Q(confiance__in=Confiance.values), name="reference_confiance_is_known"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="reference_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.cle} : {self.valeur}"

    @property
    def figure(self) -> Decimal:
        return Decimal(self.valeur)


class Verification(models.Model):
    """A row checked by an administrator of an organisation, against a source they read."""

    reference = models.ForeignKey(Reference, models.PROTECT, related_name="verifications")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    par = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    source = models.CharField("source lue", max_length=300)
    le = models.DateTimeField("vérifiée le")

    class Meta:
        verbose_name = "vérification"
        ordering = ["-le"]
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "organisation"], name="verification_once_by_organisation"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="verification_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} vérifiée"
