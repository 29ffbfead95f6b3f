"""Changes of a timetable: trips added, removed or moved, stops closed, hours of services asked for.

`changed_timetable` applies them plainly, to the whole; `SiteWeek.changed` searches again only the
jobs they can matter to, and gives the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from ..gtfs.on_demand.tables import SCHEMAS
from ..packing import packed, unpacked
from ..places import Array
from ..timetable import Timetable


@dataclass(frozen=True)
class AddedTrip:
    """A trip that calls at existing stops: rows of stops, seconds after midnight of each call.

    `runs`: its service days. It names no line: the arrays of searches, not of journeys, hold it.
    """

    stops: tuple[int, ...]
    arrival_s: tuple[int, ...]
    departure_s: tuple[int, ...]
    runs: frozenset[date]
    takes_bikes: bool = False

    def __post_init__(self) -> None:
        times = [t for call in zip(self.arrival_s, self.departure_s, strict=True) for t in call]
        if len(self.stops) < 2 or len(self.stops) * 2 != len(times) or sorted(times) != times:
            raise ValueError("a trip calls at two stops or more, in the order of time")


@dataclass(frozen=True)
class Change:
    """What a scenario changes. Trips are rows of the compiled timetable.

    `moved`: a trip and the seconds by which all its calls move. `closed_stops`: stops at which no
    line takes up or sets down any more. `windows`: a trip on demand (row of `tt.on_demand.trips`)
    and the seconds by which each of its windows opens earlier and closes later.
    """

    removed: tuple[int, ...] = ()
    added: tuple[AddedTrip, ...] = ()
    moved: tuple[tuple[int, int], ...] = ()
    closed_stops: tuple[int, ...] = ()
    windows: tuple[tuple[int, int, int], ...] = ()

    def __post_init__(self) -> None:
        touched = [*self.removed, *(trip for trip, _ in self.moved)]
        if len(set(touched)) < len(touched):
            raise ValueError("a trip is removed or moved once")


def trips_at(tt: Timetable, stops: Iterable[int]) -> Array:
    """Return the trips that call at any of some stops."""
    a = tt.arrays
    position = np.flatnonzero(np.isin(a["pattern_stops"], np.fromiter(stops, np.int64)))
    patterns = np.unique(np.searchsorted(a["pattern_starts"], position, "right") - 1)
    return np.flatnonzero(np.isin(a["trip_pattern"], patterns))


def changed_timetable(tt: Timetable, change: Change) -> Timetable:
    """Return the timetable with a change made, for searches alone: names and fares stay."""
    a = dict(tt.arrays)
    gone = [*change.removed, *(trip for trip, _ in change.moved)]
    services = a["services"]
    never = len(services)
    a["services"] = np.vstack([services, np.zeros((1, services.shape[1]), np.bool_)])
    a["trip_service"] = np.array(a["trip_service"])
    a["trip_service"][gone] = never
    for rows in new_trips(tt, change):
        _append(a, rows)
    if change.closed_stops:
        flags = np.array(a["pattern_flags"])
        flags[np.isin(a["pattern_stops"], change.closed_stops)] &= ~np.uint8(3)
        a["pattern_flags"] = flags
    if change.windows:
        a |= _with_windows(a, change.windows)
    return type(tt)(tt.header, a)


@dataclass(frozen=True)
class TripRows:
    """A trip to append: its calls with their flags, the row of its days, as in a timetable."""

    stops: Array
    flags: Array
    arrival_s: Array
    departure_s: Array
    runs: Array  # bool (days + 2,)
    bikes: bool
    wheelchair: int = 0


def trip_rows(tt: Timetable, trip: int) -> TripRows:
    """Return a trip of the timetable, to be appended again."""
    a = tt.arrays
    first, last = a["pattern_starts"][a["trip_pattern"][trip] :][:2]
    event = int(a["trip_events"][trip])
    calls = slice(event, event + int(last - first))
    return TripRows(
        a["pattern_stops"][first:last],
        a["pattern_flags"][first:last],
        a["arrival_s"][calls],
        a["departure_s"][calls],
        a["services"][a["trip_service"][trip]],
        bool(a["trip_bikes"][trip]),
        int(a["trip_wheelchair"][trip]),
    )


def _new_rows(tt: Timetable, trip: AddedTrip) -> TripRows:
    if max(trip.stops) >= tt.n_stops or min(trip.stops) < 0:
        raise ValueError(f"a trip calls at a stop outside 0 … {tt.n_stops - 1}")
    columns = range(tt.days + 2)
    return TripRows(
        np.array(trip.stops, np.int32),
        np.full(len(trip.stops), 3, np.uint8),
        np.array(trip.arrival_s, np.int32),
        np.array(trip.departure_s, np.int32),
        np.array([tt.start + timedelta(column - 1) in trip.runs for column in columns]),
        trip.takes_bikes,
    )


def new_trips(tt: Timetable, change: Change) -> list[TripRows]:
    """Return the trips a change adds, those moved included, at their new hours."""
    moved = []
    for trip, seconds in change.moved:
        rows = trip_rows(tt, trip)
        moved.append(
            TripRows(
                rows.stops,
                rows.flags,
                rows.arrival_s + np.int32(seconds),
                rows.departure_s + np.int32(seconds),
                rows.runs,
                rows.bikes,
                rows.wheelchair,
            )
        )
    return [*moved, *(_new_rows(tt, trip) for trip in change.added)]


def _append(a: dict[str, Array], rows: TripRows) -> None:
    """Append a trip with a pattern and a service of its own."""
    n = len(rows.stops)

    def add(name: str, values: object) -> None:
        column = a[name]
        a[name] = np.append(column, np.asarray(values, column.dtype)).astype(column.dtype)

    add("trip_pattern", len(a["pattern_starts"]) - 1)
    add("trip_events", len(a["arrival_s"]))
    add("trip_service", len(a["services"]))
    add("trip_bikes", rows.bikes)
    add("trip_wheelchair", rows.wheelchair)
    add("trip_loose", False)
    add("trip_source", 0)
    a["services"] = np.vstack([a["services"], rows.runs])
    add("pattern_starts", a["pattern_starts"][-1] + n)
    add("pattern_stops", rows.stops)
    add("pattern_flags", rows.flags)
    for name in ("pattern_pickup_rule", "pattern_drop_off_rule"):
        add(name, np.full(n, -1))
    add("arrival_s", rows.arrival_s)
    add("departure_s", rows.departure_s)
    add("event_source", np.zeros(n))
    add("event_sequence", np.arange(n))


def _with_windows(a: dict[str, Array], windows: Iterable[tuple[int, int, int]]) -> dict[str, Array]:
    tables = unpacked("on_demand", SCHEMAS, a)
    calls = tables["calls"]
    for trip, earlier_s, later_s in windows:
        own = (pl.col("trip") == trip) & ~pl.col("timed")
        calls = calls.with_columns(
            start_s=pl.when(own).then(pl.col("start_s") - earlier_s).otherwise(pl.col("start_s")),
            end_s=pl.when(own).then(pl.col("end_s") + later_s).otherwise(pl.col("end_s")),
        )
    tables["calls"] = calls.cast(SCHEMAS["calls"])
    return packed("on_demand", tables)
