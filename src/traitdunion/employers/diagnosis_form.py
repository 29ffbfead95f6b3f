"""Form of the self-diagnosis of a site: a day, then a choice by question."""

from typing import Any

from django import forms

from .diagnosis import Theme, questionnaire
from .enums import ReponseDiagnostic

UNKNOWN = "Ne sais pas"


class DiagnosisForm(forms.Form):
    """The day, and the questions by theme; a question left out is unknown."""

    fait_le = forms.DateField(label="Fait le", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for theme in self.themes:
            for question in theme.questions:
                self.fields[question.id] = forms.ChoiceField(
                    label=question.text, required=False, initial="",
                    choices=[*ReponseDiagnostic.choices, ("", UNKNOWN)],
                    widget=forms.RadioSelect,
                )  # fmt: skip

    @property
    def themes(self) -> tuple[Theme, ...]:
        """Return the themes in their order."""
        return questionnaire()[1]

    def by_theme(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields of each theme."""
        return [
            (theme.name, [self[question.id] for question in theme.questions])
            for theme in self.themes
        ]

    def answers(self) -> dict[str, str]:
        """Return the answers that were given, by question."""
        return {name: str(value) for name, value in self.cleaned_data.items() if name != "fait_le"}
