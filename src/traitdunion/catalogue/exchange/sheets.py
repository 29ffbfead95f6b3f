"""Entries as a table, CSV or XLSX: one line each, one column per field, and a template to fill in.

A column that the file has not is left as it is; an empty cell means that one does not know. Lists
of several columns (tiers, closures, stops…) have their own sheet in a workbook, no place in CSV.
"""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import models
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from ..entries import COLUMNS, PART_BY_NAME, Content, content_of, label_of
from ..enums import CODES_OF, ListeCodes, TypeSolution
from ..models import DETAIL_OF, Part, Solution
from ..zone_lines import ZoneLinesError, from_lines, to_lines
from .batch import Batch, FileError, Read

MAIN = "solutions"
HELP = "mode d'emploi"
BETWEEN = " | "
MOST_LINES = 20_000
TRUTHS = {"oui": True, "vrai": True, "true": True, "1": True,
          "non": False, "faux": False, "false": False, "0": False}  # fmt: skip

DETAILS: dict[str, models.Field] = {}
for _model in DETAIL_OF.values():
    DETAILS |= {f"detail.{column.name}": column for column in _model.columns()}
LISTS = [name for name in PART_BY_NAME if name != "zones"]
HEADERS = ("id", *COLUMNS, "zones", *ListeCodes.values, *DETAILS)


# -- out -------------------------------------------------------------------------------------------


