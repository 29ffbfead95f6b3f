"""Direct debits: the creditor and the mandates; bank details of households are sealed."""

from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import Organisation

from ..enums import SchemaSepa
from .leases import Bail


class Creancier(models.Model):
    """The creditor of an organisation, as its bank knows it. `ics`: SEPA creditor identifier."""

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, primary_key=True, related_name="creancier_ofs"
    )
    nom = models.CharField("nom du créancier", max_length=70)
    ics = models.CharField("identifiant créancier SEPA (ICS)", max_length=35)
    iban = models.CharField("IBAN du compte", max_length=34)
    schema = models.CharField(
        "format", max_length=20, choices=SchemaSepa.choices, default=SchemaSepa.V08
    )

    class Meta:
        verbose_name = "créancier"

    def __str__(self) -> str:
        return self.nom


class Mandat(models.Model):
    """A mandate of direct debit of a lease; `iban` is sealed. `rum`: its unique reference."""

    sealed_columns = ("iban",)

    bail = models.ForeignKey(Bail, models.PROTECT, related_name="mandats")
    rum = models.CharField("référence unique du mandat", max_length=35)
    titulaire = models.CharField("titulaire du compte", max_length=70, blank=True)
    iban = models.TextField("IBAN scellé", blank=True)
    signe_le = models.DateField("signé le")
    revoque_le = models.DateField("révoqué le", null=True, blank=True)

    class Meta:
        verbose_name = "mandat de prélèvement"
        verbose_name_plural = "mandats de prélèvement"
        ordering = ["bail", "-signe_le", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["rum"], name="mandat_reference_once"),
            models.UniqueConstraint(
                fields=["bail"], condition=Q(revoque_le=None), name="mandat_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"mandat {self.rum}"
