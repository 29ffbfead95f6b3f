"""Ways on real streets: the `Streets` interface over an imported map and a timetable's stops."""

import threading
from enum import Enum
from functools import cached_property
from math import ceil, cos, isinf, radians
from typing import Any, NamedTuple

import numpy as np

from ..places import EARTH_RADIUS_M, Array, Point, great_circle_m
from . import kernels
from .detour import DetourStreets
from .graphs import Graph
from .modes import WALK, Mode
from .speeds import PROFILES, edge_costs
from .street_map import StreetMap
from .streets import Reach, StreetLeg

FARTHEST_STREET_M = 500.0
"""Beyond this from any street a place is on none; up to it, one walks straight to the street."""
PRIVATE_NEARER_M = 30.0
SURROUNDING_M = 5_000.0
"""A point with no street within this, on one side at least, lies outside the extract."""
LONGEST_MM = 4_000_000_000
"""Labels count millimetres in 32 bits."""
MAX_KEPT = 4_096
METRES_A_UNIT = EARTH_RADIUS_M * radians(1e-7)
NO_GOALS = (np.empty(0, np.int32), np.empty(0, np.int64))


class Off(Enum):
    """Why a place has no spot on a street."""

    FAR = "far"
    OUTSIDE = "outside"


class Spot(NamedTuple):
    """A place on a street: how far along its points, and how far from it the place stands."""

    street: int
    along_mm: int
    gap_mm: int


class Ties(NamedTuple):
    """Stops on edges of a graph. K ties, S stops; a stop of a two-way street has two."""

    stops: Array  # int32 (K,)
    edges: Array  # int32 (K,)
    along_mm: Array  # int64 (K,) from the tail of the edge
    length_mm: Array  # int64 (K,) of the edge
    gaps: Array  # int64 (K,) labels of the way between stop and street
    outside: Array  # int32: stops which the extract does not cover


class Side(NamedTuple):
    """A mode's graph in the direction of a search, and its stops as that search meets them."""

    roads: kernels.Roads
    nodes: Array  # int32 (K,) from which a stop is met
    rests: Array  # int64 (K,) labels from there to the stop; FAR on closed edges
    along_mm: Array  # int64 (K,) along the edge, in the direction of the search


