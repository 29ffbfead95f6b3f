"""Regular trips that no feed publishes: a driver's daily way, a firm's shuttle, with hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl

from .gtfs.on_demand.tables import NO_RULE, SCHEMAS
from .packing import packed, packed_texts, unpacked, unpacked_texts
from .places import Array, Point, great_circle_m
from .site_weeks.added_stops import NewStop, stop_arrays
from .timetable import Timetable

CARPOOL = 1700
"""Route type of car-pooling: GTFS has none for it, this is its "miscellaneous service"."""

SHUTTLE = 200
"""Route type of a coach service."""

BESIDE_M = 300.0
"""A stop so near a meeting place (straight line) is served with it: one changes there."""


class Meeting(NamedTuple):
    """A place where the vehicle calls, at seconds after midnight."""

    name: str
    point: Point
    at_s: int


@dataclass(frozen=True)
class RegularTrip:
    """One way of a regular trip: its `meetings` in order, on which dates, how flexible.

    `tolerance_s`: how much earlier or later than its hours it may leave. `name` is the line's,
    `operator` who is turned to.
    """

    trip_id: str
    name: str
    operator: str
    meetings: tuple[Meeting, ...]
    runs: frozenset[date]
    tolerance_s: int = 0
    route_type: int = CARPOOL

    def __post_init__(self) -> None:
        hours = [at_s for _, _, at_s in self.meetings]
        if len(hours) < 2 or sorted(hours) != hours:
            raise ValueError(f"trip {self.trip_id!r}: two places or more, in the order of time")
        if self.tolerance_s < 0:
            raise ValueError(f"trip {self.trip_id!r}: tolerance {self.tolerance_s} is negative")


def with_regular_trips(tt: Timetable, trips: Sequence[RegularTrip]) -> Timetable:
    """Return the same timetable, with these trips as services that are asked for.

    Each meeting place becomes a stop; stops of the lines within `BESIDE_M` are served with it.
    Each trip is a route of its own. A ride lasts what its hours say, and leaves within its
    tolerance of them. Returns `tt` itself where there is no trip.
    """
    if not trips:
        return tt
    places = list(
        dict.fromkeys((name, point) for trip in trips for name, point, _ in trip.meetings)
    )
    stops = {place: tt.n_stops + row for row, place in enumerate(places)}
    added = [NewStop(f"rendez-vous:{row}", *place) for row, place in enumerate(places)]
    arrays = tt.arrays | stop_arrays(tt, added) | _routes(tt, trips) | _services(tt, trips)
    tables = unpacked("on_demand", SCHEMAS, tt.arrays)
    first = {name: table.height for name, table in tables.items()}
    rows = _rows(tt, trips, places, stops, first)
    joined = {
        name: pl.concat([table, pl.DataFrame(rows[name], SCHEMAS[name], orient="row")])
        for name, table in tables.items()
    }
    return type(tt)(tt.header, arrays | packed("on_demand", joined))


def _routes(tt: Timetable, trips: Sequence[RegularTrip]) -> dict[str, Array]:
    a = tt.arrays
    types = np.append(a["route_type"], [trip.route_type for trip in trips]).astype(np.int32)
    texts = {
        "route_name": [trip.name for trip in trips],
        "route_agency": [trip.operator for trip in trips],
        "route_color": [""] * len(trips),
    }
    packed_ = {
        key: array
        for name, added in texts.items()
        for key, array in packed_texts(name, [*unpacked_texts(name, a), *added]).items()
    }
    return {"route_type": types, **packed_}


def _services(tt: Timetable, trips: Sequence[RegularTrip]) -> dict[str, Array]:
    # As in a timetable, column 0 is the day before its first, for the trips past midnight.
    runs = np.zeros((len(trips), tt.days + 2), np.bool_)
    for row, trip in enumerate(trips):
        for column in range(tt.days + 2):
            runs[row, column] = tt.start + timedelta(column - 1) in trip.runs
    return {"services": np.vstack([tt.arrays["services"], runs])}


def _rows(
    tt: Timetable,
    trips: Sequence[RegularTrip],
    places: Sequence[tuple[str, Point]],
    stops: dict[tuple[str, Point], int],
    first: dict[str, int],
) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows to add to each table of services on demand."""
    place_rows = {place: first["places"] + row for row, place in enumerate(places)}
    members: list[tuple[object, ...]] = []
    for place in places:
        _, point = place
        away = great_circle_m(point.lat, point.lon, tt.arrays["stop_lat"], tt.arrays["stop_lon"])
        # The meeting place itself, then the stops of the lines where one may change.
        members.append((place_rows[place], stops[place]))
        members += [(place_rows[place], int(stop)) for stop in np.flatnonzero(away <= BESIDE_M)]
    # Each trip is a route and a service of its own, after those of the feeds.
    n_routes, n_services = len(tt.arrays["route_type"]), len(tt.arrays["services"])
    calls: list[tuple[object, ...]] = []
    for row, trip in enumerate(trips):
        for name, point, at_s in trip.meetings:
            calls.append(
                (
                    first["trips"] + row,
                    place_rows[name, point],
                    False,
                    at_s - trip.tolerance_s,
                    at_s + trip.tolerance_s,
                    True,
                    True,
                    NO_RULE,
                    NO_RULE,
                )
            )
    return {
        "places": [(f"rendez-vous:{row}", name, b"") for row, (name, _) in enumerate(places)],
        "place_stops": members,
        "trips": [
            (trip.trip_id, n_routes + row, n_services + row, 0.0, 0.0)
            for row, trip in enumerate(trips)
        ],
        "calls": calls,
        "rules": [],
    }
