"""A point one can trust in each commune, from town halls of which one in twenty is misplaced.

Measured against the chefs-lieux of IGN (mainland France and Corsica): a town hall inside its
commune is 33 m from the chef-lieu at the median and 402 m at the 95th centile. Of the communes
whose town hall is put outside, the centroid is 720 m from the chef-lieu at the median; it comes
nearer than shapely's `point_on_surface` (780 m) and than the pole of inaccessibility (790 m).
Tried without success to distinguish a wrong town hall from a right one inside the polygon: its
distance to the border or to the centroid, an address without number; whatever the class, keeping
it was better.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import shapely

from .enums import PointSource

# A point given to so many town halls is that of a postal code, not of a house: on average 1.4 km
# from the chef-lieu even where it lies inside, against 1.1 km for the centroid.
TOO_MANY_TOWN_HALLS = 3
DECIMALS = 6  # of a degree: 11 cm


def reference_points(
    polygons: np.ndarray, mairies: np.ndarray, neighbours: Mapping[int, Sequence[int]]
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return the longitude and latitude (degrees, float64) of every commune, and their source.

    polygons, mairies: shapely geometries or None, (n,); neighbours: for a commune with neither,
    rows of communes around it, the middle of which is taken.
    """
    trusted = trusted_town_halls(polygons, mairies)
    points = np.where(trusted, mairies, inner_points(polygons))
    lon, lat = shapely.get_x(points), shapely.get_y(points)
    sources = np.where(trusted, PointSource.MAIRIE, PointSource.INTERIEUR)
    known = ~np.isnan(lon)
    for row in np.flatnonzero(~known):
        around = [other for other in neighbours.get(int(row), ()) if known[other]]
        if not around:
            raise ValueError(f"row {row} has no polygon, no town hall and no neighbour to place it")
        lon[row], lat[row] = lon[around].mean(), lat[around].mean()
        sources[row] = PointSource.VOISINAGE
    return lon.round(DECIMALS), lat.round(DECIMALS), [str(source) for source in sources]


def trusted_town_halls(polygons: np.ndarray, mairies: np.ndarray) -> np.ndarray:
    """Return which town halls stand in their commune, or have no polygon to contradict them."""
    given = ~shapely.is_missing(mairies)
    inside = shapely.contains_properly(polygons, mairies) | shapely.is_missing(polygons)
    return given & inside & (_times_given(mairies) < TOO_MANY_TOWN_HALLS)


def inner_points(polygons: np.ndarray) -> np.ndarray:
    """Return the centroid of each polygon if it lies inside, else some point that does; None stays
    None.
    """
    centroids = shapely.centroid(polygons)
    inside = shapely.contains_properly(polygons, centroids)
    return np.where(inside, centroids, shapely.point_on_surface(polygons))


def _times_given(points: np.ndarray) -> np.ndarray:
    """Return how many times each point occurs, to 11 cm."""
    lonlat = np.c_[shapely.get_x(points), shapely.get_y(points)].round(DECIMALS)
    _, which, times = np.unique(
        np.nan_to_num(lonlat), axis=0, return_inverse=True, return_counts=True
    )
    return times[which.ravel()]
