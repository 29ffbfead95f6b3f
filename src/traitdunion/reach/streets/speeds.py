"""What it costs a mode to pass each edge of its graph."""

from typing import NamedTuple

import numpy as np

from ..places import Array
from . import modes, rules
from .graphs import Graph
from .kernels import CLOSED, LENGTH_MASK
from .modes import Mode
from .street_map import StreetMap


class Profile(NamedTuple):
    """The graph of a mode, its model of slopes, and its usual speeds.

    `flat_kmh`: on the flat, where climbs are counted; where they are not, the speed of the mode,
    an average over hills, is taken everywhere.
    """

    graph: str
    effort: str | None
    usual: Mode
    flat_kmh: float


# On the flat: 16 km/h by bicycle and 20 km/h with assistance, commuters' cruising speeds below the
# 21.6 km/h of Parkin and Rotheram's cyclists.
PROFILES = {
    "walk": Profile(rules.WALK_GRAPH, "walk", modes.WALK, modes.WALK.speed_kmh),
    "bike": Profile(rules.BIKE_GRAPH, "bike", modes.BIKE, 16.0),
    "ebike": Profile(rules.BIKE_GRAPH, "ebike", modes.EBIKE, 20.0),
    "scooter": Profile(rules.CAR_GRAPH, None, modes.SCOOTER, 0.0),
    "car": Profile(rules.CAR_GRAPH, None, modes.CAR, 0.0),
}
"""By the code of the mode; one that is not here has no streets."""


def edge_costs(streets: StreetMap, mode: Mode) -> Array:
    """Return the labels (int64) of the edges of the mode's graph, CLOSED where it may not go.

    A mode faster or slower than the usual one of its code goes that much faster or slower; one
    with a `top_kmh` drives as others do, up to it.
    """
    profile = PROFILES[mode.code]
    graph = streets.graphs[profile.graph]
    fixed = (graph.flags & rules.FIXED) != 0
    length_mm = streets.length_mm[graph.street]
    if profile.effort is None:
        mm, kmh = length_mm, _driven_kmh(graph, mode, profile.usual)
    else:
        mm, kmh = _own_pace(streets, graph, mode, profile, length_mm)
    kmh = np.where(fixed, graph.speed, kmh)
    mm = np.where(fixed, length_mm, mm)
    ms = np.ceil(mm * 3.6 / kmh - 1e-6).astype(np.int64)
    costs: Array = (ms << 32) | np.minimum(length_mm, LENGTH_MASK)
    closed = rules.FAST if mode.top_kmh is not None else 0
    closed |= rules.NO_MOPED if mode.code == modes.SCOOTER.code else rules.ONLY_MOPED
    costs[(graph.flags & closed) != 0] = CLOSED
    return costs


def _driven_kmh(graph: Graph, mode: Mode, usual: Mode) -> Array:
    """Return the speed of the road, as far as the vehicle goes."""
    if mode.top_kmh is not None:
        return np.minimum(graph.speed, mode.top_kmh)
    kmh: Array = graph.speed * (mode.speed_kmh / usual.speed_kmh)
    return kmh


def _own_pace(
    streets: StreetMap, graph: Graph, mode: Mode, profile: Profile, length_mm: Array
) -> tuple[Array, Array]:
    """Return the flat millimetres of each edge, and km/h on them."""
    effort = streets.effort_m(profile.effort or "")
    if effort is None:
        return length_mm, graph.speed.astype(float) * mode.speed_kmh
    flat_kmh = profile.flat_kmh * mode.speed_kmh / profile.usual.speed_kmh
    return effort[graph.ways & 1, graph.street] * 1000.0, graph.speed.astype(float) * flat_kmh
