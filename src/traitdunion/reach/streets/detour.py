"""The detour model: great circle times a detour factor, where no street network is known."""

from functools import cached_property, lru_cache
from math import degrees
from typing import Any

import numpy as np

from ..places import EARTH_RADIUS_M, Array, Point, great_circle_m
from .modes import Mode
from .streets import Reach, StreetLeg

A_HAIR_DEG = 1e-6
"""Added to the bands around places: rounding must not leave out what lies on their border."""

MAX_AROUND = 2048
"""Stops around so many places and modes are kept: adviser after adviser asks for the same homes."""


class DetourStreets:
    """Distances as the crow flies, lengthened; all it answers is estimated."""

    def __init__(self, lat: Array, lon: Array) -> None:
        """Keep the stops; `lat`, `lon` (S,) are their coordinates, in degrees."""
        self.lat = lat
        self.lon = lon
        self._around = lru_cache(MAX_AROUND)(self._stops_around)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process without the answers kept."""
        return type(self), (self.lat, self.lon)

    def over(self, lat: Array, lon: Array) -> "DetourStreets":
        """Return the same model over other stops, (S,) degrees."""
        return type(self)(lat, lon)

    def stops_around(self, point: Point, mode: Mode, *, towards: bool = False) -> Reach:
        """Return the stops within the mode's limit; the model is the same both ways."""
        return self._around(point, mode)

    @cached_property
    def _by_lat(self) -> tuple[Array, Array]:
        """Return the stops by latitude: their rows, their latitudes."""
        rows = np.argsort(self.lat, kind="stable")
        return rows, self.lat[rows]

    def _stops_around(self, point: Point, mode: Mode) -> Reach:
        # No great circle is shorter than its part along the meridian.
        half_deg = degrees(mode.max_m / mode.detour / EARTH_RADIUS_M) + A_HAIR_DEG
        rows, lat = self._by_lat
        band = slice(*np.searchsorted(lat, [point.lat - half_deg, point.lat + half_deg]))
        stops = np.sort(rows[band])
        metres = great_circle_m(point.lat, point.lon, self.lat[stops], self.lon[stops])
        metres = metres * mode.detour
        kept = metres <= mode.max_m
        near, metres = stops[kept], metres[kept]
        reach = Reach(near.astype(np.int32), mode.seconds(metres), metres, np.ones(len(near), bool))
        for column in reach:
            column.setflags(write=False)
        return reach

    def between(self, origin: Point, destination: Point, mode: Mode) -> StreetLeg | None:
        """Return the straight line, lengthened; None beyond the mode's limit."""
        straight = great_circle_m(
            origin.lat, origin.lon, np.array(destination.lat), np.array(destination.lon)
        )
        metres = float(straight) * mode.detour
        if metres > mode.max_m:
            return None
        return StreetLeg(int(mode.seconds(metres)), metres, True, (origin, destination))

    def why_off(self, point: Point, mode: Mode) -> None:
        """Return None: the model knows no street to be far from."""
