"""GeoPackages, files of SQLite: the first table of features, its geometry left out."""

import sqlite3
from contextlib import closing

from .faults import Unreadable, reading
from .limits import Limits
from .tables import Gathering, Table

MAGIC = b"SQLite format 3\0"
ADVICE = "Exportez la couche en CSV depuis QGIS, puis chargez ce CSV."
CHECK_EVERY = 10_000
"""Steps of SQLite between two looks at the time that is left."""


def read_geopackage(content: bytes, *, limits: Limits | None = None) -> Table:
    """Read the rows of the first table of features, as texts; raise Unreadable for another file.

    The file is opened in memory: nothing is written, no code of it runs, views are not read.
    """
    limits = (limits or Limits()).started()
    limits.check_size(content)
    with reading("ce GeoPackage", ADVICE), closing(sqlite3.connect(":memory:")) as opened:
        opened.deserialize(content)
        opened.set_progress_handler(limits.check_time, CHECK_EVERY)
        opened.execute("PRAGMA trusted_schema = OFF")
        layer = opened.execute(
            "SELECT c.table_name FROM gpkg_contents AS c JOIN sqlite_schema AS s ON s.type = "
            "'table' AND s.name = c.table_name WHERE c.data_type = 'features' ORDER BY 1"
        ).fetchone()
        if layer is None:
            raise Unreadable.of("ce GeoPackage n'a aucune couche.", ADVICE)
        name = _quoted(str(layer[0]))
        columns = [
            str(column) for _, column, kind, *_ in opened.execute(f"PRAGMA table_info({name})")
            if str(kind).upper() in TEXTS_AND_NUMBERS
        ]  # fmt: skip
        gathering = Gathering(limits, place=f"couche « {layer[0]} », ")
        gathering.add(1, columns)
        wanted = ", ".join(map(_quoted, columns))
        rows = opened.execute(f"SELECT {wanted} FROM {name}")  # noqa: S608 - names, quoted
        for line, row in enumerate(rows, 2):
            limits.check_time()
            if not gathering.add(line, ["" if cell is None else str(cell) for cell in row]):
                break
        return gathering.table


TEXTS_AND_NUMBERS = {
    "TEXT", "INTEGER", "INT", "MEDIUMINT", "SMALLINT", "TINYINT", "REAL", "DOUBLE", "FLOAT",
    "BOOLEAN", *(f"TEXT({size})" for size in range(1, 256)),
}  # fmt: skip
"""Types of the standard, geometries, blobs and dates left out."""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
