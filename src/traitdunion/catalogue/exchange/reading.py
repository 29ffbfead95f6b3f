"""Reading an uploaded file, whatever its format."""

from collections.abc import Callable
from datetime import date

from ..enums import FormatFichier, TypeSolution
from .batch import Batch
from .bnlc import read_bnlc
from .flex_import import read_flex
from .gbfs_import import read_gbfs
from .inclusion_import import read_inclusion
from .sheets import read_csv, read_xlsx

READERS: dict[FormatFichier, Callable[[bytes], Batch]] = {
    FormatFichier.CSV: read_csv,
    FormatFichier.XLSX: read_xlsx,
    FormatFichier.FLEX: read_flex,
    FormatFichier.GBFS: read_gbfs,
}


def read_file(
    content: bytes,
    format: FormatFichier,  # noqa: A002 - what the field is called
    *,
    default: TypeSolution | None = None,
    today: date | None = None,
) -> Batch:
    """Read what a file holds; whatever its bytes, the only error is FileError.

    `default` files services of data·inclusion that are of no type of ours; `today` refuses dates
    to come.
    """
    if format == FormatFichier.INCLUSION:
        return read_inclusion(content, default=default)
    if format == FormatFichier.BNLC:
        return read_bnlc(content, today=today)
    return READERS[format](content)
