"""The services on demand of a timetable: where each comes, which rides each trip offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ..gtfs.on_demand.tables import SCHEMAS, OnDemandTables
from ..packing import unpacked
from ..places import Array, Point

MAX_EDGES = 4096
"""Edges of zones near places that are kept: every day of a question asks for the same ones."""

LONGEST_S = 10 * 86_400
"""A ride longer than any window: a longer duration is held to it, and never fits."""


DRIVERS_CHANGE_S = 300


class Call(NamedTuple):
    """A call of a trip on demand: within a window, or where `timed` from arrival to departure."""

    place: int
    timed: bool
    start_s: int
    end_s: int
    pickup: bool
    drop_off: bool
    pickup_rule: int
    drop_off_rule: int


@dataclass(frozen=True)
class Trip:
    """A trip on demand and its rides: a call where one gets on, a later one where one gets off."""

    trip_id: str
    route: int
    service: int
    factor: float
    offset_s: float
    rides: tuple[tuple[Call, Call], ...]

    @property
    def keeps_hours(self) -> bool:
        """Return whether rides last what the middles of the windows give, not the time by car."""
        return self.factor == 0

    @property
    def change_s(self) -> int:
        """Return the seconds kept between it and a line: a driver is no timetable."""
        flexible = any(call.start_s < call.end_s for ride in self.rides for call in ride)
        return DRIVERS_CHANGE_S if self.keeps_hours and flexible else 0

    def seconds(self, by_car_s: Array) -> Array:
        """Return the prudent duration (int32) of a ride that takes `by_car_s` by car."""
        prudent = np.ceil(self.factor * by_car_s + self.offset_s - 1e-6)
        return np.clip(prudent, 0, LONGEST_S).astype(np.int32)


@dataclass(frozen=True)
class Rule:
    """A booking rule: see `gtfs.on_demand_tables.RULES`."""

    rule_id: str
    type: int
    notice_min: int
    notice_max: int
    last_day: int
    last_time_s: int
    start_day: int
    start_time_s: int
    service: int
    message: str
    phone: str
    info_url: str
    booking_url: str


class Services:
    """Trips, places and booking rules, ready to be asked."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        """Read the services from the `arrays` of a timetable."""
        tables = OnDemandTables(**unpacked("on_demand", SCHEMAS, arrays))
        calls: list[list[Call]] = [[] for _ in range(tables.trips.height)]
        for trip, *rest in tables.calls.iter_rows():
            calls[trip].append(Call(*rest))
        self.trips = [
            Trip(**row, rides=_rides(calls[number]))
            for number, row in enumerate(tables.trips.iter_rows(named=True))
        ]
        self.rules = [Rule(*row) for row in tables.rules.iter_rows()]
        self._zones: list[BaseGeometry | None] = [
            shapely.from_wkb(wkb) if wkb else None for wkb in tables.places["wkb"]
        ]
        for zone in self._zones:
            shapely.prepare(zone)
        self.place_names = tables.places["name"].to_list()
        self._stop_lat, self._stop_lon = arrays["stop_lat"], arrays["stop_lon"]
        groups: dict[int, list[int]] = {}
        # By rows: a query starts the threads of polars, which a process forked later waits for.
        for place, stop in tables.place_stops.iter_rows():
            groups.setdefault(place, []).append(stop)
        self._groups: dict[int, Array] = {
            place: np.array(sorted(stops), np.int32) for place, stops in groups.items()
        }
        self._stops = dict(self._groups)
        self._edge_of = lru_cache(MAX_EDGES)(self._nearest_edge)

    def __bool__(self) -> bool:
        return bool(self.trips)

    def is_zone(self, place: int) -> bool:
        """Return whether the service comes anywhere in a zone, rather than to stops."""
        return self._zones[place] is not None

    def covers(self, place: int, point: Point) -> bool:
        """Return whether a point lies in a zone, its border included."""
        zone = self._zones[place]
        return zone is not None and bool(shapely.intersects_xy(zone, point.lon, point.lat))

    def edge_of(self, place: int, point: Point) -> Point:
        """Return the point of a zone that is nearest to a point outside it."""
        return self._edge_of(place, point)

    def _nearest_edge(self, place: int, point: Point) -> Point:
        zone = self._zones[place]
        if zone is None:
            raise ValueError(f"place {place} is a group of stops, not a zone")
        # Degrees of longitude shrink with the latitude: nearest is meant in metres.
        shrink = np.array([np.cos(np.radians(point.lat)), 1.0])
        flat = shapely.transform(zone, lambda corners: corners * shrink)
        way = shapely.shortest_line(flat, shapely.Point(point.lon * shrink[0], point.lat))
        lon, lat = shapely.get_coordinates(way)[0] / shrink
        return Point(float(lat), float(lon))

    @property
    def members(self) -> Array:
        """Return the stops of the groups (int32), where vehicles on demand call by name."""
        return np.concatenate([*self._groups.values(), np.empty(0, np.int32)]).astype(np.int32)

    def stops_of(self, place: int) -> Array:
        """Return the stops of a group, or within a zone (int32, sorted)."""
        if place not in self._stops:
            zone = self._zones[place]
            inside = (
                np.flatnonzero(shapely.intersects_xy(zone, self._stop_lon, self._stop_lat))
                if zone is not None
                else np.empty(0)
            )
            self._stops[place] = inside.astype(np.int32)
        return self._stops[place]


def _rides(calls: list[Call]) -> tuple[tuple[Call, Call], ...]:
    """Return the pairs of calls that make a ride; those between two hours are the timetable's."""
    return tuple(
        (a, b)
        for i, a in enumerate(calls)
        for b in calls[i + 1 :]
        if a.pickup and b.drop_off and not (a.timed and b.timed)
    )
