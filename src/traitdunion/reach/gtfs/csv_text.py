"""Turns the bytes of a CSV file into a table of text, with the line each row stands on.

Well-formed files, nearly all, go straight to polars. The others (ragged rows, line breaks inside
quotes, blank lines, stray quotes) are read again row by row so that each fault is told with its
line.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from .notes import Notes

_COMMA, _QUOTE, _NEWLINE = (ord(sign) for sign in ',"\n')
_FIELD_BYTES: Final = 131072
"""Longest field the row-by-row reader accepts (the default of `csv`)."""


class CsvTable(NamedTuple):
    """A header, and its columns as a frame: `line` (u32) then one text column per wanted name."""

    header: list[str]
    rows: pl.DataFrame


def decode(data: bytes, file: str, notes: Notes) -> bytes:
    """Give the text as UTF-8 without byte order mark and with "\\n" line ends only.

    A file that is not UTF-8 is read as cp1252 (or latin-1 where that fails), with a warning.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = _from_utf16(data, file, notes)
    data = data.removeprefix(codecs.BOM_UTF8)
    if not data.isascii():
        data = _as_utf8(data, file, notes)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data


def parse(data: bytes, wanted: Sequence[str], file: str, notes: Notes) -> CsvTable:
    """Split decoded text in columns; those not wanted are ignored, absent ones are empty text."""
    body = data.rstrip(b"\n\r\t ") + b"\n"
    first, _, body = body.partition(b"\n")
    header = _header(first)
    spaced = _has_spaces_round_fields(body)
    if _is_regular(body, len(header)):
        rows = _read_at_once(body, header, wanted)
    else:
        rows = _read_row_by_row(body, header, wanted, file, notes)
    if spaced:
        rows = rows.with_columns(pl.col(pl.String).str.strip_chars())
    absent = [pl.lit("").alias(name) for name in wanted if name not in header]
    rows = _without_blank_rows(rows, [name for name in wanted if name in header])
    return CsvTable(header, rows.with_columns(absent).select("line", *wanted))


