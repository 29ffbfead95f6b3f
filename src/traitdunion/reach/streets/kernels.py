"""The loops over streets: Dijkstra from a few seeds, nearest street, strong components.

A *label* is one int64, milliseconds in the high 32 bits and millimetres in the low 32: labels add
like times and lengths do, and the smaller one is the quicker way, the shorter of two as quick.
Ways must stay under 4,294 km. A closed edge costs `CLOSED`; a node not reached holds `FAR`.
"""

from typing import Any, NamedTuple

import numpy as np

from ..kernels import jit

FAR = 2**63 - 1
CLOSED = -1
LENGTH_MASK = 2**32 - 1


class Roads(NamedTuple):
    """Edges by the node they leave, in the direction of the search. N nodes, E edges."""

    starts: Any  # int32 (N + 1,)
    ends: Any  # int32 (E,)
    costs: Any  # int64 (E,) labels


class Scratch(NamedTuple):
    """Working memory of one search; `labels` are left as they were found.

    The heap may hold a node several times: with each label that was the best when it was found.
    """

    labels: Any  # int64 (N,) filled with FAR
    heap: Any  # int32 (entries,)
    keys: Any  # int64 (entries,)
    parents: Any  # int32 (N,) edge by which a node is reached, -1 - seed at a seed
    reached: Any  # int32 (N,)


def scratch(n_nodes: int, n_entries: int) -> Scratch:
    """Allocate the memory of searches: an edge, or a seed, enters the heap once at most."""
    return Scratch(
        labels=np.full(n_nodes, FAR, np.int64),
        heap=np.empty(n_entries, np.int32),
        keys=np.empty(n_entries, np.int64),
        parents=np.empty(n_nodes, np.int32),
        reached=np.empty(n_nodes, np.int32),
    )


class Grid(NamedTuple):
    """Segments of streets by square cell, cells sorted. K cells, L entries."""

    cells: Any  # int64 (K,) row * columns + column
    starts: Any  # int64 (K + 1,)
    points: Any  # int32 (L,) first point of each segment
    streets: Any  # int32 (L,)
    frame: Any  # int64 (4,): lowest latitude and longitude (1e-7 degree), columns, size of a cell


