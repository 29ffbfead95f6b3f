"""Tables of land: a parcel, how it is acquired, and the lines that pay for it. No owner is kept."""

from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import Organisation
from traitdunion.territory.models import Commune

from ..enums import EtatFinancement, EtatFoncier, ModeAcquisition
from .operations import Operation


class Parcelle(models.Model):
    """A parcel that an organisation looks at, negotiates or has acquired.

    `idu`: its fourteen signs. `mode`, `prix_centimes`, `contenance_m2`, `bati`: unknown where
    empty or None. `piece`: where the deed or the promise is kept.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="parcelles")
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+")
    idu = models.CharField("référence cadastrale", max_length=14)
    contenance_m2 = models.PositiveIntegerField("contenance (m²)", null=True, blank=True)
    bati = models.BooleanField("porte un bâtiment", null=True, blank=True)
    zone = models.CharField("zone du PLU", max_length=20, blank=True)
    operation = models.ForeignKey(
        Operation, models.SET_NULL, null=True, blank=True, related_name="parcelles"
    )
    mode = models.CharField(
        "mode d'acquisition", max_length=12, choices=ModeAcquisition.choices, blank=True
    )
    etat = models.CharField(
        "état", max_length=12, choices=EtatFoncier.choices, default=EtatFoncier.REPEREE
    )
    prix_centimes = models.PositiveBigIntegerField("prix", null=True, blank=True)
    acquise_le = models.DateField("acquise le", null=True, blank=True)
    piece = models.CharField("acte ou promesse", max_length=200, blank=True)

    class Meta:
        verbose_name = "parcelle"
        ordering = ["commune__nom", "idu"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "idu"], name="parcelle_once_by_organisation"
            ),
            models.CheckConstraint(
                condition=Q(etat__in=EtatFoncier.values), name="parcelle_etat_is_known"
            ),
            models.CheckConstraint(
                condition=Q(mode__in=["", *ModeAcquisition.values]), name="parcelle_mode_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatFoncier.ACQUISE)
                | (Q(acquise_le__isnull=False) & ~Q(mode="") & ~Q(piece="")),
                name="parcelle_acquired_has_its_deed",
            ),
        ]

    def __str__(self) -> str:
        return self.idu


class FinancementFoncier(models.Model):
    """A line that pays for a parcel; `piece`: the decision or the contract behind it."""

    parcelle = models.ForeignKey(Parcelle, models.CASCADE, related_name="financements")
    financeur = models.CharField("financeur", max_length=150)
    montant_centimes = models.PositiveBigIntegerField("montant")
    etat = models.CharField("état", max_length=10, choices=EtatFinancement.choices)
    piece = models.CharField("décision ou contrat", max_length=200, blank=True)

    class Meta:
        verbose_name = "financement du foncier"
        verbose_name_plural = "financements du foncier"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(etat__in=EtatFinancement.values), name="financement_etat_is_known"
            ),
            models.CheckConstraint(
                condition=Q(etat=EtatFinancement.DEMANDE) | ~Q(piece=""),
                name="financement_granted_has_its_decision",
            ),
        ]

    def __str__(self) -> str:
        return self.financeur
