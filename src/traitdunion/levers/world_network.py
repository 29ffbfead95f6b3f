"""A small world written in JSON, as a network: GTFS compiled, walks and drives measured by table.

Stops stand a few metres apart; only the links written can be walked or driven. A zone on demand is
a direct ride leaving each minute of its window: it counts as a ride, may be used twice in a
journey, and no vehicle of it ever runs short.
"""

import csv
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np

from traitdunion import reach
from traitdunion.reach.streets import Reach, StreetLeg

MONDAY = date(2026, 1, 5)
"""Day 0 of a world; no clock changes in the weeks around it."""
BEFORE, AFTER = 2, 12
MINUTE_S = 60
ZONE_STEP_MIN = 1
WALKING = reach.Mode("walk", speed_kmh=4.5, max_m=1_000_000)

World = Mapping[str, Any]
Row = Mapping[str, Any]


def minutes(text: str) -> int:
    """Return the minutes of "HH:MM", which may pass midnight."""
    hours, _, rest = text.partition(":")
    return int(hours) * 60 + int(rest)


def on_day(day: int) -> date:
    """Return the date of a day of the world."""
    return MONDAY + timedelta(day)


@dataclass(frozen=True)
class TableStreets:
    """Streets of which only the links of a table exist: (mode, origin, destination) → seconds."""

    points: tuple[reach.Point, ...]
    seconds: Mapping[tuple[str, int, int], int]

    def over(self, lat: reach.places.Array, lon: reach.places.Array) -> "TableStreets":
        """Return itself: no other stop is linked to anything."""
        return self

    def stops_around(self, point: reach.Point, mode: reach.Mode, *, towards: bool = False) -> Reach:
        """Return the stop one stands at, and those linked to it on foot."""
        here = self.points.index(point)
        linked = {}
        if mode.code == WALKING.code:
            linked = {
                b if not towards else a: seconds
                for (code, a, b), seconds in self.seconds.items()
                if code == mode.code and (b if towards else a) == here
            }
            linked[here] = 0
        stops = np.array(sorted(linked), np.int32)
        spent = np.array([linked[stop] for stop in stops.tolist()], np.int32)
        return Reach(stops, spent, np.zeros(len(stops)), np.zeros(len(stops), np.bool_))

    def between(
        self, origin: reach.Point, destination: reach.Point, mode: reach.Mode
    ) -> StreetLeg | None:
        """Return the link between two places, None without one."""
        a, b = self.points.index(origin), self.points.index(destination)
        seconds = 0 if a == b else self.seconds.get((mode.code, a, b))
        return None if seconds is None else StreetLeg(seconds, 0.0, False, (origin, destination))

    def why_off(self, point: reach.Point, mode: reach.Mode) -> str | None:
        """Return None: every place of a world is on its links."""
        return None


@dataclass(frozen=True)
class WorldTrip:
    """A trip on one service day: the stops, and the minutes of each arrival and departure."""

    id: str
    day: int
    calls: tuple[tuple[str, int, int], ...]


def trips_of(row: Row) -> list[WorldTrip]:
    """Return a trip of the world, one for each of its days."""
    calls = tuple((stop, minutes(arr), minutes(dep)) for stop, arr, dep in row["calls"])
    return [WorldTrip(f"{row['id']}@{day}", day, calls) for day in row["days"]]


def rides_of(zone: Row) -> list[WorldTrip]:
    """Return the rides of a zone on demand: one a minute of the window, to be over within it."""
    opens, closes = (minutes(text) for text in zone["window"])
    lasts = zone["min"]
    return [
        WorldTrip(f"{zone['id']}:{a}:{b}:{start}@{day}", day,
                  ((a, start, start), (b, start + lasts, start + lasts)))
        for day in zone["days"]
        for a in zone["from"]
        for b in zone["to"]
        if a != b
        for start in range(opens, closes - lasts + 1, ZONE_STEP_MIN)
    ]  # fmt: skip


