"""The question: who lives where, works where and when; every mistake gets its French sentence."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.functional import cached_property

from traitdunion import french
from traitdunion.french import DAYS, clock, days_of_week
from traitdunion.matching.feasibility.rosters import LONGEST_PERIOD_DAYS, in_week
from traitdunion.matching.margins import asked_margins
from traitdunion.matching.roster_files import RosterError
from traitdunion.matching.situation import Permis, Place, Situation, Vehicule, coming_monday
from traitdunion.reach.calendar_days import monday_of

from .. import queries
from .margins_form import MARGINS, minutes_field, usual_margins
from .roster_form import (
    FIELD,
    LONGEST_ROSTER,
    TypedRow,
    blank_rows,
    day_in,
    folded,
    longest_week_h,
    read_rows,
    roster_title,
    roster_words,
    rows_in,
    time_typed,
    understood_words,
)
from .second_job import FIELDS as SECOND
from .second_job import SecondJob, second_job

DAY_S = 86_400
LONGEST_TEXT = 100
MAX_WEEK_H = 72
"""Longest week asked, from the start to the end of each shift: 48 h of work and long breaks."""

JOURS = tuple(zip(("lun", "mar", "mer", "jeu", "ven", "sam", "dim"), DAYS, strict=True))
PERMIS = (
    ("aucun", "Sans permis"),
    ("am", "Permis AM (scooter)"),
    ("b", "Permis B sans voiture"),
    ("b_voiture", "Permis B et voiture"),
    ("inconnu", "Je ne sais pas"),
)
VELO = (("oui", "Oui"), ("non", "Non"), ("inconnu", "Je ne sais pas"))
FACTS_BY_PERMIS = {
    "aucun": (Permis.AUCUN, None),
    "am": (Permis.AM, None),
    "b": (Permis.B, None),
    "b_voiture": (Permis.B, Vehicule.VOITURE),
    "inconnu": (Permis.INCONNU, None),
}
VEHICULE_BY_VELO = {
    "oui": Vehicule.VELO,
    "non": Vehicule.AUCUN,
    "inconnu": Vehicule.INCONNU,
}


def default_week(covers: tuple[date, date], today: date) -> date:
    """Return the Monday of this week, or of the nearest week that the timetable covers."""
    first, last = covers
    week = monday_of(min(max(today, first), last))
    if week < first and week + timedelta(days=7) <= last:
        return week + timedelta(days=7)
    if week + timedelta(days=6) > last and week - timedelta(days=7) >= first:
        return week - timedelta(days=7)
    return week


class HourField(forms.CharField):
    """An hour of the day, "08:00", "8h" or "8 h 30", cleaned to seconds after midnight."""

    default_error_messages = {
        "invalid": "« %(value)s » n'est pas une heure. Écrivez par exemple 08:00 ou 8 h 30.",
    }
    widget = forms.TimeInput(attrs={"type": "time"})
    pattern = re.compile(r"([01]?[0-9]|2[0-3])\s*(?:[:hH]\s*([0-5][0-9])?)?(?::[0-5][0-9])?")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_TEXT, **kwargs)

    def seconds_of(self, text: str) -> int | None:
        """Return seconds after midnight, or None when `text` is no hour."""
        match = self.pattern.fullmatch(text.strip())
        return int(match[1]) * 3600 + int(match[2] or 0) * 60 if match else None

    def clean(self, value: Any) -> int | None:
        """Return seconds after midnight; an empty or unreadable hour is refused."""
        text = super().clean(value)
        seconds = self.seconds_of(text) if text else None
        if text and seconds is None:
            raise ValidationError(self.error_messages["invalid"], "invalid", {"value": text})
        return seconds

    def prepare_value(self, value: Any) -> Any:
        """Return the value that the time control can show, however the hour was written."""
        seconds = self.seconds_of(value) if isinstance(value, str) else None
        return value if seconds is None else f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def day_field(label: str) -> forms.DateField:
    """Build the optional field of a day."""
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Cette date n'existe pas. Écrivez par exemple 24/11/2026."},
    )


def commune_field(label: str, hint: str) -> forms.CharField:
    """Build the text field of a commune; `QuestionForm` turns it into the commune."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONGEST_TEXT,
        error_messages={
            "required": "Indiquez une commune, par son nom ou son code postal.",
            "max_length": "Ce nom est trop long (%(show_value)d signes) : "
            "indiquez seulement le nom de la commune.",
            "null_characters_not_allowed": "Ce nom contient un signe interdit : "
            "indiquez seulement le nom de la commune.",
        },
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "data-combobox": ""}
        ),
    )