class OsmStreets:
    """Ways computed on streets; estimated by the detour model where the extract knows nothing.

    Safe to share between threads: the map is read, working memory is by thread.
    """

    def __init__(self, streets: StreetMap, lat: Array, lon: Array) -> None:
        """Keep the map and the stops; `lat`, `lon` (S,) are coordinates, in degrees."""
        self.map = streets
        self.lat, self.lon = np.asarray(lat, float), np.asarray(lon, float)
        self.detour = DetourStreets(self.lat, self.lon)
        self._memory = threading.local()
        self._ties: dict[str, Ties] = {}
        self._costs: dict[Mode, Array] = {}
        self._sides: dict[tuple[Mode, bool], Side] = {}
        self._reached: dict[tuple[Point, Mode, bool], Reach] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process without what was searched."""
        return type(self), (self.map, self.lat, self.lon)

    def over(self, lat: Array, lon: Array) -> "OsmStreets":
        """Return the same streets over other stops, (S,) degrees, tied when they are asked for."""
        return type(self)(self.map, lat, lon)

    # -- the interface ----------------------------------------------------------------------------

    def stops_around(self, point: Point, mode: Mode, *, towards: bool = False) -> Reach:
        """Return the stops within the mode's limit; those outside the extract are estimated.

        A stop whose quickest way is longer than the limit may be reached by a slower, shorter one.
        A point far from any street of the mode reaches none: `why_off` gives the reason.
        """
        key = (point, mode, towards)
        if key not in self._reached:
            if len(self._reached) >= MAX_KEPT:
                self._reached.clear()
            self._reached[key] = self._stops_around(point, mode, towards)
        return self._reached[key]

    def between(self, origin: Point, destination: Point, mode: Mode) -> StreetLeg | None:
        """Return the quickest way, drawn; estimated if a point lies outside the extract.

        None where there is no way within the mode's limit, or a point is far from any street.
        """
        straight_m = great_circle_m(
            origin.lat, origin.lon, np.array(destination.lat), np.array(destination.lon)
        )
        if straight_m > mode.max_m:
            return None
        a, b = self._spot(origin, mode), self._spot(destination, mode)
        if Off.OUTSIDE in (a, b):
            return self.detour.between(origin, destination, mode)
        if isinstance(a, Off) or isinstance(b, Off):
            return None
        return self._leg(origin, destination, a, b, mode)

    def why_off(self, point: Point, mode: Mode) -> str | None:
        """Return the French reason why no street of the mode is near a point; None if one is."""
        if self._spot(point, mode) is not Off.FAR:
            return None
        return f"à plus de {FARTHEST_STREET_M:.0f} m de toute rue praticable"

    # -- places on streets ------------------------------------------------------------------------

    def _spot(self, point: Point, mode: Mode) -> Spot | Off:
        profile = PROFILES.get(mode.code)
        if profile is None:
            return Off.OUTSIDE
        entries, shares, metres = self._nearest(
            self.map.graphs[profile.graph], np.array([point.lat]), np.array([point.lon])
        )
        if entries[0] < 0:
            return Off.FAR if self._is_surrounded(point) else Off.OUTSIDE
        streets, along = self._places(entries, shares)
        return Spot(int(streets[0]), int(along[0]), round(float(metres[0]) * 1000))

    def _nearest(self, graph: Graph, lat: Array, lon: Array) -> tuple[Array, Array, Array]:
        """Return the nearest segment of each point, -1 if too far, how far along it and from it.

        A private street is taken where it is nearer than any other by `PRIVATE_NEARER_M`: an
        address on a public street often has a private drive beside it.
        """
        public = self._nearest_of(graph, graph.open & ~graph.local, lat, lon)
        if not graph.local.any():
            return public
        private = self._nearest_of(graph, graph.open & graph.local, lat, lon)
        nearer = private[2] + PRIVATE_NEARER_M < public[2]
        taken = (private[0] >= 0) & ((public[0] < 0) | nearer)
        entries, shares, metres = (
            np.where(taken, a, b) for a, b in zip(private, public, strict=True)
        )
        return entries, shares, metres

    def _nearest_of(
        self, graph: Graph, among: Array, lat: Array, lon: Array
    ) -> tuple[Array, Array, Array]:
        """Return the nearest segment of each point among some streets (bool (M,))."""
        n = len(lat)
        entries, shares, metres = np.empty(n, np.int64), np.empty(n), np.empty(n)
        a = self.map.arrays
        kernels.nearest_of_each(
            self.map.grid,
            among,
            np.rint(lat * 1e7).astype(np.int64),
            np.rint(lon * 1e7).astype(np.int64),
            METRES_A_UNIT,
            METRES_A_UNIT * np.cos(np.radians(lat)),
            FARTHEST_STREET_M,
            a["lat"],
            a["lon"],
            entries,
            shares,
            metres,
        )
        return entries, shares, metres

    def _places(self, entries: Array, shares: Array) -> tuple[Array, Array]:
        """Return the street, and millimetres along it, of shares of segments of the grid."""
        a, grid = self.map.arrays, self.map.grid
        streets, points = grid.streets[entries], grid.points[entries]
        at_mm = a["at_mm"]
        step_mm = at_mm[points + 1] - at_mm[points]
        along = at_mm[points] - at_mm[a["first"][streets]] + np.rint(shares * step_mm)
        return streets, along.astype(np.int64)

    def _is_surrounded(self, point: Point) -> bool:
        """Return whether streets lie on all four sides: the extract then covers the point."""
        lat, lon = self._covered
        around = SURROUNDING_M / METRES_A_UNIT / 1e7
        rows = slice(*np.searchsorted(lat, [point.lat - around, point.lat + around]))
        lat, lon = lat[rows], lon[rows]
        north_m = (lat - point.lat) * 1e7 * METRES_A_UNIT
        east_m = (lon - point.lon) * 1e7 * METRES_A_UNIT * cos(radians(point.lat))
        near = np.hypot(north_m, east_m) <= SURROUNDING_M
        north, east = north_m[near] > 0, east_m[near] > 0
        return all((north == n)[east == e].any() for n in (True, False) for e in (True, False))

    @cached_property
    def _covered(self) -> tuple[Array, Array]:
        """Return the middles (degrees) of the cells that hold a street, south to north."""
        grid = self.map.grid
        lowest_lat, lowest_lon, columns, cell = grid.frame.tolist()
        rows, cols = np.divmod(grid.cells, columns)
        return (lowest_lat + (rows + 0.5) * cell) / 1e7, (lowest_lon + (cols + 0.5) * cell) / 1e7

    def _stop_ties(self, name: str) -> Ties:
        """Return the stops on the edges of a graph, found once."""
        if name not in self._ties:
            graph = self.map.graphs[name]
            entries, shares, metres = self._nearest(graph, self.lat, self.lon)
            on = np.flatnonzero(entries >= 0)
            off = np.flatnonzero(entries < 0)
            outside = [
                stop
                for stop in off
                if not self._is_surrounded(Point(self.lat[stop], self.lon[stop]))
            ]
            streets, along = self._places(entries[on], shares[on])
            edges, which = _edges_of(graph, streets)
            self._ties[name] = Ties(
                stops=on[which].astype(np.int32),
                edges=edges,
                along_mm=_along_edge(graph, edges, along[which], self.map.length_mm),
                length_mm=self.map.length_mm[graph.ways[edges] >> 1],
                gaps=_gap_labels(np.rint(metres[on] * 1000).astype(np.int64))[which],
                outside=np.array(outside, np.int32),
            )
        return self._ties[name]

    # -- searches ---------------------------------------------------------------------------------

    def _stops_around(self, point: Point, mode: Mode, towards: bool) -> Reach:
        spot = self._spot(point, mode)
        if spot is Off.OUTSIDE:
            return self.detour.stops_around(point, mode, towards=towards)
        if not isinstance(spot, Spot):
            return _reach(np.empty(0, np.int32), np.empty(0, np.int64), mode)
        name = PROFILES[mode.code].graph
        ties = self._stop_ties(name)
        side = self._side(mode, towards)
        edges, along, labels, rests = self._seeds(spot, mode, towards)
        out = np.full(len(self.lat), kernels.FAR)
        scratch = self._scratch(name)
        graph, limit_mm = self.map.graphs[name], _limit_mm(mode)
        seeds = (graph.tails if towards else graph.heads)[edges]
        _, _, n = kernels.grow(side.roads, seeds, labels + rests, *NO_GOALS, limit_mm, scratch)
        kernels.collect(scratch.labels, side.nodes, side.rests, ties.stops, limit_mm, out)
        kernels.forget(scratch, n)
        costs = self._edge_costs(mode)
        # Stops ahead on the street one starts from are met before any node.
        for edge, from_mm, label in zip(edges, along, labels, strict=True):
            kernels.collect_on_edge(
                edge, from_mm, label, costs[edge], ties.edges, side.along_mm, ties.length_mm,
                ties.gaps, ties.stops, limit_mm, out,
            )  # fmt: skip
        reached = np.flatnonzero(out != kernels.FAR)
        entries = _reach(reached.astype(np.int32), out[reached], mode)
        return self._with_outside(entries, ties.outside, point, mode, towards)

    def _with_outside(
        self, entries: Reach, outside: Array, point: Point, mode: Mode, towards: bool
    ) -> Reach:
        if len(outside) == 0:
            return entries
        beyond = DetourStreets(self.lat[outside], self.lon[outside])
        guessed = beyond.stops_around(point, mode, towards=towards)
        guessed = guessed._replace(stops=outside[guessed.stops])
        return Reach(*(np.concatenate(pair) for pair in zip(entries, guessed, strict=True)))

    def _seeds(self, spot: Spot, mode: Mode, towards: bool) -> tuple[Array, Array, Array, Array]:
        """Return the edges of a spot's street and where a search starts on each.

        Millimetres along them in the direction of the search, labels of the way to the street,
        and labels of what remains of each edge.
        """
        graph = self.map.graphs[PROFILES[mode.code].graph]
        costs = self._edge_costs(mode)
        edges, _ = _edges_of(graph, np.array([spot.street]))
        edges = edges[costs[edges] != kernels.CLOSED]
        length_mm = int(self.map.length_mm[spot.street])
        along = _along_edge(graph, edges, np.full(len(edges), spot.along_mm), self.map.length_mm)
        if towards:
            along = length_mm - along
        labels = np.full(len(edges), _gap_labels(np.array([spot.gap_mm]))[0])
        return edges, along, labels, _share(costs[edges], length_mm - along, length_mm)

    def _leg(
        self, origin: Point, destination: Point, a: Spot, b: Spot, mode: Mode
    ) -> StreetLeg | None:
        name = PROFILES[mode.code].graph
        graph, costs, limit_mm = self.map.graphs[name], self._edge_costs(mode), _limit_mm(mode)
        edges, along, labels, rests = self._seeds(a, mode, False)
        ends, back, gaps, parts = self._seeds(b, mode, True)
        ends_at = int(self.map.length_mm[b.street]) - back
        best, path = kernels.FAR, None
        # Both places on one street: straight along it, which a search from its ends would miss.
        for edge, from_mm, label in zip(edges, along, labels, strict=True):
            for end, to_mm, gap in zip(ends, ends_at, gaps, strict=True):
                if edge == end and to_mm >= from_mm:
                    length_mm = int(self.map.length_mm[a.street])
                    whole = label + gap + _share(costs[edge], to_mm - from_mm, length_mm)
                    if whole < best and whole & kernels.LENGTH_MASK <= limit_mm:
                        best, path = whole, ([int(edge)], True)
        scratch = self._scratch(name)
        goals = graph.tails[ends]
        taken, label, n = kernels.grow(
            self._side(mode, False).roads, graph.heads[edges], labels + rests, goals,
            gaps + parts, limit_mm, scratch,
        )  # fmt: skip
        if taken >= 0 and label < best:
            between = _path(scratch.parents, graph.tails, int(goals[taken]), edges)
            best, path = label, ([*between, int(ends[taken])], False)
        kernels.forget(scratch, n)
        if path is None:
            return None
        drawn = self._drawn(graph, path[0], a, b)
        return StreetLeg(
            _seconds(int(best), mode),
            (int(best) & kernels.LENGTH_MASK) / 1000,
            False,
            (origin, *drawn, destination),
        )

    def _drawn(self, graph: Graph, path: list[int], a: Spot, b: Spot) -> list[Point]:
        """Return the points of a path of edges from one spot to another."""
        lats, lons = [], []
        for nth, edge in enumerate(path):
            street, against = divmod(int(graph.ways[edge]), 2)
            whole = int(self.map.length_mm[street])
            from_mm, to_mm = (whole, 0) if against else (0, whole)
            from_mm = a.along_mm if nth == 0 else from_mm
            to_mm = b.along_mm if nth == len(path) - 1 else to_mm
            lat, lon = self._piece(street, from_mm, to_mm)
            # Each edge begins at the last point of the one before.
            lats.append(lat if nth == 0 else lat[1:])
            lons.append(lon if nth == 0 else lon[1:])
        lat, lon = np.concatenate(lats).tolist(), np.concatenate(lons).tolist()
        return [Point(*pair) for pair in zip(lat, lon, strict=True)]

    def _piece(self, street: int, from_mm: int, to_mm: int) -> tuple[Array, Array]:
        """Return the degrees along a street, both ends included, in the direction travelled."""
        a = self.map.arrays
        points = slice(int(a["first"][street]), int(a["last"][street]) + 1)
        lat, lon = a["lat"][points] / 1e7, a["lon"][points] / 1e7
        low, high = sorted((from_mm, to_mm))
        if low > 0 or high < self.map.length_mm[street]:
            at = (a["at_mm"][points] - a["at_mm"][points.start]).astype(float)
            inner = at[(at > low) & (at < high)]
            kept = np.concatenate([[low], inner, [high]])
            lat, lon = np.interp(kept, at, lat), np.interp(kept, at, lon)
        return (lat, lon) if from_mm <= to_mm else (lat[::-1], lon[::-1])

    # -- what is prepared once --------------------------------------------------------------------

    def _edge_costs(self, mode: Mode) -> Array:
        if mode not in self._costs:
            self._costs[mode] = edge_costs(self.map, mode)
        return self._costs[mode]

    def _side(self, mode: Mode, towards: bool) -> Side:
        key = (mode, towards)
        if key not in self._sides:
            name = PROFILES[mode.code].graph
            graph, ties, costs = (
                self.map.graphs[name],
                self._stop_ties(name),
                self._edge_costs(mode),
            )
            length_mm = ties.length_mm
            if towards:
                order = graph.back_edges
                roads = kernels.Roads(graph.back_starts, graph.tails[order], costs[order])
                nodes, along = graph.heads[ties.edges], length_mm - ties.along_mm
            else:
                roads = kernels.Roads(graph.starts, graph.heads, costs)
                nodes, along = graph.tails[ties.edges], ties.along_mm
            rests = _share(costs[ties.edges], along, length_mm) + ties.gaps
            rests[costs[ties.edges] == kernels.CLOSED] = kernels.FAR
            self._sides[key] = Side(roads, nodes, rests, along)
        return self._sides[key]

    def _scratch(self, name: str) -> kernels.Scratch:
        """Return the working memory of this thread for a graph."""
        known: dict[str, kernels.Scratch] = self._memory.__dict__
        if name not in known:
            graph = self.map.graphs[name]
            most_seeds = int(np.diff(graph.street_starts).max())
            known[name] = kernels.scratch(graph.n_nodes, graph.n_edges + most_seeds)
        return known[name]


def _edges_of(graph: Graph, streets: Array) -> tuple[Array, Array]:
    """Return the edges of streets, and for each the row of its street in `streets`."""
    counts = graph.street_starts[streets + 1] - graph.street_starts[streets]
    which = np.repeat(np.arange(len(streets)), counts)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    return graph.street_edges[graph.street_starts[streets][which] + nth], which


def _along_edge(graph: Graph, edges: Array, along_mm: Array, length_mm: Array) -> Array:
    """Return the millimetres from the tail of each edge, from those along its street's points."""
    against = graph.ways[edges] & 1 == 1
    along: Array = np.where(against, length_mm[graph.ways[edges] >> 1] - along_mm, along_mm)
    return along.astype(np.int64)


