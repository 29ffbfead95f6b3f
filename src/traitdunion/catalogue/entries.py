"""An entry of the catalogue whole: a solution with its detail and all its parts, as one document.

The document is what is compared, kept in the history, undone, suggested, imported and exported:
plain values only, so that it can be written as JSON and read back the same.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify

from traitdunion.accounts.checks import validate_constraints

from .enums import ListeCodes, TypeSolution
from .models import DETAIL_OF, PARTS, Detail, Part, Solution, SolutionCode
from .regular_trips import WAYS, hours_that_way
from .rules.operations import rules_in_force

Content = dict[str, Any]

PART_BY_NAME = {part.NAME: part for part in PARTS if part is not SolutionCode}
COLUMNS = {
    column.name: column
    for column in Solution._meta.concrete_fields
    if column.name not in {"id", "statut", *Solution.MANAGED}
}
"""Columns of a solution that a document holds; its state is changed by operations of its own."""


@dataclass(frozen=True)
class Problem:
    """Something wrong in a document: where ("nom", "detail.forme", "fermetures[2].du"), and why."""

    where: str
    why: str


MAX_KEY_LENGTH = 80
_SLUG = re.compile(r"[-a-zA-Z0-9_]+")

HOURS_SAID = {"aller": "à l'aller", "retour": "au retour"}


class EntryError(ValueError):
    """A document does not make an entry; `problems` lists everything that is wrong."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(" ".join(f"{problem.where} : {problem.why}" for problem in problems))


@dataclass
class Entry:
    """Rows of a solution, not saved: parts by the name of their list, codes among them."""

    solution: Solution
    detail: Detail | None = None
    parts: dict[str, list[Part]] = field(default_factory=dict)

    def content(self) -> Content:
        """Return the document of these rows."""
        return content_of_rows(self.solution, self.detail, self.parts)


def content_of(solution: Solution) -> Content:
    """Return the document of a solution in the database."""
    parts = {part.NAME: list(getattr(solution, part.NAME).all()) for part in PARTS}
    return content_of_rows(solution, detail_of(solution), parts)


def detail_of(solution: Solution) -> Detail | None:
    """Return the row with the columns of its type; None where none is filled in."""
    name = DETAIL_OF[TypeSolution(solution.type_solution)]._meta.get_field("solution")
    return getattr(solution, name.remote_field.related_name, None)


def content_of_rows(
    solution: Solution, detail: Detail | None, parts: Mapping[str, list[Part]]
) -> Content:
    """Return the document of rows, saved or not; lists in a fixed order, empty ones left out."""
    content: Content = {name: plain(column, solution) for name, column in COLUMNS.items()}
    details = {column.name: plain(column, detail) for column in detail.columns()} if detail else {}
    if any(value not in (None, "") for value in details.values()):
        content["detail"] = details
    for name in PART_BY_NAME:
        rows = [{c.name: plain(c, row) for c in row.columns()} for row in parts.get(name, [])]
        if rows:
            content[name] = sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))
    for liste in ListeCodes:
        codes = sorted(row.code for row in parts.get("codes", []) if row.liste == liste)
        if codes:
            content[liste.value] = codes
    return content


def plain(column: "models.Field[Any, Any]", row: models.Model) -> Any:
    """Return the value of a column as JSON holds it."""
    value = getattr(row, column.attname)
    value = column.to_python(value) if not column.is_relation else value
    match value:
        case Decimal():
            return str(value.quantize(Decimal(1).scaleb(-column.decimal_places)))
        case datetime() | date():
            return value.isoformat()
        case time():
            return value.strftime("%H:%M")
    return value


# -- from a document to rows ---------------------------------------------------------------------


