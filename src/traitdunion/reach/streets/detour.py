"""The detour model: great circle times a detour factor, where no street network is known."""

import numpy as np

from ..places import Array, Point, great_circle_m
from .modes import Mode
from .streets import Reach, StreetLeg


class DetourStreets:
    """Distances as the crow flies, lengthened; all it answers is estimated."""

    def __init__(self, lat: Array, lon: Array) -> None:
        """`lat`, `lon` (S,): coordinates of the stops, in degrees."""
        self.lat = lat
        self.lon = lon

    def stops_around(self, point: Point, mode: Mode, *, towards: bool = False) -> Reach:
        """Stops within the mode's limit; the model is the same both ways."""
        metres = great_circle_m(point.lat, point.lon, self.lat, self.lon) * mode.detour
        near = np.flatnonzero(metres <= mode.max_m)
        return Reach(
            near.astype(np.int32),
            mode.seconds(metres[near]),
            metres[near],
            np.ones(len(near), bool),
        )

    def between(self, origin: Point, destination: Point, mode: Mode) -> StreetLeg | None:
        """The straight line, lengthened; None beyond the mode's limit."""
        straight = great_circle_m(
            origin.lat, origin.lon, np.array(destination.lat), np.array(destination.lon)
        )
        metres = float(straight) * mode.detour
        if metres > mode.max_m:
            return None
        return StreetLeg(int(mode.seconds(metres)), metres, True, (origin, destination))

    def why_off(self, point: Point, mode: Mode) -> None:
        """The model knows no street to be far from."""
