"""XLSX workbooks, scanned within limits before openpyxl reads them.

openpyxl builds an object for each cell of a merged range and pads rows to their last column, so a
workbook of 1 kB can take gigabytes. The scan reads the XML by chunks, counts, and keeps what
openpyxl's read-only mode leaves out: merged ranges, hidden rows, formulas without a value.
"""

import io
import math
import posixpath
import re
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from xml.parsers import expat

from .archive import unzipped
from .faults import Fault, Unreadable, reading
from .limits import Limits
from .tables import Gathering, Table

ADVICE = "Ouvrez-le dans un tableur, enregistrez-le au format « Classeur Excel (.xlsx) »."
MAX_SHARED_STRINGS = 300_000
MAX_OTHER_BYTES = 5_000_000
"""Styles, themes and the like: openpyxl reads them whole, slowly."""
MAX_XML_DEPTH = 50
MAX_MERGED = 5_000
CHUNK_BYTES = 1 << 18
MAX_COLUMNS = 16_384
NO_NUMBER = "#NUM!"
"""What a cell holds whose number is none, as a spreadsheet shows it."""
LONGEST_WHOLE = 300
MAX_WHOLE = 10**15
"""Whole floats beyond this are no longer exact."""


@dataclass
class Sheet:
    """A sheet: `rows` are (number in the file, values), blank rows left out.

    `merged` are (first row, first column, last row, last column) from 1, cut to what is read.
    """

    name: str
    rows: list[tuple[int, list[Any]]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    hidden_columns: list[int] = field(default_factory=list)
    is_hidden: bool = False
    without_value: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def filled(self) -> list[tuple[int, list[Any]]]:
        """Return the rows with each merged range holding its value everywhere."""
        rows = {number: list(values) for number, values in self.rows}
        for top, left, bottom, right in self.merged:
            first = rows.get(top, [])
            value = first[left - 1] if left <= len(first) else None
            for number in range(top, bottom + 1):
                if (row := rows.get(number)) is not None:
                    row += [None] * (right - len(row))
                    row[left - 1 : right] = [value] * (right - left + 1)
        return sorted(rows.items())

    def notes(self) -> list[str]:
        """Return what a reader of the sheet should know, in French."""
        notes = []
        read = {number for number, _ in self.rows}
        if hidden := sorted(self.hidden & read):
            notes.append(
                f"Feuille « {self.name} » : lignes masquées, lues aussi ({_listed(hidden)})."
            )
        if self.is_hidden:
            notes.append(f"Feuille « {self.name} » : masquée dans le classeur, lue aussi.")
        width = max((len(values) for _, values in self.rows), default=0)
        if columns := [column_letters(n) for n in self.hidden_columns if n <= width]:
            notes.append(
                f"Feuille « {self.name} » : colonnes masquées, lues aussi ({_listed(columns)})."
            )
        if self.unreadable:
            notes.append(
                f"Feuille « {self.name} » : cases que le classeur dit numériques et qui ne sont "
                f"pas des nombres, lues {NO_NUMBER} ({_listed(self.unreadable)})."
            )
        if self.without_value:
            cells = _listed(self.without_value)
            notes.append(
                f"Feuille « {self.name} » : formules sans résultat, lues vides ({cells}). "
                "Ouvrez le classeur dans un tableur et enregistrez-le."
            )
        if self.merged:
            notes.append(
                f"Feuille « {self.name} » : cases fusionnées, leur valeur est prise partout."
            )
        return notes

    def table(self, limits: Limits | None = None) -> Table:
        """Return the sheet as texts under the headings of its first row."""
        gathering = Gathering(limits or Limits(), place=f"feuille « {self.name} », ")
        for number, values in self.filled():
            if not gathering.add(number, [text_of(value) for value in values]):
                break
        gathering.table.notes = [*self.notes(), *gathering.table.notes]
        gathering.table.faults = [*self.faults, *gathering.table.faults]
        return gathering.table


def _listed(places: list[Any]) -> str:
    shown = ", ".join(map(str, places[:10]))
    return f"{shown}…" if len(places) > 10 else shown


def text_of(value: Any) -> str:
    """Return a cell as it would be typed: "oui", "2026-11-29", "08:30", "3.5"."""
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
            whole = abs(value) < MAX_WHOLE and value.is_integer()
            return str(int(value)) if whole else str(Decimal(repr(value)))
    return str(value)


def read_workbook(content: bytes, *, limits: Limits | None = None) -> list[Sheet]:
    """Return the sheets of a workbook that hold something. Raises Unreadable."""
    limits = (limits or Limits()).started()
    limits.check_size(content)
    _refuse_other_kinds(content)
    with reading("ce classeur", ADVICE):
        parts = unzipped(content, limits=limits)
        if "[Content_Types].xml" not in parts or "xl/workbook.xml" not in parts:
            raise Unreadable.of("ce n'est pas un classeur Excel.", ADVICE)
        scans = _scanned(parts, limits)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl leaves out: validations, pictures
            sound = _without_wrong_cells(content, parts, scans)
            from openpyxl import load_workbook  # 0.3 s: only where a workbook is read

            book = load_workbook(io.BytesIO(sound), read_only=True, data_only=True)
        try:
            sheets = [_sheet(sheet, scans, limits) for sheet in book.worksheets]
        finally:
            book.close()
    return [sheet for sheet in sheets if sheet.rows]


def _refuse_other_kinds(content: bytes) -> None:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable.of(
            "ce classeur est protégé par un mot de passe, ou d'un ancien format (.xls).",
            "Enregistrez-le au format « Classeur Excel (.xlsx) », sans mot de passe.",
        )
    if not content.startswith(b"PK"):
        raise Unreadable.of("ce n'est pas un classeur Excel.", ADVICE)
    if b"opendocument.spreadsheet" in content[:200]:
        raise Unreadable.of("c'est un classeur OpenDocument (.ods).", ADVICE)


# -- scanning ------------------------------------------------------------------------------------


@dataclass
class _Wrong:
    """A value of a cell, with the bytes where it stands."""

    cell: str
    begin: int
    end: int


@dataclass
class _Scan:
    """What the XML of a part shows: cells in all, and what openpyxl leaves out.

    `wrong`: values that openpyxl would refuse the whole workbook for.
    """

    cells: int = 0
    strings: int = 0
    last_row: int = 0
    merged: list[str] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    without_value: list[str] = field(default_factory=list)
    wrong: list[_Wrong] = field(default_factory=list)


def _scanned(parts: dict[str, bytes], limits: Limits) -> dict[str, _Scan]:
    """Scan every XML part; raise Unreadable where openpyxl would work for too long."""
    scans = {}
    cells = n_shared = 0
    # Shared texts first: the cells of the sheets name them by their numbers.
    for name, content in sorted(parts.items(), key=lambda part: not _is_shared(part[0])):
        if not name.endswith((".xml", ".rels")):
            continue
        bulky = name.startswith("xl/worksheets/") or _is_shared(name)
        if not bulky and len(content) > MAX_OTHER_BYTES:
            raise Unreadable.of(f"« {name} » est démesuré dans ce classeur.", ADVICE)
        scans[name] = _scan(content, limits, n_shared)
        n_shared += scans[name].strings
        cells += scans[name].cells
        if cells > limits.cells or scans[name].strings > MAX_SHARED_STRINGS:
            raise Unreadable.of(
                f"le classeur a plus de {limits.cells} cases.",
                "Ôtez les feuilles et les mises en forme qui ne servent pas, ou partagez-le.",
            )
    return scans


def _is_shared(name: str) -> bool:
    return posixpath.basename(name).startswith("shared")


def _scan(content: bytes, limits: Limits, n_shared: int) -> _Scan:
    scan = _Scan()
    parser = expat.ParserCreate()
    depth = row = 0
    cell, formula, value = "", False, False
    kind, begin, in_value = "n", 0, False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, row, cell, formula, value, kind, begin, in_value
        depth += 1
        if depth > MAX_XML_DEPTH:
            raise Unreadable.of("le XML de ce classeur est trop emboîté.", ADVICE)
        match name.rpartition(":")[2]:
            case "c":
                scan.cells += 1
                cell, formula, value = attributes.get("r", "?"), False, False
                kind = attributes.get("t", "n")
                if scan.cells > limits.cells:
                    raise Unreadable.of(
                        f"une feuille a plus de {limits.cells} cases.",
                        "Ôtez ce qui ne sert pas, ou partagez le classeur.",
                    )
            case "f":
                formula = True
            case "v":
                value = in_value = True
                begin = parser.CurrentByteIndex
            case "t":
                value = True
            case "col":
                if attributes.get("hidden") in ("1", "true"):
                    scan.hidden_columns |= _columns(attributes)
            case "row":
                number = attributes.get("r", "")
                row = int(number) if number.isdigit() and len(number) < 9 else row + 1
                if attributes.get("hidden") in ("1", "true"):
                    scan.hidden.add(row)
            case "mergeCell":
                scan.merged.append(attributes.get("ref", ""))
                if len(scan.merged) > MAX_MERGED:
                    raise Unreadable.of(
                        f"plus de {MAX_MERGED} cases fusionnées.", "Défusionnez-les."
                    )
            case "si":
                scan.strings += 1

    def end(name: str) -> None:
        nonlocal depth, in_value
        depth -= 1
        if in_value and name.rpartition(":")[2] == "v":
            in_value = False
            last = parser.CurrentByteIndex
            if not _is_sound(kind, content[begin:last].partition(b">")[2], n_shared):
                scan.wrong.append(_Wrong(cell, begin, last))
        if name.rpartition(":")[2] != "c":
            return
        if value:
            scan.last_row = max(scan.last_row, row)
        elif formula:
            scan.without_value.append(cell)

    def doctype(*_: Any) -> None:
        raise Unreadable.of("ce classeur contient des entités XML.", ADVICE)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = doctype
    for at in range(0, len(content), CHUNK_BYTES):
        limits.check_time()
        parser.Parse(content[at : at + CHUNK_BYTES], False)
    parser.Parse(b"", True)
    return scan


def _columns(attributes: dict[str, str]) -> set[int]:
    """Return the columns of a `col` element, few of them: the file may name all at once."""
    first, last = (attributes.get(name, "") for name in ("min", "max"))
    if not (first.isdigit() and last.isdigit() and len(first + last) < 12):
        return set()
    return set(range(int(first), min(int(last), MAX_COLUMNS) + 1))


def _is_sound(kind: str, written: bytes, n_shared: int) -> bool:
    """Return whether openpyxl reads a value of this kind, which raises for the whole file."""
    if kind not in ("n", "b", "s") or b"&" in written or b"\0" in written:
        return True  # a text, or an entity or an encoding that this scan does not read
    text = written.strip()
    if kind == "s":
        return text.isdigit() and len(text) < 9 and int(text) < n_shared
    if kind == "b":
        return text in (b"", b"0", b"1")
    if text.isdigit():
        return len(text) < LONGEST_WHOLE
    try:
        return math.isfinite(float(text or b"0"))
    except ValueError:
        return False


def _without_wrong_cells(content: bytes, parts: dict[str, bytes], scans: dict[str, _Scan]) -> bytes:
    """Return the workbook with the values that openpyxl cannot read taken out of their cells."""
    if not any(scan.wrong for scan in scans.values()):
        return content
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts.items():
            kept, begin = [], 0
            for wrong in scans[name].wrong if name in scans else ():
                kept.append(part[begin : wrong.begin])
                # After the closing tag, whose start is where the value ends.
                begin = part.index(b">", wrong.end) + 1
            archive.writestr(name, b"".join([*kept, part[begin:]]))
    return out.getvalue()


# -- reading -------------------------------------------------------------------------------------


def _sheet(worksheet: Any, scans: dict[str, _Scan], limits: Limits) -> Sheet:
    scan = scans.get(worksheet._worksheet_path.lstrip("/"), _Scan())
    sheet = Sheet(
        worksheet.title[:100],
        hidden=scan.hidden,
        hidden_columns=sorted(scan.hidden_columns),
        is_hidden=worksheet.sheet_state != "visible",
        without_value=scan.without_value[:1_000],
        unreadable=[wrong.cell for wrong in scan.wrong],
    )
    errors = {wrong.cell for wrong in scan.wrong}
    # Without explicit bounds openpyxl pads to the size that the file declares of itself.
    rows = worksheet.iter_rows(
        min_row=1, max_row=limits.rows + 1, max_col=limits.columns + 1, values_only=True
    )
    for number, values in enumerate(rows, start=1):
        if number % 500 == 0:
            limits.check_time()
        if errors:
            values = tuple(
                NO_NUMBER if cell_name(number, column) in errors else value
                for column, value in enumerate(values, start=1)
            )
        if kept := _trimmed(values):
            sheet.rows.append((number, kept))
    if scan.last_row > limits.rows + 1:
        sheet.faults.append(
            Fault(
                f"feuille « {sheet.name} », à partir de la ligne {limits.rows + 2}",
                f"la feuille dépasse {limits.rows} lignes.",
                "Le reste n'est pas lu : partagez le classeur.",
            )
        )
    if sheet.rows:
        last, width = sheet.rows[-1][0], max(len(values) for _, values in sheet.rows)
        sheet.merged = [merged for ref in scan.merged if (merged := _merged(ref, last, width))]
    return sheet


def _trimmed(values: tuple[Any, ...]) -> list[Any]:
    cells = list(values)
    while cells and (cells[-1] is None or cells[-1] == ""):
        cells.pop()
    return cells


def _merged(ref: str, last_row: int, width: int) -> tuple[int, int, int, int] | None:
    """Return a range cut to the rows and columns that hold something; None for one out of it."""
    if not re.fullmatch(r"[A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7}", ref):
        return None
    from openpyxl.utils.cell import range_boundaries

    left, top, right, bottom = range_boundaries(ref)
    if top > last_row or left > width:
        return None
    return top, left, min(bottom, last_row), min(right, width)


def cell_name(row: int, column: int) -> str:
    """Return "C12" for row 12 and column 3, both from 1."""
    return f"{column_letters(column)}{row}"


def column_letters(column: int) -> str:
    """Return "C" for column 3, from 1."""
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))
