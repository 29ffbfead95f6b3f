"""Outlines of communes as lines of a drawing, and where the names of some are written."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import NamedTuple

import shapely
from shapely.geometry import shape

WIDTH = 720
MARGIN = 12
TOLERANCE_DEG = 0.003
"""Outlines drawn stay within 300 m of the real ones: less than a pixel of the widest map."""


class Size(NamedTuple):
    """How names are written, in units of the drawing."""

    font: float
    line: float
    char: float
    most: int
    with_detail: bool


WIDE = Size(font=13, line=16, char=7.7, most=9, with_detail=True)
NARROW = Size(font=27, line=32, char=16, most=4, with_detail=False)
"""On a phone the drawing is half as wide: names alone, twice as large."""


@dataclass(frozen=True)
class Outlines:
    """Lines of each commune by its code, in a drawing `width` × `height`."""

    lines: dict[str, str]
    width: int
    height: int
    frame: tuple[float, float, float]

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        """Return where a place is in the drawing."""
        west, north, scale = self.frame
        return MARGIN + (lon - west) * scale * _squeeze(north), MARGIN + (north - lat) * scale


@dataclass(frozen=True)
class Label:
    """A name on the map: the point it names, its box, one or two lines of text."""

    x: float
    y: float
    box_x: float
    box_y: float
    box_width: float
    box_height: float
    name: str
    detail: str
    is_home: bool = False

    @property
    def middle_x(self) -> float:
        """Return the middle of the box."""
        return self.box_x + self.box_width / 2

    @property
    def middle_y(self) -> float:
        """Return the middle of the box."""
        return self.box_y + self.box_height / 2


def _squeeze(north: float) -> float:
    """Return how much shorter a degree of longitude is than one of latitude."""
    return cos(radians(north - 0.4))


@lru_cache(maxsize=4)
def outlines(boundaries: tuple[tuple[str, str], ...]) -> Outlines | None:
    """Return the outlines of (code, GeoJSON) pairs, simplified together; None for none.

    Neighbours keep one border between them: a coverage is simplified, not each polygon.
    """
    if not boundaries:
        return None
    shapes = [shape(json.loads(geojson)) for _, geojson in boundaries]
    simple = shapely.coverage_simplify(shapes, TOLERANCE_DEG)
    west, south, east, north = shapely.total_bounds(simple)
    scale = (WIDTH - 2 * MARGIN) / ((east - west) * _squeeze(north))
    frame = float(west), float(north), float(scale)
    drawn = Outlines({}, WIDTH, round(2 * MARGIN + (north - south) * scale), frame)
    lines = {
        code: _line(geometry, drawn) for (code, _), geometry in zip(boundaries, simple, strict=True)
    }
    return Outlines(lines, drawn.width, drawn.height, frame)


def _line(geometry: shapely.Geometry, drawn: Outlines) -> str:
    parts = []
    for polygon in getattr(geometry, "geoms", [geometry]):
        for ring in (polygon.exterior, *polygon.interiors):
            points = [drawn.at(lat, lon) for lon, lat in ring.coords[:-1]]
            parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z")
    return "".join(parts)


class Named(NamedTuple):
    """A commune worth a name on the map, the first before the others."""

    lat: float
    lon: float
    name: str
    detail: str
    is_home: bool


def labels(drawn: Outlines, named: Iterable[Named], size: Size) -> list[Label]:
    """Return the names that fit without covering one another nor a point, the first ones first."""
    placed: list[Label] = []
    for commune in named:
        if len(placed) == size.most:
            break
        x, y = drawn.at(commune.lat, commune.lon)
        detail = commune.detail if size.with_detail and not commune.is_home else ""
        width = size.char * max(len(commune.name), len(detail)) + size.font
        height = size.line * (2 if detail else 1) + size.font / 2
        for box_x, box_y in _places(x, y, width, height, size.font):
            label = Label(x, y, box_x, box_y, width, height, commune.name, detail, commune.is_home)
            if _fits(label, drawn, placed):
                placed.append(label)
                break
    return placed


def _places(
    x: float, y: float, width: float, height: float, gap: float
) -> Sequence[tuple[float, float]]:
    """Return where a box may stand: above, below, right, left, then aslant."""
    return (
        (x - width / 2, y - gap - height),
        (x - width / 2, y + gap),
        (x + gap, y - height / 2),
        (x - gap - width, y - height / 2),
        (x + gap, y - gap - height),
        (x - gap - width, y - gap - height),
        (x + gap, y + gap),
        (x - gap - width, y + gap),
    )


def _fits(label: Label, drawn: Outlines, placed: Iterable[Label]) -> bool:
    left, top = label.box_x, label.box_y
    right, bottom = left + label.box_width, top + label.box_height
    if left < 2 or top < 2 or right > drawn.width - 2 or bottom > drawn.height - 2:
        return False
    return all(
        not (
            left < other.box_x + other.box_width + 4
            and other.box_x - 4 < right
            and top < other.box_y + other.box_height + 4
            and other.box_y - 4 < bottom
        )
        and not (left - 6 < other.x < right + 6 and top - 6 < other.y < bottom + 6)
        and not (
            other.box_x - 6 < label.x < other.box_x + other.box_width + 6
            and other.box_y - 6 < label.y < other.box_y + other.box_height + 6
        )
        for other in placed
    )
