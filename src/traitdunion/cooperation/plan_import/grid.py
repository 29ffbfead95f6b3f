"""A workbook as rows of values: merged cells filled, headings found, columns recognised."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from ..operations import CooperationError
from .columns import recognised

LARGEST_BYTES = 3_000_000
MOST_ROWS, MOST_COLUMNS = 2_000, 60
HEADINGS_WITHIN = 30


@dataclass
class Sheet:
    """A sheet whose headings were found.

    `rows` holds (number of the row in the file, values, values as typed): in the first the merged
    cells are filled with the value of the range. `fields` says what each column holds.
    """

    name: str
    headings: dict[int, str]
    fields: dict[int, str]
    rows: list[tuple[int, list[Any], list[Any]]] = field(default_factory=list)

    def cell(self, row: int, name: str) -> str:
        """« C12 », where the value of a field stands."""
        column = next((one for one, told in self.fields.items() if told == name), 0)
        return f"{get_column_letter(column + 1)}{row}"


def read_workbook(content: bytes) -> list[Sheet]:
    """Sheets that look like a plan, in order. Raises CooperationError."""
    if len(content) > LARGEST_BYTES:
        raise CooperationError("Le fichier dépasse 3 Mo : ôtez-en images et autres feuilles.")
    try:
        book = load_workbook(BytesIO(content), data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as wrong:
        raise CooperationError(
            "Ce n'est pas un classeur XLSX lisible : ouvrez-le dans un tableur, enregistrez-le "
            "au format « Classeur Excel (.xlsx) »."
        ) from wrong
    found = [sheet for one in book.worksheets if (sheet := _sheet(one)) is not None]
    if not found:
        raise CooperationError(
            "Aucune feuille n'a d'en-têtes reconnus : il faut au moins une colonne « Action » et "
            "une autre. Partez du modèle, ou renommez les en-têtes."
        )
    return found


def _sheet(worksheet: Worksheet) -> Sheet | None:
    typed = [
        list(row)
        for row in worksheet.iter_rows(
            max_row=min(worksheet.max_row, MOST_ROWS),
            max_col=min(worksheet.max_column, MOST_COLUMNS),
            values_only=True,
        )
    ]
    filled = _filled(worksheet, typed)
    best = _header_row(filled, typed)
    if best is None:
        return None
    headings = {n: text for n, text in enumerate(_texts(filled[best])) if text}
    sheet = Sheet(worksheet.title, headings, _recognised(filled, best))
    for n in range(best + 1, len(filled)):
        if any(text_of(value) for value in typed[n]):
            sheet.rows.append((n + 1, filled[n], typed[n]))
    return sheet


def _filled(worksheet: Worksheet, typed: list[list[Any]]) -> list[list[Any]]:
    """The values with each merged range holding its value everywhere."""
    rows = [list(row) for row in typed]
    for span in worksheet.merged_cells.ranges:
        if span.min_row > len(rows) or span.min_col > MOST_COLUMNS:
            continue
        value = typed[span.min_row - 1][span.min_col - 1]
        for row in rows[span.min_row - 1 : span.max_row]:
            for column in range(span.min_col - 1, min(span.max_col, len(row))):
                row[column] = value
    return rows


def _header_row(filled: list[list[Any]], typed: list[list[Any]]) -> int | None:
    """The row that names the most columns, one of them the action; the first of equals."""
    best, most = None, 1
    for n in range(min(HEADINGS_WITHIN, len(filled))):
        fields = _recognised(filled, n)
        typed_here = sum(1 for value in typed[n] if text_of(value))
        if "titre" in fields.values() and typed_here >= 2 and len(fields) > most:
            best, most = n, len(fields)
    return best


def _recognised(filled: list[list[Any]], n: int) -> dict[int, str]:
    """Fields by column, by the heading, else by that above joined to it; each field once."""
    above = _texts(filled[n - 1]) if n else []
    found: dict[int, str] = {}
    for column, text in enumerate(_texts(filled[n])):
        over = above[column] if column < len(above) else ""
        name = recognised(text) or recognised(f"{over} {text}") if text else None
        if name and name not in found.values():
            found[column] = name
    return found


def _texts(row: list[Any]) -> list[str]:
    return [text_of(value) for value in row]


def text_of(value: Any) -> str:
    """A value in one line of text; nothing for an error of the spreadsheet."""
    text = "" if value is None else " ".join(str(value).split())
    return "" if text.startswith("#") and text.endswith(("!", "?", "A")) else text
