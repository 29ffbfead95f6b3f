"""Entries as a table, CSV or XLSX: one line each, one column per field, and a template to fill in.

A workbook has a sheet of structures too: it is how a first file starts an empty catalogue.

A column that the file has not is left as it is; an empty cell means that one does not know. Lists
of several columns (tiers, closures, stops…) have their own sheet in a workbook, no place in CSV.
"""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.text import slugify
from openpyxl import Workbook
from openpyxl.styles import Font

from traitdunion.french import week_hours
from traitdunion.sources import bounded
from traitdunion.sources.bounded import Record, Table
from traitdunion.territory.names import fold

from ..entries import COLUMNS, PART_BY_NAME, Content, content_of, label_of, plain
from ..enums import CODES_OF, ListeCodes, TypeSolution
from ..models import DETAIL_OF, Part, Solution, Structure
from ..opening_hours import is_readable
from ..zone_lines import ZoneLinesError, from_lines, names_of
from .batch import Batch, FileError, Read, Row, reader

MAIN = "solutions"
STRUCTURES = "structures"
HELP = "mode d'emploi"
BETWEEN = " | "
MAX_NUMBER = Decimal(10) ** 9
DIGITS = {"code_postal": 5, "retrait_code_postal": 5, "commune": 5, "retrait_commune": 5,
          "siret": 14, "telephone": 10}  # fmt: skip
"""Columns of digits that a spreadsheet takes for numbers: it drops their first zero."""
HOURS = frozenset({"horaires_service", "horaires_accueil"})
TRUTHS = {"oui": True, "vrai": True, "true": True, "1": True,
          "non": False, "faux": False, "false": False, "0": False}  # fmt: skip

DETAILS: "dict[str, models.Field[Any, Any]]" = {}
for _model in DETAIL_OF.values():
    DETAILS |= {f"detail.{column.name}": column for column in _model.columns()}
LISTS = [name for name in PART_BY_NAME if name != "zones"]
STRUCTURE_COLUMNS = {
    column.name: column
    for column in Structure._meta.concrete_fields
    if column.name not in Structure.MANAGED
}
HEADERS = ("id", *COLUMNS, "zones", *ListeCodes.values, *DETAILS)


# -- out -------------------------------------------------------------------------------------------


def write_csv(solutions: Iterable[Solution]) -> str:
    """Write one line per entry; lists of several columns are left out."""
    contents = {solution.pk: content_of(solution) for solution in solutions}
    names = _zone_names(contents)
    rows = (_line(key, content, names) for key, content in contents.items())
    return bounded.csv_text(HEADERS, rows)


def write_xlsx(solutions: Iterable[Solution], structures: Iterable[Structure] = ()) -> bytes:
    """Return a workbook with every list; without entries, it is the template to fill in."""
    book = Workbook()
    main = book.active
    main.title = MAIN
    _head(main, HEADERS)
    owners = book.create_sheet(STRUCTURES)
    _head(owners, list(STRUCTURE_COLUMNS))
    for structure in structures:
        cells = (plain(column, structure) for column in STRUCTURE_COLUMNS.values())
        bounded.append_row(owners, [_cell(value) for value in cells])
    sheets = {name: book.create_sheet(name) for name in LISTS}
    for name, sheet in sheets.items():
        _head(sheet, ["id", *(column.name for column in PART_BY_NAME[name].columns())])
    contents = {solution.pk: content_of(solution) for solution in solutions}
    zone_names = _zone_names(contents)
    for key, content in contents.items():
        line = _line(key, content, zone_names)
        bounded.append_row(main, [line[name] for name in HEADERS])
        for name, sheet in sheets.items():
            for row in content.get(name, []):
                bounded.append_row(sheet, [key, *map(_cell, row.values())])
    _help(book.create_sheet(HELP))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _head(sheet: Any, names: Iterable[str]) -> None:
    bounded.append_row(sheet, names)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "B2"


def _help(sheet: Any) -> None:
    """Write what each column is called, and what it takes."""
    rows = [("colonne", "sens", "valeurs possibles")]
    rows += [(name, label_of(name), _values(name)) for name in HEADERS[1:]]
    rows += [
        (f"feuille {STRUCTURES}, {name}", str(column.verbose_name), "")
        for name, column in STRUCTURE_COLUMNS.items()
    ]
    for name in LISTS:
        for column in PART_BY_NAME[name].columns():
            values = ", ".join(map(str, dict(column.flatchoices))) if column.choices else ""
            rows.append((f"feuille {name}, {column.name}", str(column.verbose_name), values))
    for row in rows:
        bounded.append_row(sheet, row)


def _values(name: str) -> str:
    if name == "zones":
        return "noms ou codes, séparés par |"
    if name in ListeCodes.values:
        return "séparés par | : " + ", ".join(CODES_OF[ListeCodes(name)].values)
    column = COLUMNS.get(name) or DETAILS[name]
    if column.choices:
        return ", ".join(str(value) for value, _ in column.flatchoices)
    return "oui ou non" if isinstance(column, models.BooleanField) else ""


