"""Whether the places and days of a file can be true, with what to do where they cannot."""

import math
from datetime import date

from traitdunion.territory.models import Commune

FRANCE = (
    # South, north, west, east in degrees: the mainland with Corsica, then overseas départements.
    (41.2, 51.2, -5.3, 9.7),
    (15.8, 16.6, -61.9, -60.9),
    (14.3, 15.0, -61.3, -60.7),
    (2.0, 5.9, -54.7, -51.5),
    (-21.5, -20.8, 55.1, 56.0),
    (-13.1, -12.5, 44.9, 45.4),
)
MAX_TO_COMMUNE_KM = 40
"""The widest communes of the mainland reach some 30 km from their centre."""
EARTH_RADIUS_KM = 6371.0
FIRST_DAY = date(1990, 1, 1)


def in_france(lat: float, lon: float) -> bool:
    """Check that a point in degrees lies in one of the boxes around France."""
    return any(south <= lat <= north and west <= lon <= east for south, north, west, east in FRANCE)


def place_problem(lat: float, lon: float, *, commune: str = "") -> str:
    """Return why a point cannot be true, "" if it can; `commune` is the INSEE code it claims."""
    if not (math.isfinite(lat) and math.isfinite(lon)):
        return "ce n'est pas un lieu : donnez des degrés."
    at = f"{lat}, {lon}"
    if lat == 0 and lon == 0:
        return f"« {at} » est au large de l'Afrique : le lieu n'a pas été renseigné."
    if not in_france(lat, lon):
        if in_france(lon, lat):
            return f"« {at} » : latitude et longitude sont inversées, échangez-les."
        return f"« {at} » n'est pas un lieu de France : corrigez les coordonnées."
    if not commune:
        return ""
    row = Commune.objects.filter(pk=commune).values_list("nom", "lat", "lon").first()
    if row is not None and _distance_km(lat, lon, *row[1:]) > MAX_TO_COMMUNE_KM:
        away = round(_distance_km(lat, lon, *row[1:]))
        return (
            f"« {at} » est à {away} km de {row[0]} ({commune}) : corrigez les coordonnées ou la "
            "commune."
        )
    return ""


def _distance_km(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """Return the great-circle distance, by the haversine formula."""
    phi, to_phi = math.radians(lat), math.radians(to_lat)
    half = math.sin((to_phi - phi) / 2) ** 2
    half += math.cos(phi) * math.cos(to_phi) * math.sin(math.radians(to_lon - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))


def day_problem(text: str, today: date | None) -> str:
    """Return why a day cannot be that of an update, "" if it can; `today` refuses those to come."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return "n'est pas une date AAAA-MM-JJ."
    if day < FIRST_DAY:
        return "est une date trop ancienne."
    if today is not None and day > today:
        return "est une date à venir."
    return ""
