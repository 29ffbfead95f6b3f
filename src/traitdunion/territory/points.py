"""The commune that holds a point."""

import math

import shapely

from .models import Commune

BOX_DEG = 0.35
MAX_TRIED = 12
"""Communes whose outline is read: the centre of the one that holds a point is among the nearest."""


def commune_at_point(lat: float, lon: float) -> Commune | None:
    """Return the commune whose outline holds a point, else the one whose centre is nearest.

    The nearest is a guess, made only where no outline is loaded. None with no commune in sight.
    """
    across = BOX_DEG / max(math.cos(math.radians(lat)), 0.1)
    rows = Commune.objects.filter(
        lat__range=(lat - BOX_DEG, lat + BOX_DEG), lon__range=(lon - across, lon + across)
    ).values_list("code_insee", "lat", "lon")
    scale = math.cos(math.radians(lat))
    near = sorted(rows, key=lambda row: math.hypot(row[1] - lat, (row[2] - lon) * scale))
    if not near:
        return None
    codes = [code for code, _, _ in near[:MAX_TRIED]]
    communes = Commune.objects.select_related("departement", "epci").in_bulk(codes)
    point = shapely.Point(lon, lat)
    for code in codes:
        boundary = communes[code].boundary
        if boundary and shapely.from_geojson(str(boundary)).covers(point):
            return communes[code]
    return communes[codes[0]]
