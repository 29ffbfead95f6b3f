"""Streets asked for many places at once: the same seconds as place by place."""

from collections.abc import Sequence
from math import degrees

import numpy as np

from ..places import EARTH_RADIUS_M, UNREACHED, Array, Point, great_circle_m
from .detour import A_HAIR_DEG, DetourStreets
from .modes import Mode
from .streets import Reach, Streets


def around_each(
    streets: Streets,
    points: Sequence[Point],
    mode: Mode,
    *,
    towards: bool = False,
    asked: Array,
) -> tuple[Array, Reach]:
    """Return the stops around each of many points: the row of the point (int64 (K,)), the reach.

    `asked` bool (S,): stops that count.
    """
    if isinstance(streets, DetourStreets) and _is_plain(streets):
        return _around_by_detour(streets, points, mode, asked)
    reaches = [streets.stops_around(point, mode, towards=towards) for point in points]
    kept = [np.flatnonzero(asked[reach.stops]) for reach in reaches]
    rows = np.repeat(np.arange(len(points)), [len(of_point) for of_point in kept])
    columns = (
        np.concatenate([*(column[k] for column, k in zip(values, kept, strict=True)), empty])
        for values, empty in zip(
            zip(*reaches, strict=True) if reaches else ((),) * len(Reach._fields),
            (np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0), np.empty(0, bool)),
            strict=True,
        )
    )
    return rows, Reach(*columns)


def between_each(
    streets: Streets, origins: Sequence[Point], destinations: Sequence[Point], mode: Mode
) -> Array:
    """Return the seconds from each origin to each destination, int32 (O, D), UNREACHED if none."""
    out = np.full((len(origins), len(destinations)), UNREACHED, np.int32)
    if not len(origins) or not len(destinations):
        return out
    a, b = np.array(origins, float), np.array(destinations, float)
    straight_m = great_circle_m(a[:, :1], a[:, 1:], b[:, 0], b[:, 1])
    if isinstance(streets, DetourStreets) and _is_plain(streets):
        metres = straight_m * mode.detour
        near = metres <= mode.max_m
        out[near] = mode.seconds(metres[near])
        return out
    # No street is shorter than the straight line.
    for o, d in zip(*np.nonzero(straight_m <= mode.max_m), strict=True):
        way = streets.between(origins[o], destinations[d], mode)
        if way is not None:
            out[o, d] = way.seconds
    return out


def _is_plain(streets: DetourStreets) -> bool:
    """Return whether a whole array can be computed: a subclass may answer otherwise."""
    kind = type(streets)
    return kind.stops_around is DetourStreets.stops_around and kind.between is DetourStreets.between


def _around_by_detour(
    streets: DetourStreets, points: Sequence[Point], mode: Mode, asked: Array
) -> tuple[Array, Reach]:
    """Compute the distances of the stops in a box around each point alone."""
    stops = np.flatnonzero(asked)
    stops = stops[np.argsort(streets.lat[stops], kind="stable")]
    lat, lon = streets.lat[stops], streets.lon[stops]
    places = np.array(points, float).reshape(-1, 2)
    half_deg = degrees(mode.max_m / mode.detour / EARTH_RADIUS_M) + A_HAIR_DEG
    if half_deg >= 180:  # no limit
        low, high = np.zeros(len(places), np.int64), np.full(len(places), len(stops))
    else:
        low = np.searchsorted(lat, places[:, 0] - half_deg, "left")
        high = np.searchsorted(lat, places[:, 0] + half_deg, "right")
    count = high - low
    rows = np.repeat(np.arange(len(places)), count)
    near = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count) + low[rows]
    # A degree of longitude is the shortest at the latitude farthest from the equator.
    farthest = np.minimum(np.abs(places[:, 0]) + half_deg, 89.9)
    wide_deg = half_deg / np.cos(np.radians(farthest)) * (1 + A_HAIR_DEG)
    if half_deg < 30:
        within = np.abs(lon[near] - places[rows, 1]) <= wide_deg[rows]
        # Across the meridian of change of date the box has two parts: those are not cut.
        within |= np.abs(places[rows, 1]) + wide_deg[rows] > 180
        rows, near = rows[within], near[within]
    metres = great_circle_m(places[rows, 0], places[rows, 1], lat[near], lon[near]) * mode.detour
    kept = metres <= mode.max_m
    rows, near, metres = rows[kept], near[kept], metres[kept]
    order = np.lexsort((stops[near], rows))
    rows, near, metres = rows[order], near[order], metres[order]
    return rows, Reach(
        stops[near].astype(np.int32), mode.seconds(metres), metres, np.ones(len(rows), bool)
    )
