"""Turns the bytes of a CSV file into a table of text, with the line each row stands on.

Well-formed files, nearly all, go straight to polars. The others (ragged rows, line breaks inside
quotes, blank lines, stray quotes) are read again row by row so that each fault is reported with its
line.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from ..checks.notes import Notes

_COMMA, _QUOTE, _NEWLINE = (ord(sign) for sign in ',"\n')
_ROWS_AT_ONCE: Final = 50_000
_FIELD_BYTES: Final = 131072
"""Longest field the row-by-row reader accepts (the default of `csv`)."""

_CHUNK: Final = 1 << 20

_UNDEFINED_IN_CP1252: Final = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
"""The five bytes to which cp1252 gives no sign; latin-1 gives one to each byte."""

_FILLED_FIELDS: Final = 4_000_000
"""Most absent fields held for blank in a file: a row of two bytes would take a hundred times that
in columns."""


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
        # In this order: a carriage return ends a line, with or without a line feed after it.
        data = data.replace(b"\r\n", b"\n")
        data = data.replace(b"\r", b"\n") if b"\r" in data else data
    return data


def parse(data: bytes, wanted: Sequence[str], file: str, notes: Notes) -> CsvTable:
    """Split decoded text in columns; those not wanted are ignored, absent ones are empty text."""
    end = _end_of_text(data)
    head = data.find(b"\n", 0, end)
    head = end if head < 0 else head
    header = _header(data[:head])
    _refuse_little_but_short_rows(data, file, notes)
    # Exactly one line end at the end, as `_is_regular` counts them; in one copy.
    body = b"".join((memoryview(data)[head + 1 : end], b"\n")) if head < end else b""
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


def _end_of_text(data: bytes) -> int:
    """Return where the blanks at the end of a file begin, without a copy of the file."""
    end = len(data)
    while end:
        tail = data[max(0, end - _CHUNK) : end]
        if kept := len(tail.rstrip(b"\n\r\t ")):
            return end - len(tail) + kept
        end -= len(tail)
    return 0


def _refuse_little_but_short_rows(data: bytes, file: str, notes: Notes) -> None:
    """Raise `FeedError` where a count of commas shows that too many fields are absent.

    Commas inside quotes make the count smaller, never larger: what it misses is counted row by row.
    """
    start = data.find(b"\n") + 1
    width = len(_header(data[:start]))
    n_commas, n_blank = data.count(b",", start), data.count(b"\n\n", start)

    def are_too_many(n_lines: int) -> bool:
        return (n_lines - n_blank) * (width - 1) - n_commas > _FILLED_FIELDS

    if not are_too_many(data.count(b"\n", start)) or not are_too_many(_n_rows(data, start)):
        return
    body = io.BytesIO(data)
    body.seek(start)
    short = (line for line, row in enumerate(body, start=2) if row.count(b",") + 1 < width)
    raise notes.refuse(_too_many_short(file, width, next(short, 2)))


def _n_rows(data: bytes, start: int) -> int:
    """Return how many line ends stand outside quotes; all of them where the quotes are odd."""
    if data.count(b'"', start) % 2:
        return data.count(b"\n", start)
    n_rows, inside = 0, 0
    for piece in _pieces(data, start):
        signs = np.frombuffer(piece, dtype=np.uint8)
        quoted = (np.cumsum(signs == _QUOTE, dtype=np.uint8) + inside) & 1
        n_rows += int(np.count_nonzero((signs == _NEWLINE) & (quoted == 0)))
        inside = int(quoted[-1])
    return n_rows


def _without_blank_rows(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Drop rows that are all commas, as spreadsheets leave at the end."""
    if not names or not (rows[names[0]] == "").any():
        return rows
    return rows.filter(pl.any_horizontal(pl.col(name) != "" for name in names))


def _from_utf16(data: bytes, file: str, notes: Notes) -> bytes:
    notes.note("warning", "encoding", file, "le fichier est en UTF-16 au lieu d'UTF-8 : converti.")
    return data.decode("utf-16", errors="replace").encode()


def _as_utf8(data: bytes, file: str, notes: Notes) -> bytes:
    wrong = _first_not_utf8(data)
    if wrong is not None:
        # Before the text is converted, which may double it.
        _refuse_little_but_short_rows(data, file, notes)
        line = data.count(b"\n", 0, wrong) + 1
        value = f"0x{data[wrong]:02x}"
        encoding = "latin-1" if _UNDEFINED_IN_CP1252.search(data) else "cp1252"
        notes.note(
            "warning",
            "encoding",
            file,
            f"le fichier n'est pas en UTF-8 (premier octet fautif : {value}) : "
            f"lu comme {encoding}, des accents peuvent être faux.",
            line=line,
            value=value,
        )
        return b"".join(piece.decode(encoding).encode() for piece in _pieces(data))
    return data


def _first_not_utf8(data: bytes) -> int | None:
    """Return the first byte that is not UTF-8; piece by piece, for text takes four times its bytes.

    Pieces end at a line end, which is no part of a sign of several bytes.
    """
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + _CHUNK) + 1 or len(data)
        try:
            str(memoryview(data)[start:end], "utf-8")
        except UnicodeDecodeError as error:
            return start + error.start
        start = end
    return None


