"""Forms of a resale: an event with its proof, the checks of a buyer."""

from typing import Any

from django import forms

from ..enums import EvenementRevente


class EventForm(forms.Form):
    """An event; no proof, no date."""

    nature = forms.ChoiceField(label="Événement", choices=EvenementRevente.choices)
    le = forms.DateField(label="Date", widget=forms.DateInput(attrs={"type": "date"}))
    preuve = forms.CharField(
        label="Preuve", max_length=200, help_text="Recommandé, acte, reçu : jamais un nom."
    )
    motif = forms.CharField(
        label="Motif", max_length=300, required=False, help_text="Demandé pour un refus."
    )


ANSWERS = (("", "pas encore"), ("oui", "oui"), ("non", "non"))


def _answered(value: str) -> bool | None:
    return {"oui": True, "non": False}.get(value)


class ChecksForm(forms.Form):
    """What was checked of a buyer, in three values."""

    ressources = forms.ChoiceField(
        label="Ressources sous le plafond", choices=ANSWERS, required=False
    )
    financement = forms.ChoiceField(
        label="Plan de financement accordé", choices=ANSWERS, required=False
    )
    non_proprietaire = forms.ChoiceField(
        label="Déclaration de non-propriétaire reçue", choices=ANSWERS, required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return {name: _answered(value) for name, value in cleaned.items()}
