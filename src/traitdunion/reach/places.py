"""Points on the ground and the one sentinel of the engine."""

from typing import Final, NamedTuple

UNREACHED: Final = 2**31 - 1
"""Time of a stop that is never reached (int32 maximum): compare with it, never add to it."""


class Point(NamedTuple):
    """A place by its WGS 84 coordinates, in degrees."""

    lat: float
    lon: float
