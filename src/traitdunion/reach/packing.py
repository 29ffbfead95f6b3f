"""Tables and texts in the file of a timetable, as arrays."""

import io
from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl

from .places import Array


def packed(prefix: str, tables: Mapping[str, pl.DataFrame]) -> dict[str, Array]:
    """Return the tables as arrays of bytes, named after them."""
    arrays = {}
    for name, table in tables.items():
        file = io.BytesIO()
        table.write_ipc(file, compression="uncompressed")
        arrays[f"{prefix}_{name}"] = np.frombuffer(file.getvalue(), np.uint8)
    return arrays


def unpacked(
    prefix: str, schemas: Mapping[str, pl.Schema], arrays: Mapping[str, Array]
) -> dict[str, pl.DataFrame]:
    """Return the tables that `packed` gave; those that are not there are empty."""
    return {
        name: pl.read_ipc(io.BytesIO(arrays[key].tobytes()))
        if (key := f"{prefix}_{name}") in arrays
        else pl.DataFrame(schema=schema)
        for name, schema in schemas.items()
    }


def packed_texts(name: str, texts: Iterable[str]) -> dict[str, Array]:
    """Return a column of texts as UTF-8 bytes and the end of each."""
    encoded = [text.encode() for text in texts]
    return {
        f"{name}_utf8": np.frombuffer(b"".join(encoded), np.uint8),
        f"{name}_ends": np.cumsum([len(text) for text in encoded], dtype=np.int64),
    }


def unpacked_texts(name: str, arrays: Mapping[str, Array]) -> list[str]:
    """Return the texts that `packed_texts` gave."""
    text = arrays[f"{name}_utf8"].tobytes()
    # Decoded text by text: a cut within the bytes of a letter would be an error, not a letter.
    ends = arrays[f"{name}_ends"].tolist()
    return [text[i:j].decode() for i, j in zip([0, *ends], ends, strict=False)]
