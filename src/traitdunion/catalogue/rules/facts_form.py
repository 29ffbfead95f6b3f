"""The questions that make the aids precise: only those that change an answer, each may be left out.

What is answered is about a person: it travels in the body of the request, never in an address, and
is kept nowhere.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from traitdunion.rules import NOT_YET, Criterion, Value
from traitdunion.rules.criteria import Nature

ASKED = "vu"
"""Name of the hidden fields that list the questions already put."""

BUDGET = ("ressources_mois_eur", "charges_mois_eur")
UNKNOWN = ("", "Je ne sais pas")
NOTHING = ("rien", "Rien de tout cela")
FEW = 5
"""Choices shown as chips, not as a list to unroll."""

LATER = "_pas_encore"
LONGEST_TEXT = 40
AT_ONCE = 3
"""New questions put at a time."""


class FactsForm(forms.Form):
    """One field for each criterion asked for; left empty it means *je ne sais pas*."""

    def __init__(self, data: Any, *, criteria: Mapping[str, Criterion], asked: Sequence[str]):
        super().__init__(data, prefix="f", label_suffix="")
        self.criteria = criteria
        self.asked = [name for name in asked if name in criteria and criteria[name].asked]
        for name in (*self.asked, *BUDGET):
            criterion = criteria[name]
            self.fields[name] = field_of(criterion)
            if criterion.to_come:
                self.fields[name + LATER] = forms.BooleanField(label="Pas encore", required=False)

    def clean(self) -> dict[str, Any]:
        """Check what a field alone does not."""
        cleaned = super().clean() or self.cleaned_data
        for name, criterion in self._answered():
            try:
                self._value(name, criterion)
            except ValueError as wrong:
                self.add_error(name, ValidationError(f"{str(wrong).capitalize()}."))
        return cleaned

    def facts(self) -> dict[str, Value]:
        """Return what was answered, by criterion; what is wrong or empty is left out."""
        given = {name: self._value(name, answer) for name, answer in self._answered()}
        return {name: value for name, value in given.items() if value is not None}

    def skipped(self) -> frozenset[str]:
        """Return criteria asked for, and answered by *je ne sais pas*."""
        return frozenset(self.asked) - self.facts().keys()

    def _answered(self) -> list[tuple[str, Criterion]]:
        return [
            (name, self.criteria[name])
            for name in self.fields
            if name in self.criteria and name not in self.errors
        ]

    def _value(self, name: str, criterion: Criterion) -> Value | None:
        given = self.cleaned_data.get(name)
        if criterion.to_come and self.cleaned_data.get(name + LATER):
            return NOT_YET
        if given in (None, "", []):
            return None
        if criterion.nature is Nature.PLUSIEURS:
            given = [] if given == [NOTHING[0]] else given
        return criterion.read(given)

    def rows(self, names: Sequence[str]) -> list[dict[str, Any]]:
        """Return fields to draw: each with its help, how to draw it, and its *pas encore*."""
        return [
            {
                "field": self[name],
                "help": self.criteria[name].aide,
                "chips": isinstance(
                    self.fields[name].widget, forms.RadioSelect | forms.CheckboxSelectMultiple
                ),
                "later": self[name + LATER] if name + LATER in self.fields else None,
            }
            for name in names
        ]


def field_of(criterion: Criterion) -> forms.Field:
    """Return the field of a criterion, never required."""
    label = criterion.question
    options = list(criterion.values.items())
    if criterion.nature is Nature.OUI_NON:
        return _choice(criterion, [("oui", "Oui"), ("non", "Non")])
    if criterion.nature is Nature.CHOIX:
        return _choice(criterion, options)
    if criterion.nature is Nature.PLUSIEURS:
        return _SeveralField(
            label=label,
            help_text=criterion.aide,
            choices=[*options, NOTHING],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
    hint = f"{criterion.aide} Laisser vide si on ne sait pas."
    if criterion.nature is Nature.DATE:
        return forms.DateField(
            label=label,
            help_text=hint,
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": "Cette date n'existe pas. Écrivez par exemple 24/11/2026."},
        )
    numeric = criterion.nature is Nature.NOMBRE
    unit = f" En {criterion.unite}." if numeric and criterion.unite.startswith("€") else ""
    return forms.CharField(
        label=label,
        help_text=hint + unit,
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.TextInput(attrs={"inputmode": "decimal"} if numeric else {}),
        error_messages={"max_length": "Cette réponse est trop longue."},
    )


def _choice(criterion: Criterion, options: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=criterion.question,
        help_text=criterion.aide,
        choices=[UNKNOWN, *options] if len(options) > FEW else [*options, UNKNOWN],
        initial="",
        required=False,
        widget=forms.Select if len(options) > FEW else forms.RadioSelect,
        error_messages={"invalid_choice": "Choisissez une des réponses proposées."},
    )


class _SeveralField(forms.MultipleChoiceField):
    """Several choices, or an explicit "none of them"."""

    default_error_messages = {"invalid_choice": "Choisissez parmi les réponses proposées."}

    def clean(self, value: Any) -> list[str]:
        chosen: list[str] = super().clean(value)
        if NOTHING[0] in chosen and len(chosen) > 1:
            raise ValidationError("« Rien de tout cela » ne va pas avec une autre réponse.")
        return chosen
