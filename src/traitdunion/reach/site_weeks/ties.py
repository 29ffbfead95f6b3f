"""Many places tied to the stops at once, in the forms the loops read."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..ends import boardings
from ..kernels import View
from ..legs import Place, place_point
from ..options import Limits
from ..pareto_kernels import RIDDEN, WALKED, Tied
from ..places import UNREACHED, Array, Point
from ..streets import WALK, Mode, Streets
from ..streets.many import around_each, between_each
from ..timetable import Timetable
from .held_kernels import Direct, FreeTies, LeftTies
from .kernels import Access


class PlaceTies(NamedTuple):
    """Ties of places to stops by one mode, one way (K,), by place, then stop."""

    place: Array  # int64
    stop: Array  # int32
    seconds: Array  # int32, the margin of an estimated access counted
    ridden: Array  # bool: on a vehicle, so that a walk between stops may follow


def place_ties(
    tt: Timetable,
    streets: Streets,
    places: Sequence[Place],
    mode: Mode,
    *,
    towards: bool = False,
    limits: Limits | None = None,
) -> PlaceTies:
    """Tie places to the stops as `ends` does, many at once."""
    points = [place_point(tt, place) for place in places]
    rows, reach = around_each(streets, points, mode, towards=towards, asked=tt.is_served)
    # One who stands at the stop has no time to misjudge.
    estimated = reach.estimated & (reach.seconds > 0) & (not towards)
    seconds = reach.seconds
    if limits is not None:
        margins_s = limits.access_margins_s(reach.seconds)
        seconds = seconds + np.where(estimated, margins_s, 0).astype(np.int32)
    ridden = np.full(len(rows), mode.code != WALK.code)
    stands = [
        (row, tt.platforms(int(place)))
        for row, place in enumerate(places)
        if not isinstance(place, Point)
    ]
    if not stands:
        return PlaceTies(rows, reach.stops, seconds, ridden)
    at_once = np.concatenate([stops for _, stops in stands])
    own = np.repeat([row for row, _ in stands], [len(stops) for _, stops in stands])
    place = np.concatenate([rows, own])
    order = np.argsort(place, kind="stable")
    return PlaceTies(
        place[order],
        np.concatenate([reach.stops, at_once])[order],
        np.concatenate([seconds, np.zeros(len(own), np.int32)])[order],
        np.concatenate([ridden, np.zeros(len(own), np.bool_)])[order],
    )


def access_of(view: View, ties: PlaceTies, n_places: int) -> Access:
    """Return where the searches from places may board, in the direction of a view's footpaths."""
    n = len(ties.stop)
    zeros = np.zeros(n, np.int32)
    tied = Tied(
        stops=ties.stop,
        earliest_s=np.full(n, -UNREACHED, np.int32),
        latest_s=np.full(n, UNREACHED, np.int32),
        seconds=ties.seconds,
        walk_s=zeros,
        kind=np.where(ties.ridden, RIDDEN, WALKED).astype(np.int8),
        change_s=zeros,
    )
    stops, seconds, row = boardings(view, tied)
    place = ties.place[row]
    order = np.argsort(place, kind="stable")
    counts = np.bincount(place, minlength=n_places)
    return Access(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        stops[order].astype(np.int32),
        seconds[order].astype(np.int32),
        0,
    )


def free_ties(of_modes: Sequence[tuple[int, PlaceTies]], n_homes: int, n_stops: int) -> FreeTies:
    """Sort the ties of homes by stop; `of_modes`: the number of each mode, and its ties."""
    none = np.empty(0, np.int32)
    stop = np.concatenate([*(ties.stop for _, ties in of_modes), none])
    cell = np.concatenate([*(mode * n_homes + ties.place for mode, ties in of_modes), none])
    seconds = np.concatenate([*(ties.seconds for _, ties in of_modes), none])
    ridden = np.concatenate([*(ties.ridden for _, ties in of_modes), np.empty(0, np.bool_)])
    order = np.argsort(stop, kind="stable")
    return FreeTies(
        _starts(stop, n_stops),
        cell[order].astype(np.int32),
        seconds[order].astype(np.int32),
        ridden[order],
    )


