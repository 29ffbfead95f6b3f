"""CSV files as spreadsheets write them, Excel of Windows and of Macintosh first."""

import codecs
import csv
import io
import itertools
from typing import Any

from .faults import Fault, Unreadable, reading
from .limits import Limits
from .tables import Gathering, Table

# The module's limit is one for the process; ours is per cell, and the file is bounded before.
csv.field_size_limit(20_000_000)

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SEPARATORS = ";,\t|"
ADVICE = "Ouvrez-le dans un tableur, puis enregistrez-le en « CSV UTF-8 »."
TIME_EVERY = 1_000


def read_csv(content: bytes, *, limits: Limits | None = None) -> Table:
    """Read a table: UTF-8, UTF-16 or Windows-1252; commas, semicolons, tabs; any end of line.

    Raises Unreadable where it is no text, or has no heading.
    """
    limits = (limits or Limits()).started()
    limits.check_size(content)
    with reading("ce CSV", ADVICE):
        text, note = decoded(content)
        table = _table(text, limits)
        if note:
            table.notes.insert(0, note)
        if not table.headings:
            raise Unreadable.of("le fichier n'a aucune ligne.", "Vérifiez que c'est le bon.")
        return table


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text of bytes, and a French note where the encoding had to be guessed.

    Raises Unreadable for bytes that are no text.
    """
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return _strictly(content, encoding), ""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise Unreadable.of("ce n'est pas un CSV.", "Choisissez le format qui est le sien.")
    zeros = content[:2_000].count(0)
    if zeros > len(content[:2_000]) // 4:
        # UTF-16 without its mark: the zero is the high byte of letters without accents.
        little = content[1:2_000:2].count(0) >= content[0:2_000:2].count(0)
        return _strictly(content, "utf-16-le" if little else "utf-16-be"), "Fichier lu en UTF-16."
    try:
        return content.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return text, "Fichier lu en Windows-1252 (Excel) : vérifiez les accents."


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as wrong:
        raise Unreadable.of("ce texte est coupé ou abîmé.", ADVICE) from wrong


def _table(text: str, limits: Limits) -> Table:
    gathering = Gathering(limits)
    text, separator, skipped = _separator(text)
    # newline="" keeps every end of line as it is: a lone CR (Macintosh) ends a line too.
    # Strict, since the lenient reader takes half a quoted cell and the next line for one cell.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    for n in itertools.count():
        if n % TIME_EVERY == 0:
            limits.check_time()
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:  # the reader goes on at the line after
            if len(gathering.table.faults) < limits.faults:
                gathering.table.faults.append(_quote_fault(gathering.where(line), reader, line))
            continue
        if not gathering.add(line, cells):
            break
    return gathering.table


def _quote_fault(where: str, reader: Any, first: int) -> Fault:
    """Return what is wrong with a quote that is left open, or closed before the end of its cell."""
    swallowed = reader.line_num - first
    more = f" Les {swallowed} lignes qui suivent ne sont pas lues." if swallowed > 0 else ""
    return Fault(
        where,
        "un guillemet est de trop, ou n'est jamais refermé." + more,
        "Refermez-le, ou doublez-le dans le texte.",
    )


def _separator(text: str) -> tuple[str, str, int]:
    """Return the text, its separator, and how many lines Excel's "sep=;" took."""
    for end in ("\r\n", "\n", "\r"):
        if text.lower().startswith("sep=") and text[5 : 5 + len(end)] == end:
            return text[5 + len(end) :], text[4], 1
    head = next(
        (line for line in io.StringIO(text[:100_000], newline=None) if line.strip(" ;,\t|\r\n")), ""
    )
    bare = "".join(head.split('"')[::2])  # what stands outside quotes
    counts = {sign: bare.count(sign) for sign in SEPARATORS}
    best = max(SEPARATORS, key=counts.__getitem__)
    return text, best if counts[best] else ",", 0
