"""Table of the testimonies: a person's own words, read by a moderator before anyone else."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from ..enums import EtatTemoignage, Public, Signature, Support, Usage, is_known
from .speakers import Consentement, Intervenant

MAX_WORDS = 1500
"""Signs of a testimony."""


class TemoignageQuerySet(models.QuerySet["Temoignage"]):
    """Adjectives of testimonies."""

    def published(self, on: date) -> "TemoignageQuerySet":
        """Keep those that everybody may read on a day: accepted, consented to, not ended."""
        agreed = _agreed(on, Usage.TEMOIGNAGE)
        return self.filter(Exists(agreed), etat=EtatTemoignage.PUBLIE, expire_le__gte=on)

    def with_names(self, on: date) -> "TemoignageQuerySet":
        """Add `is_named`: the person signs with the chosen name, and still consents to it."""
        signed = Q(signature=Signature.NOM) & Exists(_agreed(on, Usage.NOM))
        return self.annotate(is_named=models.ExpressionWrapper(signed, models.BooleanField()))


def _agreed(on: date, usage: Usage) -> models.QuerySet[Consentement]:
    """Return the consents of the author to be read by everybody on the site."""
    return Consentement.objects.in_force(on).filter(
        intervenant=OuterRef("intervenant"), usage=usage, public=Public.TOUS, support=Support.SITE
    )


class Temoignage(models.Model):
    """The testimony of a speaker, in their words; the row is deleted once withdrawn or ended.

    `metier`: the occupation it is about; `motif`: why a moderator refused it, for its author.
    """

    intervenant = models.ForeignKey(Intervenant, models.CASCADE, related_name="temoignages")
    texte = models.TextField("témoignage", max_length=MAX_WORDS)
    metier = models.CharField("métier", max_length=100, blank=True)
    signature = models.CharField("signature", max_length=10, choices=Signature)
    etat = models.CharField(
        "état", max_length=10, choices=EtatTemoignage, default=EtatTemoignage.ATTENTE
    )
    ecrit_le = models.DateTimeField("écrit le")
    expire_le = models.DateField("jusqu'au")
    relu_le = models.DateTimeField("relu le", null=True, blank=True)
    relu_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    motif = models.CharField("motif du refus", max_length=200, blank=True)

    objects = TemoignageQuerySet.as_manager()

    class Meta:
        verbose_name = "témoignage"
        ordering = ["-ecrit_le", "-pk"]
        constraints = [
            is_known("etat", EtatTemoignage.values, "temoignage_etat_is_known"),
            is_known("signature", Signature.values, "temoignage_signature_is_known"),
            models.CheckConstraint(
                condition=Q(etat=EtatTemoignage.ATTENTE, relu_le=None)
                | (~Q(etat=EtatTemoignage.ATTENTE) & Q(relu_le__isnull=False)),
                name="temoignage_shown_once_it_was_read",
            ),
            models.CheckConstraint(
                condition=(Q(etat=EtatTemoignage.REFUSE) & ~Q(motif=""))
                | (~Q(etat=EtatTemoignage.REFUSE) & Q(motif="")),
                name="temoignage_refused_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"témoignage n° {self.pk}"

    @property
    def journal_label(self) -> str:
        """Return how the journal names the row, without the person."""
        return str(self)
