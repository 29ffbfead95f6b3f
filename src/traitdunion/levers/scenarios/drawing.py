"""What the map of a scenario draws: its stops, zones and lines, the state of each commune."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from traitdunion import french
from traitdunion.territory.outlines import Outlines

from .territory import Territory
from .trips import point_of

SVG_RADIUS = 4
"""Radius of a point of the drawing, in the units of `territory.outlines`."""

KM_A_DEGREE = 111.2


@dataclass(frozen=True)
class Drawn:
    """The places of the changes of a scenario; coordinates in degrees.

    `points`: (name, lat, lon) of stops that no feed has. `zones`: centre, kilometres, name.
    `lines`: of each trip added, (lat, lon) of its calls.
    """

    points: list[tuple[str, float, float]] = field(default_factory=list)
    zones: list[dict[str, Any]] = field(default_factory=list)
    lines: list[list[tuple[float, float]]] = field(default_factory=list)

    def spots(self, outlines: Outlines) -> dict[str, Any]:
        """Return the same on the drawing without a script: x, y, radius."""
        scale = outlines.frame[3]
        return {
            "points": [(name, *outlines.spot(lat, lon)) for name, lat, lon in self.points],
            "zones": [
                (zone["nom"], *outlines.spot(zone["lat"], zone["lon"]),
                 round(zone["km"] / KM_A_DEGREE * scale, 1))
                for zone in self.zones
            ],
            "lines": [
                " ".join(f"{x},{y}" for x, y in (outlines.spot(lat, lon) for lat, lon in line))
                for line in self.lines
            ],
            "radius": SVG_RADIUS,
        }  # fmt: skip


def drawn(territory: Territory, rows: Sequence[Mapping[str, Any]]) -> Drawn:
    """Return the places of the rows of a scenario; those that point to nothing are left out."""
    places = {group.place.code_insee: group.place for group in territory.groups}
    result = Drawn()
    for row in rows:
        calls = [_spot(territory, stop) for stop in row.get("arrets", [])]
        line = [(lat, lon) for _, lat, lon, _ in filter(None, calls)]
        if len(line) > 1:
            result.lines.append(line)
        for call in [*calls, _spot(territory, row.get("arret"))]:
            if call and call[3] and call[:3] not in result.points:
                result.points.append(call[:3])
        place = places.get(row.get("commune"))
        if row.get("nature") == "ouvrir_tad" and place is not None:
            result.zones.append({
                "lat": place.lat, "lon": place.lon, "km": row["rayon_km"], "nom": place.label,
            })  # fmt: skip
    return result


def map_data(territory: Territory, shown: Drawn, states: Mapping[str, str]) -> dict[str, Any]:
    """Return what the script of the map reads; `states`: of the communes that change, by code."""
    tt = territory.timetable
    lat, lon = tt.arrays["stop_lat"], tt.arrays["stop_lon"]
    return {
        "communes": [
            [g.place.code_insee, g.place.label, g.place.lat, g.place.lon] for g in territory.groups
        ],
        "etats": dict(states),
        "arrets": [
            [tt.stop_id(row), tt.stop_name(row), float(lat[row]), float(lon[row])]
            for row, is_served in enumerate(tt.is_served) if is_served
        ],
        "points": shown.points, "zones": shown.zones, "lignes": shown.lines,
    }  # fmt: skip


def communes_table(
    territory: Territory, states: Mapping[str, str], labels: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return the communes that change, by name, each with what changes there."""
    names = {group.place.code_insee: group.place.label for group in territory.groups}
    rows = [(names[code], french.capitalised(labels[state])) for code, state in states.items()
            if code in names]  # fmt: skip
    return sorted(rows)


def _spot(territory: Territory, stop: Any) -> tuple[str, float, float, bool] | None:
    """Return the name and the place of a stop, and whether no feed has it; None for an unknown."""
    point = None if stop is None else point_of(stop)
    if point is not None:
        return point.name, point.point.lat, point.point.lon, True
    tt = territory.timetable
    try:
        row = tt.stop_index(str(stop))
    except KeyError:
        return None
    lat, lon = float(tt.arrays["stop_lat"][row]), float(tt.arrays["stop_lon"][row])
    return tt.stop_name(row), lat, lon, False
