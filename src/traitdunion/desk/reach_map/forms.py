"""The question of the map: that of the first page without a place of work."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms

from traitdunion.french import clock
from traitdunion.matching.feasibility.rosters import Roster
from traitdunion.matching.situation import Situation

from ..question.forms import DAY_S, QuestionForm
from ..question.roster_form import roster_title, roster_words
from .colours import Colouring

SHIFTS = (("05:00", "13:00"), ("08:00", "16:00"), ("13:00", "21:00"), ("21:00", "05:00"))
"""Hours offered at once: morning, day, afternoon, night."""


class ReachForm(QuestionForm):
    """Home, hours and person; `couleur` is what the communes are coloured by."""

    travail = None  # type: ignore[assignment] # None removes a field of the parent
    # The map knows of no second employer.
    travail2 = debut2 = fin2 = None  # type: ignore[assignment]
    couleur = forms.ChoiceField(
        label="Colorer par",
        choices=[(colouring.value, colouring.label) for colouring in Colouring],
        initial=Colouring.COST.value,
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "La carte se colore par coût ou par minutes."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["domicile"].help_text = ""

    def clean_couleur(self) -> str:
        """Return what the communes are coloured by, the cost by default."""
        return self.cleaned_data["couleur"] or Colouring.COST.value

    def situation(self, now: datetime) -> Situation:
        """Return the question at the time `now`; its place of work, the home, is not read."""
        self.cleaned_data["travail"] = self.cleaned_data["domicile"]
        return super().situation(now)

    def answer_query(self, label: str) -> str:
        """Return the same question towards a commune, for the page of answers."""
        pairs = {name: values for name, values in self.pairs() if name != "couleur"}
        return urlencode({**pairs, "travail": [label]}, doseq=True)

    def colour_links(self) -> Iterator[tuple[str, str, bool]]:
        """Yield the name, the address and whether it is in use, of each colouring."""
        for colouring in Colouring:
            in_use = self.cleaned_data["couleur"] == colouring.value
            yield colouring.label, f"?{self.query(couleur=colouring.value)}", in_use

    def shift_links(self) -> Iterator[tuple[str, str, bool]]:
        """Yield the hours, the address and whether it is in use, of each shift offered."""
        cleaned = self.cleaned_data
        for start, end in SHIFTS:
            field = self.fields["debut"]
            start_s, end_s = field.clean(start), field.clean(end)
            is_night = end_s < start_s
            hours = (cleaned["debut"], cleaned["fin"] % DAY_S)
            in_use = self.roster is None and hours == (start_s, end_s)
            words = f"{clock(start_s)} – {clock(end_s)}"
            night = ["1"] if is_night else []
            query = self.query(debut=start, fin=end, nuit=night, roulement=[])
            yield words, f"?{query}", in_use

    @property
    def roster(self) -> Roster | None:
        """Return the roster of the valid form, None where all weeks are alike."""
        return self.cleaned_data.get("roster")

    def hours(self) -> str:
        """Return the hours of work in a sentence: "un poste de 8 h à 16 h"."""
        if self.roster is not None:
            return f"des {roster_title(self.roster)} ({roster_words(self.roster)})"
        start, end = clock(self.cleaned_data["debut"]), clock(self.cleaned_data["fin"])
        return f"un poste de {start} à {end}"

    def weeks_counted(self) -> str:
        """Return the weeks that the days are counted over: "semaine du 30 novembre 2026"."""
        n_weeks = self.roster.cycle_weeks if self.roster else 1
        weeks = f"{n_weeks} semaines du roulement, à partir du" if n_weeks > 1 else "semaine du"
        return f"{weeks} {self.summary()['week']}"

    @property
    def has_other_hours(self) -> bool:
        """Return whether the hours are none of those offered, nor those that the sentence gives."""
        return self.roster is None and not any(in_use for _, _, in_use in self.shift_links())