class NamesCommunes:
    """What forms share that name communes: the commune meant, or those that come near."""

    suggestions: dict[str, list[dict[str, str]]]

    @cached_property
    def taken(self) -> list[str]:
        """Return which commune was taken, for each field; "" where no other has the same name."""
        return []

    def named_commune(self, field: str) -> Any:
        """Return the commune named in a field; an unknown one is refused with suggestions."""
        text = self.cleaned_data[field]
        try:
            commune = queries.place_named(text)
        except LookupError as unknown:
            suggestions = list(getattr(unknown, "suggestions", ()))[:8]
        else:
            self.taken.append(
                getattr(commune, "note", "") or queries.taken_among_homonyms(text, commune)
            )
            return commune
        self.suggestions[field] = [
            self._suggestion(field, commune, suggestions) for commune in suggestions
        ]
        raise ValidationError(unknown_commune_message(text, suggestions), code="unknown_commune")

    def _suggestion(self, field: str, commune: Any, among: Iterable[Any]) -> dict[str, str]:
        label = queries.commune_label(commune)
        alone = sum(queries.commune_label(other) == label for other in among) == 1
        written = label if alone else commune.code_insee
        shown = label if alone else f"{label}, code INSEE {commune.code_insee}"
        return {"label": shown, "url": self.link(**{field: written})}