def entry_from(key: str, content: Content) -> Entry:
    """Build the rows of a document, all checked before complaining.

    What the document leaves out is unknown. Raises EntryError.
    """
    problems: list[Problem] = []
    known = {*COLUMNS, "detail", *PART_BY_NAME, *ListeCodes.values}
    problems += [Problem(name, "ce champ n'existe pas.") for name in content if name not in known]
    problems += key_problems(key)
    solution = _row(Solution(id=key), COLUMNS, content, "", problems)
    detail = None
    if content.get("detail"):
        model = DETAIL_OF.get(solution.type_solution)
        if model is not None:
            columns = {column.name: column for column in model.columns()}
            given = content["detail"]
            problems += [
                Problem(f"detail.{name}", "ce type n'a pas ce champ.")
                for name in given
                if name not in columns
            ]
            detail = _row(model(solution_id=key), columns, given, "detail.", problems)
    parts: dict[str, list[Part]] = {}
    for name, model in PART_BY_NAME.items():
        columns = {column.name: column for column in model.columns()}
        parts[name] = [
            _row(model(solution_id=key), columns, given, f"{name}[{i}].", problems)
            for i, given in enumerate(content.get(name) or [], start=1)
        ]
    parts["codes"] = list(_codes(key, content, problems))
    entry = Entry(solution, detail, parts)
    problems += across(entry)
    if problems:
        raise EntryError(problems)
    return entry


def key_problems(key: str) -> list[Problem]:
    """Return what forbids a key: it is part of addresses, so only a slug of 80 signs will do."""
    if len(key) <= MAX_KEY_LENGTH and _SLUG.fullmatch(key):
        return []
    near = slugify(key)[:MAX_KEY_LENGTH]
    advice = f", par exemple « {near} »" if near else ""
    why = f"« {key[:100]} » : des lettres sans accent, des chiffres et des tirets{advice}."
    return [Problem("id", why)]


def _row(
    row: Any,
    columns: "Mapping[str, models.Field[Any, Any]]",
    given: Mapping[str, Any],
    prefix: str,
    problems: list[Problem],
) -> Any:
    wrong = {f.name for f in row._meta.concrete_fields if f.name not in columns}
    for name, column in columns.items():
        if name not in given:
            continue
        value = given[name]
        if value is None and not column.null:
            value = column.get_default() if column.has_default() else ""
        try:
            setattr(row, column.attname, value if column.is_relation else column.to_python(value))
        except ValidationError as refused:
            problems += [Problem(prefix + name, message) for message in refused.messages]
            wrong.add(name)
    relations = {name for name, column in columns.items() if column.is_relation}
    problems += checked(row, wrong | relations, prefix)
    return row


def checked(row: models.Model, exclude: set[str], prefix: str = "") -> list[Problem]:
    """Check the columns of a row, one by one then together; return what is wrong."""
    problems = []
    try:
        row.clean_fields(exclude=exclude)
    except ValidationError as refused:
        for name, messages in refused.message_dict.items():
            problems += [Problem(prefix + name, message) for message in messages]
        exclude = exclude | set(refused.message_dict)
    try:
        row.clean()
        validate_together(row, exclude)
    except ValidationError as refused:
        for name, messages in refused.message_dict.items():
            where = prefix.rstrip(".") if name == "__all__" else prefix + name
            problems += [Problem(where, message) for message in messages]
    return problems


def validate_together(row: models.Model, exclude: set[str]) -> None:
    """Hold a row against the constraints of the database, the row it may replace left aside.

    Raises ValidationError.
    """
    adding = row._state.adding
    row._state.adding = False  # so that a row of the same key is itself, and not a double
    try:
        validate_constraints(row, exclude)
    finally:
        row._state.adding = adding


def _codes(key: str, content: Content, problems: list[Problem]) -> Any:
    for liste in ListeCodes:
        for code in dict.fromkeys(content.get(liste.value) or []):
            row = SolutionCode(solution_id=key, liste=liste, code=code)
            problems += [
                Problem(liste.value, problem.why) for problem in checked(row, {"solution"})
            ]
            yield row


