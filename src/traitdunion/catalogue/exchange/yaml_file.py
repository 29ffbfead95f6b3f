"""A YAML file of structures and solutions, read into unsaved rows, with its faults."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone, translation

from traitdunion.sources import bounded

from ..entries import PART_BY_NAME, Entry, across, dangling, validate_together
from ..enums import ListeCodes, NatureZone, TypeSolution
from ..models import DETAIL_OF, Solution, SolutionCode, SolutionZone, Structure

Area = tuple[str, str]
"""Nature and code of an area."""

SECTIONS = ("structures", "solutions")
DEFAULTS = tuple(f"{section}_par_defaut" for section in SECTIONS)

# Key in the file, nature, what a code looks like, an example.
ZONES = {
    "communes": (NatureZone.COMMUNE, re.compile(r"(\d\d|2[AB])\d{3}"), "43112"),
    "epci": (NatureZone.EPCI, re.compile(r"\d{9}"), "200073419"),
    "departements": (NatureZone.DEPARTEMENT, re.compile(r"\d\d|2[AB]|97\d"), "43"),
    "regions": (NatureZone.REGION, re.compile(r"\d\d"), "84"),
}

# What to write in a field, the most precise kind first.
ADVICE: tuple[tuple[type, str], ...] = (
    (models.BooleanField, "Écrivez true ou false."),
    (models.DateField, "Écrivez une date AAAA-MM-JJ."),
    (models.TimeField, 'Écrivez une heure entre guillemets, par exemple "18:00".'),
    (models.DecimalField, "Écrivez un nombre, par exemple 3.50."),
    (models.FloatField, "Écrivez un nombre, par exemple 45.0429."),
    (models.IntegerField, "Écrivez un nombre entier."),
    (models.EmailField, "Écrivez une adresse comme contact@example.org."),
    (models.URLField, "Écrivez une adresse qui commence par https://."),
    (models.SlugField, "Employez des lettres sans accent, des chiffres et des tirets."),
)
TEXTS = (models.CharField, models.TextField, models.TimeField)
NUMBERS = (models.DecimalField, models.FloatField, models.IntegerField)


class CatalogueError(ValueError):
    """The file cannot be loaded; `problems` holds one French sentence for each fault."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class Entries:
    """Rows of a file, checked and not saved."""

    structures: list[Structure]
    solutions: list[Entry]


@dataclass
class Faults:
    """Faults found so far in a file, in French, each with its place."""

    file: str
    messages: list[str] = field(default_factory=list)

    def add(self, entry: str, name: str, why: str, advice: str = "") -> None:
        """Add a fault of a field of an entry; either may be empty."""
        place = ", ".join(filter(None, [self.file, entry, name and f"champ « {name} »"]))
        self.messages.append(f"{place} : {why} {advice}".rstrip())


def read_catalogue(path: Path, *, now: datetime | None = None) -> Entries:
    """Read and check a whole file before complaining.

    `now`: when given, a real (not demonstration) solution cannot have been verified after it.
    Raises CatalogueError with every fault: file, entry, field, why, what to do.
    """
    faults = Faults(path.name)
    content = _content(path, faults)
    with translation.override("fr"):
        structures = [
            _row(Structure, key, values, entry, faults)
            for key, values, entry in _given(content, "structures", _columns(Structure), faults)
        ]
        solutions = [
            _solution(key, values, entry, faults)
            for key, values, entry in _given(content, "solutions", SOLUTION_FIELDS, faults)
        ]
    known = {row.id for row in structures}
    keys = {entry.solution.pk for entry in solutions}
    for entry in solutions:
        for problem in dangling(entry, keys):
            faults.add(f"solution « {entry.solution.pk} »", problem.where, problem.why)
        _check_structure(entry.solution, known, faults)
        _check_verified(entry.solution, now, faults)
    if faults.messages:
        raise CatalogueError(faults.messages)
    return Entries(structures, solutions)


# -- the file ------------------------------------------------------------------------------------


