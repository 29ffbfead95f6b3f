"""Outlines of communes as SVG paths: drawn once a page, used by each of its maps."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians

import numpy as np
import shapely
from shapely.geometry import shape

from .models import Commune
from .queries import edition_digest

WIDTH = 400.0
TOLERANCE_SHARE = 0.0022
"""How far a simplified border may lie from the true one, in widths of the map: under a pixel."""

MARGIN_SHARE = 0.06


@dataclass(frozen=True)
class Outlines:
    """Paths of communes by code, the boxes they fill, and the height of the whole map.

    `frame`: degrees of the west and the north, squeeze of longitudes, units of the map by degree.
    """

    paths: Mapping[str, str]
    boxes: Mapping[str, tuple[float, float, float, float]]
    height: float
    frame: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)

    @property
    def view_box(self) -> str:
        """Return the whole map."""
        return f"0 0 {WIDTH:.0f} {self.height:.0f}"

    def spot(self, lat: float, lon: float) -> tuple[float, float]:
        """Return where a point (degrees) stands on the map, to a tenth."""
        west, north, squeeze, scale = self.frame
        return round((lon - west) * squeeze * scale, 1), round((north - lat) * scale, 1)

    def around(self, codes: Collection[str]) -> str:
        """Return the view box of some communes with a margin; that of the whole map for none."""
        boxes = np.array([self.boxes[code] for code in codes if code in self.boxes])
        if not len(boxes):
            return self.view_box
        west, north = boxes[:, 0].min(), boxes[:, 1].min()
        east, south = boxes[:, 2].max(), boxes[:, 3].max()
        # A commune alone is shown with its neighbours.
        half = max(east - west, south - north, WIDTH / 6) * (0.5 + MARGIN_SHARE)
        x, y = (west + east) / 2 - half, (north + south) / 2 - half * 0.75
        return f"{x:.0f} {y:.0f} {2 * half:.0f} {1.5 * half:.0f}"


def outlines(departement: str) -> Outlines:
    """Return the outlines of a département, drawn again only when the territory changes."""
    digest = edition_digest()
    return _drawn_once(departement, digest) if digest else _draw(departement)


@lru_cache(maxsize=8)
def _drawn_once(departement: str, digest: str) -> Outlines:
    return _draw(departement)


def _draw(departement: str) -> Outlines:
    rows = Commune.objects.filter(departement=departement).exclude(boundary=None).order_by("pk")
    shapes = {
        code: shape(json.loads(boundary) if isinstance(boundary, str) else boundary)
        for code, boundary in rows.values_list("pk", "boundary")
    }
    if not shapes:
        return Outlines({}, {}, WIDTH * 0.75)
    geometries = np.array(list(shapes.values()), dtype=object)
    west, south, east, north = shapely.total_bounds(geometries)
    # Degrees of longitude are shorter than those of latitude, by the cosine of the latitude.
    squeeze = cos(radians((south + north) / 2))
    scale = WIDTH / ((east - west) * squeeze)

    def drawn(points: np.ndarray) -> np.ndarray:
        flat: np.ndarray = np.column_stack([(points[:, 0] - west) * squeeze, north - points[:, 1]])
        return flat * scale  # type: ignore[no-any-return]

    flat = shapely.transform(geometries, drawn)
    # Borders that two communes share are simplified alike: no gap opens between them.
    simple = shapely.coverage_simplify(flat, WIDTH * TOLERANCE_SHARE)
    paths = {code: _path(geometry) for code, geometry in zip(shapes, simple, strict=True)}
    boxes = {
        code: tuple(map(float, shapely.bounds(geometry)))
        for code, geometry in zip(shapes, simple, strict=True)
    }
    frame = (west, north, squeeze, scale)
    return Outlines(paths, boxes, (north - south) * scale, frame)  # type: ignore[arg-type]


def _path(geometry: shapely.Geometry) -> str:
    """Return the polygons of a shape as the `d` of a path, to a tenth."""
    rings = [
        ring
        for part in shapely.get_parts(geometry)
        for ring in (part.exterior, *part.interiors)
        if not part.is_empty
    ]
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring.coords[:-1]) + "Z" for ring in rings
    )
