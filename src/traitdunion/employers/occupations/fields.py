"""Form fields of occupations: a title as people say it, or its ROME code."""

import re
from typing import Any

from django import forms
from django.urls import reverse_lazy

from .search import Occupation, UnknownOccupation, occupation_named

MAX_CHARS = 220
MAX_OCCUPATIONS = 10
APART = re.compile(r"[;\n]|,(?=\s*[A-Na-n]\d{4}\b)")
HINT = "Une appellation (« cariste ») ou un code ROME (N1101)."


class OccupationField(forms.CharField):
    """One occupation; None where the field is empty."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {
            "autocomplete": "off",
            "data-combobox": reverse_lazy("employers:titles"),
            "data-combobox-noun": "métier",
        }
        defaults: dict[str, Any] = {"label": "Métier", "max_length": MAX_CHARS, "help_text": HINT}
        super().__init__(**(defaults | kwargs), widget=forms.TextInput(attrs=attrs))

    def clean(self, value: Any) -> Occupation | None:
        """Return the occupation named; ValidationError with those that come near."""
        text = str(super().clean(value))
        return occupation_of(text) if text else None


def occupation_of(text: str) -> Occupation:
    """Return the occupation named; ValidationError with those that come near."""
    try:
        return occupation_named(text)
    except UnknownOccupation as unknown:
        raise forms.ValidationError(str(unknown)) from unknown


def rome_codes(text: str) -> list[str]:
    """Return the ROME codes of titles or codes apart by « ; », or of codes apart by spaces.

    ValidationError where a part names no occupation, or where there are too many.
    """
    parts = [part.strip() for part in APART.split(text) if part.strip()]
    words = [word for part in parts for word in re.split(r"[\s,]+", part)]
    if words and all(re.fullmatch(r"[A-Na-n]\d{4}", word) for word in words):
        parts = words
    if len(parts) > MAX_OCCUPATIONS:
        raise forms.ValidationError(f"{MAX_OCCUPATIONS} métiers au plus.")
    return list(dict.fromkeys(occupation_of(part).rome for part in parts))
