"""The ledger: entries of two lines or more, balanced, never changed.

The database itself refuses to change, remove or unbalance them (`triggers.py`). The lines of an
entry are written before it; once the entry stands, no line is added. Amounts are whole cents.
"""

import uuid

from django.db import models
from django.db.models import F, Q

from traitdunion.accounts.models import Organisation

from ..enums import NatureEcriture, Section
from .leases import Bail


class Ecriture(models.Model):
    """An entry of the ledger of an organisation, numbered without a gap."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    numero = models.PositiveIntegerField("numéro")
    le = models.DateField("date")
    nature = models.CharField("nature", max_length=16, choices=NatureEcriture.choices)
    section = models.CharField("section", max_length=6, choices=Section.choices)
    libelle = models.CharField("libellé", max_length=200)
    piece = models.CharField("pièce", max_length=100, blank=True)
    annule = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="annulations"
    )
    ecrite_le = models.DateTimeField("écrite le")

    class Meta:
        verbose_name = "écriture"
        ordering = ["organisation", "numero"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "numero"], name="ecriture_number_once"),
            models.CheckConstraint(
                condition=Q(nature__in=NatureEcriture.values), name="ecriture_nature_is_known"
            ),
            models.CheckConstraint(
                condition=Q(section__in=Section.values), name="ecriture_section_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.numero} {self.libelle}"


class Ligne(models.Model):
    """A debit or a credit of an account; `echeance`: day a sum asked is due, for its month."""

    ecriture = models.ForeignKey(Ecriture, models.PROTECT, related_name="lignes")
    compte = models.CharField("compte", max_length=10)
    debit = models.BigIntegerField("débit, centimes", default=0)
    credit = models.BigIntegerField("crédit, centimes", default=0)
    bail = models.ForeignKey(Bail, models.PROTECT, null=True, blank=True, related_name="lignes")
    echeance = models.DateField("échéance", null=True, blank=True)
    mois = models.DateField("mois", null=True, blank=True)

    class Meta:
        verbose_name = "ligne d'écriture"
        verbose_name_plural = "lignes d'écriture"
        ordering = ["ecriture", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0)),
                name="ligne_debit_or_credit",
            ),
        ]
        indexes = [models.Index(F("bail"), F("compte"), name="ligne_by_lease")]

    def __str__(self) -> str:
        return f"{self.compte} {self.debit or -self.credit}"
