"""Forms of the sites: a shift, a file."""

from datetime import time
from typing import Any

from django import forms

from traitdunion.french import DAYS
from traitdunion.territory.models import Equipe

from .site_files import MAX_MOVE_MIN, MAX_PEOPLE, NAME_CHARS

MAX_BYTES = 3_000_000
DAY_S, HOUR_S, MINUTE_S = 86_400, 3600, 60


def time_field(label: str, help_text: str = "") -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, widget=widget, help_text=help_text)


class ShiftForm(forms.Form):
    """A shift of a site. `prefix` keeps the forms of one page apart."""

    nom = forms.CharField(label="Nom de l'équipe", max_length=NAME_CHARS)
    jours = forms.TypedMultipleChoiceField(
        label="Jours", coerce=int, choices=list(enumerate(DAYS)),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    debut = time_field("Début")
    fin = time_field("Fin", "Avant le début : le lendemain.")
    personnes = forms.IntegerField(
        label="Combien de personnes", required=False, min_value=1, max_value=MAX_PEOPLE
    )
    decalable_min = forms.IntegerField(
        label="Décalable de, en minutes", required=False, min_value=0, max_value=MAX_MOVE_MIN,
        help_text="Vide : l'employeur ne l'a pas dit.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse a shift that ends when it begins."""
        given = super().clean() or {}
        if "debut" in given and given["debut"] == given.get("fin"):
            self.add_error("fin", "Une équipe ne finit pas à l'heure où elle commence.")
        return given

    def values(self) -> dict[str, Any]:
        """Return the columns of a valid form."""
        given = dict(self.cleaned_data)
        start_s, end_s = _seconds(given.pop("debut")), _seconds(given.pop("fin"))
        given["jours"] = sorted(given["jours"])
        return given | {
            "debut_s": start_s,
            "fin_s": end_s if end_s > start_s else end_s + DAY_S,
        }


def initial_of(shift: Equipe) -> dict[str, Any]:
    """Return what the form of a shift shows first."""
    return {
        "nom": shift.nom,
        "jours": shift.jours,
        "debut": _time(shift.debut_s),
        "fin": _time(shift.fin_s),
        "personnes": shift.personnes,
        "decalable_min": shift.decalable_min,
    }


def _seconds(at: time) -> int:
    return at.hour * HOUR_S + at.minute * MINUTE_S


def _time(seconds: int) -> time:
    minutes = seconds % DAY_S // MINUTE_S
    return time(minutes // 60, minutes % 60)


class SitesFileForm(forms.Form):
    """A table of sites, one row a shift."""

    fichier = forms.FileField(
        label="Votre fichier", widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text="CSV ou XLSX, 3 Mo au plus. Rien n'est écrit avant votre accord.",
    )  # fmt: skip

    def clean_fichier(self) -> Any:
        """Return the file; ValidationError where it is too large."""
        file = self.cleaned_data["fichier"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError("Le fichier dépasse 3 Mo.")
        return file
