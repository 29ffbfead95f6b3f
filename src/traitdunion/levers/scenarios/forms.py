"""The form of one change: the fields of its kind, with names to choose from."""

from typing import Any

from django import forms

from traitdunion import french
from traitdunion.matching.feasibility.travels import VEHICLES

from .kinds import KINDS, Kind
from .reading import ASKED_ON_THE_EVE, DAYS, MAX_NOTICE_MIN
from .sentences import trip_words
from .territory import Territory
from .trips import point_of, seconds

DAY_NAMES = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MAX_STOPS = 40
PLACED = {"data-placed": ""}
"""Mark of the field that a click on the map fills in."""


class ScenarioForm(forms.Form):
    """The title of a new scenario."""

    titre = forms.CharField(label="Titre", max_length=120,
                            help_text="Par exemple : un car à 4 h 40 vers la ville.")  # fmt: skip


class ChangeForm(forms.Form):
    """One change of a kind; `row` gives it as a scenario writes it once the form is valid."""

    def __init__(self, kind: Kind, territory: Territory, data: Any = None) -> None:
        """Build the fields of a kind; `data`: what was sent, None for an empty form."""
        super().__init__(data, prefix="c")
        self.kind, self.territory = kind, territory
        for name in (*kind.fields, *kind.optional):
            if name != "heures":
                self.fields[name] = self._field(name)
        self.fields["cout_eur"] = forms.FloatField(
            label="Coût par an (€)", required=False, min_value=-1e9, max_value=1e9,
            help_text="Vide : le coût de ce changement dans « Coûts et destinataires », s'il est "
            "connu ; une économie est négative.",
        )  # fmt: skip

    def _field(self, name: str) -> forms.Field:
        required = name in self.kind.fields
        if name in ("commune", "de", "vers"):
            places = sorted(
                (g.place.label, g.place.code_insee or "") for g in self.territory.groups
            )
            return forms.ChoiceField(
                label=LABELS[name], choices=[(c, nom) for nom, c in places],
                widget=forms.Select(attrs=PLACED if name == self.kind.placed else {}),
            )  # fmt: skip
        if name == "pole":
            poles = [(p.place.code_insee, p.place.label) for p in self.territory.poles]
            return forms.ChoiceField(label=LABELS[name], choices=poles)
        if name == "poste":
            return forms.TypedChoiceField(label=LABELS[name], coerce=int, choices=[
                (n, f"{french.clock(s.start_s)} – {french.clock(s.end_s % 86_400)}")
                for n, s in enumerate(self.territory.shifts, 1)])  # fmt: skip
        if name == "vehicule":
            return forms.ChoiceField(label=LABELS[name], choices=[
                (code, french.capitalised(v.name)) for code, v in VEHICLES.items()
                if code != "marche"])  # fmt: skip
        if name == "jours":
            return forms.MultipleChoiceField(
                label=LABELS[name], required=required, widget=forms.CheckboxSelectMultiple,
                choices=list(zip(DAYS, DAY_NAMES, strict=True)),
                help_text="" if required else "Aucun coché : tous les jours.")  # fmt: skip
        if name == "minutes" and self.kind.code == "reduire_preavis":
            return forms.IntegerField(label="De combien de minutes", min_value=1,
                                      max_value=MAX_NOTICE_MIN)  # fmt: skip
        if name == "demande":
            return forms.CharField(
                label=LABELS[name], max_length=8, required=False,
                help_text=f"Vide : {ASKED_ON_THE_EVE}, la veille du premier jour de travail.",
            )  # fmt: skip
        if name in NUMBERS:
            low, high = NUMBERS[name]
            return forms.IntegerField(label=LABELS[name], min_value=low, max_value=high,
                                      required=required)  # fmt: skip
        if name == "course":
            return forms.ChoiceField(label=LABELS[name], choices=self._trips())
        if name == "arret" and self.kind.takes_points:
            return forms.CharField(
                label=LABELS[name], max_length=120, widget=forms.TextInput(attrs=PLACED),
                help_text="Le nom d'un arrêt, ou un point : « 45.04321,3.88512 Le pont ».",
            )  # fmt: skip
        if name == "arret":
            return forms.ChoiceField(label=LABELS[name], choices=self._stops())
        if name == "arrets":
            return forms.CharField(
                label="Passages", max_length=4000,
                widget=forms.Textarea(attrs={"rows": 4} | PLACED),
                help_text="Une ligne par arrêt, l'heure puis le nom : « 4:40 Le bourg ». Là où il "
                "n'y a pas d'arrêt, un point : « 4:40 45.04321,3.88512 Le pont ».",
            )  # fmt: skip
        return forms.CharField(label=LABELS[name], max_length=8, help_text="Par exemple 4:40.")

    def _trips(self) -> list[tuple[str, str]]:
        tt = self.territory.timetable
        if self.kind.code in ("elargir_tad", "reduire_preavis"):
            return [(trip.trip_id, trip.trip_id) for trip in tt.on_demand.trips]
        seen: dict[str, str] = {}
        for row, source in enumerate(tt.arrays["trip_source"].tolist()):
            seen.setdefault(tt.trip_ids[source], trip_words(tt, row))
        return [(name, f"{words} ({name})") for name, words in seen.items()]

    def _stops(self) -> list[tuple[str, str]]:
        tt = self.territory.timetable
        served = [row for row, is_served in enumerate(tt.is_served) if is_served]
        named = [(tt.stop_id(row), f"{tt.stop_name(row)} ({tt.stop_id(row)})") for row in served]
        return sorted(named, key=lambda stop: stop[1])

    def clean_arrets(self) -> list[tuple[str, str]]:
        """Return the calls written: hour and `stop_id` of each line."""
        lines = [line.split(None, 1) for line in self.cleaned_data["arrets"].splitlines() if line]
        if len(lines) > MAX_STOPS:
            raise forms.ValidationError(f"{len(lines)} arrêts : {MAX_STOPS} au plus.")
        calls = []
        for words in lines:
            if len(words) != 2:
                raise forms.ValidationError(
                    f"« {' '.join(words)} » : écrivez l'heure, puis l'arrêt."
                )
            try:
                seconds(words[0])
            except ValueError as wrong:
                raise forms.ValidationError(str(wrong)) from wrong
            calls.append((words[0], self._stop_id(words[1].strip())))
        return calls

    def clean_arret(self) -> str:
        """Return the stop written: its `stop_id`, or a point."""
        given: str = self.cleaned_data["arret"]
        return self._stop_id(given.strip()) if self.kind.takes_points else given

    def _stop_id(self, given: str) -> str:
        tt = self.territory.timetable
        try:
            return tt.stop_id(tt.stop_index(given))
        except KeyError:
            pass
        point = point_of(given)
        if point is not None:
            return point.stop_id
        wanted = given.casefold()
        rows = [row for row, is_served in enumerate(tt.is_served) if is_served]
        for row in rows:
            if tt.stop_id(row).casefold() == wanted:
                return tt.stop_id(row)
        named = [row for row in rows if tt.stop_name(row).casefold() == wanted]
        if len(named) == 1:
            return tt.stop_id(named[0])
        near = [tt.stop_name(row) for row in rows if wanted in tt.stop_name(row).casefold()][:5]
        known = ", ".join(dict.fromkeys(near)) or "aucun arrêt de ce nom"
        if named:
            known = "plusieurs : " + ", ".join(tt.stop_id(row) for row in named[:5])
        raise forms.ValidationError(f"Arrêt « {given} » : {known}.")

    @property
    def row(self) -> dict[str, Any]:
        """Return the change as a scenario writes it."""
        row: dict[str, Any] = {"nature": self.kind.code}
        for name, value in self.cleaned_data.items():
            if value in (None, "", []):
                continue
            if name == "arrets":
                row["arrets"] = [stop for _, stop in value]
                row["heures"] = [at for at, _ in value]
            else:
                row[name] = value
        return row


LABELS = {
    "commune": "Commune", "de": "Habitant aujourd'hui à", "vers": "Logés à",
    "pole": "Pôle d'emploi", "poste": "Poste", "vehicule": "Véhicule", "jours": "Jours",
    "course": "Course", "demande": "Heure à laquelle chacun réserve, la veille",
    "arret": "Arrêt", "heure": "Heure",
    "jusqu_a": "Dernier départ au plus tard",
    "minutes": "Minutes (négatif : plus tôt)", "avant_min": "Minutes d'ouverture plus tôt",
    "apres_min": "Minutes de fermeture plus tard",
    "toutes_les_min": "Un départ toutes les (minutes)", "nombre": "Nombre",
    "rayon_km": "Jusqu'à combien de kilomètres, par la route",
}  # fmt: skip
NUMBERS = {
    "minutes": (-720, 720), "avant_min": (0, 720), "apres_min": (0, 720),
    "toutes_les_min": (5, 240), "nombre": (1, 100_000),
    "rayon_km": (1, 60),
}  # fmt: skip
CHOICES = [(kind.code, french.capitalised(kind.label)) for kind in KINDS.values()]
