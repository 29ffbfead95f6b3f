"""Tables in the file of a timetable: each as the bytes of an Arrow file."""

import io
from collections.abc import Mapping

import numpy as np
import polars as pl

from .places import Array


def packed(prefix: str, tables: Mapping[str, pl.DataFrame]) -> dict[str, Array]:
    """The tables as arrays of bytes, named after them."""
    arrays = {}
    for name, table in tables.items():
        file = io.BytesIO()
        table.write_ipc(file, compression="uncompressed")
        arrays[f"{prefix}_{name}"] = np.frombuffer(file.getvalue(), np.uint8)
    return arrays


def unpacked(
    prefix: str, schemas: Mapping[str, pl.Schema], arrays: Mapping[str, Array]
) -> dict[str, pl.DataFrame]:
    """The tables that `packed` gave; those that are not there are empty."""
    return {
        name: pl.read_ipc(io.BytesIO(arrays[key].tobytes()))
        if (key := f"{prefix}_{name}") in arrays
        else pl.DataFrame(schema=schema)
        for name, schema in schemas.items()
    }
