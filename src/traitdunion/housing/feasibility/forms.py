"""Forms of an operation: its identity, and the hypotheses of its balance."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from traitdunion.territory.models import Commune

from ..enums import NatureOperation

GROUPS = (
    ("Le bâti", ("homes", "su", "sample_m2")),
    ("Les travaux", ("works_per_m2", "fees", "other", "carry", "subsidies", "margin")),
    ("Le foncier", ("land", "rate", "term", "management")),
    ("Le marché", ("market_price", "households")),
    ("L'acquéreur", ("buyer_rate", "buyer_years")),
)


def _figure(
    label: str, unit: str, *, low: str = "0", high: str = "100000000", required: bool = True
) -> forms.DecimalField:
    return forms.DecimalField(
        label=f"{label} ({unit})" if unit else label,
        min_value=Decimal(low),
        max_value=Decimal(high),
        max_digits=12,
        decimal_places=3,
        required=required,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


def _whole(label: str, *, low: int, high: int, required: bool = True) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=low,
        max_value=high,
        required=required,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class BalanceForm(forms.Form):
    """The hypotheses of a balance, in the units that people read: €, m², %, years."""

    homes = _whole("Logements", low=1, high=2_000)
    su = _figure("Surface utile", "m²", low="1", high="500000")
    sample_m2 = _figure("Logement type", "m²", low="10", high="300")
    works_per_m2 = _figure("Coût des travaux", "€/m²")
    fees = _figure("Honoraires", "%", high="100")
    other = _figure("Autres frais", "%", high="100")
    carry = _figure("Portage", "%", high="100")
    subsidies = _figure("Subventions", "€")
    margin = _figure("Marge", "%", high="90")
    land = _figure("Terrain ou bâtiment, aides ôtées", "€")
    rate = _figure("Taux du prêt foncier", "%", high="30")
    term = _whole("Durée du prêt foncier, ans", low=1, high=80)
    management = _figure("Gestion par an", "€")
    market_price = _figure("Prix du marché", "€/m²", required=False)
    households = _whole("Ménages éligibles connus", low=0, high=100_000, required=False)
    buyer_rate = _figure("Taux de l'acquéreur", "%", high="30")
    buyer_years = _whole("Durée de son prêt, ans", low=1, high=40)

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields under the titles of the page."""
        return [(title, [self[name] for name in names]) for title, names in GROUPS]

    @property
    def hypotheses(self) -> dict[str, str]:
        """Return the values as text, absent ones left out."""
        return {name: str(v) for name, v in self.cleaned_data.items() if v is not None}


def initial_of(hypotheses: Mapping[str, str]) -> dict[str, Decimal]:
    """Return kept hypotheses as figures, which the form writes the French way."""
    return {name: Decimal(value) for name, value in hypotheses.items()}


class OperationForm(forms.Form):
    """A new operation."""

    nom = forms.CharField(label="Nom de l'opération", max_length=120)
    commune = forms.CharField(
        label="Code INSEE de la commune", max_length=5, help_text="Cinq caractères."
    )
    nature = forms.ChoiceField(label="Genre d'opération", choices=NatureOperation.choices)

    def clean_commune(self) -> Commune:
        commune = Commune.objects.filter(pk=self.cleaned_data["commune"]).first()
        if commune is None:
            raise forms.ValidationError("Aucune commune n'a ce code.")
        return commune

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "nature" in cleaned:
            cleaned["nature"] = NatureOperation(cleaned["nature"])
        return cleaned


class TickForm(forms.Form):
    """A reference checked against a source."""

    reference = forms.IntegerField(widget=forms.HiddenInput)
    source = forms.CharField(label="Source lue", max_length=300, help_text="Texte, article, date.")
