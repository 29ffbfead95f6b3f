"""Areas drawn on a map: GeoJSON text, checked and asked with shapely (no GeoDjango: ADR 8)."""

import json
from functools import lru_cache
from typing import Any

import shapely
from django.core.exceptions import ValidationError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from traitdunion.sources.bounded import parse_json

MAX_DEG = 10
KINDS = ("Polygon", "MultiPolygon")


def validate_polygons(text: str) -> None:
    """Raise ValidationError unless `text` is polygons, in degrees, closed and simple."""
    try:
        area = geometry(text)
    except (ValueError, TypeError, KeyError, AttributeError, shapely.errors.ShapelyError) as wrong:
        raise ValidationError(
            f"Ce n'est pas un contour GeoJSON ({wrong}). Collez une géométrie Polygon ou "
            "MultiPolygon, en longitude et latitude."
        ) from wrong
    if area.geom_type not in KINDS or area.is_empty:
        raise ValidationError(f"« {area.geom_type} » n'est pas une surface : tracez un polygone.")
    west, south, east, north = area.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise ValidationError("Les coordonnées sont en degrés, longitude puis latitude.")
    if east - west > MAX_DEG or north - south > MAX_DEG:
        raise ValidationError("Ce contour couvre plus d'un pays : vérifiez ses coordonnées.")
    if not area.is_valid:
        raise ValidationError(
            f"Ce contour se recoupe ({shapely.is_valid_reason(area)}) : corrigez le tracé."
        )


@lru_cache(maxsize=512)
def geometry(text: str) -> BaseGeometry:
    """Return the shape of a GeoJSON geometry, feature, or collection of features, joined."""
    content = parse_json(text.encode())
    shapes = [shape(part) for part in _geometries(content)]
    return shapely.union_all(shapes) if len(shapes) > 1 else shapes[0]


def _geometries(content: Any) -> list[dict[str, Any]]:
    if content["type"] == "FeatureCollection":
        return [feature["geometry"] for feature in content["features"]]
    return [content["geometry"] if content["type"] == "Feature" else content]


def as_geometry(text: str) -> dict[str, Any]:
    """Return plain GeoJSON geometry of an area, as files and maps take it."""
    return json.loads(shapely.to_geojson(geometry(text)))


def holds(text: str, lat: float, lon: float) -> bool:
    """Check whether an area holds a point, its edge included."""
    return bool(geometry(text).covers(shapely.Point(lon, lat)))
