"""Forms that write a lease: sign, amend, works, payment, mandate, resale, creditor."""

from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from django import forms

from traitdunion.french import day, euros
from traitdunion.territory.models import Commune

from ..enums import NatureBail, NatureFait, NatureReference, SchemaSepa
from ..households.forms import AmountField, communes_named
from ..ledger.accounts import euros_of
from ..models import Ecriture, Ligne, VersionBail
from ..models.leases import INDICES
from .operations import LeasedHome, LeaseTerms

QUARTER = r"^\d{4}T[1-4]$"


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _euros(label: str, *, required: bool = True, low: str = "0") -> AmountField:
    return AmountField(
        label=label, required=required, min_value=Decimal(low), max_value=Decimal(5_000_000),
        max_digits=10, decimal_places=2, localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip


def _whole(label: str, low: int, high: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=low, max_value=high,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip


class IndexedForm(forms.Form):
    """The terms that an amendment may change."""

    redevance = _euros("Redevance par mois, €")
    plancher = _euros("Plancher de la redevance, €", required=False)
    indice = forms.ChoiceField(
        label="Indice de révision", choices=[(i.value, i.label) for i in INDICES]
    )
    indice_base = forms.RegexField(
        label="Trimestre de l'indice", regex=QUARTER, max_length=6, help_text="Ex. : 2026T1."
    )


class LeaseForm(IndexedForm):
    """A lease to sign."""

    field_order = (
        "numero", "nature", "logement", "commune", "surface_utile", "preneur", "signe_le",
        "duree_ans", "prix",
    )  # fmt: skip
    numero = forms.CharField(label="Numéro du bail", max_length=20)
    nature = forms.ChoiceField(label="Nature", choices=NatureBail.choices)
    logement = forms.CharField(label="Logement", max_length=150)
    commune = forms.CharField(label="Commune", max_length=80, help_text="Nom ou code Insee.")
    surface_utile = AmountField(
        label="Surface utile, m²", min_value=Decimal(9), max_value=Decimal(2_000), max_digits=7,
        decimal_places=2, localize=True, widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    preneur = forms.CharField(label="Preneur", max_length=100)
    signe_le = _day("Signé le")
    duree_ans = _whole("Durée, ans", 18, 99)
    prix = _euros("Prix d'acquisition, €")

    def clean_commune(self) -> Commune:
        rows = communes_named(self.cleaned_data["commune"])
        if len(rows) != 1:
            raise forms.ValidationError("Écrivez une seule commune.")
        return rows[0]

    @property
    def home(self) -> LeasedHome:
        return LeasedHome(**self._part(LeasedHome))

    @property
    def terms(self) -> LeaseTerms:
        return LeaseTerms(**self._part(LeaseTerms))

    def _part(self, group: type[LeasedHome | LeaseTerms]) -> dict[str, Any]:
        return {field.name: self.cleaned_data[field.name] for field in fields(group)}

    def clean_nature(self) -> NatureBail:
        return NatureBail(self.cleaned_data["nature"])

    def clean_indice(self) -> NatureReference:
        return NatureReference(self.cleaned_data["indice"])


class AmendmentForm(IndexedForm):
    """An amendment: the version in force, duplicated, with what changes."""

    depuis = _day("Prend effet le")
    motif = forms.CharField(label="Ce que change l'avenant", max_length=200)


def amendment_of(version: VersionBail | None) -> dict[str, object]:
    """Return the terms in force, to fill the form of an amendment."""
    if version is None:
        return {}
    plancher = version.plancher_centimes
    return {
        "redevance": Decimal(version.redevance_centimes).scaleb(-2),
        "plancher": None if plancher is None else Decimal(plancher).scaleb(-2),
        "indice": version.indice,
        "indice_base": version.indice_base,
    }


class WorksForm(forms.Form):
    libelle = forms.CharField(label="Travaux", max_length=150)
    montant = _euros("Montant, €")
    faits_le = _day("Faits le")
    vie_ans = _whole("Durée de vie, ans", 1, 60)


class PaymentForm(forms.Form):
    le = _day("Reçu le")
    montant = _euros("Montant, €", low="0.01")
    piece = forms.CharField(label="Pièce", max_length=100, help_text="Ex. : relevé du 5 mars.")


class CancelForm(forms.Form):
    """A payment written by mistake; `payments` are those that may be cancelled."""

    field_order = ("ecriture", "le")
    le = _day("Annulé le")

    def __init__(self, *args: Any, payments: Sequence[Ligne] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entries = {str(line.ecriture.numero): line.ecriture for line in payments}
        labels = [
            (str(line.ecriture.numero), _payment_label(line.ecriture, line)) for line in payments
        ]
        self.fields["ecriture"] = forms.ChoiceField(
            label="Paiement inscrit par erreur", choices=labels
        )
        self.order_fields(self.field_order)

    def clean_ecriture(self) -> Ecriture:
        return self.entries[self.cleaned_data["ecriture"]]


def _payment_label(entry: Ecriture, line: Ligne) -> str:
    proof = f" ({entry.piece})" if entry.piece else ""
    return f"nº {entry.numero}, {euros(euros_of(line.credit))} reçus le {day(entry.le)}{proof}"


class MandateForm(forms.Form):
    rum = forms.RegexField(
        label="Référence du mandat (RUM)", regex=r"^[A-Za-z0-9+?/:().,' -]{1,35}$", max_length=35
    )
    titulaire = forms.CharField(label="Titulaire du compte", max_length=70)
    iban = forms.CharField(label="IBAN", max_length=42)
    signe_le = _day("Mandat signé le")


class ResaleForm(forms.Form):
    acquereur = forms.CharField(label="Acquéreur", max_length=100)
    prix = _euros("Prix demandé, €")


class FactForm(forms.Form):
    """What happens to a lease outside a resale; no proof, no date."""

    nature = forms.ChoiceField(label="Événement", choices=NatureFait.choices)
    le = _day("Date")
    preuve = forms.CharField(
        label="Preuve", max_length=200, help_text="Acte, recommandé, attestation : jamais un nom."
    )

    def clean_nature(self) -> NatureFait:
        return NatureFait(self.cleaned_data["nature"])


class CreditorForm(forms.Form):
    nom = forms.CharField(label="Nom du créancier", max_length=70)
    ics = forms.CharField(label="Identifiant créancier SEPA (ICS)", max_length=40)
    iban = forms.CharField(label="IBAN du compte", max_length=42)
    schema = forms.ChoiceField(label="Format", choices=SchemaSepa.choices)


class CollectForm(forms.Form):
    """The month asked for, and the day its debits are taken."""

    mois = forms.DateField(label="Mois", input_formats=["%Y-%m"], help_text="Ex. : 2026-12.")
    le = _day("Prélevé le")
