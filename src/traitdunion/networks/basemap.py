"""The ground of maps: vector tiles built from an OpenStreetMap extract, read from one file.

`<root>/basemap.mbtiles` holds them (MBTiles 1.3: SQLite, gzipped tiles, rows counted from the
south); a build writes beside it and takes its place in one step. With no file maps show the
outlines of communes alone. Tiles are cut by tilemaker, a program of the host.
"""

import gzip
import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from .durable import fsync_folder

FILE = "basemap.mbtiles"
PROGRAM = "tilemaker"
CONFIGURATION = Path(__file__).parents[1] / "data" / "basemap"
MAX_ZOOM = 13
MISSING_PROGRAM = (
    "Le programme tilemaker n'est pas installé sur cette machine : installez-le (Debian, Ubuntu : "
    "apt-get install tilemaker), puis relancez la commande. Sans lui, les cartes montrent les "
    "contours des communes et leurs noms."
)
TILES = "/fonds/{z}/{x}/{y}.pbf"
"""Address of the tiles of this site, as MapLibre fills it in; a test holds it to `basemap-tile`."""


class BasemapError(ValueError):
    """The tiles cannot be built or read; the message is one French line."""


@dataclass(frozen=True)
class Basemap:
    """The ground in use: its number of tiles, its bytes, when it was built, where it stands."""

    tiles: int
    size_bytes: int
    built_at: datetime
    bounds: tuple[float, float, float, float]


def ground_of_maps(root: Path, style: str) -> dict[str, str]:
    """Return the ground that an enlarged map shows: a style of elsewhere, or our own tiles."""
    known = None if style else basemap_in_use(root)
    return {
        "map_style": style,
        "map_host": urlsplit(style).hostname or "",
        "basemap": "" if known is None else TILES,
    }


def build(extract: Path, *, root: Path) -> Basemap:
    """Build the tiles of an OpenStreetMap extract and put them in use.

    Raises BasemapError or OSError; the ground in use then does not change.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise BasemapError(MISSING_PROGRAM)
    if not extract.is_file():
        raise BasemapError(f"{extract} n'existe pas.")
    west, south, east, north = bounds_of(extract)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root) as folder:
        made = Path(folder) / FILE
        ran = subprocess.run(  # noqa: S603 - paths and numbers alone, and no shell
            [
                program,
                "--input", str(extract),
                "--output", str(made),
                "--bbox", f"{west:.6f},{south:.6f},{east:.6f},{north:.6f}",
                "--config", str(CONFIGURATION / "config.json"),
                "--process", str(CONFIGURATION / "process.lua"),
            ],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )  # fmt: skip
        if ran.returncode != 0 or not made.is_file():
            last = (ran.stderr.strip() or ran.stdout.strip()).splitlines()[-1:] or ["sans message"]
            raise BasemapError(f"tilemaker a échoué : {last[0]}")
        with closing(sqlite3.connect(made)) as tiles:
            tiles.execute("INSERT OR REPLACE INTO metadata VALUES ('bounds', ?)",
                          (f"{west},{south},{east},{north}",))  # fmt: skip
            tiles.commit()
        if described(made).tiles == 0:
            raise BasemapError("L'extrait ne contient rien à dessiner.")
        os.replace(made, root / FILE)
        fsync_folder(root)
    return described(root / FILE)


def bounds_of(extract: Path) -> tuple[float, float, float, float]:
    """Return west, south, east and north of an extract: its header, else its nodes."""
    # Reading extracts needs osmium, which serving does not.
    import osmium

    try:
        box = osmium.io.Reader(str(extract)).header().box()
        if box.valid():
            low, high = box.bottom_left, box.top_right
            return low.lon, low.lat, high.lon, high.lat
        nodes = osmium.FileProcessor(str(extract), osmium.osm.NODE)
        west, south, east, north = 180.0, 90.0, -180.0, -90.0
        for node in nodes:
            if not isinstance(node, osmium.osm.Node):
                continue
            lon, lat = node.location.lon, node.location.lat
            west, east = min(west, lon), max(east, lon)
            south, north = min(south, lat), max(north, lat)
    except RuntimeError as unread:
        raise BasemapError(
            f"{extract.name} n'est pas un extrait OpenStreetMap : {unread}"
        ) from None
    if west > east:
        raise BasemapError(f"{extract.name} ne contient aucun point.")
    return west, south, east, north


def described(path: Path) -> Basemap:
    """Return what a file of tiles is; raise BasemapError where it is none."""
    try:
        stats = path.stat()
        with closing(_opened(path)) as tiles:
            (count,) = tiles.execute("SELECT count(*) FROM tiles").fetchone()
            row = tiles.execute("SELECT value FROM metadata WHERE name = 'bounds'").fetchone()
            west, south, east, north = (float(part) for part in row[0].split(","))
    except (OSError, sqlite3.Error, TypeError, ValueError) as unread:
        raise BasemapError(f"Le fond de carte {path} n'est pas lisible : {unread}") from None
    built_at = datetime.fromtimestamp(stats.st_mtime, UTC)
    return Basemap(count, stats.st_size, built_at, (west, south, east, north))


def basemap_in_use(root: Path) -> Basemap | None:
    """Return the ground in use; None where there is none, or none that can be read."""
    if not (root / FILE).is_file():
        return None
    try:
        return described(root / FILE)
    except BasemapError:
        return None


def stamp(root: Path) -> str:
    """Return what distinguishes one build from the next; empty without a ground."""
    try:
        stats = (root / FILE).stat()
    except OSError:
        return ""
    return f"{stats.st_mtime_ns:x}-{stats.st_size:x}"


def tile(root: Path, zoom: int, x: int, y: int) -> bytes | None:
    """Return a gzipped tile, row counted from the north; None where nothing is drawn."""
    if not (0 <= zoom <= MAX_ZOOM and 0 <= x < 2**zoom and 0 <= y < 2**zoom):
        return None
    from_south = 2**zoom - 1 - y
    try:
        with closing(_opened(root / FILE)) as tiles:
            row = tiles.execute(
                "SELECT tile_data FROM tiles "
                "WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
                (zoom, x, from_south),
            ).fetchone()
    except sqlite3.Error:
        return None
    return None if row is None else bytes(row[0])


def unzipped(data: bytes) -> bytes:
    """Return a tile for a reader that takes no gzip."""
    return gzip.decompress(data)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
