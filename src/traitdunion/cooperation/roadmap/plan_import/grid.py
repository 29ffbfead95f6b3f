"""A workbook as rows of values: merged cells filled, headings found, columns recognised."""

from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter

from traitdunion.sources import bounded

from ...operations import CooperationError
from .columns import recognised

MAX_BYTES = 3_000_000
MAX_ROWS, MAX_COLUMNS = 2_000, 60
HEADINGS_WITHIN = 30
LIMITS = bounded.Limits(file_bytes=MAX_BYTES, rows=MAX_ROWS, columns=MAX_COLUMNS, cells=200_000)


@dataclass
class Sheet:
    """A sheet whose headings were found.

    `rows` holds (number of the row in the file, values, values as typed): in the first the merged
    cells are filled with the value of the range. `fields`: the field that each column holds.
    """

    name: str
    headings: dict[int, str]
    fields: dict[int, str]
    rows: list[tuple[int, list[Any], list[Any]]] = field(default_factory=list)

    def cell(self, row: int, name: str) -> str:
        """Return « C12 », where the value of a field stands."""
        column = next((number for number, field in self.fields.items() if field == name), 0)
        return f"{get_column_letter(column + 1)}{row}"


def read_workbook(content: bytes) -> list[Sheet]:
    """Return the sheets that look like a plan, in order. Raises CooperationError."""
    try:
        read = bounded.read_workbook(content, limits=LIMITS)
    except bounded.Unreadable as refused:
        raise CooperationError(str(refused)) from refused
    sheets = [sheet for each in read if (sheet := _sheet(each)) is not None]
    if not sheets:
        raise CooperationError(
            "Aucune feuille n'a d'en-têtes reconnus : il faut au moins une colonne « Action » et "
            "une autre. Partez du modèle, ou renommez les en-têtes."
        )
    return sheets


def _sheet(read: bounded.Sheet) -> Sheet | None:
    typed, filled = _grid(read.rows), _grid(read.filled())
    best = _header_row(filled, typed)
    if best is None:
        return None
    headings = {n: text for n, text in enumerate(_texts(filled[best])) if text}
    sheet = Sheet(read.name, headings, _recognised(filled, best))
    for n in range(best + 1, len(filled)):
        if any(text_of(value) for value in typed[n]):
            sheet.rows.append((n + 1, filled[n], typed[n]))
    return sheet


def _grid(rows: list[tuple[int, list[Any]]]) -> list[list[Any]]:
    """Return rows of one width from the first of the sheet, blank ones included."""
    width = min(max((len(values) for _, values in rows), default=0), MAX_COLUMNS)
    grid: list[list[Any]] = [[None] * width for _ in range(rows[-1][0] if rows else 0)]
    for number, values in rows:
        kept = values[:width]
        grid[number - 1][: len(kept)] = kept
    return grid


def _header_row(filled: list[list[Any]], typed: list[list[Any]]) -> int | None:
    """Return the row that names the most columns, one of them the action; the first of equals."""
    best, most = None, 1
    for n in range(min(HEADINGS_WITHIN, len(filled))):
        fields = _recognised(filled, n)
        typed_here = sum(1 for value in typed[n] if text_of(value))
        if "titre" in fields.values() and typed_here >= 2 and len(fields) > most:
            best, most = n, len(fields)
    return best


def _recognised(filled: list[list[Any]], n: int) -> dict[int, str]:
    """Return fields by column, by the heading, else by that above joined to it; each field once."""
    above = _texts(filled[n - 1]) if n else []
    by_column: dict[int, str] = {}
    for column, text in enumerate(_texts(filled[n])):
        over = above[column] if column < len(above) else ""
        name = recognised(text) or recognised(f"{over} {text}") if text else None
        if name and name not in by_column.values():
            by_column[column] = name
    return by_column


def _texts(row: list[Any]) -> list[str]:
    return [text_of(value) for value in row]


def text_of(value: Any) -> str:
    """Return a value in one line of text; empty for an error of the spreadsheet."""
    text = "" if value is None else " ".join(str(value).split())
    return "" if text.startswith("#") and text.endswith(("!", "?", "A")) else text