def write_csv(solutions: Iterable[Solution]) -> str:
    """One line per entry; lists of several columns are left out."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADERS, lineterminator="\r\n")
    writer.writeheader()
    for solution in solutions:
        writer.writerow(_line(solution.pk, content_of(solution)))
    return out.getvalue()


def write_xlsx(solutions: Iterable[Solution]) -> bytes:
    """A workbook with every list; without entries, it is the template to fill in."""
    book = Workbook()
    main = book.active
    main.title = MAIN
    _head(main, HEADERS)
    sheets = {name: book.create_sheet(name) for name in LISTS}
    for name, sheet in sheets.items():
        _head(sheet, ["id", *(column.name for column in PART_BY_NAME[name].columns())])
    for solution in solutions:
        content = content_of(solution)
        line = _line(solution.pk, content)
        main.append([_safe(line[name]) for name in HEADERS])
        for name, sheet in sheets.items():
            for row in content.get(name, []):
                sheet.append([solution.pk, *(_safe(_cell(value)) for value in row.values())])
    _help(book.create_sheet(HELP))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _head(sheet: Any, names: Iterable[str]) -> None:
    sheet.append(list(names))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "B2"


def _help(sheet: Any) -> None:
    """What each column is called, and what it takes."""
    sheet.append(["colonne", "sens", "valeurs possibles"])
    for name in HEADERS[1:]:
        sheet.append([name, label_of(name), _values(name)])
    for name in LISTS:
        for column in PART_BY_NAME[name].columns():
            told = ", ".join(map(str, dict(column.flatchoices))) if column.choices else ""
            sheet.append([f"feuille {name}, {column.name}", str(column.verbose_name), told])


def _values(name: str) -> str:
    if name == "zones":
        return "noms ou codes, séparés par |"
    if name in ListeCodes.values:
        return "séparés par | : " + ", ".join(CODES_OF[ListeCodes(name)].values)
    column = COLUMNS.get(name) or DETAILS[name]
    if column.choices:
        return ", ".join(str(value) for value, _ in column.flatchoices)
    return "oui ou non" if isinstance(column, models.BooleanField) else ""


def _line(key: str, content: Content) -> dict[str, str]:
    line = {"id": key} | {name: _cell(content.get(name)) for name in COLUMNS}
    line["zones"] = to_lines(content.get("zones") or []).replace("\n", BETWEEN)
    line |= {name: BETWEEN.join(content.get(name) or []) for name in ListeCodes.values}
    detail = content.get("detail") or {}
    return line | {name: _cell(detail.get(name.partition(".")[2])) for name in DETAILS}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    return str(value)


def _safe(text: str) -> str:
    """Nothing that a spreadsheet would run as a formula."""
    return f"'{text}" if text[:1] in ("=", "@", "\t") else text


# -- in --------------------------------------------------------------------------------------------


def read_csv(text: bytes) -> Batch:
    """Entries of a CSV file, commas or semicolons. Raises FileError with every fault."""
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise FileError(["Le fichier n'est pas en UTF-8 : enregistrez-le en UTF-8."]) from wrong
    first = decoded.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    try:
        lines = list(csv.reader(io.StringIO(decoded), delimiter=separator))
    except csv.Error as wrong:
        raise FileError([f"Ce CSV ne se lit pas ({wrong})."]) from wrong
    return _batch(lines, {})


def read_xlsx(text: bytes) -> Batch:
    """Entries of a workbook. Raises FileError with every fault."""
    try:
        book = load_workbook(io.BytesIO(text), read_only=True, data_only=True)
    except Exception as wrong:  # openpyxl raises what zip, XML and itself raise
        raise FileError([f"Ce classeur ne se lit pas ({wrong})."]) from wrong
    if MAIN not in book.sheetnames:
        raise FileError([f"Il manque la feuille « {MAIN} » : partez du modèle à télécharger."])
    lists = {name: _rows(book[name]) for name in LISTS if name in book.sheetnames}
    return _batch(_rows(book[MAIN]), lists)


def _rows(sheet: Any) -> list[list[Any]]:
    rows = []
    for row in sheet.iter_rows(values_only=True, max_row=MOST_LINES):
        rows.append([_text(cell) for cell in row])
    return [row for row in rows if any(row)]


def _text(value: Any) -> str:
    """A cell as it would be written by hand."""
    match value:
        case None:
            return ""
        case bool():
            return "oui" if value else "non"
        case datetime():
            midnight = value.time() == time(0)
            return value.date().isoformat() if midnight else value.isoformat()
        case date():
            return value.isoformat()
        case time():
            return value.strftime("%H:%M")
        case float():
            return str(int(value)) if value.is_integer() else str(Decimal(repr(value)))
    text = str(value).strip()
    return text[1:] if text[:1] == "'" else text


def _batch(lines: list[list[Any]], lists: dict[str, list[list[Any]]]) -> Batch:
    if not lines:
        raise FileError(["Le fichier est vide."])
    names = [str(name).strip() for name in lines[0]]
    unknown = [name for name in names if name and name not in HEADERS]
    if unknown:
        raise FileError([f"Colonnes inconnues : {', '.join(unknown)}. Partez du modèle."])
    problems: list[str] = []
    parts = {name: _part_rows(name, rows, problems) for name, rows in lists.items()}
    solutions = [
        _read(i, dict(zip(names, row, strict=False)), parts, problems)
        for i, row in enumerate(lines[1:], start=2)
        if any(row)
    ]
    if problems:
        raise FileError(problems)
    return Batch(solutions=solutions)


def _read(
    number: int, row: dict[str, str], parts: dict[str, dict[str, list[Any]]], problems: list[str]
) -> Read:
    place = f"ligne {number}"
    key = row.get("id", "").strip()
    content: Content = {}
    detail: Content = {}
    for name, text in row.items():
        text = text.strip()
        if name in COLUMNS:
            content[name] = _value(COLUMNS[name], text, f"{place}, colonne « {name} »", problems)
        elif name in DETAILS and text:
            where = f"{place}, colonne « {name} »"
            detail[name.partition(".")[2]] = _value(DETAILS[name], text, where, problems)
        elif name in ListeCodes.values:
            content[name] = sorted(filter(None, (code.strip() for code in text.split("|"))))
        elif name == "zones":
            content["zones"] = _zones(text, place, problems)
    if any(name in DETAILS for name in row):
        content["detail"] = _of_type(content.get("type_solution"), detail, row)
    if key:
        content |= {name: rows.get(key, []) for name, rows in parts.items()}
    return Read(place, key, content, list(content))


def _of_type(kind: Any, detail: Content, row: dict[str, str]) -> Content:
    """The detail of a type with the columns that the file has, emptied ones included."""
    if kind not in TypeSolution.values:
        return detail
    columns = {c.name for c in DETAIL_OF[TypeSolution(kind)].columns()}
    present = {name.partition(".")[2] for name in row if name in DETAILS}
    blank = {c.name: None if c.null else "" for c in DETAIL_OF[TypeSolution(kind)].columns()}
    return {name: blank[name] for name in columns & present} | detail


def _value(column: models.Field, text: str, where: str, problems: list[str]) -> Any:
    """A cell as a document holds it; what is of another kind is told."""
    if not text:
        if column.null:
            return None
        return column.get_default() if column.has_default() else ""
    if isinstance(column, models.BooleanField):
        if text.lower() not in TRUTHS:
            problems.append(f"{where} : « {text} » n'est ni oui ni non.")
        return TRUTHS.get(text.lower())
    if isinstance(column, models.DecimalField):
        return _decimal(column, text, where, problems)
    if isinstance(column, models.IntegerField | models.FloatField):
        try:
            return int(text) if isinstance(column, models.IntegerField) else float(text)
        except ValueError:
            problems.append(f"{where} : « {text} » n'est pas un nombre qui convient.")
            return None
    return text


def _decimal(column: models.DecimalField, text: str, where: str, problems: list[str]) -> str | None:
    try:
        number = Decimal(text.replace(",", ".").replace(" ", "").replace("\xa0", ""))
        return str(number.quantize(Decimal(1).scaleb(-column.decimal_places)))
    except ArithmeticError:
        problems.append(f"{where} : « {text} » n'est pas un nombre.")
        return None


def _zones(text: str, place: str, problems: list[str]) -> list[dict[str, str]]:
    try:
        return from_lines(text.replace("|", "\n"))
    except ZoneLinesError as refused:
        problems += [f"{place}, colonne « zones » : {one}" for one in refused.problems]
        return []


def _part_rows(name: str, rows: list[list[Any]], problems: list[str]) -> dict[str, list[Content]]:
    """Lines of a sheet of a list, by the entry they belong to."""
    part: type[Part] = PART_BY_NAME[name]
    columns = {column.name: column for column in part.columns()}
    found: dict[str, list[Content]] = {}
    names = [str(one).strip() for one in rows[0]] if rows else []
    for i, row in enumerate(rows[1:], start=2):
        cells = dict(zip(names, row, strict=False))
        key = cells.pop("id", "").strip()
        where = f"feuille « {name} », ligne {i}"
        if not key:
            problems.append(f"{where} : dites à quelle fiche (id) elle appartient.")
        told = {
            column: _value(columns[column], text, f"{where}, colonne « {column} »", problems)
            for column, text in cells.items()
            if column in columns
        }
        found.setdefault(key, []).append(told)
    return found