class BothWays(NamedTuple):
    """Ties of one vehicle to stops, both ways (K,), by place, then stop; UNREACHED: none that way.

    Where a place has several to a stop, the first counts: that on streets, as in `left_vehicles`.
    """

    place: Array  # int64
    stop: Array  # int32
    out_s: Array  # int32
    back_s: Array  # int32
    out_ridden: Array  # bool
    back_ridden: Array  # bool


def both_ways(out: PlaceTies, back: PlaceTies) -> BothWays:
    """Pair the ties out and back of each place and stop."""
    sides = []
    for ties in (out, back):
        key, first = np.unique(ties.place << 32 | ties.stop, return_index=True)
        sides.append((key, ties.seconds[first], ties.ridden[first]))
    keys = np.union1d(sides[0][0], sides[1][0])
    seconds = np.full((2, len(keys)), UNREACHED, np.int32)
    ridden = np.zeros((2, len(keys)), np.bool_)
    for side, (key, of_side, is_ridden) in enumerate(sides):
        at = np.searchsorted(keys, key)
        seconds[side, at], ridden[side, at] = of_side, is_ridden
    stop = (keys & (2**32 - 1)).astype(np.int32)
    return BothWays(keys >> 32, stop, *seconds, *ridden)


def left_ties(of_modes: Sequence[tuple[int, BothWays]], n_homes: int, n_stops: int) -> LeftTies:
    """Sort the vehicles of homes by stop; `of_modes`: the number of each mode, and its ties."""
    none = np.empty(0, np.int64)
    stop = np.concatenate([*(ties.stop for _, ties in of_modes), none.astype(np.int32)])
    cell = np.concatenate([*(mode * n_homes + ties.place for mode, ties in of_modes), none])
    order = np.argsort(stop, kind="stable")
    columns = (
        np.concatenate([*(ties[field] for _, ties in of_modes), np.empty(0, dtype)])[order]
        for field, dtype in ((2, np.int32), (3, np.int32), (4, np.bool_), (5, np.bool_))
    )
    return LeftTies(_starts(stop, n_stops), cell[order].astype(np.int32), *columns)


def direct_ways(
    tt: Timetable,
    streets: Streets,
    homes: Sequence[Place],
    sites: Sequence[Place],
    of_modes: Sequence[tuple[int, Mode]],
) -> Direct:
    """Return the whole ways of some modes, by site, both ways."""
    rows = []
    for number, mode in of_modes:
        out_s, back_s = ways_on_streets(tt, streets, homes, sites, mode)
        w, home = np.nonzero((out_s != UNREACHED) | (back_s != UNREACHED))
        rows.append((w, number * len(homes) + home, out_s[w, home], back_s[w, home]))
    none = np.empty(0, np.int64)
    w, cell, out, back = (
        np.concatenate([*columns, none])
        for columns in (zip(*rows, strict=True) if rows else [()] * 4)
    )
    order = np.argsort(w, kind="stable")
    return Direct(
        _starts(w, len(sites)),
        cell[order].astype(np.int32),
        out[order].astype(np.int32),
        back[order].astype(np.int32),
        0,
    )


def ways_on_streets(
    tt: Timetable, streets: Streets, homes: Sequence[Place], sites: Sequence[Place], mode: Mode
) -> tuple[Array, Array]:
    """Return the seconds of the whole way by a mode, out and back, int32 (W, H) each."""
    a = [place_point(tt, home) for home in homes]
    b = [place_point(tt, site) for site in sites]
    # Laid by site both ways, for a loop compiled once.
    out_s = np.ascontiguousarray(between_each(streets, a, b, mode).T)
    return out_s, between_each(streets, b, a, mode)


def _starts(rows: Array, n: int) -> Array:
    """Return where the run of each row begins, in sorted rows, and where the last ends."""
    return np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n))]).astype(np.int64)