def across(entry: Entry) -> list[Problem]:
    """Check rows against one another: the same line twice, a name that no area or stop bears."""
    problems = []
    for name, rows in entry.parts.items():
        seen: set[str] = set()
        for i, row in enumerate(rows, start=1):
            written = json.dumps({c.name: plain(c, row) for c in row.columns()}, sort_keys=True)
            if written in seen:
                problems.append(Problem(f"{name}[{i}]", "cette ligne est écrite deux fois."))
            seen.add(written)
    named = {part.nom for name in ("zones_service", "arrets") for part in entry.parts.get(name, [])}
    for i, pair in enumerate(entry.parts.get("paires", []), start=1):
        for end in (pair.origine, pair.destination):
            if end not in named:
                why = f"« {end} » n'est ni une zone de service ni un arrêt de cette fiche."
                problems.append(Problem(f"paires[{i}]", why))
    stops = sorted(entry.parts.get("arrets", []), key=lambda stop: (stop.ordre, stop.nom))
    for way in WAYS:
        if hours_that_way(stops, way) is None:
            why = f"les heures {HOURS_SAID[way]} reculent d'un arrêt au suivant : vérifiez-les."
            problems.append(Problem("arrets", why))
    publics = [row.code for row in entry.parts.get("codes", []) if row.liste == ListeCodes.PUBLICS]
    if "tous-publics" in publics and len(publics) > 1:
        problems.append(Problem("publics", "« Tous publics » exclut les autres publics."))
    return [*problems, *_unknown_rule(entry.solution.regle)]


def _unknown_rule(regle: str) -> list[Problem]:
    rules = rules_in_force().rules
    if not regle or regle in rules:
        return []
    near = get_close_matches(regle, rules, n=1)
    advice = f" Vouliez-vous dire « {near[0]} » ?" if near else ""
    return [Problem("regle", f"il n'y a pas de règle « {regle} ».{advice}")]


def dangling(entry: Entry, known: Collection[str] = ()) -> list[Problem]:
    """Return a problem for each solution it names that neither the base nor `known` hold."""
    named = [("parent", entry.solution.parent_id)]
    named += [
        (f"cumuls[{i}].autre", row.autre_id)
        for i, row in enumerate(entry.parts.get("cumuls", []), 1)
    ]
    asked = {key for _, key in named if key and key not in known}
    stored = set(Solution.objects.filter(pk__in=asked).values_list("pk", flat=True))
    return [
        Problem(where, f"« {key} » n'est pas une solution du catalogue.")
        for where, key in named
        if key in asked - stored
    ]


# -- comparing -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A field that differs between two documents."""

    field: str
    label: str
    before: Any
    after: Any


def changes_between(before: Content, after: Content) -> list[Change]:
    """Return the fields that differ, in the order of the columns; those of the detail one by one,
    last.

    The order is that of the models: PostgreSQL does not keep that of the keys of a document.
    """
    old, new = _flat(before), _flat(after)
    places = _places()
    return [
        Change(name, label_of(name), old.get(name), new.get(name))
        for name in sorted({*old, *new}, key=lambda name: (places.get(name, len(places)), name))
        if old.get(name) != new.get(name)
    ]


@cache
def _places() -> dict[str, int]:
    """Place of each field of a document, by its name."""
    details = (
        f"detail.{column.name}" for model in DETAIL_OF.values() for column in model.columns()
    )
    names = dict.fromkeys([*COLUMNS, *PART_BY_NAME, *ListeCodes.values, *details])
    return {name: place for place, name in enumerate(names)}


def _flat(content: Content) -> Content:
    detail = content.get("detail") or {}
    rest = {name: value for name, value in content.items() if name != "detail"}
    return rest | {f"detail.{name}": value for name, value in detail.items()}


def label_of(name: str) -> str:
    """Return the French name of a field of a document."""
    if name.startswith("detail."):
        for model in DETAIL_OF.values():
            for column in model.columns():
                if f"detail.{column.name}" == name:
                    return str(column.verbose_name)
    if name in COLUMNS:
        return str(COLUMNS[name].verbose_name)
    if name in ListeCodes.values:
        return str(ListeCodes(name).label)
    if name in PART_BY_NAME:
        return LISTS[name]
    return name


LISTS = {
    "zones": "Communes et intercommunalités",
    "zones_service": "Zones de service dessinées",
    "paires": "Trajets permis",
    "arrets": "Arrêts et stations",
    "lignes": "Lignes (route_id)",
    "exceptions": "Jours particuliers",
    "fermetures": "Fermetures et suspensions",
    "tranches": "Tarifs selon le quotient familial",
    "pieces": "Justificatifs et conditions préalables",
    "cumuls": "Cumul avec d'autres solutions",
    "seances": "Dates",
}
