"""From an extract to graphs: streets between junctions, and one graph each for foot, bike and car.

A *street* is a piece of a way between two junctions, drawn once; an *edge* is a street in one
direction, in one graph. Barriers and forbidden turns are expressed by nodes: each street that ends
at a closed barrier ends at a node of its own, and each street from which a turn is forbidden leads
to a copy of the junction that lacks the forbidden exits.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..places import EARTH_RADIUS_M, Array
from . import kernels, rules
from .extracts import Extract, Restriction

KEPT_COMPONENT_M = 10_000
"""A part of a graph cut off from the rest is kept from this length of streets on: an island where
people live is one, a car park behind a closed gate is not."""
CELL_E7 = 25_000
"""Side of a cell of the search for the nearest street, in 1e-7 degree: 278 m of latitude."""


class Streets(NamedTuple):
    """M streets over R points. `first` and `last` are the points of a street, ends included."""

    first: Array  # int32 (M,)
    last: Array  # int32 (M,)
    way_ids: Array  # int64 (M,)
    kinds: Array  # int32 (M,)
    from_nodes: Array  # int32 (M,)
    to_nodes: Array  # int32 (M,)
    speed_kmh: Array  # float32 (M,): of a ferry by its duration, 0 elsewhere
    lat: Array  # int32 (R,) 1e-7 degree
    lon: Array  # int32 (R,)
    at_mm: Array  # int64 (R,) along the lines; only differences within a street mean anything
    node_ids: Array  # int64 (N,) of OpenStreetMap, sorted

    @property
    def length_mm(self) -> Array:
        """Return the length of each street, int64 (M,)."""
        length: Array = self.at_mm[self.last] - self.at_mm[self.first]
        return length


class Edges(NamedTuple):
    """E edges, in no order."""

    tails: Array  # int32
    heads: Array  # int32
    ways: Array  # int32: 2 × street, + 1 against its points
    speed: Array  # float32
    flags: Array  # uint8


@dataclass(frozen=True)
class Graph:
    """Edges sorted by tail, and the order that sorts them by head. N nodes, E edges, M streets."""

    starts: Array  # int32 (N + 1,) of the edges that leave a node
    tails: Array  # int32 (E,)
    heads: Array  # int32 (E,)
    ways: Array  # int32 (E,)
    speed: Array  # float32 (E,)
    flags: Array  # uint8 (E,)
    back_starts: Array  # int32 (N + 1,) of the edges that enter a node
    back_edges: Array  # int32 (E,)
    street_starts: Array  # int32 (M + 1,) of the edges of a street
    street_edges: Array  # int32 (E,)
    open: Array  # bool (M,) streets along which a place may lie
    local: Array  # bool (M,) open at the ends of a trip only

    @property
    def n_nodes(self) -> int:
        return len(self.starts) - 1

    @property
    def n_edges(self) -> int:
        return len(self.tails)

    @property
    def street(self) -> Array:
        """Return the street of each edge, int32 (E,)."""
        return self.ways >> 1


class Made(NamedTuple):
    """A graph and what was left out of it."""

    graph: Graph
    restrictions: int
    components: int
    removed_m: float


def streets_of(extract: Extract) -> Streets:
    """Return the ways cut at their junctions."""
    node_ids, node = np.unique(extract.nodes, return_inverse=True)
    n_refs = len(node)
    is_start = np.zeros(n_refs, bool)
    is_start[extract.way_starts[:-1]] = True
    is_end = np.zeros(n_refs, bool)
    is_end[extract.way_starts[1:] - 1] = True
    junction = np.bincount(node) > 1
    special = [
        *extract.barriers,
        *extract.local_barriers,
        *(restriction.via for restriction in extract.restrictions),
    ]
    # Barriers and forbidden turns cut streets too: they act on nodes.
    junction[np.isin(node_ids, np.array(special, np.int64))] = True
    cuts = np.flatnonzero(junction[node] | is_start | is_end)
    way = np.repeat(np.arange(len(extract.way_ids)), np.diff(extract.way_starts))
    same = way[cuts[:-1]] == way[cuts[1:]]
    first, last = cuts[:-1][same].astype(np.int32), cuts[1:][same].astype(np.int32)
    steps_mm = _steps_mm(extract.lat, extract.lon)
    # No step leads from the last point of a way to the first of the next.
    steps_mm[is_end[:-1]] = 0
    at_mm = np.concatenate([[0], np.cumsum(steps_mm)])
    way_mm = at_mm[extract.way_starts[1:] - 1] - at_mm[extract.way_starts[:-1]]
    duration_s = np.array([kind.duration_s or 0 for kind in extract.kinds], float)
    told_s = duration_s[extract.way_kinds]
    kmh = np.divide(way_mm / 1e6 * 3600, told_s, out=np.zeros(len(told_s)), where=told_s > 0)
    of = way[first]
    return Streets(
        first=first,
        last=last,
        way_ids=extract.way_ids[of],
        kinds=extract.way_kinds[of],
        from_nodes=node[first].astype(np.int32),
        to_nodes=node[last].astype(np.int32),
        speed_kmh=kmh[of].astype(np.float32),
        lat=extract.lat,
        lon=extract.lon,
        at_mm=at_mm,
        node_ids=node_ids,
    )


def _steps_mm(lat: Array, lon: Array) -> Array:
    """Return the millimetres (int64 (R - 1,)) from each point to the next (haversine)."""
    φ, λ = np.radians(lat / 1e7), np.radians(lon / 1e7)
    chord = np.sin(np.diff(φ) / 2) ** 2
    chord += np.cos(φ[:-1]) * np.cos(φ[1:]) * np.sin(np.diff(λ) / 2) ** 2
    metres: Array = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(chord))
    millimetres: Array = np.rint(metres * 1000).astype(np.int64)
    return millimetres


def graph_of(name: str, streets: Streets, extract: Extract) -> Made:
    """Return the graph of one of `rules.GRAPHS`."""
    bit = rules.GRAPHS.index(name)
    stopped = [node for node, bits in extract.barriers.items() if bits >> bit & 1]
    gates = [node for node, bits in extract.local_barriers.items() if bits >> bit & 1]
    drives, closed = _behind_gates(np.array(gates, np.int64), streets, extract.kinds)
    stopped += closed
    ends, n_nodes = _ends(streets, np.array(stopped, np.int64))
    edges = _edges(bit, streets, ends, extract.kinds)
    behind = np.isin(edges.ways >> 1, drives)
    flags = np.where(behind, edges.flags | rules.LOCAL, edges.flags).astype(np.uint8)
    edges = edges._replace(flags=flags)
    applied = 0
    if name == rules.CAR_GRAPH:
        edges, n_nodes, applied = _with_restrictions(
            edges, n_nodes, streets, extract.restrictions, set(stopped)
        )
    kept, removed = _without_islands(edges, n_nodes, streets.length_mm)
    removed_m = _street_m(edges, ~kept, streets.length_mm)
    left = _local_outside(Edges(*(column[kept] for column in edges)), n_nodes, streets.length_mm)
    left, n_nodes = _in_layers(left, n_nodes)
    return Made(_sorted(left, n_nodes, streets), applied, removed, removed_m)


def _behind_gates(
    gates: Array, streets: Streets, kinds: tuple[rules.Way, ...]
) -> tuple[Array, list[int]]:
    """Return the drives and tracks (streets) that private gates make private, and gates closed.

    A private gate opens to those whose trip starts or ends on its drive; one across a street that
    is no drive stops everybody.
    """
    at_gate = np.isin(streets.node_ids, gates)
    minor = np.array([kind.minor for kind in kinds], bool)[streets.kinds]
    drives = np.flatnonzero((at_gate[streets.from_nodes] | at_gate[streets.to_nodes]) & minor)
    opened = streets.node_ids[
        np.concatenate([streets.from_nodes[drives], streets.to_nodes[drives]])
    ]
    return drives, np.setdiff1d(gates, opened).tolist()


def _local_outside(edges: Edges, n_nodes: int, length_mm: Array) -> Edges:
    """Open to the ends of a trip only what local streets part from the largest public component.

    Else the houses of a public street beyond a private one could not be left.
    """
    public = edges.flags & rules.LOCAL == 0
    if public.all():
        return edges
    own = Edges(*(column[public] for column in edges))
    order = np.argsort(own.tails, kind="stable")
    component = np.empty(n_nodes, np.int32)
    n = kernels.strong_components(
        _starts(own.tails, n_nodes), own.heads[order].astype(np.int32), component
    )
    within = component[own.tails] == component[own.heads]
    total_m = _component_m(component[own.tails][within], own.ways[within], length_mm, n)
    outside = ~within | (component[own.tails] != np.argmax(total_m))
    flags = edges.flags.copy()
    flags[np.flatnonzero(public)[outside]] |= rules.LOCAL
    return edges._replace(flags=flags)


def _in_layers(edges: Edges, n_nodes: int) -> tuple[Edges, int]:
    """Copy local streets so that a trip takes them first, or last, and never in between.

    Each node of a local street has two more: *leaving*, where only local streets were taken, and
    *arriving*, where only local ones may follow. Local edges go leaving → leaving, public →
    arriving and arriving → arriving; a public edge also goes from leaving to public.
    """
    local = edges.flags & rules.LOCAL != 0
    if not local.any():
        return edges, n_nodes
    touched = np.unique(np.concatenate([edges.tails[local], edges.heads[local]]))
    leaving = np.full(n_nodes, -1, np.int64)
    leaving[touched] = n_nodes + np.arange(len(touched))
    arriving = np.where(leaving < 0, -1, leaving + len(touched))
    public, private = np.flatnonzero(~local), np.flatnonzero(local)
    out = public[leaving[edges.tails[public]] >= 0]
    tails, heads = edges.tails.astype(np.int64), edges.heads.astype(np.int64)
    rows = np.concatenate([public, out, private, private, private])
    layered = Edges(
        tails=np.concatenate(
            [
                tails[public],
                leaving[tails[out]],
                leaving[tails[private]],
                tails[private],
                arriving[tails[private]],
            ]
        ).astype(np.int32),
        heads=np.concatenate(
            [
                heads[public],
                heads[out],
                leaving[heads[private]],
                arriving[heads[private]],
                arriving[heads[private]],
            ]
        ).astype(np.int32),
        ways=edges.ways[rows],
        speed=edges.speed[rows],
        flags=edges.flags[rows],
    )
    return layered, n_nodes + 2 * len(touched)


def _street_m(edges: Edges, which: Array, length_mm: Array) -> float:
    """Return the metres of the streets of which no edge is left but those of `which`."""
    gone = np.setdiff1d(edges.ways[which] >> 1, edges.ways[~which] >> 1)
    return float(length_mm[gone].sum() / 1000)


def _ends(streets: Streets, stopped: Array) -> tuple[tuple[Array, Array], int]:
    """Return the nodes at both ends of each street, parted where one may not pass."""
    from_nodes, to_nodes = streets.from_nodes.copy(), streets.to_nodes.copy()
    n_nodes = len(streets.node_ids)
    is_stopped = np.isin(streets.node_ids, stopped)
    for ends in (from_nodes, to_nodes):
        at = np.flatnonzero(is_stopped[ends])
        ends[at] = np.arange(n_nodes, n_nodes + len(at))
        n_nodes += len(at)
    return (from_nodes, to_nodes), n_nodes


def _edges(
    bit: int, streets: Streets, ends: tuple[Array, Array], kinds: tuple[rules.Way, ...]
) -> Edges:
    nowhere = rules.Passage(False, False, 0.0)
    passages = [kind.passages[bit] or nowhere for kind in kinds]
    forward, backward, speed, flags = (
        np.array(column)[streets.kinds] for column in zip(*passages, strict=True)
    )
    # The speed of a ferry, known by its duration, counts before that of its kind.
    speed = np.where(streets.speed_kmh > 0, streets.speed_kmh, speed)
    out, back = np.flatnonzero(forward), np.flatnonzero(backward)
    street = np.concatenate([out, back])
    return Edges(
        tails=np.concatenate([ends[0][out], ends[1][back]]).astype(np.int32),
        heads=np.concatenate([ends[1][out], ends[0][back]]).astype(np.int32),
        ways=np.concatenate([2 * out, 2 * back + 1]).astype(np.int32),
        speed=speed[street].astype(np.float32),
        flags=flags[street].astype(np.uint8),
    )


def _with_restrictions(
    edges: Edges,
    n_nodes: int,
    streets: Streets,
    restrictions: tuple[Restriction, ...],
    stopped: set[int],
) -> tuple[Edges, int, int]:
    """Return the edges where each forbidden turn leads to a copy of its junction without the exit.

    Also the number of nodes, copies included, and of restrictions that forbid something here.
    """
    node_of = {int(i): n for n, i in enumerate(streets.node_ids)} if restrictions else {}
    usable = [r for r in restrictions if r.via in node_of and r.via not in stopped]
    incoming, outgoing = _around({node_of[r.via] for r in usable}, edges)
    way_of = streets.way_ids[edges.ways >> 1]
    exits: dict[int, set[int]] = {}
    applied = 0
    for restriction in usable:
        via = node_of[restriction.via]
        named = {e for e in outgoing[via] if way_of[e] in restriction.to_ways}
        counts = False
        for entry in incoming[via]:
            if way_of[entry] not in restriction.from_ways:
                continue
            left = exits.setdefault(entry, set(outgoing[via]))
            before = len(left)
            # "Only" one exit that no car may take is ignored: it is a mistake of the map.
            left &= named if restriction.only and named else left
            left -= set() if restriction.only else named
            counts |= len(left) < before
        applied += counts
    edges, n_nodes, first = _copied(edges, n_nodes, exits)
    return *_without_turning_back(edges, n_nodes, first), applied


def _around(vias: set[int], edges: Edges) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Return the edges that enter, and that leave, each of these nodes."""
    incoming: dict[int, list[int]] = {via: [] for via in vias}
    outgoing: dict[int, list[int]] = {via: [] for via in vias}
    nodes = np.array(sorted(vias), np.int32)
    for lists, ends in ((incoming, edges.heads), (outgoing, edges.tails)):
        for edge in np.flatnonzero(np.isin(ends, nodes)):
            lists[int(ends[edge])].append(int(edge))
    return incoming, outgoing


