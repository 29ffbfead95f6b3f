"""Slow twins of the searches on streets: plain dictionaries, no graph, no copies of junctions."""

import heapq
from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

from traitdunion.reach.streets import rules
from traitdunion.reach.streets.extracts import Extract

FAR = 2**63 - 1
LENGTH = 2**32 - 1


def shortest(edges, seeds, limit_mm):
    """Labels by node, from `edges` (tail, head, label) and `seeds` (node, label)."""
    after = defaultdict(list)
    for tail, head, cost in edges:
        if cost >= 0:
            after[tail].append((head, cost))
    best, queue = {}, [(label, node) for node, label in seeds if label & LENGTH <= limit_mm]
    heapq.heapify(queue)
    while queue:
        label, node = heapq.heappop(queue)
        if node in best:
            continue
        best[node] = label
        for head, cost in after[node]:
            if (label + cost) & LENGTH <= limit_mm:
                heapq.heappush(queue, (label + cost, head))
    return best


class Piece(NamedTuple):
    """A piece of a way between two junctions, in one direction, by the ids of its nodes."""

    way: int
    number: int
    nodes: tuple[int, ...]

    @property
    def turned(self) -> "Piece":
        return Piece(self.way, self.number, self.nodes[::-1])


class Car:
    """Where a car may go, straight from the ways and the restrictions: moves from piece to piece.

    A state is a piece and whether one came to it from a junction with a forbidden turn: at its
    end one may then not turn back, unless there is nothing else to do.
    """

    def __init__(self, extract: Extract):
        self.extract = extract
        self.pieces = list(self._pieces())
        self.leaving = defaultdict(list)
        for piece in self.pieces:
            self.leaving[piece.nodes[0]].append(piece)

    def _pieces(self):
        x = self.extract
        uses = defaultdict(int)
        for node in x.nodes.tolist():
            uses[node] += 1
        for w, way in enumerate(x.way_ids.tolist()):
            nodes = x.nodes[x.way_starts[w] : x.way_starts[w + 1]].tolist()
            passage = x.kinds[x.way_kinds[w]].passages[2]
            cuts = [i for i, n in enumerate(nodes) if uses[n] > 1 or i in (0, len(nodes) - 1)]
            for number, (i, j) in enumerate(pairwise(cuts)):
                piece = Piece(way, number, tuple(nodes[i : j + 1]))
                if passage and passage.forward:
                    yield piece
                if passage and passage.backward:
                    yield piece.turned

    def kmh(self, piece: Piece) -> float:
        x = self.extract
        w = x.way_ids.tolist().index(piece.way)
        return x.kinds[x.way_kinds[w]].passages[rules.GRAPHS.index("car")].speed

    def exits(self, piece: Piece, warned: bool):
        """Pieces after this one; and whether a turn is forbidden to those who come by it."""
        via = piece.nodes[-1]
        rs = [r for r in self.extract.restrictions if r.via == via and piece.way in r.from_ways]
        onward = list(self.leaving[via])
        for restriction in rs:
            named = [p for p in onward if p.way in restriction.to_ways]
            open_at_all = any(p.way in restriction.to_ways for p in self.leaving[via])
            if restriction.only:
                onward = named if open_at_all else onward
            else:
                onward = [p for p in onward if p not in named]
        if warned and any(p != piece.turned for p in onward):
            onward = [p for p in onward if p != piece.turned]
        return onward, bool(rs)

    def moves(self):
        """Each state and the states after it, found from all pieces."""
        after = {}
        queue = [(piece, False) for piece in self.pieces]
        while queue:
            state = queue.pop()
            if state in after:
                continue
            onward, warns = self.exits(*state)
            after[state] = [(piece, warns) for piece in onward]
            queue += after[state]
        return after


def components(after):
    """Sets of states that reach one another, by plain closure."""
    reach = {state: _closure(state, after) for state in after}
    collected, placed = [], set()
    for state in after:
        if state not in placed and state in reach[state]:
            together = {other for other in reach[state] if state in reach[other]}
            collected.append(together)
            placed |= together
    return collected


def _closure(state, after):
    seen, queue = set(), list(after[state])
    while queue:
        other = queue.pop()
        if other not in seen:
            seen.add(other)
            queue += after[other]
    return seen
