"""Form of the follow-up: the counts of a quarter."""

from datetime import date
from typing import Any

from django import forms

from traitdunion.french import day

from ..enums import MotifDepart
from ..models.followup import DAYS, quarter_label
from .operations import due_on, quarters

MOST = 9999


class CohortForm(forms.Form):
    """Counts only: hires of a quarter, and how many are still there."""

    trimestre = forms.TypedChoiceField(label="Embauches faites au", coerce=date.fromisoformat)
    embauches = forms.IntegerField(label="Personnes embauchées", min_value=0, max_value=MOST)
    presents_90 = forms.IntegerField(
        label="Encore présentes à 90 jours", required=False, min_value=0, max_value=MOST
    )
    presents_180 = forms.IntegerField(
        label="Encore présentes à 180 jours", required=False, min_value=0, max_value=MOST
    )
    presents_365 = forms.IntegerField(
        label="Encore présentes à un an", required=False, min_value=0, max_value=MOST
    )
    motifs = forms.MultipleChoiceField(
        label="Raisons des départs", choices=MotifDepart, required=False,
        widget=forms.CheckboxSelectMultiple, help_text="Des groupes, jamais des personnes.",
    )  # fmt: skip

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ended = quarters(on)
        self.fields["trimestre"].choices = [  # type: ignore[attr-defined]
            (first.isoformat(), quarter_label(first)) for first in ended
        ]
        for days in DAYS:
            since = due_on(ended[0], days)
            self.fields[f"presents_{days}"].help_text = (
                "Vide si vous ne savez pas."
                if since <= on
                else f"Vide si vous ne savez pas. Dernier trimestre : à compter du {day(since)}."
            )

    def values(self) -> dict[str, Any]:
        """Return the arguments of the declaration of a valid form."""
        data = self.cleaned_data
        return {
            "quarter": data["trimestre"],
            "hires": data["embauches"],
            "present": {days: data[f"presents_{days}"] for days in DAYS},
            "reasons": [MotifDepart(reason) for reason in data["motifs"]],
        }
