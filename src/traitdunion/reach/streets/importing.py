"""Import of an extract: read, cut into streets, made into graphs, climbs added.

Apart from the rest, for `osmium` and `rasterio` are needed here only.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..places import Array
from . import rules
from .elevation import Lines, Relief, relief
from .extracts import Extract, Progress, read_extract
from .graphs import Graph, Made, Streets, graph_of, grid_of, streets_of
from .report import StreetsImportError, StreetsReport
from .street_map import StreetMap


def import_extract(
    path: Path, *, elevation: Path | None = None, progress: Progress | None = None
) -> StreetMap:
    """Read the streets of an OpenStreetMap extract, with climbs if a GeoTIFF is given.

    `progress` is called with each step and the share done.
    Raises StreetsImportError, FileNotFoundError.
    """
    report = progress or (lambda _step, _share: None)
    if elevation is not None and not elevation.exists():
        raise FileNotFoundError(2, "absent", str(elevation))
    report("Lecture de l'extrait", 0.0)
    extract = read_extract(path, lambda step, _: report(step, 0.2))
    return build(extract, source=path.name, elevation=elevation, report=report)


def build(extract: Extract, *, source: str, elevation: Path | None, report: Progress) -> StreetMap:
    """Return the graphs of an extract that has been read."""
    report("Découpage aux carrefours", 0.5)
    streets = streets_of(extract)
    made = {}
    for number, name in enumerate(rules.GRAPHS):
        report(f"Graphe {number + 1} sur {len(rules.GRAPHS)}", 0.55 + 0.1 * number)
        made[name] = graph_of(name, streets, extract)
    if not any(m.graph.n_edges for m in made.values()):
        raise StreetsImportError(f"{source} : aucune rue ne forme un réseau dans cet extrait.")
    climbs = None
    if elevation is not None:
        report("Relief", 0.85)
        lifted = np.array([kind.lifted for kind in extract.kinds])[streets.kinds]
        lines = Lines(streets.first, streets.last, streets.lat, streets.lon, streets.at_mm, lifted)
        climbs = relief(lines, elevation)
    report("Index des rues", 0.95)
    header = {
        "source": source,
        "elevation": elevation.name if elevation else None,
        "report": _report(extract, streets, made, climbs).__dict__,
    }
    return StreetMap(header, _arrays(streets, made, climbs))


def _report(
    extract: Extract, streets: Streets, made: Mapping[str, Made], climbs: Relief | None
) -> StreetsReport:
    return StreetsReport(
        ways_read=extract.counts.get("ways_read", 0),
        ways_kept=extract.counts.get("ways_kept", 0),
        ways_cut=extract.counts.get("ways_cut", 0),
        barriers=len(extract.barriers),
        streets=len(streets.first),
        streets_km=float(streets.length_mm.sum() / 1e6),
        nodes={name: m.graph.n_nodes for name, m in made.items()},
        edges={name: m.graph.n_edges for name, m in made.items()},
        restrictions_read=extract.counts.get("restrictions_read", 0),
        restrictions_unread=extract.counts.get("restrictions_unread", 0),
        conditional_unapplied=extract.counts.get("conditional_unapplied", 0),
        local_streets={name: int(m.graph.local.sum()) for name, m in made.items()},
        restrictions_applied=made[rules.CAR_GRAPH].restrictions,
        components_removed={name: m.components for name, m in made.items()},
        removed_km={name: m.removed_m / 1000 for name, m in made.items()},
        flat_streets=None if climbs is None else int((~climbs.known).sum()),
    )


def _arrays(streets: Streets, made: Mapping[str, Made], climbs: Relief | None) -> dict[str, Array]:
    names = ("first", "last", "lat", "lon", "at_mm")
    arrays = {name: getattr(streets, name) for name in names}
    is_open = np.any([m.graph.open for m in made.values()], axis=0)
    grid = grid_of(streets, is_open)
    arrays |= {f"grid_{name}": array for name, array in grid._asdict().items()}
    for name, m in made.items():
        for column in Graph.__dataclass_fields__:
            arrays[f"{name}_{column}"] = getattr(m.graph, column)
    if climbs is not None:
        arrays |= {"up_m": climbs.up_m, "down_m": climbs.down_m}
        arrays |= {f"effort_{model}": effort for model, effort in climbs.effort_m.items()}
    return arrays