def _pieces(data: bytes, start: int = 0) -> Iterator[bytes]:
    return (data[at : at + _CHUNK] for at in range(start, len(data), _CHUNK))


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
    """Return whether each line has `width` fields, and quotes stand only round whole fields.

    All lines at once: with every comma and line end outside quotes in one list, each `width`-th
    must be a line end, and no other may be.
    """
    # Counted first, for the lists below take five times the memory of the file.
    if body.count(b",") < body.count(b"\n") * (width - 1):
        return False
    signs = np.frombuffer(body, dtype=np.uint8)
    is_newline = signs == _NEWLINE
    separates = is_newline | (signs == _COMMA)
    if b'"' in body:
        if not _quotes_enclose_fields(signs, separates):
            return False
        # Only whether the count is odd matters: it may wrap, in an eighth of the memory.
        inside = np.cumsum(signs == _QUOTE, dtype=np.uint8) & 1
        separates &= inside == 0
    ends = is_newline[separates]
    if ends.size % width:
        return False
    by_line = ends.reshape(-1, width)
    n_lines = by_line.shape[0]
    return bool(by_line[:, -1].all()) and int(ends.sum()) == n_lines == int(is_newline.sum())


def _quotes_enclose_fields(signs: np.ndarray, separates: np.ndarray) -> bool:
    """Return whether opening quotes follow a separator, and closing ones precede one.

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
        # The header is line 1.
        row_index_offset=2,
        # Filled afterwards, each column would be copied.
        empty_string_is_null=False,
    )
    frame.columns = ["line", *order]
    return frame


def _read_row_by_row(
    body: bytes, header: list[str], wanted: Sequence[str], file: str, notes: Notes
) -> pl.DataFrame:
    """Read what is not regular; a row with too many fields, or an unclosed quote, is left out.

    Raises `FeedError` where more fields are absent than a file of lines may lack.
    """
    width = len(header)
    names = [name for name in dict.fromkeys(header) if name in wanted]
    places = [header.index(name) for name in names]
    lines: list[int] = []
    kept: list[list[str]] = []
    frames: list[pl.DataFrame] = []
    first_short, short, filled = 0, 0, 0
    for line, fields in _split(body, file, notes):
        if not any(fields):
            continue
        if any(field.strip() for field in fields[width:]):
            _note_too_long(line, fields, width, file, notes)
            continue
        if len(fields) < width:
            first_short = first_short or line
            short += 1
            filled += width - len(fields)
            if filled > _FILLED_FIELDS:
                raise notes.refuse(_too_many_short(file, width, first_short))
            fields = fields + [""] * (width - len(fields))
        lines.append(line)
        kept.append([fields[place] for place in places])
        # Rows as lists take ten times the memory of columns.
        if len(kept) == _ROWS_AT_ONCE:
            frames.append(_frame(lines, kept, names))
            lines, kept = [], []
    frames.append(_frame(lines, kept, names))
    if short:
        notes.note(
            "warning",
            "short_row",
            file,
            f"{short} ligne(s) ont moins de {width} champs : les champs absents sont "
            "tenus pour vides.",
            line=first_short,
            count=short,
        )
    return pl.concat(frames)


def _split(body: bytes, file: str, notes: Notes) -> Iterator[tuple[int, list[str]]]:
    """Give each row with the line it starts on; with an odd quote, each line stands alone."""
    # Decoded line by line: a whole text in memory takes up to four bytes a character.
    text = io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", newline="\n")
    if body.count(b'"') % 2:
        yield from _split_each_line(text, file, notes)
        return
    reader = csv.reader(text, skipinitialspace=True)
    line = 2
    try:
        for fields in reader:
            # The limit of the `csv` module is one for the process, and others may raise it.
            if max(map(len, fields), default=0) > _FIELD_BYTES:
                raise csv.Error
            yield line, fields
            # The reader counts lines of the body, whose first is line 2 of the file.
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
        notes.report.leave_out(file, body.count(b"\n") + 2 - line)


def _split_each_line(
    text: Iterable[str], file: str, notes: Notes
) -> Iterator[tuple[int, list[str]]]:
    for line, ended in enumerate(text, start=2):
        row = ended.removesuffix("\n")
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


def _too_many_short(file: str, width: int, first: int) -> str:
    return (
        f"dans {file}, à partir de la ligne {first}, des lignes ont moins de {width} champs : il "
        f"en manque en tout plus de {_FILLED_FIELDS // 1_000_000} millions, ce fichier n'est pas "
        "lu. Signalez-le au producteur."
    )


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


def _frame(lines: list[int], rows: list[list[str]], names: list[str]) -> pl.DataFrame:
    values: Sequence[Sequence[str]] = list(zip(*rows, strict=True)) or [[] for _ in names]
    series = [pl.Series(n, v, dtype=pl.String) for n, v in zip(names, values, strict=True)]
    return pl.DataFrame([pl.Series("line", lines, dtype=pl.UInt32), *series])
