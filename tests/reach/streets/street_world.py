"""Draw a map of OpenStreetMap in a few lines: places on a grid of blocks, ways as text.

The world lies on the equator, where both axes have the same scale. A block is 100 m less 2 mm, so
that times, rounded up, are those one works out for 100 m: 80 s on foot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np

from traitdunion.reach import Mode, Point
from traitdunion.reach.streets import OsmStreets, StreetMap
from traitdunion.reach.streets.importing import import_extract

BLOCK_E7 = 8_993
BLOCK_M = 100.0

WALK = Mode("walk", speed_kmh=4.5, max_m=50_000)  # 80 s a block
BIKE = Mode("bike", speed_kmh=18, max_m=50_000)  # 20 s a block
MOPED = Mode("scooter", speed_kmh=32, max_m=50_000, top_kmh=45)  # 8 s a block at the most
CAR = Mode("car", speed_kmh=52, max_m=50_000)  # by the road

ROAD = "highway=secondary maxspeed=40"
"""Driven at nine tenths of the limit: 36 km/h, 10 s a block."""

Places = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class World:
    """A map as drawn: places by name, and the file it was written to."""

    places: Places
    path: Path

    def point(self, place: str | tuple[float, float]) -> Point:
        return point(self.places[place] if isinstance(place, str) else place)

    def streets(self, *stops: str | tuple[float, float], elevation: Path | None = None):
        """The imported streets, with these places as stops."""
        return over(import_extract(self.path, elevation=elevation), *map(self.point, stops))

    def seconds(self, origin, destination, mode: Mode) -> int | None:
        leg = self.streets().between(self.point(origin), self.point(destination), mode)
        return leg and leg.seconds

    def metres(self, origin, destination, mode: Mode) -> int | None:
        leg = self.streets().between(self.point(origin), self.point(destination), mode)
        return leg and round(leg.metres)


def over(streets: StreetMap, *stops: Point) -> OsmStreets:
    """The streets with stops at these points."""
    lat, lon = np.array(stops, float).reshape(-1, 2).T
    return OsmStreets(streets, lat, lon)


def point(place: tuple[float, float]) -> Point:
    """Coordinates of blocks east and north."""
    x, y = place
    return Point(round(y * BLOCK_E7) / 1e7, round(x * BLOCK_E7) / 1e7)


def draw(
    folder: Path,
    places: Places,
    *ways: str,
    nodes: Mapping[str, str] | None = None,
    turns: Sequence[tuple[str, str, str]] = (),
    missing: Sequence[str] = (),
) -> World:
    """Ways like "A B C highway=residential oneway=yes"; `nodes`: {"B": "barrier=bollard"}.

    `turns`: ("restriction=no_left_turn", "1 B 2", …): tags, then the numbers of the ways from and
    to (counted from 1) around the node, or the way ("w3"), between them. `missing`: nodes that the
    ways name and the file does not hold.
    """
    number = {name: i for i, name in enumerate(places, start=1)}
    lines = ['<osm version="0.6">']
    for name, place in places.items():
        if name not in missing:
            lat, lon = point(place)
            inside = _tags((nodes or {}).get(name, ""))
            lines.append(
                f'<node id="{number[name]}" version="1" lat="{lat:.7f}" lon="{lon:.7f}">'
                f"{inside}</node>"
            )
    for i, way in enumerate(ways, start=1):
        words = way.split()
        refs = "".join(f'<nd ref="{number[w]}"/>' for w in words if "=" not in w)
        tags = _tags(" ".join(w for w in words if "=" in w))
        lines.append(f'<way id="{i}" version="1">{refs}{tags}</way>')
    for i, (tags, members) in enumerate(turns, start=1):
        comes, via, goes = members.split()
        kind, ref = ("way", via[1:]) if via.startswith("w") else ("node", number[via])
        lines.append(
            f'<relation id="{i}" version="1"><member type="way" ref="{comes}" role="from"/>'
            f'<member type="{kind}" ref="{ref}" role="via"/>'
            f'<member type="way" ref="{goes}" role="to"/>{_tags("type=restriction " + tags)}'
            "</relation>"
        )
    path = folder / "world.osm"
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return World(places, path)


def _tags(text: str) -> str:
    pairs = (word.partition("=")[::2] for word in text.split())
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in pairs)
