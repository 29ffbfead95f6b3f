"""Stops that no feed has: a place drawn on a map, where the vehicles of a scenario may call."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..packing import packed_texts, unpacked_texts
from ..places import Array, Point, great_circle_m
from ..streets import DEFAULT_WALK
from ..timetable import TRANSFER_REACH_M, Timetable


class NewStop(NamedTuple):
    """A stop to add: its `stop_id`, its name and where it stands."""

    stop_id: str
    name: str
    point: Point


def with_stops(
    tt: Timetable, stops: Sequence[NewStop], *, transfer_reach_m: float = TRANSFER_REACH_M
) -> Timetable:
    """Return the same timetable with stops after its own, in their order; `tt` itself for none.

    No vehicle calls there yet. One walks between them and the stops within `transfer_reach_m`
    walking metres, estimated, as between the stops of feeds.
    """
    if not stops:
        return tt
    arrays = tt.arrays | stop_arrays(tt, stops)
    return type(tt)(tt.header, arrays | _footpaths(tt, arrays, transfer_reach_m))


def stop_arrays(tt: Timetable, stops: Sequence[NewStop]) -> dict[str, Array]:
    """Return the arrays of the stops of a timetable with others after them, walks left out."""
    a, n = tt.arrays, len(stops)
    return {
        "stop_lat": np.append(a["stop_lat"], [stop.point.lat for stop in stops]),
        "stop_lon": np.append(a["stop_lon"], [stop.point.lon for stop in stops]),
        "stop_parent": np.append(a["stop_parent"], np.full(n, -1, np.int32)).astype(np.int32),
        "stop_wheelchair": np.append(a["stop_wheelchair"], np.zeros(n)).astype(np.uint8),
        "change_s": np.append(a["change_s"], np.zeros(n, np.int32)).astype(np.int32),
        **packed_texts("stop_id", [*unpacked_texts("stop_id", a), *(s.stop_id for s in stops)]),
        **packed_texts("stop_name", [*unpacked_texts("stop_name", a), *(s.name for s in stops)]),
    }


def _footpaths(tt: Timetable, arrays: dict[str, Array], reach_m: float) -> dict[str, Array]:
    """Return the walks of a timetable with those of the stops that follow its own, both ways."""
    lat, lon = arrays["stop_lat"], arrays["stop_lon"]
    pairs, lengths = [], []
    for row in range(tt.n_stops, len(lat)):
        metres = great_circle_m(lat[row], lon[row], lat[:row], lon[:row]) * DEFAULT_WALK.detour
        near = np.flatnonzero(metres <= reach_m)
        here = np.full(len(near), row)
        pairs += [np.column_stack([here, near]), np.column_stack([near, here])]
        lengths += [metres[near], metres[near]]
    added = np.concatenate(pairs)
    from_ = np.append(arrays["footpath_from"], added[:, 0]).astype(np.int32)
    to = np.append(arrays["footpath_to"], added[:, 1]).astype(np.int32)
    metres = np.append(arrays["footpath_m"], np.concatenate(lengths)).astype(np.float32)
    fixed = np.append(arrays["footpath_fixed_s"], np.full(len(added), -1)).astype(np.int32)
    order = np.lexsort((to, from_))
    return {
        "footpath_from": from_[order],
        "footpath_to": to[order],
        "footpath_m": metres[order],
        "footpath_fixed_s": fixed[order],
    }
