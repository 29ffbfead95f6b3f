"""The forms of the public pages: what to look for, and how much one would use a solution."""

from collections.abc import Mapping
from typing import Any

from django import forms

from traitdunion.territory.queries import UnknownCommune, commune_named

from .enums import Famille, PermisRequis, Public, TypeSolution
from .search import Search

LONGEST_TEXT = 120
ANY = ("", "Peu importe")
FIRST_FIELDS = ("q", "commune")


class SearchForm(forms.Form):
    """Everything is optional; what makes no sense shows an error and does not filter."""

    q = forms.CharField(
        label="Chercher",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        help_text="Un mot suffit : vélo, permis, garage…",
    )
    commune = forms.CharField(
        label="Pour quelqu'un qui vit à",
        required=False,
        max_length=LONGEST_TEXT,
        help_text="Une commune, par son nom ou son code postal.",
    )
    famille = forms.ChoiceField(
        label="Ce que l'on cherche", required=False, choices=[ANY, *Famille.choices]
    )
    type = forms.ChoiceField(label="Type", required=False, choices=[ANY, *TypeSolution.choices])
    public = forms.ChoiceField(label="Pour qui", required=False, choices=[ANY, *Public.choices])
    permis = forms.ChoiceField(label="Permis", required=False, choices=[ANY, *PermisRequis.choices])

    def clean_commune(self) -> str:
        """Show the code INSEE of the commune named."""
        text = self.cleaned_data["commune"].replace("\0", "").strip()
        if not text:
            return ""
        try:
            return commune_named(text).code_insee
        except UnknownCommune as unknown:
            raise forms.ValidationError(str(unknown)) from unknown

    def search(self) -> Search:
        """Show what is looked for; a field that is wrong filters nothing."""
        self.is_valid()
        data = self.cleaned_data
        return Search(
            text=data.get("q", "").replace("\0", ""),
            kind=data.get("type", ""),
            famille=data.get("famille", ""),
            public=data.get("public", ""),
            permis=data.get("permis", ""),
            commune=data.get("commune", ""),
        )

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """Return the fields that most searches stop at."""
        return [self[name] for name in FIRST_FIELDS]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """Return the fields that are folded until they are asked for."""
        return [field for field in self.visible_fields() if field.name not in FIRST_FIELDS]

    @property
    def is_narrowed(self) -> bool:
        """Say whether a folded field is filled in, so that the page shows it open."""
        return any(name not in FIRST_FIELDS for name in self.filled_in())

    def filled_in(self) -> dict[str, str]:
        """Return the fields filled in, as they go in an address."""
        return {name: value for name in self.fields if (value := str(self.data.get(name, "")))}


class PriceForm(forms.Form):
    """How much one would use it, for the price of a month."""

    jours = forms.IntegerField(label="Jours par mois", min_value=0, max_value=31, required=False)
    km = forms.DecimalField(
        label="Kilomètres de l'aller", min_value=0, max_value=500, required=False
    )
    heures = forms.DecimalField(label="Heures par mois", min_value=0, max_value=744, required=False)
    qf = forms.DecimalField(
        label="Quotient familial (€)",
        min_value=0,
        max_value=99_999,
        required=False,
        help_text="Facultatif : il est sur le compte CAF ou MSA. Rien n'est gardé.",
    )

    @classmethod
    def asked_in(cls, address: Mapping[str, Any]) -> bool:
        """Check whether an address holds one of the fields."""
        return any(name in address for name in cls.base_fields)
