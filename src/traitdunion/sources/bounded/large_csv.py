"""Published CSV files too large for `read_csv`: read line by line, packed or not, within bounds."""

import csv
import gzip
import io
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from .faults import Unreadable

GZIP = b"\x1f\x8b"
SEPARATORS = ";,\t|"
ADVICE = "Vérifiez que c'est le bon fichier, ou téléchargez-le de nouveau."


@dataclass(frozen=True)
class LargeLimits:
    """Bounds of a large file: bytes once unpacked, rows, characters of one line."""

    inflated_bytes: int = 2_000_000_000
    rows: int = 8_000_000
    line_chars: int = 20_000


LARGE = LargeLimits()


def large_csv(path: Path, limits: LargeLimits = LARGE) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the number of each line and its cells by lower-case heading; UTF-8, a BOM perhaps.

    Cells are stripped; those that a row lacks are "". Raises Unreadable for what is no text, a
    broken archive, or a file beyond `limits`.
    """
    with ExitStack() as opened:
        file = opened.enter_context(path.open("rb"))
        packed = file.read(2) == GZIP
        file.seek(0)
        raw = opened.enter_context(gzip.open(file)) if packed else file
        text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        try:
            yield from _rows(text, limits)
        except (UnicodeDecodeError, EOFError, gzip.BadGzipFile, csv.Error) as wrong:
            raise Unreadable.of(f"{path.name} est coupé ou n'est pas un CSV.", ADVICE) from wrong


def _rows(text: io.TextIOWrapper, limits: LargeLimits) -> Iterator[tuple[int, Mapping[str, str]]]:
    lines = _lines(text, limits)
    head = next(lines, "")
    separator = max(SEPARATORS, key=head.count)
    headings = [cell.strip().lower() for cell in next(csv.reader([head], delimiter=separator), [])]
    if len(headings) < 2:
        raise Unreadable.of("le fichier n'a pas de titres de colonnes.", ADVICE)
    reader = csv.reader(lines, delimiter=separator)
    for n, cells in enumerate(reader, start=1):
        if n > limits.rows:
            raise Unreadable.of(f"le fichier dépasse {limits.rows} lignes.", ADVICE)
        if cells:
            filled = [*map(str.strip, cells), *[""] * (len(headings) - len(cells))]
            yield reader.line_num + 1, dict(zip(headings, filled, strict=False))


def _lines(text: io.TextIOWrapper, limits: LargeLimits) -> Iterator[str]:
    left = limits.inflated_bytes
    while line := text.readline(limits.line_chars + 1):
        left -= len(line)
        if len(line) > limits.line_chars or left < 0:
            raise Unreadable.of("le fichier est trop gros, ou une ligne est trop longue.", ADVICE)
        yield line
