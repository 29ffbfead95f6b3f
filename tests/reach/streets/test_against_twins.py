"""Random worlds: the loops against plain Dijkstra, the whole way of a car against its twin."""

import heapq
import tempfile
from math import ceil
from pathlib import Path

import numpy as np
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from naive_streets import FAR, LENGTH, Car, components, shortest
from street_world import BLOCK_M, CAR, draw, over

from traitdunion.reach.streets import kernels
from traitdunion.reach.streets.extracts import read_extract
from traitdunion.reach.streets.graphs import streets_of
from traitdunion.reach.streets.importing import build

LIMIT = 2**32 - 1
patient = settings(deadline=None)  # the first call compiles


def label(ms, mm):
    return ms << 32 | mm


@st.composite
def graphs(draw_from):
    """Up to 12 nodes and 40 edges, closed ones, loops and edges of no length among them."""
    n = draw_from(st.integers(1, 12))
    node = st.integers(0, n - 1)
    cost = st.builds(label, st.integers(0, 50), st.integers(0, 50))
    edges = draw_from(st.lists(st.tuples(node, node, cost | st.just(-1)), max_size=40))
    seeds = draw_from(st.lists(st.tuples(node, cost), min_size=1, max_size=4))
    goals = draw_from(st.lists(st.tuples(node, cost), max_size=3))
    limit = draw_from(st.sampled_from([LIMIT, 100, 40]))
    return n, sorted(edges), seeds, goals, limit


def arrays(n, edges):
    tails, heads, costs = (
        (np.array(c, np.int64) for c in zip(*edges, strict=True))
        if edges
        else (np.empty(0, np.int64),) * 3
    )
    starts = np.searchsorted(tails, np.arange(n + 1)).astype(np.int32)
    return kernels.Roads(starts, heads.astype(np.int32), costs)


def columns(pairs):
    return (
        np.array([p[0] for p in pairs], np.int32),
        np.array([p[1] for p in pairs], np.int64),
    )


@patient
@given(graphs())
def test_labels_are_those_of_plain_dijkstra(world):
    n, edges, seeds, _, limit = world
    scratch = kernels.scratch(n, len(edges) + len(seeds))
    none = np.empty(0, np.int32), np.empty(0, np.int64)
    _, _, reached = kernels.grow(arrays(n, edges), *columns(seeds), *none, limit, scratch)
    best = shortest(edges, seeds, limit)
    assert scratch.labels.tolist() == [best.get(node, FAR) for node in range(n)]
    kernels.forget(scratch, reached)
    assert (scratch.labels == FAR).all()


@patient
@given(graphs())
def test_the_best_goal_is_found_and_its_way_adds_up(world):
    n, edges, seeds, goals, limit = world
    scratch = kernels.scratch(n, len(edges) + len(seeds))
    taken, the_edges, _ = kernels.grow(
        arrays(n, edges), *columns(seeds), *columns(goals), limit, scratch
    )
    best = shortest(edges, seeds, limit)
    wholes = [best[node] + rest for node, rest in goals if node in best]
    wanted = min((whole for whole in wholes if whole & LENGTH <= limit), default=FAR)
    assert the_edges == wanted
    if taken >= 0:
        node, total = goals[taken][0], goals[taken][1]
        while scratch.parents[node] >= 0:
            tail, _, cost = edges[scratch.parents[node]]
            total, node = total + cost, tail
        assert total + seeds[-1 - scratch.parents[node]][1] == the_edges


@patient
@given(graphs())
def test_strong_components_are_those_that_reach_one_another(world):
    n, edges, *_ = world
    roads = arrays(n, edges)
    component = np.empty(n, np.int32)
    components = kernels.strong_components(roads.starts, roads.ends, component)
    open_edges = [(tail, head, 0) for tail, head, _ in edges]
    reach = [set(shortest(open_edges, [(node, 0)], LIMIT)) for node in range(n)]
    assert components == len(set(component.tolist()))
    for a in range(n):
        for b in range(n):
            assert (component[a] == component[b]) == (b in reach[a] and a in reach[b])


SIZE = 4
NAMES = {(x, y): f"p{x}{y}" for x in range(SIZE) for y in range(SIZE)}
PLACES = {name: (float(x), float(y)) for (x, y), name in NAMES.items()}
KINDS = ["highway=secondary maxspeed=40", "highway=residential", "highway=tertiary maxspeed=20"]
DIRECTIONS = ["", "oneway=yes", "oneway=-1"]


@st.composite
def towns(draw_from):
    """A grid of blocks of which some sides are streets, some one way, with forbidden turns.

    Sides of one row or column may form one way of two; places lie along the streets or beside.
    """
    ways = []
    for (x, y), name in NAMES.items():
        for dx, dy in ((1, 0), (0, 1)):
            first, second = NAMES.get((x + dx, y + dy)), NAMES.get((x + 2 * dx, y + 2 * dy))
            if first is None or not draw_from(st.integers(0, 5)):
                continue
            nodes = [name, first, second] if second and not draw_from(st.integers(0, 5)) else [
                name, first,
            ]  # fmt: skip
            tags = f"{draw_from(st.sampled_from(KINDS))} {draw_from(st.sampled_from(DIRECTIONS))}"
            ways.append((nodes, tags))
    assume(ways)
    turns = []
    touching = {
        name: [i for i, (nodes, _) in enumerate(ways, start=1) if name in (nodes[0], nodes[-1])]
        for name in PLACES
    }
    for _ in range(draw_from(st.integers(0, 8))):
        via = draw_from(st.sampled_from(sorted(PLACES)))
        if touching[via]:
            comes, goes = (draw_from(st.sampled_from(touching[via])) for _ in range(2))
            sign = draw_from(st.sampled_from(["no_left_turn", "no_left_turn", "only_right_turn"]))
            turns.append((f"restriction={sign}", f"{comes} {via} {goes}"))
    spot = st.tuples(st.floats(0, SIZE - 1), st.floats(0, SIZE - 1)).map(
        lambda xy: tuple(round(c, 2) for c in xy)
    )
    return ways, turns, draw_from(st.lists(spot, min_size=2, max_size=6))