@dataclass(frozen=True)
class WorldNetwork:
    """The timetable of a world before any lever, the streets, and the row of each stop and trip."""

    timetable: reach.Timetable
    streets: TableStreets
    stop: Mapping[str, int]
    trip: Mapping[str, int]

    def place(self, name: str) -> reach.Point:
        """Return a place of the world by its name."""
        return self.streets.points[self.stop[name]]

    def added(self, trip: WorldTrip) -> reach.AddedTrip:
        """Return a trip as a change of the timetable adds it."""
        stops, arrivals, departures = zip(*trip.calls, strict=True)
        return reach.AddedTrip(
            tuple(self.stop[name] for name in stops),
            tuple(MINUTE_S * m for m in arrivals),
            tuple(MINUTE_S * m for m in departures),
            frozenset({on_day(trip.day)}),
        )


def network_of(world: World, names: Iterable[str]) -> WorldNetwork:
    """Write a world as GTFS, compile it, and lay its links; `names`: all its stops."""
    stops = sorted(set(names))
    trips = [trip for row in world.get("trips", ()) for trip in trips_of(row)]
    trips += [ride for zone in world.get("zones", ()) for ride in rides_of(zone)]
    timetable = _compiled(stops, trips)
    row = {stop: timetable.stop_index(stop) for stop in stops}
    links = {(WALKING.code, a, b): s for a, b, s in _both(world.get("walks", ()), row)}
    footpaths = np.array([(a, b, s) for (_, a, b), s in links.items()], np.int32).reshape(-1, 3)
    timetable = timetable.with_footpaths(*footpaths.T)
    links |= {(reach.CAR.code, a, b): s for a, b, s in _both(world.get("drive", ()), row)}
    columns = timetable.arrays["stop_lat"], timetable.arrays["stop_lon"]
    points = tuple(reach.Point(float(lat), float(lon)) for lat, lon in zip(*columns, strict=True))
    sources = timetable.arrays["trip_source"].tolist()
    named = {timetable.trip_ids[source]: number for number, source in enumerate(sources)}
    return WorldNetwork(timetable, TableStreets(points, links), row, named)


def _both(links: Iterable[Sequence[Any]], row: Mapping[str, int]) -> list[tuple[int, int, int]]:
    """Return links both ways, the shortest of parallel ones, seconds."""
    best: dict[tuple[int, int], int] = {}
    for a, b, lasts in links:
        for pair in ((row[a], row[b]), (row[b], row[a])):
            best[pair] = min(best.get(pair, lasts), lasts)
    return [(a, b, MINUTE_S * lasts) for (a, b), lasts in best.items()]


def _compiled(stops: Sequence[str], trips: Sequence[WorldTrip]) -> reach.Timetable:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "monde.zip"
        with ZipFile(path, "w") as archive:
            for name, rows in _tables(stops, trips).items():
                text = StringIO()
                csv.writer(text).writerows(rows)
                archive.writestr(name, text.getvalue())
        return reach.Timetable.from_gtfs(
            path, start=MONDAY - timedelta(BEFORE), days=BEFORE + AFTER, stay_seated=False
        )


def _tables(stops: Sequence[str], trips: Sequence[WorldTrip]) -> dict[str, list[Sequence[object]]]:
    days = sorted({trip.day for trip in trips} | {0})
    return {
        "agency.txt": [("agency_id", "agency_name", "agency_url", "agency_timezone"),
                       ("m", "Monde", "https://exemple.fr", "Europe/Paris")],
        "stops.txt": [("stop_id", "stop_name", "stop_lat", "stop_lon"),
                      *((stop, stop, 45 + i / 10_000, 3.0) for i, stop in enumerate(stops))],
        "routes.txt": [("route_id", "agency_id", "route_short_name", "route_type"),
                       ("l", "m", "L", 3)],
        "calendar_dates.txt": [("service_id", "date", "exception_type"),
                               *((f"d{day}", f"{on_day(day):%Y%m%d}", 1) for day in days)],
        "trips.txt": [("route_id", "service_id", "trip_id"),
                      *(("l", f"d{trip.day}", trip.id) for trip in trips)],
        "stop_times.txt": [
            ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
            *((trip.id, _gtfs(arr), _gtfs(dep), stop, k)
              for trip in trips for k, (stop, arr, dep) in enumerate(trip.calls)),
        ],
    }  # fmt: skip


def _gtfs(moment_min: int) -> str:
    return f"{moment_min // 60:02}:{moment_min % 60:02}:00"
