"""Tables out: no cell that we write runs as a formula in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .values import clean_text

# What a spreadsheet takes for a formula, wide forms included (Excel folds them).
_STARTS = (*"=+-@\t\r\n|%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_PLAIN_NUMBER = re.compile(r"[+-]?[\d\s.,\u202f\xa0]+")


BOM = "\ufeff"
"""Before a CSV, for a French spreadsheet to read its accents."""


def neutral(value: Any) -> Any:
    """Return a value that no spreadsheet runs: a text like a formula gets an apostrophe first.

    Numbers, negative ones and telephones in "+33" among them, stay as they are.
    """
    if not isinstance(value, str) or not value.lstrip(" \xa0").startswith(_STARTS):
        return value
    return value if _PLAIN_NUMBER.fullmatch(value) else f"'{value}"


def without_apostrophe(text: str) -> str:
    """Return a cell as it was before `neutral`."""
    return text[1:] if text[:1] == "'" and neutral(text[1:]) == text else text


def csv_text(
    headings: Sequence[str],
    rows: Iterable[Sequence[Any] | Mapping[str, Any]],
    *,
    separator: str = ";",
    end: str = "\r\n",
) -> str:
    """Return a CSV; rows are lists in the order of the headings, or values by heading.

    The defaults are those of a French Excel; to be opened there the bytes need "utf-8-sig".
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    writer.writerow([neutral(name) for name in headings])
    for row in rows:
        cells = [row.get(name, "") for name in headings] if isinstance(row, Mapping) else row
        writer.writerow([neutral(cell) for cell in cells])
    return out.getvalue()


def set_cell(cell: Any, value: Any) -> None:
    """Set a cell of openpyxl; a text stays one, whatever it begins with."""
    cell.value = clean_text(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl takes "=…" for a formula


def append_row(sheet: Any, cells: Iterable[Any]) -> None:
    """Append a row to a sheet of openpyxl, as values and never as formulas."""
    from openpyxl.cell.cell import Cell  # takes 0.3 s, and few processes write workbooks

    row = []
    for value in cells:
        row.append(Cell(sheet, row=1, column=1))  # `append` puts it in its place
        set_cell(row[-1], value)
    sheet.append(row)