class QuestionForm(NamesCommunes, forms.Form):
    """The question of the first page; once valid, `situation()` is what the matching takes."""

    domicile = commune_field("Domicile", "Adresse, hameau, arrêt ou commune.")
    travail = commune_field("Lieu de travail", "Entreprise, adresse, arrêt ou commune.")
    jours = forms.MultipleChoiceField(
        label="Jours travaillés",
        choices=JOURS,
        initial=["lun", "mar", "mer", "jeu", "ven"],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Cochez au moins un jour travaillé.",
            "invalid_choice": "Un des jours demandés n'existe pas : cochez les jours travaillés.",
        },
    )
    debut = HourField(
        label="Début du poste",
        initial="08:00",
        error_messages={"required": "Indiquez l'heure de début du poste, par exemple 08:00."},
    )
    fin = HourField(
        label="Fin du poste",
        initial="16:00",
        error_messages={"required": "Indiquez l'heure de fin du poste, par exemple 16:00."},
    )
    nuit = forms.BooleanField(label="Poste de nuit : la fin est le lendemain", required=False)
    permis = forms.ChoiceField(
        label="Permis de conduire",
        choices=PERMIS,
        initial="inconnu",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choisissez une des réponses proposées."},
    )
    velo = forms.ChoiceField(
        label="La personne a-t-elle un vélo ?",
        choices=VELO,
        initial="inconnu",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choisissez une des réponses proposées."},
    )
    semaine = forms.DateField(
        label="Semaine du",
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": "Cette date n'existe pas. Écrivez par exemple 24/11/2026.",
        },
    )

    roulement = forms.CharField(
        label="Horaires qui changent", required=False, max_length=LONGEST_ROSTER
    )
    travail2 = commune_field("Deuxième lieu de travail", "Entreprise, adresse, arrêt ou commune.")
    debut2 = HourField(label="Début du deuxième poste", required=False)
    fin2 = HourField(label="Fin du deuxième poste", required=False)
    du = day_field("Contrat, du")
    au = day_field("au")
    avance = minutes_field("Avance au travail", 120)
    sortie = minutes_field("Temps pour sortir du travail", 120)
    correspondance = minutes_field("Temps pour changer de véhicule", 60)
    marge = minutes_field("Marge quand l'accès à l'arrêt est estimé", 200, "%")

    def __init__(
        self, data: Any = None, *, covers: tuple[date, date] | None, today: date, **kwargs: Any
    ) -> None:
        super().__init__(None if data is None else folded(data), label_suffix="", **kwargs)
        self.covers, self.today = covers, today
        self.roster_from, self.roster_rows = rows_in(
            str(self.data.get(FIELD) or "") if FIELD in self.fields else ""
        )
        if "travail2" in self.fields:
            self.fields["travail2"].required = False
        self.suggestions: dict[str, list[dict[str, str]]] = {}
        asked = coming_monday(today)
        week = default_week(covers, asked) if covers else asked
        self.fields["semaine"].initial = week
        for name, usual in usual_margins().items():
            self.fields[name].initial = usual
        if covers:
            first, last = (date_format(day, "j F Y") for day in covers)
            self.fields["semaine"].help_text = f"Horaires connus du {first} au {last}."

    @classmethod
    def asked_in(cls, query: Any) -> bool:
        """Return whether `query` holds at least one field of the question."""
        return any(name in query for name in cls.base_fields)

    # --- cleaning ---------------------------------------------------------------------------

    def clean_domicile(self) -> Any:
        """Return the commune of the home."""
        return self.named_commune("domicile")

    def clean_travail(self) -> Any:
        """Return the commune of the work place."""
        return self.named_commune("travail")

    def clean_travail2(self) -> Any:
        """Return the commune of the second employer, None where there is none."""
        return self.named_commune("travail2") if self.cleaned_data["travail2"] else None

    def clean_permis(self) -> str:
        """Return the licence, unknown by default."""
        return self.cleaned_data["permis"] or "inconnu"

    def clean_velo(self) -> str:
        """Return whether the person has a bike, unknown by default."""
        return self.cleaned_data["velo"] or "inconnu"

    def clean_semaine(self) -> date:
        """Return the Monday of the week asked for, else of the default week."""
        return monday_of(self.cleaned_data["semaine"] or self.fields["semaine"].initial)

    @property
    def margin_fields(self) -> list[Any]:
        """Return the fields of the margins, to draw apart."""
        return [self[name] for name in MARGINS]

    @property
    def has_own_margins(self) -> bool:
        """Return whether a margin is wrong, or other than that of the site."""
        return any(
            field.errors
            or (self.is_bound and self.data.get(field.name, "") not in ("", str(field.initial)))
            for field in self.margin_fields
        )

    def clean(self) -> dict[str, Any]:
        """Check what fields say of each other."""
        cleaned = super().clean() or self.cleaned_data
        self._check_period(cleaned)
        if self.roster_rows:
            self._check_roster(cleaned)
        else:
            self._check_hours(cleaned)
        self._check_second(cleaned)
        self._check_week(cleaned.get("semaine"), cleaned.get("jours"))
        self._show_names(cleaned)
        return cleaned

    def _check_hours(self, cleaned: dict[str, Any]) -> None:
        start_s, end_s = cleaned.get("debut"), cleaned.get("fin")
        if start_s is None or end_s is None:
            return
        if start_s < end_s:
            self._check_week_hours(cleaned, end_s - start_s)
        elif start_s == end_s:
            self.add_error("fin", "Le début et la fin du poste sont à la même heure.")
        elif cleaned.get("nuit"):
            cleaned["fin"] = end_s + DAY_S
            self._check_week_hours(cleaned, end_s + DAY_S - start_s)
        else:
            self.suggestions["fin"] = [
                {"label": "Oui, la fin est le lendemain", "url": self.link(nuit="1")}
            ]
            self.add_error(
                "fin",
                f"La fin du poste ({clock(end_s)}) vient avant son début ({clock(start_s)}). "
                "Est-ce un poste de nuit ?",
            )

    def _check_roster(self, cleaned: dict[str, Any]) -> None:
        """Take the hours of the lines typed, in the place of the days and hours above them."""
        week = cleaned.get("semaine") or self.fields["semaine"].initial
        begins = min(cleaned.get("period", (week,))[0], week)
        margins = asked_margins(**{MARGINS[name]: cleaned.get(name) for name in MARGINS})
        for name in ("jours", "debut", "fin"):
            self.errors.pop(name, None)
        try:
            roster = read_rows(
                self.roster_rows, day_in(self.roster_from) or begins, not_after=begins,
                margin_before_s=60 * margins.before_min, margin_after_s=60 * margins.after_min,
            )  # fmt: skip
        except RosterError as wrong:
            general = [why for line, why in wrong.by_line if not line]
            self.add_error(FIELD, french.capitalised(" ".join(general)) or wrong.problems[0])
            return
        if longest_week_h(roster) > MAX_WEEK_H:
            self.add_error(FIELD, f"Une semaine dépasse {MAX_WEEK_H} h : vérifiez les heures.")
            return
        looked_at = in_week(roster, week)
        if looked_at is None:
            return  # never: a line has days
        cleaned["semaine"], shift = monday_of(looked_at[0]), looked_at[1]
        cleaned |= {"roster": roster, "jours": [JOURS[day][0] for day in sorted(shift.days)],
                    "debut": shift.start_s, "fin": shift.end_s, "roster_shift": shift}  # fmt: skip

    def _check_second(self, cleaned: dict[str, Any]) -> None:
        """Take a second employer of the same day, and the hours of both."""
        if self.errors.keys() & {"debut", "fin", "nuit", *SECOND}:
            return
        try:
            second = second_job(cleaned)
        except ValueError as wrong:
            self.add_error(*wrong.args)
            return
        if second is not None and self.roster_rows:
            self.add_error(
                "travail2", "Avec des horaires qui changent, posez une question par employeur."
            )
        elif second is not None:
            self._check_week_hours(cleaned, second.end_s - cleaned["debut"])
            cleaned["second"] = second

    @property
    def second(self) -> SecondJob | None:
        """Return the second job of the valid form, None where there is none."""
        return self.cleaned_data.get("second")

    @property
    def has_second(self) -> bool:
        """Return whether the fields of a second employer are to be shown."""
        return any(self[name].errors or self[name].value() for name in SECOND)

    def _check_week_hours(self, cleaned: dict[str, Any], shift_s: int) -> None:
        """Refuse a shift that no job has: breaks included, beyond any legal week."""
        hours = shift_s * len(cleaned.get("jours") or ()) / 3600
        if hours > MAX_WEEK_H:
            self.add_error(
                "fin",
                f"Ces heures feraient {french.number(round(hours, 1))} h par semaine. Vérifiez le "
                "début, la fin et les jours : la loi limite la semaine à 48 h (Code du travail, "
                "article L. 3121-20).",
            )

    def _check_period(self, cleaned: dict[str, Any]) -> None:
        """Set the period of the contract, and look at a week of it."""
        first, last = cleaned.get("du"), cleaned.get("au")
        if not (first or last) or self.errors.keys() & {"du", "au"}:
            return
        first = first or cleaned.get("semaine") or self.fields["semaine"].initial
        last = last or (self.covers[1] if self.covers else first)
        if last < first:
            self.add_error("au", "Le contrat finit avant de commencer.")
        elif (last - first).days >= LONGEST_PERIOD_DAYS:
            self.add_error("au", f"Au plus {LONGEST_PERIOD_DAYS} jours.")
        else:
            cleaned["period"] = first, last
            week = cleaned.get("semaine")
            if week and not (monday_of(first) <= week <= last):
                known = self.covers or (first, last)
                cleaned["semaine"] = monday_of(min(max(first, known[0]), known[1]))

    @property
    def has_more(self) -> bool:
        """Return whether the details are to be shown: dates of a contract, margins, a mistake."""
        dated = any(self[name].errors or self.data.get(name) for name in ("du", "au"))
        return dated or self.has_own_margins

    def _check_week(self, week: date | None, jours: list[str] | None) -> None:
        if not (week and self.covers):
            return
        first, last = self.covers
        days = day_numbers(jours) if jours else range(7)
        if any((first - week).days <= day <= (last - week).days for day in days):
            return
        nearest = default_week(self.covers, week)
        self.suggestions["semaine"] = [
            {
                "label": f"Semaine du {date_format(nearest, 'j F Y')}",
                "url": self.link(semaine=nearest.isoformat()),
            }
        ]
        self.add_error(
            "semaine",
            f"Aucun horaire n'est connu pour la semaine du {date_format(week, 'j F Y')}. "
            f"Les horaires vont du {date_format(first, 'j F Y')} "
            f"au {date_format(last, 'j F Y')}.",
        )

    def _show_names(self, cleaned: dict[str, Any]) -> None:
        """Let the fields show the commune understood, and the week's Monday."""
        data = cast(QueryDict, self.data).copy()
        self.data = data
        for field in ("domicile", "travail", "travail2"):
            if cleaned.get(field):
                data[field] = queries.commune_label(cleaned[field])
        if cleaned.get("semaine"):
            data["semaine"] = cleaned["semaine"].isoformat()
        if roster := cleaned.get("roster"):
            lines = (row.written() for row in self.roster_rows)
            data[FIELD] = ";".join((roster.starts_on.isoformat(), *lines))
            # What reads one pair of hours has those of most days.
            for name in ("debut", "fin"):
                data[name] = time_typed(cleaned[name])
            data.setlist("jours", cleaned["jours"])
            data["nuit"] = "1" if cleaned["fin"] > DAY_S else ""

    # --- using ------------------------------------------------------------------------------

    def link(self, **changes: str | list[str]) -> str:
        """Return the address of the same question with some fields changed."""
        return f"?{self.query(**changes)}"

    def query(self, **changes: str | list[str]) -> str:
        """Return the question as it stands in an address, with some fields changed."""
        return urlencode(dict(self.pairs(**changes)), doseq=True)

    def pairs(self, **changes: str | list[str]) -> Iterator[tuple[str, list[str]]]:
        """Yield each field of the question with its values, some changed."""
        for name in self.fields:
            longest = LONGEST_ROSTER if name == FIELD else LONGEST_TEXT
            values = [value[:longest] for value in self.data.getlist(name)]
            changed = changes.get(name, values if name == "jours" else values[-1:])
            yield name, changed if isinstance(changed, list) else [changed]

    def given_out(self) -> "QuestionForm":
        """Return the question as others receive it: the commune of the home, not its address.

        The form itself, valid, where the home is no more precise than that.
        """
        label = queries.given_out(self.cleaned_data["domicile"])
        if not label:
            return self
        data = cast(QueryDict, self.data).copy()
        data["domicile"] = label
        return QuestionForm(data, covers=self.covers, today=self.today)

    def summary(self) -> dict[str, str]:
        """Return the question of the valid form in words, one entry per line of the heading."""
        cleaned = self.cleaned_data
        person = dict(PERMIS)[cleaned["permis"]]
        roster = cleaned.get("roster")
        days, hours = days_of_week(day_numbers(cleaned["jours"])), self.hours_words()
        bike = {"oui": "avec un vélo", "non": "sans vélo", "inconnu": "vélo : non précisé"}
        return {
            "days": roster_title(roster) if roster else days,
            "hours": roster_words(roster) if roster else hours,
            "person": person if cleaned["permis"] != "inconnu" else "Permis : non précisé",
            "bike": bike[cleaned["velo"]],
            "week": date_format(cleaned["semaine"], "j F Y"),
        }

    def hours_words(self) -> str:
        """Return the hours of a day: "8 h – 12 h, puis 14 h – 18 h à Brives-Charensac"."""
        hours = f"{clock(self.cleaned_data['debut'])} – {clock(self.cleaned_data['fin'])}"
        return f"{hours}, puis {self.second.words}" if self.second else hours

    def situation(self, now: datetime) -> Situation:
        """Return what the valid form asks the matching, at the time `now`."""
        from traitdunion.reach import Shift

        cleaned = self.cleaned_data
        permis, vehicule = FACTS_BY_PERMIS[cleaned["permis"]]
        margins = asked_margins(**{MARGINS[name]: cleaned[name] for name in MARGINS})
        start_s, end_s, second = cleaned["debut"], cleaned["fin"], self.second
        return Situation(
            home=place_of(cleaned["domicile"]),
            work=place_of(cleaned["travail"]),
            shift=cleaned.get("roster_shift")
            or Shift(
                days=frozenset(day_numbers(cleaned["jours"])),
                start_s=start_s,
                end_s=second.end_s if second else end_s,
                margin_before_s=60 * margins.before_min,
                margin_after_s=60 * margins.after_min,
                periods=((start_s, end_s), (second.start_s, second.end_s)) if second else (),
            ),
            second_work=place_of(second.commune) if second else None,
            week=cleaned["semaine"],
            permis=permis,
            vehicule=vehicule or VEHICULE_BY_VELO[cleaned["velo"]],
            now=now,
            margins=margins.on_the_way,
            period=cleaned.get("period"),
            roster=cleaned.get("roster"),
        )

    @property
    def roster_understood(self) -> str:
        """Return what was understood of the lines of hours; "" where there is none."""
        roster = self.cleaned_data.get("roster") if self.is_bound and self.is_valid() else None
        return understood_words(roster) if roster else ""

    @property
    def rows_to_type(self) -> list[TypedRow]:
        """Return the lines of hours to draw, some left to fill."""
        return [*self.roster_rows, *blank_rows(self.roster_rows)]


def unknown_commune_message(text: str, suggestions: list[Any]) -> str:
    """Return the sentence for a name that is no commune, or that several bear."""
    if not suggestions:
        return (
            f"Aucune commune ne s'appelle « {text} ». "
            "Vérifiez l'orthographe ou écrivez le code postal."
        )
    names = Counter(commune.nom for commune in suggestions)
    shared, bearers = names.most_common(1)[0]
    if (bearers > 1 and shared.casefold() == text.strip().casefold()) or len(names) == 1 < bearers:
        return f"Plusieurs communes s'appellent {shared}. Choisissez la bonne."
    if text.strip().isdigit():
        return f"Plusieurs communes ont le code postal {text.strip()}. Choisissez la bonne."
    return f"Aucune commune ne s'appelle exactement « {text} ». Choisissez parmi les noms proches."


def day_numbers(jours: Iterable[str]) -> list[int]:
    """Return the days of the week, Monday 0, of the field's values."""
    order = [value for value, _ in JOURS]
    return sorted(order.index(jour) for jour in jours)


def place_of(commune: Any) -> Place:
    """Return a commune, or a place, as the matching takes it."""
    return Place(
        commune.nom, commune.lat, commune.lon, commune.code_insee, hasattr(commune, "kind")
    )
