"""Needs of the person, asked for on the page, sent in the body of a request, kept nowhere."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from traitdunion.catalogue.enums import Amenagement
from traitdunion.matching.needs import AgeBand, ChildStop, Needs, Without

from .. import queries
from .forms import LONGEST_TEXT, HourField, place_of
from .second_job import SecondJob

PREFIX = "besoin"
AS_USUAL = ("", "Comme tout le monde")
WALKS = (AS_USUAL, ("300", "300 m"), ("500", "500 m"), ("1000", "1 km"))
PACES = (AS_USUAL, ("3.0", "Lentement (3 km/h)"), ("2.0", "Très lentement (2 km/h)"))
WAITS = (("", "Sans limite"), ("15", "15 min"), ("30", "30 min"), ("60", "1 h"))
AGES = (
    ("", "18 ans ou plus, ou non dit"),
    (AgeBand.MINOR.value, "16 ou 17 ans"),
    (AgeBand.UNDER_16.value, "Moins de 16 ans"),
)
WITHOUT = (
    (Without.VELO.value, "Vélo"),
    (Without.SCOOTER.value, "Scooter"),
    (Without.CONDUIRE.value, "Véhicule à conduire"),
)
OPENS_S, CLOSES_S = 7 * 3600 + 1800, 18 * 3600 + 1800


def _choice_field(label: str, choices: Any) -> forms.ChoiceField:
    wrong = {"invalid_choice": "Choisissez une des réponses proposées."}
    return forms.ChoiceField(label=label, choices=choices, required=False, error_messages=wrong)


def _choices_field(label: str, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choisissez parmi les réponses proposées."},
    )


class NeedsForm(forms.Form):
    """All optional; `needs()` is what the matching takes, empty where a field is wrong."""

    marche = _choice_field("Sans s'arrêter, elle peut marcher", WALKS)
    allure = _choice_field("À quelle allure ?", PACES)
    attente = _choice_field("Attente, au plus", WAITS)
    age = _choice_field("Moins de 18 ans ?", AGES)
    sans = _choices_field("Ne pas proposer", WITHOUT)
    il_faut = _choices_field("Il faut", Amenagement.choices)
    suspendu = forms.BooleanField(label="Permis suspendu ou retiré", required=False)
    enfant = forms.CharField(
        label="Déposer et reprendre un enfant : où ?",
        help_text="Adresse, hameau ou commune. Vide s'il n'y en a pas.",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-combobox": ""}),
    )
    ouvre = HourField(label="Ouvre à", required=False, initial="07:30")
    ferme = HourField(label="Ferme à", required=False, initial="18:30")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data or None, prefix=PREFIX, label_suffix="")

    def clean_enfant(self) -> Any:
        """Return the place where the child is left, None where there is none."""
        text = self.cleaned_data["enfant"].strip()
        if not text:
            return None
        try:
            return place_of(queries.place_named(text))
        except LookupError as unknown:
            near = [queries.commune_label(near) for near in getattr(unknown, "suggestions", ())[:3]]
            hint = f" Par exemple : {', '.join(near)}." if near else ""
            raise ValidationError(f"Lieu inconnu : « {text} ».{hint}") from unknown

    def clean(self) -> dict[str, Any]:
        """Check the hours of the place where the child is left."""
        cleaned = super().clean() or self.cleaned_data
        opens, closes = cleaned.get("ouvre"), cleaned.get("ferme")
        if cleaned.get("enfant") and (opens or OPENS_S) >= (closes or CLOSES_S):
            self.add_error("ferme", "L'heure de fermeture vient après celle d'ouverture.")
        return cleaned

    def refuse_with(self, second: SecondJob | None) -> None:
        """Refuse a child to drop where there are two employers: such a day is not searched."""
        if second is not None and self.is_bound and self.is_valid() and self.cleaned_data["enfant"]:
            self.add_error("enfant", "Avec deux employeurs, posez une question par employeur.")

    def needs(self) -> Needs:
        """Return the needs given; none where the form is empty or wrong."""
        if not (self.is_bound and self.is_valid()):
            return Needs()
        given = self.cleaned_data
        place = given["enfant"]
        child = place and ChildStop(place, given["ouvre"] or OPENS_S, given["ferme"] or CLOSES_S)
        return Needs(
            walk_m=int(given["marche"]) if given["marche"] else None,
            pace_kmh=float(given["allure"]) if given["allure"] else None,
            wait_min=int(given["attente"]) if given["attente"] else None,
            without=frozenset(map(Without, given["sans"])),
            ask_for=frozenset(given["il_faut"]),
            child=child or None,
            licence_suspended=given["suspendu"],
            age=AgeBand(given["age"]) if given["age"] else None,
        )

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield what was sent, to be sent again by the other forms of the page."""
        for name in self.fields:
            for value in self._sent(name):
                if value:
                    yield self.add_prefix(name), value

    def _sent(self, name: str) -> list[str]:
        values: Any = self.data
        return values.getlist(self.add_prefix(name)) if self.is_bound else []