@jit
def share(cost, mm, length_mm):
    """Label of `mm` millimetres of an edge, in proportion."""
    # At least 1: a street whose points are drawn at one place has no length.
    return (((cost >> 32) * mm // max(length_mm, 1)) << 32) | mm


@jit
def push(scratch, size, key, node):
    """Put an entry in the heap, each entry above four others; the new size."""
    keys, heap = scratch.keys, scratch.heap
    place = size
    # Four below each entry instead of two: fewer levels, and the keys compared lie side by side.
    while place > 0:
        above = (place - 1) >> 2
        if keys[above] <= key:
            break
        keys[place], heap[place] = keys[above], heap[above]
        place = above
    keys[place], heap[place] = key, node
    return size + 1


@jit
def pop(scratch, size):
    """Take the first entry out of the heap; the new size."""
    keys, heap = scratch.keys, scratch.heap
    # The last entry takes the place of the first, then sinks.
    size -= 1
    key, node = keys[size], heap[size]
    place = 0
    while True:
        least = 4 * place + 1
        if least >= size:
            break
        for below in range(least + 1, min(4 * place + 5, size)):
            if keys[below] < keys[least]:
                least = below
        if keys[least] >= key:
            break
        keys[place], heap[place] = keys[least], heap[least]
        place = least
    keys[place], heap[place] = key, node
    return size


@jit
def offer(scratch, node, label, parent, size, n_reached):
    """Note a label of a node if it is better; the heap's size and the nodes reached."""
    known = scratch.labels[node]
    if label >= known:
        return size, n_reached
    if known == FAR:
        scratch.reached[n_reached] = node
        n_reached += 1
    scratch.labels[node] = label
    scratch.parents[node] = parent
    return push(scratch, size, label, node), n_reached


@jit
def grow(roads, seeds, seed_labels, goals, goal_labels, limit_mm, scratch):
    """Run Dijkstra from seeds, within `limit_mm`, until no goal can be had quicker.

    `goals` are nodes and what remains from each. Returns the goal taken (-1 if none), its label
    to the end, and the number of nodes reached: `forget` them once the labels are read.
    """
    size, n_reached = 0, 0
    for s in range(len(seeds)):
        if seed_labels[s] & LENGTH_MASK <= limit_mm:
            size, n_reached = offer(scratch, seeds[s], seed_labels[s], -1 - s, size, n_reached)
    best, taken = FAR, -1
    while size > 0:
        node, label = scratch.heap[0], scratch.keys[0]
        # Labels leave the heap in order: none of those left can better the goal taken.
        if label >= best:
            break
        size = pop(scratch, size)
        if label > scratch.labels[node]:
            continue  # a better label came after this one
        for g in range(len(goals)):
            whole = label + goal_labels[g]
            if goals[g] == node and whole < best and whole & LENGTH_MASK <= limit_mm:
                best, taken = whole, g
        for e in range(roads.starts[node], roads.starts[node + 1]):
            end, cost = roads.ends[e], roads.costs[e]
            if cost == CLOSED:
                continue
            further = label + cost
            # Too long a way is dropped, not its node: a slower, shorter one may still reach it.
            if further & LENGTH_MASK <= limit_mm:
                size, n_reached = offer(scratch, end, further, e, size, n_reached)
    return taken, best, n_reached


@jit
def forget(scratch, n_reached):
    """Leave the scratch as it was found."""
    for i in range(n_reached):
        scratch.labels[scratch.reached[i]] = FAR


@jit
def collect(labels, nodes, rests, stops, limit_mm, out):
    """Collect the best label of each stop: that of a node and what remains from it."""
    for t in range(len(nodes)):
        # Checked before they are added: FAR plus a label wraps to a negative one, the best of all.
        if labels[nodes[t]] != FAR and rests[t] != FAR:
            label = labels[nodes[t]] + rests[t]
            if label < out[stops[t]] and label & LENGTH_MASK <= limit_mm:
                out[stops[t]] = label


@jit
def collect_on_edge(
    edge, along_mm, before, cost, tie_edges, tie_along_mm, tie_mm, gaps, stops, limit_mm, out
):
    """Collect the stops ahead on the very edge one starts from, with no node on the way."""
    for t in range(len(tie_edges)):
        if tie_edges[t] == edge and tie_along_mm[t] >= along_mm:
            label = before + share(cost, tie_along_mm[t] - along_mm, tie_mm[t]) + gaps[t]
            if label < out[stops[t]] and label & LENGTH_MASK <= limit_mm:
                out[stops[t]] = label


@jit
def projection(lat, lon, lat_m, lon_m, a_lat, a_lon, b_lat, b_lon):
    """Return where a segment comes nearest to a point (a share), and the squared distance.

    Coordinates in 1e-7 degree; `lat_m`, `lon_m` are metres by unit near the point.
    """
    ax, ay = (a_lon - lon) * lon_m, (a_lat - lat) * lat_m
    dx, dy = (b_lon - a_lon) * lon_m, (b_lat - a_lat) * lat_m
    length = dx * dx + dy * dy
    # Beyond its ends, a segment is nearest at the end.
    t = 0.0 if length == 0 else min(1.0, max(0.0, -(ax * dx + ay * dy) / length))
    x, y = ax + t * dx, ay + t * dy
    return t, x * x + y * y


@jit
def look_in_cell(grid, cell, streets_open, lat, lon, lat_m, lon_m, lats, lons, best):
    """Return the nearest segment known, bettered by those of one cell."""
    k = np.searchsorted(grid.cells, cell)
    if k == len(grid.cells) or grid.cells[k] != cell:
        return best
    for i in range(grid.starts[k], grid.starts[k + 1]):
        if not streets_open[grid.streets[i]]:
            continue
        p = grid.points[i]
        t, square = projection(lat, lon, lat_m, lon_m, lats[p], lons[p], lats[p + 1], lons[p + 1])
        if square < best[2]:
            best = (i, t, square)
    return best


@jit
def nearest(grid, streets_open, lat, lon, lat_m, lon_m, limit_m, lats, lons):
    """Return the nearest open segment: entry in the grid (-1 if none), share, metres."""
    columns, cell = grid.frame[2], grid.frame[3]
    row, column = (lat - grid.frame[0]) // cell, (lon - grid.frame[1]) // cell
    narrow_m = cell * min(lat_m, lon_m)
    best = (-1, 0.0, limit_m * limit_m)
    ring = 0
    # A ring lies at least ring - 1 cells away, counted by the narrower side of a cell.
    while ring == 0 or ((ring - 1) * narrow_m) ** 2 <= best[2]:
        for r in range(row - ring, row + ring + 1):
            # Only the border of the square: the rings before saw its inside.
            step = 1 if abs(r - row) == ring else max(2 * ring, 1)
            for c in range(column - ring, column + ring + 1, step):
                # A column too far would be a cell of the next row; a row too far is no cell at all.
                if 0 <= c < columns and r >= 0:
                    best = look_in_cell(
                        grid, r * columns + c, streets_open, lat, lon, lat_m, lon_m, lats, lons,
                        best,
                    )  # fmt: skip
        ring += 1
    return best[0], best[1], np.sqrt(best[2])


@jit
def nearest_of_each(grid, streets_open, lat, lon, lat_m, lon_m, limit_m, lats, lons, out, shares,
                    metres):  # fmt: skip
    """Find `nearest` for many points, into `out`, `shares` and `metres`."""
    for i in range(len(lat)):
        out[i], shares[i], metres[i] = nearest(
            grid, streets_open, lat[i], lon[i], lat_m, lon_m[i], limit_m, lats, lons
        )


@jit
def strong_components(starts, ends, component):
    """Number the strongly connected components into `component`; how many (Tarjan, 1972)."""
    n = len(starts) - 1
    index = np.full(n, -1, np.int32)
    low = np.empty(n, np.int32)
    following = np.empty(n, np.int32)
    stack = np.empty(n, np.int32)
    # An explicit path instead of recursion, which a long street network would overflow.
    path = np.empty(n, np.int32)
    component[:] = -1
    n_index, n_stack, n_components = 0, 0, 0
    for root in range(n):
        if index[root] != -1:
            continue
        depth = 0
        path[0] = root
        index[root] = low[root] = n_index
        following[root] = starts[root]
        n_index += 1
        stack[n_stack] = root
        n_stack += 1
        while depth >= 0:
            node = path[depth]
            if following[node] < starts[node + 1]:
                end = ends[following[node]]
                following[node] += 1
                if index[end] == -1:
                    depth += 1
                    path[depth] = end
                    index[end] = low[end] = n_index
                    following[end] = starts[end]
                    n_index += 1
                    stack[n_stack] = end
                    n_stack += 1
                elif component[end] == -1:
                    low[node] = min(low[node], index[end])
                continue
            if low[node] == index[node]:
                while True:
                    n_stack -= 1
                    component[stack[n_stack]] = n_components
                    if stack[n_stack] == node:
                        break
                n_components += 1
            depth -= 1
            if depth >= 0:
                low[path[depth]] = min(low[path[depth]], low[node])
    return n_components