@settings(deadline=None, max_examples=80)
@given(towns())
def test_a_car_goes_as_its_twin_does(town):
    ways, turns, spots = town
    with tempfile.TemporaryDirectory() as folder:
        world = draw(
            Path(folder),
            PLACES,
            *(f"{' '.join(nodes)} {tags}" for nodes, tags in ways),
            turns=turns,
        )
        extract = read_extract(world.path)
    car = Car(extract)
    after = car.moves()
    parts = components(after)
    lengths = sorted((_length_m(part) for part in parts), reverse=True)
    # Which of two equal networks is kept is a matter of chance.
    assume(lengths and (len(lengths) == 1 or lengths[0] > 1.5 * lengths[1]))
    kept = max(parts, key=_length_m)
    streets = over(build(extract, source="ville", elevation=None, report=lambda *_: None),
                   *map(world.point, spots))  # fmt: skip
    places = [_place_of(streets, world.point(spot), car) for spot in spots]
    event(f"restrictions: {len(turns) > 0}, places: {sum(p is not None for p in places)}")
    for i, origin in enumerate(places):
        out = streets.stops_around(world.point(spots[i]), CAR)
        back = streets.stops_around(world.point(spots[i]), CAR, towards=True)
        seconds = dict(zip(out.stops.tolist(), out.seconds.tolist(), strict=True))
        seconds_back = dict(zip(back.stops.tolist(), back.seconds.tolist(), strict=True))
        for j, destination in enumerate(places):
            if origin is None or destination is None:
                continue
            slow = _slow_ms(car, after, kept, origin, destination)
            leg = streets.between(world.point(spots[i]), world.point(spots[j]), CAR)
            assert (leg is None) == (slow is None)
            assert seconds.get(j) == (leg and leg.seconds)
            if leg is not None:
                # Lengths are whole millimetres and times whole milliseconds, rounded up for each
                # street and down for its pieces: 60 streets at the most, two pieces.
                assert ceil((slow - 3) / 1000) <= leg.seconds <= ceil((slow + 60) / 1000)
        for j, destination in enumerate(places):
            if origin is not None and destination is not None:
                leg = streets.between(world.point(spots[j]), world.point(spots[i]), CAR)
                assert seconds_back.get(j) == (leg and leg.seconds)


def _length_m(part) -> float:
    return BLOCK_M * sum(len(piece.nodes) - 1 for piece in {piece for piece, _ in part})


def _place_of(streets, point, car):
    """The spot of a place: its pieces, the share of each behind it, and its way to the street.

    Which street is nearest is another test's matter: that of the fast side is taken.
    """
    spot = streets._spot(point, CAR)
    if not hasattr(spot, "street"):
        return None
    a = streets.map.arrays
    first, last = int(a["first"][spot.street]), int(a["last"][spot.street])
    nodes = tuple(car.extract.nodes[first : last + 1].tolist())
    way = int(streets_of(car.extract).way_ids[spot.street])
    whole = int(streets.map.length_mm[spot.street])
    rows = [
        (piece, spot.along_mm if piece.nodes == nodes else whole - spot.along_mm, whole)
        for piece in car.pieces
        if piece.way == way and piece.nodes in (nodes, nodes[::-1])
    ]
    return rows, spot.gap_mm


def _slow_ms(car, after, kept, origin, destination):
    """Milliseconds from place to place over kept states; None where there is no way."""
    kept_pieces = {piece for piece, _ in kept}
    gaps_ms = (origin[1] + destination[1]) * 0.8
    ends = {piece: along for piece, along, _ in destination[0] if piece in kept_pieces}
    end_mm = destination[0][0][2]
    best, queue = {}, []
    answers = []
    for piece, along, whole in origin[0]:
        if piece not in kept_pieces:
            continue
        pace = _piece_ms(car, piece)
        if ends.get(piece, -1) >= along:
            answers.append((ends[piece] - along) / whole * pace)
        for warned in (False, True):
            if (piece, warned) in kept:
                queue.append(((1 - along / whole) * pace, len(queue), (piece, warned)))
    heapq.heapify(queue)
    ties = len(queue)
    while queue:
        ms, _, state = heapq.heappop(queue)
        if state in best:
            continue
        best[state] = ms
        for following in after[state]:
            piece = following[0]
            if piece in ends and following in kept:
                answers.append(ms + ends[piece] / end_mm * _piece_ms(car, piece))
            ties += 1
            heapq.heappush(queue, (ms + _piece_ms(car, piece), ties, following))
    return min(answers) + gaps_ms if answers else None


def _piece_ms(car, piece) -> float:
    x = car.extract
    at = {node: (lat, lon) for node, lat, lon in zip(x.nodes, x.lat, x.lon, strict=True)}
    metres = sum(
        np.hypot(at[a][0] - at[b][0], at[a][1] - at[b][1]) * 6_371_009 * np.pi / 180 * 1e-7
        for a, b in zip(piece.nodes, piece.nodes[1:], strict=False)
    )
    return metres * 3600 / car.kmh(piece)