class UniqueKeys(bounded.BoundedLoader):
    """YAML where an entry written twice is a fault, and not the loss of the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                raise yaml.constructor.ConstructorError(
                    None, None, f"« {key.value} » est écrit deux fois", key.start_mark
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def _content(path: Path, faults: Faults) -> Mapping[str, Any]:
    """Return the two sections and their defaults; raise where the file has no such shape."""
    content = _parsed(path)
    if not isinstance(content, dict) or not isinstance(content.get("solutions"), dict):
        raise CatalogueError(
            [
                f"{path.name} : la rubrique « solutions » manque, ou n'est pas une suite de fiches "
                "nommées. Il faut deux rubriques, « structures » et « solutions »."
            ]
        )
    for name, section in content.items():
        if name not in SECTIONS + DEFAULTS:
            advice = _meant(str(name), SECTIONS + DEFAULTS, "Rubriques")
            faults.add("", "", f"la rubrique « {name} » n'existe pas.", advice)
        elif not isinstance(section, dict):
            faults.add("", "", f"la rubrique « {name} » n'est pas une suite de noms et de valeurs.")
    return {
        name: section if isinstance(section := content.get(name), dict) else {}
        for name in SECTIONS + DEFAULTS
    }


def _parsed(path: Path) -> Any:
    try:
        return bounded.yaml_document(path, UniqueKeys)
    except FileNotFoundError as absent:
        raise CatalogueError([f"{path} : fichier introuvable. Vérifiez son nom."]) from absent
    except OSError as refused:
        why = "c'est un dossier" if path.is_dir() else refused.strerror
        raise CatalogueError([f"{path} : fichier illisible ({why})."]) from refused
    except UnicodeDecodeError as wrong:
        raise CatalogueError(
            [f"{path.name} : le fichier n'est pas en UTF-8. Enregistrez-le en UTF-8."]
        ) from wrong
    except bounded.Unreadable as refused:
        raise CatalogueError([str(fault) for fault in refused.faults]) from refused
    except (yaml.YAMLError, ValueError) as wrong:
        # A ValueError is a date that does not exist, such as 2026-02-30.
        mark = getattr(wrong, "problem_mark", None)
        line = f", ligne {mark.line + 1}" if mark else ""
        why = getattr(wrong, "problem", None) or wrong
        raise CatalogueError([f"{path.name}{line} : YAML mal formé ({why})."]) from wrong


# -- an entry ------------------------------------------------------------------------------------


def _columns(model: type[models.Model]) -> tuple[str, ...]:
    """Return the columns that a file may give."""
    left_alone = {"id", *getattr(model, "MANAGED", ())}
    return tuple(c.name for c in model._meta.concrete_fields if c.name not in left_alone)


SOLUTION_FIELDS = (*_columns(Solution), "detail", *PART_BY_NAME, *ListeCodes.values)


def _given(
    content: Mapping[str, Any], section: str, accepted: tuple[str, ...], faults: Faults
) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Return the entries of a section: key, fields with the defaults, and how to name it."""
    defaults = _known(content[f"{section}_par_defaut"], f"{section}_par_defaut", accepted, faults)
    for key, given in content[section].items():
        entry = f"{section[:-1]} « {key} »"
        if not isinstance(given, dict):
            faults.add(entry, "", "ce n'est pas une suite de champs.", "Écrivez « champ: valeur ».")
            continue
        yield str(key), {**defaults, **_known(given, entry, accepted, faults)}, entry


def _solution(key: str, values: dict[str, Any], entry: str, faults: Faults) -> Entry:
    """Return unsaved rows of a solution."""
    areas = _areas(values.pop("zones", None), entry, faults)
    detail = values.pop("detail", None)
    codes = {liste: values.pop(liste, None) for liste in ListeCodes.values}
    lists = {name: values.pop(name, None) for name in PART_BY_NAME}
    row = _row(Solution, key, values, entry, faults)
    if (NatureZone.FRANCE, "FR") in areas:
        row.zone_libre = True
    parts: dict[str, Any] = {
        name: _list_of(name, given, entry, faults) for name, given in lists.items() if given
    }
    parts["zones"] = [SolutionZone(nature=nature, code=code) for nature, code in areas]
    parts["codes"] = [
        code
        for liste, given in codes.items()
        if given
        for code in _codes(liste, given, entry, faults)
    ]
    made = Entry(row, _detail(row, detail, entry, faults), parts)
    for problem in across(made):
        faults.add(entry, problem.where, problem.why)
    return made


