"""Reading of an OpenStreetMap extract: ways where someone passes, barriers, forbidden turns.

One pass over the file; only arrays are kept. Nodes are read for their coordinates alone, so that
memory grows with the extract's nodes (16 bytes each) and with the nodes of its streets.
"""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..places import Array
from . import rules
from .report import StreetsImportError

Progress = Callable[[str, float], None]

TOLD_EVERY = 5_000


class Restriction(NamedTuple):
    """A turn at node `via` for those who come by the ways `from_ways`.

    `only`: they must go on by one of `to_ways`; else they must not.
    """

    via: int
    from_ways: tuple[int, ...]
    to_ways: tuple[int, ...]
    only: bool


@dataclass(frozen=True)
class Extract:
    """Streets as they are drawn. W ways, R references from ways to nodes."""

    way_ids: Array  # int64 (W,): a way cut where nodes are missing appears in parts
    way_starts: Array  # int64 (W + 1,) into the references
    way_kinds: Array  # int32 (W,) into `kinds`
    nodes: Array  # int64 (R,) ids
    lat: Array  # int32 (R,) 1e-7 degree
    lon: Array  # int32 (R,)
    kinds: tuple[rules.Way, ...]
    barriers: dict[int, int]  # node id → graphs stopped, as bits
    restrictions: tuple[Restriction, ...]
    counts: dict[str, int] = field(default_factory=dict)
    local_barriers: dict[int, int] = field(default_factory=dict)
    """Node id → graphs let through at the ends of a trip only, as bits."""


def read_extract(path: Path, report: Progress | None = None) -> Extract:
    """Read a `.osm.pbf` (or `.osm`, `.osm.bz2`…); raises StreetsImportError, FileNotFoundError."""
    # Imported here: an engine without the extra `streets` still searches on imported streets.
    import osmium

    if not path.exists():
        raise FileNotFoundError(2, "absent", str(path))
    reader = _Reader(report or (lambda _step, _share: None))
    objects = (
        osmium.FileProcessor(str(path))
        # Memory by node of the extract: the dense index grows with the ids of the whole planet.
        .with_locations("sparse_mem_array")
        .with_filter(osmium.filter.KeyFilter("highway", "route", "barrier", "type"))
    )
    try:
        for item in objects:
            reader.read(item)
    except (RuntimeError, osmium.InvalidLocationError) as wrong:
        raise StreetsImportError(
            f"{path} : extrait OpenStreetMap illisible ({wrong}). "
            "Téléchargez-le de nouveau, au format .osm.pbf."
        ) from wrong
    return reader.extract(path)