def _copied(
    edges: Edges, n_nodes: int, exits: Mapping[int, Collection[int]]
) -> tuple[Edges, int, int]:
    """Lead each entry of `exits` to a node of its own, from which its exits leave.

    Also the number of nodes, and the first of the edges added.
    """
    heads = edges.heads.copy()
    copies, tails = [], []
    for number, (entry, left) in enumerate(exits.items()):
        heads[entry] = n_nodes + number
        copies += sorted(left)
        tails += [n_nodes + number] * len(left)
    taken = np.array(copies, np.int64)
    grown = Edges(
        tails=np.concatenate([edges.tails, np.array(tails, np.int32)]),
        heads=np.concatenate([heads, heads[taken]]),
        ways=np.concatenate([edges.ways, edges.ways[taken]]),
        speed=np.concatenate([edges.speed, edges.speed[taken]]),
        flags=np.concatenate([edges.flags, edges.flags[taken]]),
    )
    return grown, n_nodes + len(exits), len(edges.tails)


def _without_turning_back(edges: Edges, n_nodes: int, first: int) -> tuple[Edges, int]:
    """Forbid turning back at the junction that follows one with a forbidden turn.

    Else one would go straight on, turn, and come back for the exit that was forbidden. `first` of
    the edges that leave the copies. At a dead end there is nothing else to do than turn.
    """
    heads = {int(node) for node in edges.heads[first:]}
    _, outgoing = _around(heads, edges)
    exits = {}
    for edge in range(first, len(edges.tails)):
        all_of = outgoing[int(edges.heads[edge])]
        # The last bit is the direction: ^ 1 is the same street the other way.
        onward = [e for e in all_of if edges.ways[e] != edges.ways[edge] ^ 1]
        if onward and len(onward) < len(all_of):
            exits[edge] = onward
    grown, n_nodes, _ = _copied(edges, n_nodes, exits)
    return grown, n_nodes


