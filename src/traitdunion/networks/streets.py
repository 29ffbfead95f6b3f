"""The streets in use, as one file: import, describe, tie to the stops of the network.

`<root>/streets.tds` holds them; an import writes beside it and takes its place in one step. With no
file, or one that is not sound, ways are estimated by the detour model, and flagged.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from traitdunion import reach
from traitdunion.reach.streets import StreetsReport

Progress = Callable[[str, float], None]
Stamp = tuple[int, int, int]

FILE = "streets.tds"
READ_SHARE = 0.95

logger = logging.getLogger(__name__)
_loaded: dict[Path, tuple[Stamp, reach.StreetMap | None]] = {}
_tied: dict[Path, tuple[Stamp, Any, reach.OsmStreets]] = {}
_estimated: list[reach.DetourStreets] = []
_loading = threading.Lock()


@dataclass(frozen=True)
class StreetsInUse:
    """What the streets in use are: names of the files they come from, and what was found in them.

    `elevation` is empty where none was given: streets are then counted flat.
    """

    source: str
    elevation: str
    imported_at: datetime
    report: StreetsReport


def import_streets(
    path: Path,
    *,
    root: Path,
    now: datetime,
    elevation: Path | None = None,
    progress: Progress | None = None,
) -> StreetsInUse:
    """Make an OpenStreetMap extract the streets in use, with climbs from a GeoTIFF if one is given.

    Raises `reach.StreetsImportError` or OSError; the streets in use then do not change.
    """
    # Reading extracts needs osmium and rasterio, which answering does not.
    from traitdunion.reach.streets.importing import import_extract

    report = progress or (lambda _step, _share: None)
    made = import_extract(
        path, elevation=elevation, progress=lambda step, share: report(step, share * READ_SHARE)
    )
    made = replace(made, header={**made.header, "imported_at": now.isoformat()})
    report("Mise en service", READ_SHARE)
    made.save(root / FILE)
    report("Terminé", 1.0)
    return described(made)


def described(streets: reach.StreetMap) -> StreetsInUse:
    """Return what an imported map is."""
    return StreetsInUse(
        source=streets.header["source"],
        elevation=streets.header["elevation"] or "",
        imported_at=datetime.fromisoformat(streets.header["imported_at"]),
        report=streets.report,
    )


def streets_in_use(root: Path) -> StreetsInUse:
    """Raises FileNotFoundError where there are none, `reach.StreetsFileError` if unsound."""
    if not (root / FILE).exists():
        raise FileNotFoundError(
            "Aucune rue n'est importée : les trajets sont estimés à vol d'oiseau. "
            "Importez un extrait OpenStreetMap : traitdunion streets import EXTRAIT.osm.pbf"
        )
    return described(reach.StreetMap.load(root / FILE))


def streets_over(timetable: reach.Timetable, root: Path) -> reach.Streets:
    """Return the ways between stops and places: on the streets in use, else estimated.

    The file is mapped once by process and import; stops are tied once, also for timetables made of
    another (today's, as it runs), which share its stops.
    """
    lat, lon = timetable.arrays["stop_lat"], timetable.arrays["stop_lon"]
    with _loading:
        stamp = _stamp(root / FILE)
        streets = _map(root / FILE, stamp)
        if streets is None or stamp is None:
            return _estimated_over(lat, lon)
        # Stops of a live timetable are the same array as those of the planned one.
        known = _tied.get(root)
        if known is None or known[0] != stamp or known[1] is not lat:
            known = _tied[root] = stamp, lat, reach.OsmStreets(streets, lat, lon)
        return known[2]


def _estimated_over(lat: reach.places.Array, lon: reach.places.Array) -> reach.Streets:
    """Return the detour model over the same stops as the last time, if they are the same."""
    if not _estimated or _estimated[0].lat is not lat or _estimated[0].lon is not lon:
        _estimated[:] = [reach.DetourStreets(lat, lon)]
    return _estimated[0]


def label_of(streets: reach.Streets) -> str:
    """Return the origin of streets in French; empty where ways are estimated."""
    if not isinstance(streets, reach.OsmStreets):
        return ""
    known = described(streets.map)
    relief = f", relief {known.elevation}" if known.elevation else ", sans relief"
    return f"extrait {known.source} importé le {known.imported_at:%d/%m/%Y}{relief}"


def _stamp(path: Path) -> Stamp | None:
    """Return what distinguishes one import from the next; None without a file."""
    try:
        stats = path.stat()
    except OSError:
        return None
    return stats.st_ino, stats.st_mtime_ns, stats.st_size


def _map(path: Path, stamp: Stamp | None) -> reach.StreetMap | None:
    if stamp is None:
        return None
    known = _loaded.get(path)
    if known is None or known[0] != stamp:
        try:
            streets: reach.StreetMap | None = reach.StreetMap.load(path)
        except (reach.StreetsFileError, OSError) as unsound:
            logger.warning("Trajets estimés, les rues ne sont pas lisibles : %s", unsound)
            streets = None
        known = _loaded[path] = stamp, streets
    return known[1]