def _share(costs: Array, mm: Array, length_mm: Array | int) -> Array:
    """Return `kernels.share` over arrays."""
    label: Array = (((costs >> 32) * mm // np.maximum(length_mm, 1)) << 32) | mm
    return label


def _gap_labels(gap_mm: Array) -> Array:
    """Return the labels of straight walks between places and their streets."""
    # km/h over 3.6 is m/s, and millimetres over m/s are milliseconds.
    ms = np.ceil(gap_mm * 3.6 / WALK.speed_kmh).astype(np.int64)
    labels: Array = (ms << 32) | gap_mm
    return labels


def _limit_mm(mode: Mode) -> int:
    return LONGEST_MM if isinf(mode.max_m) else min(LONGEST_MM, int(mode.max_m * 1000))


def _seconds(label: int, mode: Mode) -> int:
    return ceil((label >> 32) / 1000) + mode.fixed_s


def _reach(stops: Array, labels: Array, mode: Mode) -> Reach:
    seconds = np.ceil((labels >> 32) / 1000).astype(np.int32) + np.int32(mode.fixed_s)
    metres = (labels & kernels.LENGTH_MASK) / 1000
    return Reach(stops, seconds, metres, np.zeros(len(stops), bool))


def _path(parents: Array, tails: Array, node: int, seeds: Array) -> list[int]:
    """Return the edges from a seed to a node, the seed's own edge first."""
    path = []
    while (parent := int(parents[node])) >= 0:
        path.append(parent)
        node = int(tails[parent])
    path.append(int(seeds[-1 - parent]))
    return path[::-1]
