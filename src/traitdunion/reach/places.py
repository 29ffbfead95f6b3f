"""Points on the ground, the one sentinel of the engine, and the name of its arrays' type."""

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

UNREACHED: Final = 2**31 - 1
"""Time of a stop that is never reached (int32 maximum): compare with it, never add to it."""

EARTH_RADIUS_M: Final = 6_371_009
"""Mean radius of the Earth (IUGG), the sphere of all our great circles."""

Array = npt.NDArray[Any]


class Point(NamedTuple):
    """A place by its WGS 84 coordinates, in degrees."""

    lat: float
    lon: float


def great_circle_m(lat: Any, lon: Any, lats: Array, lons: Array) -> Array:
    """Return the metres between points on the sphere (haversine).

    Arguments are in degrees, broadcast together.
    """
    φ1, φ2 = np.radians(lat), np.radians(lats)
    half_δφ, half_δλ = (φ2 - φ1) / 2, np.radians(lons - lon) / 2
    chord = np.sin(half_δφ) ** 2 + np.cos(φ1) * np.cos(φ2) * np.sin(half_δλ) ** 2
    away: Array = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(chord))
    return away
