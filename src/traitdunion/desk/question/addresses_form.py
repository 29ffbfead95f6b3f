"""Other homes to compare with that of the question, each with its rent."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError

from .. import queries
from .forms import LONGEST_TEXT, NamesCommunes, QuestionForm, commune_field

ADDRESSES = (1, 2, 3)


OF_ADDRESSES = "loyer0"
"""Field that says that a body holds the other homes."""


def rent_field(label: str) -> forms.DecimalField:
    """Build the optional field of a rent, in euros a month."""
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_digits=6,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={
            "invalid": "Écrivez le loyer en euros par mois, par exemple 420.",
            "min_value": "Un loyer n'est pas négatif.",
            "max_digits": "Ce loyer est trop grand : écrivez-le en euros par mois.",
            "max_whole_digits": "Ce loyer est trop grand : écrivez-le en euros par mois.",
            "max_decimal_places": "Écrivez au plus deux chiffres après la virgule.",
        },
    )


class AddressesForm(NamesCommunes, forms.Form):
    """Up to three other homes, each with its rent if it is known; `question` is a valid form."""

    loyer0 = rent_field("Loyer actuel")
    ailleurs1 = commune_field("Première adresse", "")
    loyer1 = rent_field("Loyer, 1re adresse")
    ailleurs2 = commune_field("Deuxième adresse", "")
    loyer2 = rent_field("Loyer, 2e adresse")
    ailleurs3 = commune_field("Troisième adresse", "")
    loyer3 = rent_field("Loyer, 3e adresse")

    def __init__(self, data: Any, *, question: QuestionForm) -> None:
        super().__init__(data, label_suffix="")
        self.question = question
        self.suggestions: dict[str, list[dict[str, str]]] = {}
        for number in ADDRESSES:
            self.fields[f"ailleurs{number}"].required = False

    def clean(self) -> dict[str, Any]:
        """Turn each name into its commune, and show it as it was understood."""
        self.data = self.data.copy()
        for number in ADDRESSES:
            field = f"ailleurs{number}"
            if not self.cleaned_data.get(field):
                continue
            try:
                self.cleaned_data[field] = self.named_commune(field)
                self.data[field] = queries.commune_label(self.cleaned_data[field])
            except ValidationError as unknown:
                self.add_error(field, unknown)
        return self.cleaned_data

    def link(self, **changes: str) -> str:
        """Return the address of the same comparison with some fields changed."""
        own = {name: self.data.get(name, "")[:LONGEST_TEXT] for name in self.fields} | changes
        query = urlencode({name: text for name, text in own.items() if text})
        return f"?{self.question.query()}&{query}"

    def rows(self) -> list[tuple[Any, Any]]:
        """Yield each address and its rent, as fields to draw."""
        return [(self[f"ailleurs{number}"], self[f"loyer{number}"]) for number in ADDRESSES]

    def homes(self) -> list[tuple[Any, Decimal | None]]:
        """Return the communes named, each with its rent."""
        cleaned = self.cleaned_data
        return [
            (cleaned[f"ailleurs{number}"], cleaned.get(f"loyer{number}"))
            for number in ADDRESSES
            if cleaned.get(f"ailleurs{number}")
        ]