def _detail(row: Solution, given: Any, entry: str, faults: Faults) -> Any:
    """Return the columns that only this type has."""
    if given is None or row.type_solution not in TypeSolution.values:
        return None
    model = DETAIL_OF[TypeSolution(row.type_solution)]
    accepted = tuple(column.name for column in model.columns())
    if not isinstance(given, dict):
        faults.add(entry, "detail", "ce n'est pas une suite de champs.", f"Champs : {accepted}.")
        return None
    return _row(model, None, _known(given, entry, accepted, faults), f"{entry}, detail", faults)


def _list_of(name: str, given: Any, entry: str, faults: Faults) -> list[Any]:
    """Return the rows of one of the lists of a solution."""
    model = PART_BY_NAME[name]
    accepted = tuple(column.name for column in model.columns())
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        advice = f"Écrivez une suite de lignes, chacune avec : {', '.join(accepted)}."
        faults.add(entry, name, "ce n'est pas une suite de lignes.", advice)
        return []
    return [
        _row(model, None, _known(row, entry, accepted, faults), f"{entry}, {name} {i}", faults)
        for i, row in enumerate(given, start=1)
    ]


def _codes(liste: str, given: Any, entry: str, faults: Faults) -> list[SolutionCode]:
    if not isinstance(given, list) or not all(isinstance(code, str) for code in given):
        faults.add(entry, liste, "ce n'est pas une suite de codes.", "Écrivez [code, code].")
        return []
    rows = [SolutionCode(liste=liste, code=code) for code in dict.fromkeys(given)]
    for row in rows:
        try:
            row.clean()
        except ValidationError as wrong:
            faults.add(entry, liste, f"« {row.code} » inconnu.", " ".join(wrong.messages))
    return rows


def _known(
    given: Mapping[str, Any], entry: str, accepted: tuple[str, ...], faults: Faults
) -> dict[str, Any]:
    """Return the fields that exist; the others are listed as faults."""
    for name in given:
        if name not in accepted:
            advice = _meant(str(name), accepted, "Champs")
            faults.add(entry, "", f"le champ « {name} » n'existe pas.", advice)
    return {name: value for name, value in given.items() if name in accepted}


def _meant(name: str, accepted: tuple[str, ...], heading: str) -> str:
    """Return the name that was probably meant, else all of them."""
    close = get_close_matches(name, accepted, n=1)
    if close:
        return f"Vouliez-vous dire « {close[0]} » ?"
    return f"{heading} : {', '.join(sorted(accepted))}."


def _row(
    model: type[models.Model],
    key: str | None,
    given: Mapping[str, Any],
    entry: str,
    faults: Faults,
) -> Any:
    """Return an unsaved row whose fields were converted and checked one by one, then together.

    `key` is its identifier; None for a row that belongs to another.
    """
    columns = {column.name: column for column in model._meta.concrete_fields}
    values: dict[str, Any] = {} if key is None else {"id": key}
    wrong = set()
    for name, value in given.items():
        column = columns[name]
        if problem := _not_its_kind(column, value):
            faults.add(entry, name, f"« {value} » {problem}")
            wrong.add(name)
        else:
            values[column.attname] = _value(column, value)
    row = model(**values)
    relations = {name for name, column in columns.items() if column.is_relation}
    wrong |= _check_fields(row, wrong | relations, entry, faults)
    _check_together(row, wrong, entry, faults)
    return row


def _not_its_kind(column: Any, value: Any) -> str:
    """Return why a YAML value would be misread by a column; empty if it would not.

    YAML reads 0465710001 as an octal number, 18:00 as 1080 and `oui` as text.
    """
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return "est une liste : il faut une seule valeur."
    if column.is_relation or isinstance(column, TEXTS):
        return "" if isinstance(value, str) else "n'est pas un texte. Mettez-le entre guillemets."
    if isinstance(column, models.BooleanField):
        return "" if isinstance(value, bool) else f"n'est ni vrai ni faux. {_advice(column)}"
    if isinstance(column, models.DateField):
        return "" if isinstance(value, str | date) else f"n'est pas une date. {_advice(column)}"
    if isinstance(column, NUMBERS) and not _is_number(value, column):
        return f"n'est pas un nombre qui convient. {_advice(column)}"
    return ""


