"""Builds the index of addresses: one SQLite file, replaced whole when files are imported.

Streets and places without number are searched (FTS5), their numbers stand beside, by street. A
commune given again replaces what was held of it, so that a Base Adresse Locale can follow the file
of its département.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from traitdunion.sources.addresses import (
    AddressFile,
    AddressRow,
    ReadAddresses,
    open_addresses,
    read_addresses,
)

from ..names import fold
from .words import spelled, telling

FILE = "addresses/addresses.sqlite"
FORMAT = 1
SCHEMA = """
CREATE TABLE place (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL, city_key TEXT NOT NULL,
    commune TEXT NOT NULL, code_insee TEXT NOT NULL, postcode TEXT NOT NULL,
    is_lieu_dit INTEGER NOT NULL, lat REAL NOT NULL, lon REAL NOT NULL, origin TEXT NOT NULL);
CREATE INDEX place_commune ON place (code_insee);
CREATE TABLE number (
    place INTEGER NOT NULL, numero INTEGER NOT NULL, suffix TEXT NOT NULL, lat REAL NOT NULL,
    lon REAL NOT NULL, PRIMARY KEY (place, numero, suffix)) WITHOUT ROWID;
CREATE TABLE import (
    name TEXT PRIMARY KEY, origin TEXT NOT NULL, imported_on TEXT NOT NULL,
    addresses INTEGER NOT NULL);
CREATE VIRTUAL TABLE word USING fts5 (key, city, postcode, prefix='2 3', tokenize='ascii');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab ('word', 'row');
"""


class Imported(NamedTuple):
    """What an import made of the files."""

    places: int
    addresses: int
    left_out: int
    faults: tuple[str, ...]
    communes: int


@dataclass
class _Street:
    """A street being read: its names, its numbers, and the sums of their degrees."""

    row: AddressRow
    numbers: dict[tuple[int, str], tuple[float, float]] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    lat: float = 0.0
    lon: float = 0.0
    points: int = 0

    def add(self, row: AddressRow) -> None:
        self.lat, self.lon, self.points = self.lat + row.lat, self.lon + row.lon, self.points + 1
        if row.elsewhere:
            self.elsewhere.add(row.elsewhere)
        if row.numero:
            # The first position of an address is the entrance, where one is published.
            self.numbers.setdefault((row.numero, row.suffix), (row.lat, row.lon))


def import_addresses(paths: Sequence[Path], data_dir: Path, *, on: date) -> Imported:
    """Read files into the index of a data folder; raises Unreadable, and keeps it as it was."""
    index = data_dir / FILE
    index.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=index.parent, prefix=".addresses-")
    os.close(handle)
    building = Path(name)
    try:
        if readable(index):
            shutil.copyfile(index, building)
        with closing(sqlite3.connect(building)) as db:
            imported = _fill(db, paths, on)
        os.replace(building, index)
    finally:
        building.unlink(missing_ok=True)
        building.with_name(building.name + "-journal").unlink(missing_ok=True)
    return imported


def readable(index: Path) -> bool:
    """Return whether an index of the present format stands at a path."""
    if not index.exists():
        return False
    with closing(sqlite3.connect(f"file:{index}?mode=ro", uri=True)) as db:
        return bool(db.execute("PRAGMA user_version").fetchone()[0] == FORMAT)


def _fill(db: sqlite3.Connection, paths: Sequence[Path], on: date) -> Imported:
    if db.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
        db.executescript(SCHEMA)
        db.execute(f"PRAGMA user_version = {FORMAT}")
    reads: list[ReadAddresses] = []
    communes: set[str] = set()
    added = 0
    for path in paths:
        read = open_addresses(path)
        streets = _streets(read_addresses(read))
        seen = {code for code, _, _ in streets}
        _forget(db, seen, read.kind)
        added += _write(db, streets.values(), read.kind)
        db.execute(
            "INSERT OR REPLACE INTO import VALUES (?, ?, ?, ?)",
            (path.name, read.kind.value, on.isoformat(), read.taken),
        )
        reads.append(read)
        communes |= seen
    db.execute("INSERT INTO word (word) VALUES ('optimize')")
    db.commit()
    return Imported(
        added,
        sum(read.taken for read in reads),
        sum(read.left_out for read in reads),
        tuple(fault for read in reads for fault in read.faults),
        len(communes),
    )


def _streets(rows: Iterable[AddressRow]) -> dict[tuple[str, str, str], _Street]:
    streets: dict[tuple[str, str, str], _Street] = {}
    for row in rows:
        key = row.code_insee, row.postcode, row.name
        street = streets.get(key)
        if street is None:
            street = streets[key] = _Street(row)
        street.add(row)
    return streets


def _forget(db: sqlite3.Connection, communes: Iterable[str], kind: AddressFile) -> None:
    """Delete what was held of communes: from files of the same kind, from all for a BAL."""
    origins = tuple(AddressFile) if kind == AddressFile.BAL else (kind, AddressFile.BAL)
    if kind == AddressFile.LIEUX_DITS:
        origins = (kind,)
    marks = ", ".join("?" * len(origins))
    for code in communes:
        mine = f"SELECT id FROM place WHERE code_insee = ? AND origin IN ({marks})"  # noqa: S608
        for table, column in (("word", "rowid"), ("number", "place"), ("place", "id")):
            statement = f"DELETE FROM {table} WHERE {column} IN ({mine})"  # noqa: S608
            db.execute(statement, (code, *origins))


def _write(db: sqlite3.Connection, streets: Iterable[_Street], kind: AddressFile) -> int:
    first = db.execute("SELECT coalesce(max(id), 0) + 1 FROM place").fetchone()[0]
    n = 0
    for n, street in enumerate(streets, start=1):
        row, identity = street.row, first + n - 1
        key = " ".join(telling(spelled(row.name)))
        names = [row.commune, *sorted(street.elsewhere)]
        city = " ".join(telling([word for name in names for word in fold(name).split()]))
        lat, lon = street.lat / street.points, street.lon / street.points
        db.execute(
            "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (identity, row.name, key, city, row.commune, row.code_insee, row.postcode,
             int(not street.numbers), round(lat, 6), round(lon, 6), kind.value),
        )  # fmt: skip
        db.execute(
            "INSERT INTO word (rowid, key, city, postcode) VALUES (?, ?, ?, ?)",
            (identity, key, city, row.postcode),
        )
        db.executemany(
            "INSERT INTO number VALUES (?, ?, ?, ?, ?)",
            [(identity, numero, suffix, lat, lon)
             for (numero, suffix), (lat, lon) in street.numbers.items()],
        )  # fmt: skip
    return n