def _without_blank_rows(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Drop rows that are all commas, as spreadsheets leave at the end."""
    if not names or not (rows[names[0]] == "").any():
        return rows
    return rows.filter(pl.any_horizontal(pl.col(name) != "" for name in names))


def _from_utf16(data: bytes, file: str, notes: Notes) -> bytes:
    notes.note("warning", "encoding", file, "le fichier est en UTF-16 au lieu d'UTF-8 : converti.")
    return data.decode("utf-16", errors="replace").encode()


def _as_utf8(data: bytes, file: str, notes: Notes) -> bytes:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        value = f"0x{data[error.start]:02x}"
        text, encoding = _decode_western(data)
        notes.note(
            "warning",
            "encoding",
            file,
            f"le fichier n'est pas en UTF-8 (premier octet fautif : {value}) : "
            f"lu comme {encoding}, des accents peuvent être faux.",
            line=line,
            value=value,
        )
        return text.encode()
    return data


def _decode_western(data: bytes) -> tuple[str, str]:
    try:
        return data.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _header(line: bytes) -> list[str]:
    text = line.decode(errors="replace")
    try:
        names = next(csv.reader([text], skipinitialspace=True), [])
    except csv.Error:
        names = text.split(",")
    return [name.strip().strip('"').strip() for name in names] or [""]


def _has_spaces_round_fields(body: bytes) -> bool:
    return body.startswith(b" ") or any(
        mark in body for mark in (b", ", b" ,", b" \n", b"\n ", b'" ', b' "', b"\t")
    )


def _is_regular(body: bytes, width: int) -> bool:
    """Tell whether each line has `width` fields, and quotes stand only round whole fields.

    All lines at once: with every comma and line end outside quotes in one list, each `width`-th
    must be a line end, and no other may be.
    """
    signs = np.frombuffer(body, dtype=np.uint8)
    is_newline = signs == _NEWLINE
    separates = is_newline | (signs == _COMMA)
    if b'"' in body:
        if not _quotes_enclose_fields(signs, separates):
            return False
        inside = np.cumsum(signs == _QUOTE, dtype=np.uint8) & 1
        separates &= inside == 0
    ends = is_newline[separates]
    if ends.size % width:
        return False
    by_line = ends.reshape(-1, width)
    n_lines = by_line.shape[0]
    return bool(by_line[:, -1].all()) and int(ends.sum()) == n_lines == int(is_newline.sum())


def _quotes_enclose_fields(signs: np.ndarray, separates: np.ndarray) -> bool:
    """Tell whether opening quotes follow a separator, and closing ones precede one.

    A doubled quote closes then opens again: its halves lean on each other.
    """
    quotes = np.flatnonzero(signs == _QUOTE)
    if quotes.size % 2:
        return False
    leans = separates | (signs == _QUOTE)
    opening, closing = quotes[0::2], quotes[1::2]
    return bool(leans[opening[opening > 0] - 1].all() and leans[closing + 1].all())


def _read_at_once(body: bytes, header: list[str], wanted: Sequence[str]) -> pl.DataFrame:
    columns = {name: header.index(name) for name in wanted if name in header}
    order = sorted(columns, key=columns.__getitem__)
    if not order or body in (b"", b"\n"):
        return _frame([], [], order)
    frame = pl.read_csv(
        body,
        has_header=False,
        schema={str(position): pl.String for position in range(len(header))},
        columns=[columns[name] for name in order],
        row_index_name="line",
        row_index_offset=2,
    )
    frame.columns = ["line", *order]
    return frame.with_columns(pl.col(pl.String).fill_null(""))


def _read_row_by_row(
    body: bytes, header: list[str], wanted: Sequence[str], file: str, notes: Notes
) -> pl.DataFrame:
    """Read what is not regular; a row with too many fields, or an unclosed quote, is left out."""
    width = len(header)
    lines: list[int] = []
    kept: list[list[str]] = []
    short: list[int] = []
    for line, fields in _split(body.decode(), file, notes):
        if not any(fields):
            continue
        if any(field.strip() for field in fields[width:]):
            _note_too_long(line, fields, width, file, notes)
            continue
        if len(fields) < width:
            short.append(line)
        lines.append(line)
        kept.append((fields + [""] * (width - len(fields)))[:width])
    if short:
        notes.note(
            "warning",
            "short_row",
            file,
            f"{len(short)} ligne(s) ont moins de {width} champs : les champs absents sont "
            "tenus pour vides.",
            line=short[0],
            count=len(short),
        )
    names = [name for name in dict.fromkeys(header) if name in wanted]
    return _frame(lines, [[row[header.index(name)] for row in kept] for name in names], names)


def _split(text: str, file: str, notes: Notes) -> Iterator[tuple[int, list[str]]]:
    """Give each row with the line it starts on; with an odd quote, each line stands alone."""
    if text.count('"') % 2:
        yield from _split_each_line(text, file, notes)
        return
    reader = csv.reader(io.StringIO(text, newline="\n"), skipinitialspace=True)
    line = 2
    try:
        for fields in reader:
            yield line, fields
            line = reader.line_num + 2
    except csv.Error:
        notes.note(
            "error",
            "unreadable_row",
            file,
            f"un champ dépasse {_FIELD_BYTES} caractères : la suite du fichier est laissée de "
            "côté.",
            line=line,
        )
        notes.report.leave_out(file, text.count("\n") + 2 - line)


def _split_each_line(text: str, file: str, notes: Notes) -> Iterator[tuple[int, list[str]]]:
    for line, row in enumerate(text.split("\n"), start=2):
        if row.count('"') % 2 or len(row) > _FIELD_BYTES:
            notes.note(
                "error",
                "unreadable_row",
                file,
                "guillemet ouvert mais jamais fermé : ligne laissée de côté.",
                line=line,
                value=row[:80],
            )
            notes.report.leave_out(file, 1)
            continue
        yield line, next(csv.reader([row], skipinitialspace=True), [])


def _note_too_long(line: int, fields: list[str], width: int, file: str, notes: Notes) -> None:
    notes.note(
        "error",
        "long_row",
        file,
        f"la ligne a {len(fields)} champs au lieu de {width} (une virgule sans guillemets ?) : "
        "ligne laissée de côté.",
        line=line,
        value=",".join(fields)[:80],
    )
    notes.report.leave_out(file, 1)


def _frame(lines: list[int], columns: list[list[str]], names: list[str]) -> pl.DataFrame:
    values = columns or [[] for _ in names]
    series = [pl.Series(n, v, dtype=pl.String) for n, v in zip(names, values, strict=True)]
    return pl.DataFrame([pl.Series("line", lines, dtype=pl.UInt32), *series])