def _is_number(value: Any, column: Any) -> bool:
    """Return True for what the column takes without loss; a text is left to the column to read."""
    if isinstance(value, bool | date):
        return False
    if isinstance(value, float):
        whole = isinstance(column, models.IntegerField)
        return math.isfinite(value) and (not whole or value.is_integer())
    return True


def _value(column: Any, given: Any) -> Any:
    """Return what YAML gives, as the column takes it: no null in a text, no binary rounding of a
    price.
    """
    if given is None and not column.null:
        return ""
    if isinstance(column, models.DecimalField) and isinstance(given, float):
        return str(given)
    return given


def _check_fields(row: models.Model, exclude: set[str], entry: str, faults: Faults) -> set[str]:
    """Convert and check each field; names of those that fail."""
    try:
        row.clean_fields(exclude=exclude)
    except ValidationError as wrong:
        for name, messages in wrong.message_dict.items():
            column = row._meta.get_field(name)
            value = getattr(row, column.attname)
            why = " ".join(messages)
            shown = "" if value in (None, "") or str(value) in why else f" (valeur : « {value} »)"
            faults.add(entry, name, why + shown, _advice(column))
        return set(wrong.message_dict)
    return set()


def _check_together(row: models.Model, exclude: set[str], entry: str, faults: Faults) -> None:
    """Hold the row against the constraints of the database, except on fields already at fault."""
    try:
        validate_together(row, exclude)
    except ValidationError as wrong:
        for message in wrong.messages:
            faults.add(entry, "", message)


def _advice(column: Any) -> str:
    """Return what to write in a column."""
    if column.choices:
        return f"Valeurs possibles : {', '.join(str(value) for value, _ in column.flatchoices)}."
    return next((text for kind, text in ADVICE if isinstance(column, kind)), "Corrigez-le.")


# -- areas, and what fields say of one another ---------------------------------------------------


def _areas(given: Any, entry: str, faults: Faults) -> list[Area]:
    """Return the areas of a solution, each once; none where they are not known."""
    if given is None:
        return []
    if not isinstance(given, dict):
        advice = 'Écrivez par exemple {departements: ["43"]}.'
        faults.add(entry, "zones", f"« {given} » ne dit pas de quelle sorte de zone.", advice)
        return []
    areas: dict[Area, None] = {}
    for kind, codes in given.items():
        areas |= dict.fromkeys(_areas_of_kind(kind, codes, entry, faults))
    return list(areas)


def _areas_of_kind(kind: Any, codes: Any, entry: str, faults: Faults) -> list[Area]:
    if kind == "france":
        if codes is not True:
            faults.add(entry, "zones", f"france : « {codes} ».", "Écrivez true, ou retirez france.")
        return [(NatureZone.FRANCE, "FR")]
    if kind not in ZONES:
        faults.add(entry, "zones", f"« {kind} » inconnu.", f"Zones : {', '.join(ZONES)} ou france.")
        return []
    nature, shape, example = ZONES[kind]
    if not isinstance(codes, list) or not codes:
        advice = f'Écrivez par exemple ["{example}"], ou retirez-la si la zone est inconnue.'
        faults.add(entry, "zones", f"{kind} : « {codes} » n'est pas une liste de codes.", advice)
        return []
    for code in codes:
        if not isinstance(code, str) or not shape.fullmatch(code):
            advice = f'Écrivez chaque code entre guillemets, par exemple "{example}".'
            faults.add(entry, "zones", f"{kind} : « {code} » n'est pas un code.", advice)
    return [(nature, str(code)) for code in codes]


def _check_structure(row: Solution, known: set[str], faults: Faults) -> None:
    if row.structure_id not in known:
        given = row.structure_id or ""
        faults.add(
            f"solution « {row.pk} »",
            "structure",
            f"« {given} » n'est pas une structure de ce fichier.",
            _meant(given, tuple(known), "Structures") if known else "Ajoutez-la.",
        )


def _check_verified(row: Solution, now: datetime | None, faults: Faults) -> None:
    """Check that no entry was verified tomorrow; the dates of a demonstration are fiction."""
    if now is None or row.demonstration or not isinstance(row.verifie_le, date):
        return
    today = timezone.localdate(now)
    if row.verifie_le > today:
        faults.add(
            f"solution « {row.pk} »",
            "verifie_le",
            f"{row.verifie_le} est après le {today}.",
            "Écrivez le jour où la fiche a été vérifiée.",
        )
