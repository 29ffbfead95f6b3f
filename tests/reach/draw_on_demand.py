"""Draw services on demand along one road: zones by their metres, windows as text.

The road runs north from 45° N, 3° E. By car 2,600 m take 252 s (times 1.4, at 52 km/h); on foot
500 m take 520 s (times 1.3, at 4.5 km/h).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import pi

import numpy as np
import polars as pl
import shapely
from draw import at

from traitdunion.reach import Point
from traitdunion.reach.gtfs.on_demand.tables import NOT_TOLD, SCHEMAS, OnDemandTables
from traitdunion.reach.places import EARTH_RADIUS_M, Array

METRES_A_DEGREE = EARTH_RADIUS_M * pi / 180
KM = 1_000


def latitude(metres: float) -> float:
    """Degrees of a place that many metres up the road."""
    return 45 + metres / METRES_A_DEGREE


def point(metres: float) -> Point:
    """A place on the road, a hair nearer to its start so that seconds are whole."""
    return Point(latitude(metres - 0.001), 3.0)


def stops(**metres: float) -> dict[str, tuple[float, float]]:
    """Places of stops for `draw`."""
    return {name: tuple(point(m)) for name, m in metres.items()}


@dataclass(frozen=True)
class Notice:
    """A booking rule; `days` before, until `until`, or `minutes` before."""

    minutes: int | None = None
    days: int | None = None
    until: str = "0:00"
    opens_days: int | None = None
    at_most_minutes: int | None = None
    service: int = -1
    message: str = ""

    def row(self, name: str) -> dict[str, object]:
        kind = 1 if self.minutes is not None else 2 if self.days is not None else 0
        described = (self.minutes, self.at_most_minutes, self.days, self.opens_days)
        least, most, last, first = (NOT_TOLD if n is None else n for n in described)
        return {
            "rule_id": name, "type": kind, "notice_min": least, "notice_max": most,
            "last_day": last, "last_time_s": at(self.until), "start_day": first,
            "start_time_s": NOT_TOLD, "service": self.service, "message": self.message,
            "phone": "04 00 00 00 00", "info_url": "", "booking_url": "",
        }  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A trip: "pays 7:00-9:00 > bourg 7:00-10:00"; a call "A 8:00" is at an hour.

    `-pays` forbids getting on there, `pays-` getting off. `running`: its dates, every day else.
    """

    calls: str
    factor: float = 1.0
    offset_s: float = 0.0
    notice: str = ""
    running: Iterable[date] | None = None
    line: str = "TAD"


@dataclass(frozen=True)
class OnDemandDrawing:
    """`zones`: metres from and to, one pair or more; `groups`: names of stops."""

    trips: Sequence[Asked]
    zones: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    notices: Mapping[str, Notice] = field(default_factory=dict)

    @property
    def lines(self) -> list[str]:
        return [trip.line for trip in self.trips]

    def runs(self, start: date, days: int) -> Array:
        runs = np.ones((len(self.trips), days + 2), bool)
        for row, trip in enumerate(self.trips):
            if trip.running is not None:
                runs[row] = [
                    date.fromordinal(start.toordinal() + day - 1) in set(trip.running)
                    for day in range(days + 2)
                ]
        return runs

    def tables(self, stop_rows: Mapping[str, int], first: int) -> OnDemandTables:
        """The tables, routes and services numbered after the `first` of the timed trips."""
        places = [*self.zones, *self.groups, *stop_rows]
        row = {name: i for i, name in enumerate(places)}
        members = {name: list(names) for name, names in self.groups.items()}
        members |= {name: [name] for name in stop_rows}
        calls = []
        for number, trip in enumerate(self.trips):
            for text in trip.calls.split(">"):
                name, times = text.split()
                pickup, drop_off = not name.startswith("-"), not name.endswith("-")
                begin, _, end = times.partition("-")
                rule = list(self.notices).index(trip.notice) if trip.notice else -1
                calls.append(
                    (number, row[name.strip("-")], not end, at(begin), at(end or begin),
                     pickup, drop_off, rule, rule)
                )  # fmt: skip
        n = len(self.trips)
        rows = {
            "places": {
                "place_id": places,
                "name": places,
                "wkb": [_wkb(self.zones.get(name, ())) for name in places],
            },
            "place_stops": {
                "place": [row[name] for name, own in members.items() for _ in own],
                "stop": [stop_rows[stop] for own in members.values() for stop in own],
            },
            "trips": {
                "trip_id": [f"asked{i}" for i in range(n)],
                "route": range(first, first + n),
                "service": range(first, first + n),
                "factor": [trip.factor for trip in self.trips],
                "offset_s": [trip.offset_s for trip in self.trips],
            },
        }
        tables = {name: pl.DataFrame(columns, SCHEMAS[name]) for name, columns in rows.items()}
        tables["calls"] = pl.DataFrame(calls, SCHEMAS["calls"], orient="row")
        tables["rules"] = pl.DataFrame(
            [notice.row(name) for name, notice in self.notices.items()], SCHEMAS["rules"]
        )
        return OnDemandTables(**tables)


def _wkb(stretches: Sequence[tuple[float, float]]) -> bytes:
    if not stretches:
        return b""
    boxes = [shapely.box(2.99, latitude(a), 3.01, latitude(b)) for a, b in stretches]
    return shapely.to_wkb(shapely.MultiPolygon(boxes) if len(boxes) > 1 else boxes[0])