def _zone_names(contents: Mapping[str, Content]) -> dict[tuple[str, str], str]:
    return names_of(zone for content in contents.values() for zone in content.get("zones") or [])


def _line(key: str, content: Content, zone_names: Mapping[tuple[str, str], str]) -> dict[str, str]:
    line = {"id": key} | {name: _cell(content.get(name)) for name in COLUMNS}
    zones = content.get("zones") or []
    line["zones"] = BETWEEN.join(zone_names[zone["nature"], zone["code"]] for zone in zones)
    line |= {name: BETWEEN.join(content.get(name) or []) for name in ListeCodes.values}
    detail = content.get("detail") or {}
    return line | {name: _cell(detail.get(name.partition(".")[2])) for name in DETAILS}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    return str(value)


# -- in --------------------------------------------------------------------------------------------


@reader("ce CSV")
def read_csv(content: bytes) -> Batch:
    """Read entries of a CSV file; lines with a fault are listed and left out.

    Raises FileError where it is none, or has columns we do not know.
    """
    return batch_of_tables(bounded.read_csv(content), {}, None)


@reader("ce classeur")
def read_xlsx(content: bytes) -> Batch:
    """Read structures and entries of a workbook; lines with a fault are listed and left out.

    Raises FileError where it is none, or lacks the sheets of the template.
    """
    sheets = {sheet.name: sheet.table() for sheet in bounded.read_workbook(content)}
    if MAIN not in sheets and STRUCTURES not in sheets:
        raise FileError([f"Il manque la feuille « {MAIN} » : partez du modèle à télécharger."])
    lists = {name: sheets[name] for name in LISTS if name in sheets}
    return batch_of_tables(sheets.get(MAIN, Table(list(HEADERS))), lists, sheets.get(STRUCTURES))


def batch_of_tables(
    table: Table,
    lists: dict[str, Table],
    structures: Table | None,
    *,
    called: Mapping[str, str] | None = None,
) -> Batch:
    """Read entries under our column names, their lists and structures; raises FileError.

    `called`: what the file itself calls our columns, for the messages.
    """
    unknown = [name for name in table.headings if name and name not in HEADERS]
    if unknown:
        raise FileError([f"Colonnes inconnues : {', '.join(unknown)[:300]}. Partez du modèle."])
    batch = Batch()
    parts = {name: _part_rows(name, rows, batch) for name, rows in lists.items()}
    for sheet in (table, *lists.values(), *filter(None, [structures])):
        batch.refused += [str(fault) for fault in sheet.faults]
        batch.notes += sheet.notes
    batch.solutions = [
        _read_entry(record, table.headings, parts, called or {}) for record in table.records
    ]
    keys = {read.key for read in batch.solutions} | set(
        Solution.objects.filter(pk__in=[key for rows in parts.values() for key in rows])
        .values_list("pk", flat=True)
    )  # fmt: skip
    for name, rows in parts.items():
        for key in rows.keys() - keys:
            batch.refused.append(
                f"Feuille « {name} » : « {key[:60]} » n'est l'id d'aucune ligne de « {MAIN} »."
            )
    if structures is not None:
        _read_structures(structures, batch)
    return batch


def _read_entry(
    record: Record,
    headings: list[str],
    parts: dict[str, dict[str, list[Any]]],
    called: Mapping[str, str],
) -> Read:
    cells = _Cells(f"ligne {record.line}")
    key = record.cells.get("id", "")
    content: Content = {}
    detail: Content = {}
    for name, text in record.cells.items():
        if name in COLUMNS:
            content[name] = cells.value(COLUMNS[name], text, called.get(name, name))
        elif name in DETAILS and text:
            detail[name.partition(".")[2]] = cells.value(
                DETAILS[name], text, called.get(name, name)
            )
        elif name in ListeCodes.values:
            content[name] = sorted({code.strip() for code in text.split("|")} - {""})
        elif name == "zones":
            content["zones"] = cells.zones(text, called.get(name, name))
    if any(name in DETAILS for name in headings):
        content["detail"] = _of_type(content.get("type_solution"), detail, record.cells)
    if key:
        content |= {name: rows.get(key, []) for name, rows in parts.items()}
    return Read(cells.place, key, content, list(content), notes=cells.notes, faults=cells.problems)


def _of_type(kind: Any, detail: Content, row: dict[str, str]) -> Content:
    """Return the detail of a type with the columns that the file has, emptied ones included."""
    if kind not in TypeSolution.values:
        return detail
    columns = {c.name for c in DETAIL_OF[TypeSolution(kind)].columns()}
    present = {name.partition(".")[2] for name in row if name in DETAILS}
    blank = {c.name: None if c.null else "" for c in DETAIL_OF[TypeSolution(kind)].columns()}
    return {name: blank[name] for name in columns & present} | detail


