"""Reading an uploaded file, whatever its format."""

from collections.abc import Callable

from ..enums import FormatFichier, TypeSolution
from .batch import Batch, FileError
from .bnlc import read_bnlc
from .flex_import import read_flex
from .gbfs_import import read_gbfs
from .inclusion_import import read_inclusion
from .sheets import read_csv, read_xlsx

LARGEST_BYTES = 10_000_000

READERS: dict[FormatFichier, Callable[[bytes], Batch]] = {
    FormatFichier.CSV: read_csv,
    FormatFichier.XLSX: read_xlsx,
    FormatFichier.BNLC: read_bnlc,
    FormatFichier.FLEX: read_flex,
    FormatFichier.GBFS: read_gbfs,
}


def read_file(
    text: bytes,
    format: FormatFichier,  # noqa: A002 - what the field is called
    *,
    default: TypeSolution | None = None,
) -> Batch:
    """What a file holds; `default` files services of data·inclusion that are of no type of ours.

    Raises FileError.
    """
    if len(text) > LARGEST_BYTES:
        raise FileError(["Le fichier dépasse 10 Mo : partagez-le."])
    if format == FormatFichier.INCLUSION:
        return read_inclusion(text, default=default)
    return READERS[format](text)