class _Reader:
    """What has been read so far."""

    def __init__(self, report: Progress) -> None:
        self.report = report
        self.nodes, self.lat, self.lon = array("q"), array("i"), array("i")
        self.way_ids, self.way_starts, self.way_kinds = array("q"), array("q"), array("i")
        self.known: dict[tuple[tuple[str, str], ...], int] = {}
        self.kinds: list[rules.Way] = []
        self.barriers: dict[int, int] = {}
        self.local_barriers: dict[int, int] = {}
        self.restrictions: list[Restriction] = []
        self.counts = dict.fromkeys(
            (
                "ways_read",
                "ways_kept",
                "ways_cut",
                "restrictions_read",
                "restrictions_unread",
                "conditional_unapplied",
            ),
            0,
        )

    def read(self, item: Any) -> None:
        if item.is_way():
            self._way(item)
        elif item.is_node():
            if "barrier" in item.tags:
                tags = dict(item.tags)
                if stopped := rules.blocked(tags):
                    self.barriers[item.id] = stopped
                if local := rules.for_residents(tags):
                    self.local_barriers[item.id] = local
        elif item.is_relation() and item.tags.get("type", "").startswith("restriction"):
            self._restriction(item)

    def _way(self, way: Any) -> None:
        tags = {tag.k: tag.v for tag in way.tags if tag.k in rules.READ}
        if "highway" not in tags and tags.get("route") != "ferry":
            return
        self.counts["ways_read"] += 1
        if self.counts["ways_read"] % TOLD_EVERY == 0:
            self.report(f"Lecture : {self.counts['ways_read']} voies", 0.0)
        kind = self._kind(tags)
        if kind < 0:
            return
        self.counts["ways_kept"] += 1
        self.counts["conditional_unapplied"] += rules.has_conditions(tags)
        parts = self._parts(way)
        self.counts["ways_cut"] += len(parts) != 1 or len(parts[0]) != len(way.nodes)
        for part in parts:
            self.way_ids.append(way.id)
            self.way_kinds.append(kind)
            self.way_starts.append(len(self.nodes))
            for node, x, y in part:
                self.nodes.append(node)
                self.lon.append(x)
                self.lat.append(y)

    def _kind(self, tags: dict[str, str]) -> int:
        key = tuple(sorted(tags.items()))
        # Ways share few sets of tags: the rules are worked out once for each.
        kind = self.known.get(key)
        if kind is None:
            kind_of_way = rules.way_of(tags)
            kind = -1 if kind_of_way is None else len(self.kinds)
            if kind_of_way is not None:
                self.kinds.append(kind_of_way)
            self.known[key] = kind
        return kind

    def _parts(self, way: Any) -> list[list[tuple[int, int, int]]]:
        """Return the runs of nodes the extract holds; ways are cut at its edge."""
        parts: list[list[tuple[int, int, int]]] = [[]]
        for node in way.nodes:
            if not node.location.valid():
                parts.append([])
            elif not parts[-1] or parts[-1][-1][0] != node.ref:
                parts[-1].append((node.ref, node.x, node.y))
        return [part for part in parts if len(part) > 1]

    def _restriction(self, relation: Any) -> None:
        """Keep a turn forbidden to cars through one node; count the others, not applied."""
        tags = dict(relation.tags)
        # The tag of the narrower class of vehicles counts first (OSM wiki, Relation:restriction).
        restriction = tags.get("restriction:motorcar") or tags.get("restriction:motor_vehicle")
        restriction = restriction or tags.get("restriction", "")
        # `except` lists the vehicles the turn is not forbidden to.
        exempt = set(tags.get("except", "").replace(" ", "").split(";"))
        if not restriction or exempt & {"motorcar", "motor_vehicle"}:
            return
        self.counts["restrictions_read"] += 1
        roles: dict[str, list[tuple[str, int]]] = {}
        for member in relation.members:
            roles.setdefault(member.role, []).append((member.type, member.ref))
        via = roles.get("via", [])
        comes = tuple(ref for kind, ref in roles.get("from", []) if kind == "w")
        goes = tuple(ref for kind, ref in roles.get("to", []) if kind == "w")
        one_node = len(via) == 1 and via[0][0] == "n"
        if not (one_node and comes and goes and restriction.startswith(("no_", "only_"))):
            self.counts["restrictions_unread"] += 1
            return
        self.restrictions.append(
            Restriction(via[0][1], comes, goes, restriction.startswith("only_"))
        )

    def extract(self, path: Path) -> Extract:
        if not self.way_ids:
            raise StreetsImportError(
                f"{path} : aucune rue dans cet extrait. Il faut un extrait OpenStreetMap "
                "complet (.osm.pbf), voies et nœuds compris."
            )
        self.way_starts.append(len(self.nodes))
        return Extract(
            way_ids=np.array(self.way_ids, np.int64),
            way_starts=np.array(self.way_starts, np.int64),
            way_kinds=np.array(self.way_kinds, np.int32),
            nodes=np.array(self.nodes, np.int64),
            lat=np.array(self.lat, np.int32),
            lon=np.array(self.lon, np.int32),
            kinds=tuple(self.kinds),
            barriers=self.barriers,
            local_barriers=self.local_barriers,
            restrictions=tuple(self.restrictions),
            counts=self.counts,
        )