@dataclass
class _Cells:
    """Turns the cells of a line into values, and gathers what is wrong or was mended in them."""

    place: str
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def value(self, column: "models.Field[Any, Any]", text: str, name: str) -> Any:
        """Return a cell as a document holds it, None where it is wrong."""
        if not text:
            if column.null:
                return None
            return column.get_default() if column.has_default() else ""
        where = f"{self.place}, colonne « {name} »"
        if bounded.is_formula_error(text):
            self.problems.append(f"{where} : « {text} » est une formule en erreur, corrigez-la.")
            return None
        if column.choices:
            return _value_of_choice(column, text)
        if column.name in HOURS:
            return self._hours(text, where)
        if isinstance(column, models.BooleanField):
            if text.lower() not in TRUTHS:
                self.problems.append(f"{where} : « {text[:60]} » n'est ni oui ni non.")
            return TRUTHS.get(text.lower())
        if isinstance(column, models.DecimalField | models.IntegerField | models.FloatField):
            return self._typed_number(column, text, where)
        if column.name in DIGITS:
            mended = bounded.restore_zeros(text, DIGITS[column.name])
            if mended != text:
                self.notes.append(f"{where} : « {text} » lu « {mended} », un zéro s'était perdu.")
            return mended
        return text

    def _hours(self, text: str, where: str) -> str:
        """Return hours in the grammar of OpenStreetMap, typed so or as people say them."""
        if is_readable(text):
            return text
        try:
            hours = week_hours.understood(text)
        except week_hours.HoursError as refused:
            self.problems.append(f"{where} : {refused}")
            return ""
        self.notes.append(f"{where} : « {text[:120]} » compris « {week_hours.written(hours)} ».")
        return hours

    def _typed_number(self, column: "models.Field[Any, Any]", text: str, where: str) -> Any:
        number = bounded.number_from(text)
        if number is None or abs(number) >= MAX_NUMBER:
            self.problems.append(f"{where} : « {text[:60]} » n'est pas un nombre.")
            return None
        if isinstance(column, models.DecimalField):
            return str(number.quantize(Decimal(1).scaleb(-column.decimal_places)))
        if isinstance(column, models.FloatField):
            return float(number)
        if number != int(number):
            self.problems.append(f"{where} : « {text[:60]} » n'est pas un nombre entier.")
            return None
        return int(number)

    def zones(self, text: str, name: str) -> list[dict[str, str]]:
        """Return the areas that a cell names."""
        try:
            return from_lines(text.replace("|", "\n"))
        except ZoneLinesError as refused:
            where = f"{self.place}, colonne « {name} »"
            self.problems += [f"{where} : {problem}" for problem in refused.problems]
            return []


def _value_of_choice(column: "models.Field[Any, Any]", text: str) -> str:
    """Return the value that a text names, by itself or by its label; the text where none does."""
    values = {str(value): str(value) for value, _ in column.flatchoices}
    labels = {fold(str(label)): str(value) for value, label in column.flatchoices}
    return values.get(text) or labels.get(fold(text)) or text


def _part_rows(name: str, table: Table, batch: Batch) -> dict[str, list[Content]]:
    """Return the lines of a sheet of a list, by the entry they belong to."""
    part: type[Part] = PART_BY_NAME[name]
    columns = {column.name: column for column in part.columns()}
    rows: dict[str, list[Content]] = {}
    for record in table.records:
        cells = _Cells(f"feuille « {name} », ligne {record.line}")
        key = record.cells.get("id", "")
        if not key:
            cells.problems.append(f"{cells.place} : dites à quelle fiche (id) elle appartient.")
        content = {
            column: cells.value(columns[column], text, column)
            for column, text in record.cells.items()
            if column in columns
        }
        batch.refused += [problem[:1].upper() + problem[1:] for problem in cells.problems]
        batch.notes += [note[:1].upper() + note[1:] for note in cells.notes]
        if not cells.problems:
            rows.setdefault(key, []).append(content)
    return rows


def _read_structures(table: Table, batch: Batch) -> None:
    """Read the sheet of structures; a line without id gets one from its name."""
    for record in table.records:
        cells = _Cells(f"feuille « {STRUCTURES} », ligne {record.line}")
        unknown = [name for name in record.cells if name and name not in STRUCTURE_COLUMNS]
        if unknown:
            raise FileError(
                [f"Feuille « {STRUCTURES} », colonnes inconnues : {', '.join(unknown)[:300]}."]
            )
        row: Row = {
            name: cells.value(STRUCTURE_COLUMNS[name], text, name)
            for name, text in record.cells.items()
        }
        row["id"] = row.get("id") or slugify(row.get("nom") or "")[:80].strip("-")
        batch.notes += [note[:1].upper() + note[1:] for note in cells.notes]
        if cells.problems:
            batch.refused += [problem[:1].upper() + problem[1:] for problem in cells.problems]
        else:
            batch.structures.append(row)
