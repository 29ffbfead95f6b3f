"""Forms of land: a parcel, a line that pays for it."""

from typing import Any

from django import forms

from traitdunion.accounts.models import Organisation
from traitdunion.cooperation.forms import day_field
from traitdunion.territory.models import Commune
from traitdunion.territory.queries import UnknownCommune, commune_named

from ..enums import EtatFinancement, EtatFoncier, ModeAcquisition
from ..households.forms import AmountField
from ..ledger.accounts import cents
from ..models import Operation
from .cadastre import FORM, UnreadableReference, read_reference

BUILT = {"oui": True, "non": False, "": None}


class ParcelForm(forms.Form):
    """A parcel, by its commune and its cadastral reference."""

    commune = forms.CharField(label="Commune", max_length=100)
    reference = forms.CharField(label="Référence cadastrale", max_length=30, help_text=FORM)
    contenance_m2 = forms.IntegerField(label="Contenance (m²)", required=False, min_value=1)
    bati = forms.ChoiceField(
        label="Porte un bâtiment", required=False,
        choices=[("", "non renseigné"), ("oui", "oui"), ("non", "non")],
    )  # fmt: skip
    zone = forms.CharField(label="Zone du PLU", max_length=20, required=False)
    operation = forms.ModelChoiceField(
        label="Opération", queryset=Operation.objects.none(), required=False, empty_label="aucune"
    )
    mode = forms.ChoiceField(
        label="Mode d'acquisition", required=False,
        choices=[("", "pas encore choisi"), *ModeAcquisition.choices],
    )  # fmt: skip
    etat = forms.ChoiceField(label="État", choices=EtatFoncier.choices, initial=EtatFoncier.REPEREE)
    prix = AmountField(label="Prix (€)", required=False)
    acquise_le = day_field("Acquise le")
    piece = forms.CharField(label="Acte ou promesse", max_length=200, required=False)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Operation.objects.filter(organisation=organisation)
        self.fields["operation"].queryset = own  # type: ignore[attr-defined]

    def clean_commune(self) -> Commune:
        """Return the commune typed."""
        try:
            return commune_named(self.cleaned_data["commune"].strip())
        except UnknownCommune as unknown:
            raise forms.ValidationError(str(unknown)) from unknown

    def clean(self) -> dict[str, Any]:
        """Read the reference in its commune."""
        given = super().clean() or {}
        if "commune" in given and given.get("reference"):
            try:
                given["idu"] = read_reference(given["reference"], commune=given["commune"].pk).idu
            except UnreadableReference as wrong:
                self.add_error("reference", str(wrong))
        return given

    def values(self) -> dict[str, Any]:
        """Return the columns of a valid form."""
        given = dict(self.cleaned_data)
        del given["reference"]
        price = given.pop("prix")
        return given | {
            "bati": BUILT[given["bati"]],
            "prix_centimes": None if price is None else cents(price),
        }


class FundingForm(forms.Form):
    """A line that pays for a parcel."""

    financeur = forms.CharField(label="Financeur", max_length=150)
    montant = AmountField(label="Montant (€)")
    etat = forms.ChoiceField(label="État", choices=EtatFinancement.choices)
    piece = forms.CharField(label="Décision ou contrat", max_length=200, required=False)

    def values(self) -> dict[str, Any]:
        """Return the columns of a valid form."""
        given = dict(self.cleaned_data)
        amount = given.pop("montant")
        return given | {"montant_centimes": cents(amount)}
