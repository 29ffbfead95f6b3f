"""The files of the engine, timetables and streets: a JSON header, then aligned mapped arrays."""

import json
import mmap
import os
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .places import Array

MAGIC = b"TRAITDUN"
FORMAT_VERSION = 6
ALIGNMENT = 64


class TimetableFileError(ValueError):
    """The file is not a compiled timetable of this version: compile it again from its feeds."""


class FileKind(NamedTuple):
    """What a file holds: its mark and version, its French name and remedy, the error it raises."""

    magic: bytes
    version: int
    name: str
    remedy: str
    error: type[ValueError]


TIMETABLE_FILE = FileKind(
    MAGIC,
    FORMAT_VERSION,
    "un horaire compilé",
    "Compilez à nouveau les horaires.",
    TimetableFileError,
)


def write(
    path: Path,
    header: Mapping[str, Any],
    arrays: Mapping[str, Array],
    kind: FileKind = TIMETABLE_FILE,
) -> None:
    """Write header and arrays to `path`, which is replaced only once all is on disk.

    Layout: magic (8 bytes), format version and header length (uint32 little-endian each), CRC 32
    of the header (uint32), header (UTF-8 JSON), then each array at a multiple of 64 bytes.
    """
    table: dict[str, dict[str, Any]] = {}
    offset = 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array)
        table[name] = {
            "dtype": data.dtype.str,
            "shape": data.shape,
            "offset": offset,
            "crc32": zlib.crc32(data.tobytes()),
        }
        offset = _aligned(offset + data.nbytes)
    text = json.dumps({**header, "arrays": table, "size": offset}).encode()
    numbers = np.array([kind.version, len(text), zlib.crc32(text)], "<u4")
    preamble = kind.magic + numbers.tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    # Beside the file, not in the system's folder: a rename is atomic within one disk alone.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(preamble + text)
            body = _aligned(file.tell())
            for name, array in arrays.items():
                file.seek(body + table[name]["offset"])
                file.write(np.ascontiguousarray(array).tobytes())
            file.truncate(body + offset)
            file.flush()
            # The bytes reach the disk before the name does, or a power cut leaves an empty file.
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read(
    path: Path, kind: FileKind = TIMETABLE_FILE, *, verify: bool = True
) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the header and the read-only arrays mapped from `path`.

    `verify` checks each array against its checksum (about 1 ms a megabyte).
    Raises the error of its kind where the file is of another kind or version, cut short or altered.
    """
    with path.open("rb") as file:
        preamble = file.read(20)
        if len(preamble) < 20 or preamble[:8] != kind.magic:
            raise kind.error(f"{path} : ce n'est pas {kind.name}.")
        version, length, checksum = (int(v) for v in np.frombuffer(preamble[8:], "<u4"))
        if version != kind.version:
            raise kind.error(
                f"{path} : format {version}, cette version lit le format {kind.version}. "
                f"{kind.remedy}"
            )
        text = file.read(length)
        if len(text) != length or zlib.crc32(text) != checksum:
            raise kind.error(f"{path} : en-tête abîmé. {kind.remedy}")
        header: dict[str, Any] = json.loads(text)
        body = _aligned(20 + length)
        if os.fstat(file.fileno()).st_size != body + header["size"]:
            raise kind.error(f"{path} : fichier tronqué. {kind.remedy}")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    arrays = {name: _array(mapped, body, entry) for name, entry in header.pop("arrays").items()}
    if verify:
        _check(path, kind, mapped, body, json.loads(text)["arrays"])
    return header, arrays


def _aligned(offset: int) -> int:
    return -(-offset // ALIGNMENT) * ALIGNMENT


def _array(mapped: mmap.mmap, body: int, entry: Mapping[str, Any]) -> Array:
    # frombuffer refuses an empty buffer.
    count = int(np.prod(entry["shape"]))
    if count == 0:
        return np.empty(entry["shape"], entry["dtype"])
    flat = np.frombuffer(mapped, entry["dtype"], count=count, offset=body + entry["offset"])
    return flat.reshape(entry["shape"])


def _check(
    path: Path, kind: FileKind, mapped: mmap.mmap, body: int, table: Mapping[str, Any]
) -> None:
    view = memoryview(mapped)
    for name, entry in table.items():
        start = body + entry["offset"]
        size = int(np.prod(entry["shape"])) * np.dtype(entry["dtype"]).itemsize
        if zlib.crc32(view[start : start + size]) != entry["crc32"]:
            raise kind.error(f"{path} : données abîmées ({name}). {kind.remedy}")