def _without_islands(edges: Edges, n_nodes: int, length_mm: Array) -> tuple[Array, int]:
    """Keep the edges of the largest strong component and of long ones; count the others."""
    order = np.argsort(edges.tails, kind="stable")
    component = np.empty(n_nodes, np.int32)
    n = kernels.strong_components(
        _starts(edges.tails, n_nodes), edges.heads[order].astype(np.int32), component
    )
    within = component[edges.tails] == component[edges.heads]
    total_m = _component_m(component[edges.tails][within], edges.ways[within], length_mm, n)
    long_enough = total_m >= KEPT_COMPONENT_M
    if n and total_m.any():
        long_enough[np.argmax(total_m)] = True
    kept: Array = within & long_enough[component[edges.tails]]
    touched = np.unique(component[np.concatenate([edges.tails, edges.heads])])
    return kept, int((~long_enough[touched]).sum())


def _component_m(component: Array, ways: Array, length_mm: Array, n: int) -> Array:
    """Return the metres of each component: half of a one-way street, copies once."""
    n_ways = 2 * len(length_mm)
    edge_keys = np.unique(component.astype(np.int64) * n_ways + ways)
    # Millimetres to metres, halved: a two-way street has an edge each way.
    metres = length_mm[(edge_keys % n_ways) >> 1] / 2000
    total: Array = np.bincount(edge_keys // n_ways, metres, minlength=n)
    return total


def _starts(sorted_keys: Array, n: int) -> Array:
    """Return where each key begins once sorted, int32 (n + 1,)."""
    return np.concatenate([[0], np.cumsum(np.bincount(sorted_keys, minlength=n))]).astype(np.int32)


def _sorted(edges: Edges, n_nodes: int, streets: Streets) -> Graph:
    """Return the graph of edges, near nodes numbered in a row: searches stay in the cache."""
    n_streets = len(streets.first)
    rank = _along_curve(edges, n_nodes, streets)
    used, dense = np.unique(
        np.concatenate([rank[edges.tails], rank[edges.heads]]), return_inverse=True
    )
    n = len(used)
    tails = dense[: len(edges.tails)].astype(np.int32)
    heads = dense[len(edges.tails) :].astype(np.int32)
    order = np.lexsort((edges.ways, tails))
    tails, heads, ways = tails[order], heads[order], edges.ways[order]
    flags = edges.flags[order]
    is_open = np.zeros(n_streets, bool)
    is_open[ways[flags & rules.THROUGH == 0] >> 1] = True
    is_local = np.zeros(n_streets, bool)
    is_local[ways[flags & rules.LOCAL != 0] >> 1] = True
    return Graph(
        starts=_starts(tails, n),
        tails=tails,
        heads=heads,
        ways=ways,
        speed=edges.speed[order],
        flags=flags,
        back_starts=_starts(heads, n),
        back_edges=np.argsort(heads, kind="stable").astype(np.int32),
        street_starts=_starts(ways >> 1, n_streets),
        street_edges=np.argsort(ways >> 1, kind="stable").astype(np.int32),
        open=is_open,
        local=is_local,
    )


def _along_curve(edges: Edges, n_nodes: int, streets: Streets) -> Array:
    """Rank of each node along the curve that interleaves the bits of latitude and longitude."""
    against = (edges.ways & 1).astype(bool)
    first, last = streets.first[edges.ways >> 1], streets.last[edges.ways >> 1]
    point = np.zeros(n_nodes, np.int64)
    point[edges.tails] = np.where(against, last, first)
    point[edges.heads] = np.where(against, first, last)
    curve = np.zeros(n_nodes, np.int64)
    for bit in range(20):  # a metre is 90 units: the low six bits do not matter
        for shift, degrees in enumerate((streets.lon, streets.lat)):
            unit = (degrees[point].astype(np.int64) + 2**31) >> 12
            curve |= (unit >> bit & 1) << (2 * bit + shift)
    rank = np.empty(n_nodes, np.int64)
    rank[np.argsort(curve, kind="stable")] = np.arange(n_nodes)
    return rank


def grid_of(streets: Streets, is_open: Array) -> kernels.Grid:
    """Return the segments of the streets of `is_open` (M,), by the cells they span."""
    street = np.repeat(np.arange(len(streets.first)), streets.last - streets.first)
    within = np.arange(len(street)) - np.repeat(
        np.concatenate([[0], np.cumsum(streets.last - streets.first)[:-1]]),
        streets.last - streets.first,
    )
    point = streets.first[street] + within
    wanted = is_open[street]
    street, point = street[wanted].astype(np.int32), point[wanted].astype(np.int32)
    lowest_lat, lowest_lon = int(streets.lat.min()), int(streets.lon.min())
    rows = [(streets.lat[p].astype(np.int64) - lowest_lat) // CELL_E7 for p in (point, point + 1)]
    cols = [(streets.lon[p].astype(np.int64) - lowest_lon) // CELL_E7 for p in (point, point + 1)]
    columns = int((int(streets.lon.max()) - lowest_lon) // CELL_E7 + 1)
    low_row, low_col = np.minimum(*rows), np.minimum(*cols)
    high, wide = np.abs(rows[1] - rows[0]) + 1, np.abs(cols[1] - cols[0]) + 1
    entry = np.repeat(np.arange(len(point)), high * wide)
    nth = np.arange(len(entry)) - np.repeat(np.cumsum(high * wide) - high * wide, high * wide)
    cell = (low_row[entry] + nth // wide[entry]) * columns + low_col[entry] + nth % wide[entry]
    order = np.argsort(cell, kind="stable")
    cells, starts = np.unique(cell[order], return_index=True)
    return kernels.Grid(
        cells=cells.astype(np.int64),
        starts=np.concatenate([starts, [len(cell)]]).astype(np.int64),
        points=point[entry][order],
        streets=street[entry][order],
        frame=np.array([lowest_lat, lowest_lon, columns, CELL_E7], np.int64),
    )
