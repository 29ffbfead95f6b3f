"""The form of an entry: it asks only what its type calls for, and gives back a document."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.db import models

from traitdunion.french import week_hours

from .entries import COLUMNS, PART_BY_NAME, Content, Problem, label_of, plain
from .enums import CODES_OF, ListeCodes, NatureSignalement, TypeSolution
from .models import DETAIL_OF, Part, Solution, Structure
from .opening_hours import is_readable, validate_opening_hours
from .vocabulary import CARRIES, asks
from .zone_lines import ZoneLinesError, from_lines, to_lines

SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "essentiel",
        "L'essentiel",
        ("structure", "nom", "description", "detail", "mode", "distance_max_km", "trajets_max_mois",
         "parent"),
    ),
    (
        "qui",
        "Pour qui",
        (
            "publics", "accueil", "publics_precisions", "conditions_acces", "regle",
            "permis_requis", "pieces", "amenagements", "motifs",
        ),
    ),
    (
        "ou",
        "Où",
        (
            "zone_libre", "zones", "destination_dans_zone", "zones_service", "arrets", "paires",
            "gtfs_agency", "lignes",
            "retrait_nom", "retrait_adresse", "retrait_code_postal", "retrait_commune",
            "retrait_lat", "retrait_lon", "accessibilite_lieu",
        ),
    ),
    (
        "quand",
        "Quand",
        (
            "horaires_service", "horaires_accueil", "exceptions", "fermetures", "seances",
            "delai_jours", "duree_max_jours", "renouvelable", "valide_du", "valide_au",
        ),
    ),
    (
        "demander",
        "Demander et réserver",
        (
            "mobilisable_par", "modes_mobilisation", "modes_accueil", "telephone", "courriel",
            "lien_mobilisation", "mobilisation_precisions", "contact_nom", "contact_public",
            "delai_reponse_jours", "booking_type", "prior_notice_duration_min",
            "prior_notice_duration_max", "prior_notice_last_day", "prior_notice_last_time",
            "prior_notice_start_day", "prior_notice_start_time", "booking_url",
        ),
    ),
    (
        "prix",
        "Ce que cela coûte",
        (
            "frais", "par_trajet_eur", "par_jour_eur", "par_semaine_eur", "par_mois_eur",
            "par_km_eur", "par_heure_eur", "forfait_eur", "caution_eur", "plafond_mois_eur",
            "tranches", "tarif_precisions",
        ),
    ),
    (
        "places",
        "Places, attente, cumul",
        (
            "capacite_unites", "capacite_disponibles", "capacite_maj_le", "attente_personnes",
            "subsidiaire", "cumuls",
        ),
    ),
    (
        "sources",
        "Sources et mise à jour",
        (
            "verifie_le", "frequence_maj_mois", "source_url", "source_citation", "lien_source",
            "reference", "type_service", "thematiques",
        ),
    ),
)  # fmt: skip
FIRST_ASKED = ("structure", "nom", "description", "zones", "horaires_service")
FIRST_ASKED_NEXT = ("telephone", "verifie_le", "courriel")
N_FIRST_ASKED = 8
"""What a new entry asks first, with one price between; the rest is folded under it."""
BLANK_ROWS = 1
MAX_ROWS = 200
UNKNOWN = [("", "Non renseigné")]


class HoursField(forms.CharField):
    """Weekly hours typed in French (« du lundi au vendredi de 6h30 à 19h »), kept as OpenStreetMap
    writes them; what is kept is shown in French, and the grammar of OpenStreetMap is read too.
    """

    def __init__(self, *, one_day: bool = False, **options: Any) -> None:
        weekly = (
            "Comme vous le diriez : « du lundi au vendredi de 6h30 à 19h, samedi 9h-12h, fermé les "
            "jours fériés ». Vide : on ne sait pas."
        )
        help_text = "« 8h-12h et 14h-17h », ou « fermé »." if one_day else weekly
        super().__init__(help_text=help_text, **options)
        self.read = week_hours.read_one_day if one_day else week_hours.understood
        if not one_day:
            self.widget.attrs["data-hours"] = ""

    def prepare_value(self, value: Any) -> Any:
        return week_hours.written(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if not text or is_readable(text):
            return text
        try:
            hours = self.read(text)
        except week_hours.HoursError as refused:
            raise forms.ValidationError(str(refused)) from refused
        validate_opening_hours(hours)
        return hours


def field_of(column: "models.Field[Any, Any]") -> forms.Field:
    """Return the form field of a column; nothing is required here, `entries.entry_from` checks."""
    if column.is_relation:
        return forms.SlugField(label=_label(column), required=False, help_text=column.help_text)
    if validate_opening_hours in column.validators:
        one_day = column.name == "horaires"
        return HoursField(one_day=one_day, label=_label(column), required=False, max_length=400)
    options = {"assume_scheme": "https"} if isinstance(column, models.URLField) else {}
    field = column.formfield(required=False, **options)
    field.label = _label(column)
    if isinstance(field, forms.TypedChoiceField):
        field.choices = [*UNKNOWN, *column.choices]
    elif isinstance(column, models.DateField):
        field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    elif isinstance(column, models.TimeField):
        field.widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    elif isinstance(column, models.FloatField):
        field.widget.attrs["step"] = "any"
    elif isinstance(field.widget, forms.Textarea):
        field.widget.attrs["rows"] = 4
    return field


def _label(column: "models.Field[Any, Any]") -> str:
    text = str(column.verbose_name)
    return text[:1].upper() + text[1:]


class StructureForm(forms.ModelForm):
    """A structure that proposes solutions: its name, and how to reach it."""

    site = forms.URLField(required=False, max_length=200, assume_scheme="https")

    class Meta:
        model = Structure
        fields = ("nom", "description", "telephone", "courriel", "site", "siret", "adresse",
                  "complement_adresse", "code_postal", "commune", "horaires_accueil")  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = _label(Structure._meta.get_field(name))
        self.fields["description"].widget.attrs["rows"] = 3
        self.fields["siret"].help_text = "Quatorze chiffres."
        self.fields["commune"].help_text = "Code INSEE, de cinq signes."
        hours = HoursField(label=self.fields["horaires_accueil"].label, required=False)
        self.fields["horaires_accueil"] = hours


class PartRow(forms.Form):
    """One line of a list of an entry; a line left empty is no line."""

    retirer = forms.BooleanField(label="Retirer cette ligne", required=False)

    def __init__(self, model: type[Part], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.model = model
        self.fields = {c.name: field_of(c) for c in model.columns()} | self.fields
        for column in model.columns():
            # A row begins empty, whatever the table would put there.
            self.fields[column.name].initial = None
            if isinstance(self.fields[column.name].widget, forms.Textarea):
                self.fields[column.name].widget.attrs["rows"] = 3

    def content(self) -> Content | None:
        """Return the line as a document has it; None where it is empty or taken out."""
        if self.cleaned_data.get("retirer"):
            return None
        row = self.model()
        columns = self.model.columns()
        if all(self.cleaned_data.get(c.name) in (None, "") for c in columns):
            return None
        return {c.name: _plain(c, row, self.cleaned_data.get(c.name)) for c in columns}


def _plain(column: "models.Field[Any, Any]", row: models.Model, value: Any) -> Any:
    """Return the cleaned value of a form as a document holds it."""
    if value in (None, "") and not column.null:
        value = column.get_default() if column.has_default() else ""
    elif value == "":
        value = None
    if isinstance(value, str) and not column.is_relation and column.choices:
        value = str(value)
    setattr(row, column.attname, value)
    return plain(column, row)


class PartRows:
    """The lines of one list: those filled in, then blank ones."""

    def __init__(self, name: str, content: Content, data: Mapping[str, Any] | None) -> None:
        self.name, self.label = name, label_of(name)
        self.model = PART_BY_NAME[name]
        rows = content.get(name) or []
        count = len(rows) + BLANK_ROWS
        if data is not None:
            given = str(data.get(f"{name}-count", ""))
            count = min(int(given), MAX_ROWS) if given.isdigit() else count
            count += BLANK_ROWS if data.get("plus") == name else 0
        self.rows = [
            PartRow(
                self.model,
                data,
                prefix=f"{name}-{i}",
                initial=rows[i] if i < len(rows) else None,
            )
            for i in range(count)
        ]

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def has_errors(self) -> bool:
        return any(row.is_bound and row.errors for row in self.rows)


class EntryForm(forms.Form):
    """The fields of a type, in sections; `content` is the entry as it is now.

    What the type does not ask for is left as `content` has it.
    """

    def __init__(
        self,
        kind: TypeSolution,
        *,
        structures: Sequence[Structure],
        content: Content,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        self.kind, self.content_before = kind, content
        super().__init__(data, initial=_initial(content))
        self.detail_columns = {f"detail-{c.name}": c for c in DETAIL_OF[kind].columns()}
        asked = [name for _, _, names in SECTIONS for name in names]
        for name in asked:
            if name == "detail":
                self.fields |= {key: field_of(c) for key, c in self.detail_columns.items()}
            elif asks(kind, name):
                self._add(name, structures)
        self.parts = {
            name: PartRows(name, content, data)
            for name in PART_BY_NAME
            if name != "zones" and asks(kind, name)
        }

    def _add(self, name: str, structures: Sequence[Structure]) -> None:
        if name == "structure":
            choices = [
                ("", "Choisissez"),
                *((structure.pk, structure.nom) for structure in structures),
            ]
            self.fields[name] = forms.ChoiceField(
                label="Structure", choices=choices, required=False
            )
        elif name == "parent":
            platforms = Solution.objects.filter(type_solution=TypeSolution.PLATEFORME)
            choices = [*UNKNOWN, *platforms.values_list("pk", "nom")]
            self.fields[name] = forms.ChoiceField(
                label="Plateforme", choices=choices, required=False,
                help_text=COLUMNS["parent"].help_text,
            )  # fmt: skip
        elif name == "zones":
            self.fields[name] = forms.CharField(
                label=label_of("zones"),
                required=False,
                widget=forms.Textarea(attrs={"rows": 4}),
                help_text="Une par ligne, par son nom ou son code : une commune, une "
                "intercommunalité, « Département … », « France ». Vide : on ne sait pas.",
            )
        elif name in COLUMNS:
            self.fields[name] = field_of(COLUMNS[name])
        elif name in ListeCodes.values:
            known = CODES_OF[ListeCodes(name)].choices
            others = set(self.content_before.get(name) or []) - {code for code, _ in known}
            self.fields[name] = forms.MultipleChoiceField(
                label=ListeCodes(name).label,
                choices=[*known, *((code, code) for code in sorted(others))],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    def clean_zones(self) -> list[dict[str, str]]:
        try:
            return from_lines(self.cleaned_data["zones"])
        except ZoneLinesError as refused:
            raise forms.ValidationError(refused.problems) from refused

    def is_valid(self) -> bool:
        lists = [row.is_valid() for part in self.parts.values() for row in part.rows]
        return super().is_valid() and all(lists)

    def content(self) -> Content:
        """Return the document written, of a valid form."""
        content = dict(self.content_before)
        row = Solution()
        for name in self.fields:
            value = self.cleaned_data.get(name)
            if name in COLUMNS:
                content[name] = _plain(COLUMNS[name], row, value)
            elif name == "zones" or name in ListeCodes.values:
                content[name] = value
        detail = DETAIL_OF[self.kind]()
        content["detail"] = {
            column.name: _plain(column, detail, self.cleaned_data.get(key))
            for key, column in self.detail_columns.items()
        }
        for name, part in self.parts.items():
            content[name] = [
                row_content for row in part.rows if (row_content := row.content()) is not None
            ]
        if not any(value not in (None, "") for value in content["detail"].values()):
            del content["detail"]
        return {name: value for name, value in content.items() if value != []} | {
            "type_solution": self.kind.value
        }

    def add_problems(self, problems: Sequence[Problem]) -> None:
        """Put what is wrong with the document beside the fields it is about."""
        for problem in problems:
            name = problem.where.replace(".", "-") if "[" not in problem.where else ""
            list_name, _, rest = problem.where.partition("[")
            if name in self.fields:
                self.add_error(name, problem.why)
            elif list_name in self.parts:
                self._add_row_problem(list_name, rest, problem.why)
            else:
                where = f"{label_of(problem.where)} : " if problem.where else ""
                self.add_error(None, where + problem.why)

    def _add_row_problem(self, name: str, rest: str, why: str) -> None:
        """Add the problem of a line; `rest` is "2].du": the second line filled in, its field."""
        number, _, column = rest.partition("]")
        kept = [row for row in self.parts[name].rows if row.content() is not None]
        row = kept[int(number) - 1]
        row.add_error(column.lstrip(".") or None, why)

    def first_asked(self) -> list[str]:
        """Return the eight fields, at the most, that a new entry of this type begins with."""
        prices = ("par_trajet_eur",) if self.kind in CARRIES else ()
        price = next((n for n in (*prices, "par_mois_eur", "forfait_eur") if n in self.fields), "")
        names = (*FIRST_ASKED, price, *FIRST_ASKED_NEXT)
        return [name for name in names if name in self.fields][:N_FIRST_ASKED]

    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.first_asked()]

    def sections(self, *, without: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        """Return sections with something to ask: heading, fields and lists in their order.

        without: names of fields that are asked elsewhere on the page.
        """
        for key, title, names in SECTIONS:
            items: list[dict[str, Any]] = []
            for name in names:
                if name in without:
                    continue
                if name == "detail":
                    items += [{"field": self[key_]} for key_ in self.detail_columns]
                elif name in self.parts:
                    items.append({"part": self.parts[name]})
                elif name in self.fields:
                    items.append({"field": self[name]})
            if items:
                yield {"key": key, "title": title, "items": items, "wrong": _wrong(items)}

    def has_row_errors(self) -> bool:
        return any(part.has_errors for part in self.parts.values())


def _wrong(items: Sequence[dict[str, Any]]) -> bool:
    return any(
        item["field"].errors if "field" in item else item["part"].has_errors for item in items
    )


def _initial(content: Content) -> dict[str, Any]:
    """Return what the fields begin with."""
    initial = {name: value for name, value in content.items() if name in COLUMNS}
    initial |= {name: content.get(name) or [] for name in ListeCodes.values}
    initial |= {f"detail-{name}": value for name, value in (content.get("detail") or {}).items()}
    initial["zones"] = to_lines(content.get("zones") or [])
    if "contact_public" not in content:
        initial["contact_public"] = True
    initial.setdefault("frequence_maj_mois", 6)
    return initial


class ReportForm(forms.Form):
    """« Signaler une erreur »: what is wrong, anonymously."""

    nature = forms.ChoiceField(
        label="Qu'est-ce qui ne va pas ?",
        choices=NatureSignalement.choices,
        widget=forms.RadioSelect,
    )
    message = forms.CharField(
        label="Précisions",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Facultatif. N'écrivez ici ni votre nom ni celui d'une autre personne.",
    )
    # Filled by robots only: it is out of sight, and labelled so for screen readers.
    site = forms.CharField(label="Ne remplissez pas ce champ", required=False)


class StartForm(forms.Form):
    """What a new entry starts from: a type, and maybe a template of the organisation."""

    type_solution = forms.ChoiceField(
        label="Quel type de solution ?", choices=TypeSolution.choices, widget=forms.RadioSelect
    )
