"""The compiled timetable: flat arrays, their file, and the views that searches scan."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar, cast

import numpy as np
import polars as pl

from . import kernels, storage
from .booked_lines import Closures, closures, has_booked_patterns, without_closed
from .calendar_days import origins_s
from .compiling.feeds import Progress, compile_feed
from .compiling.trip_order import TripOrder, trip_order
from .compiling.trips import walks_of_view
from .compiling.wheelchair import NO, without_inaccessible
from .feed_days import spans_of, unknown_on
from .gtfs import Feed, FeedSpan, Report, read_gtfs
from .gtfs.fares.tables import SCHEMAS as FARES
from .gtfs.fares.tables import FareTables
from .kernels import Scratch, View
from .on_demand import Calendar, Services
from .operators import Operators, operators_of
from .options import SERVICE_DAYS, USUAL_LIMITS, Limits
from .packing import unpacked, unpacked_texts
from .places import UNREACHED, Array, Point
from .tariffs import Tariff, tariffs

T = TypeVar("T")

TRANSFER_REACH_M = 600.0
VIEWS, BY_OPERATORS, SITES, PLACES, SMALL = "views", "by operators", "sites", "places", "small"
CLASSES = "classes of days"
MAX_KEPT = {VIEWS: 48, BY_OPERATORS: 48, CLASSES: 48, SITES: 96, PLACES: 2048, SMALL: 4096}
"""What is made once is kept by pool: many small things must not drive out the views."""


DayKey = tuple[tuple[tuple[int, int], ...], bool, Closures, frozenset[str] | None]
"""What a view depends on: days, the bicycle, bookings closed, operators taken."""


class OutsideTimetable(ValueError):
    """The date asked for is not among those the timetable covers."""


class TripNames(NamedTuple):
    """What a rider reads on the front of a vehicle."""

    trip_id: str
    route: str
    headsign: str
    agency: str
    color: str
    route_type: int
    loose: bool


class DayTrips(NamedTuple):
    """Which trip stands where in a view: what journeys need and searches do not."""

    chain_starts: Array  # int64 (P + 1,) first trip of each pattern
    trips: Array  # int32 trip of the timetable, by chain then departure
    shift_s: Array  # int32 seconds added to its times


class Timetable:
    """Several feeds, compiled for a span of days; immutable, safe to share between threads.

    Stops are known by their row number in `stops`. Times are int32 seconds of the service day.
    """

    def __init__(self, header: dict[str, Any], arrays: dict[str, Array]) -> None:
        self.header = header
        self.arrays = arrays
        self.start = date.fromisoformat(header["start"])
        self.days = int(header["days"])
        self.timezone = str(header["timezone"])
        self._kept: dict[str, OrderedDict[Hashable, Any]] = {p: OrderedDict() for p in MAX_KEPT}
        self._lock = threading.RLock()
        self.report: Report | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process without what is kept, nor the report of the feeds."""
        return type(self), (self.header, self.arrays)

    @classmethod
    def from_gtfs(
        cls,
        paths: Iterable[Path | str] | Path | str,
        *,
        start: date,
        days: int,
        timezone: str | None = None,
        transfer_reach_m: float = TRANSFER_REACH_M,
        stay_seated: bool = True,
        progress: Progress | None = None,
    ) -> Self:
        """Read and compile GTFS zips or folders for `days` service days from `start`.

        `timezone`: that of the riders' clocks; None takes that of the first feed.
        `transfer_reach_m`: walking metres between stops within which a change is offered.
        `stay_seated`: trips of one vehicle (`block_id`, transfers of type 4) become one.
        What was found wrong is in `.report`. Raises `gtfs.FeedError` if nothing can be used.
        """
        if isinstance(paths, str | Path):
            paths = [paths]
        feed = read_gtfs(
            [Path(p) for p in paths], start=start, days=days, timezone=timezone, progress=progress
        )
        return cls.from_feed(
            feed, transfer_reach_m=transfer_reach_m, stay_seated=stay_seated, progress=progress
        )

    @classmethod
    def from_feed(
        cls,
        feed: Feed,
        *,
        transfer_reach_m: float = TRANSFER_REACH_M,
        stay_seated: bool = True,
        progress: Progress | None = None,
    ) -> Self:
        """Compile a feed already read."""
        header, arrays = compile_feed(
            feed, reach_m=transfer_reach_m, stay_seated=stay_seated, progress=progress
        )
        timetable = cls(header, arrays)
        timetable.report = feed.report
        return timetable

    def save(self, path: Path | str) -> None:
        """Write the timetable to one file, atomically."""
        storage.write(Path(path), self.header, self.arrays)

    @classmethod
    def load(cls, path: Path | str, *, verify: bool = True) -> Self:
        """Map a saved timetable; raises `storage.TimetableFileError` if it is not sound."""
        return cls(*storage.read(Path(path), verify=verify))

    def __repr__(self) -> str:
        return (
            f"<Timetable {self.start} + {self.days} days, {self.n_stops} stops, "
            f"{len(self.arrays['trip_pattern'])} trips>"
        )

    @property
    def n_stops(self) -> int:
        return len(self.arrays["stop_lat"])

    @property
    def end(self) -> date:
        """Last service day covered."""
        return self.start + timedelta(self.days - 1)

    @property
    def stops(self) -> pl.DataFrame:
        """Return the stops: stop_id, name, lat, lon; the row is the stop's index in every array."""
        return self.keep("stops", self._stops)

    def _stops(self) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "stop_id": self._all_texts("stop_id"),
                "name": self._all_texts("stop_name"),
                "lat": self.arrays["stop_lat"],
                "lon": self.arrays["stop_lon"],
            }
        )

    def stop_index(self, stop_id: str) -> int:
        """Return the row of a stop; raises KeyError if there is none of that id."""
        rows = self.keep("rows", lambda: {i: row for row, i in enumerate(self.stop_ids)})
        return int(rows[stop_id])

    def stop_id(self, stop: int) -> str:
        return self._text("stop_id", stop)

    def platforms(self, stop: int) -> Array:
        """Return a stop and, where it is a station, its stops that a vehicle serves (int32).

        A stop parted for the rules of its lines stands for its copies too.
        """
        copies = self.arrays.get("split_stops")
        if copies is not None and (copies[:, 1] == stop).any():
            return np.append(np.int32(stop), copies[copies[:, 1] == stop, 0]).astype(np.int32)
        parents, children = self._served_children
        own = slice(*np.searchsorted(parents, (stop, stop + 1)))
        return np.append(np.int32(stop), children[own])

    def platforms_of_each(self, stops: Array) -> tuple[Array, Array]:
        """Return the `platforms` of many stops: where those of each begin (int64), and they."""
        if len(stops) and not 0 <= stops.min() <= stops.max() < self.n_stops:
            raise ValueError(f"there are stops outside the rows 0 to {self.n_stops - 1}")
        if "split_stops" in self.arrays:
            each = [self.platforms(int(stop)) for stop in stops]
            starts = np.cumsum([0, *(len(own) for own in each)]).astype(np.int64)
            return starts, np.concatenate([*each, np.empty(0, np.int32)])
        parents, children = self._served_children
        low, high = np.searchsorted(parents, stops), np.searchsorted(parents, stops + 1)
        starts = np.concatenate([[0], np.cumsum(high - low + 1)]).astype(np.int64)
        # Each stop itself, then its children.
        rows = np.repeat(low - 1 - starts[:-1], high - low + 1) + np.arange(starts[-1])
        own = np.where(rows >= np.repeat(low, high - low + 1), np.append(children, 0)[rows], 0)
        own[starts[:-1]] = stops
        return starts, own.astype(np.int32)

    @cached_property
    def _served_children(self) -> tuple[Array, Array]:
        """Return the stops served that have a parent, by parent: (parents, int32 stops)."""
        parent = self.arrays["stop_parent"]
        children = np.flatnonzero((parent >= 0) & self.is_served)
        children = children[np.argsort(parent[children], kind="stable")]
        return parent[children], children.astype(np.int32)

    @cached_property
    def is_served(self) -> Array:
        """Return where a vehicle calls, bool (n_stops,): none at stations, entrances and nodes."""
        served = np.zeros(self.n_stops, np.bool_)
        served[self.arrays["pattern_stops"]] = True
        served[self.on_demand.members] = True
        return served

    @property
    def stop_ids(self) -> list[str]:
        """Return the stop_id of each stop, by its row."""
        return self.keep("stop_ids", lambda: self._all_texts("stop_id"))

    @property
    def trip_ids(self) -> list[str]:
        """Return the trip_id of each trip of the feeds, by its row there."""
        return self.keep("trip_ids", lambda: self._all_texts("trip_id"))

    def service_of(self, trip_id: str) -> int | None:
        """Return the row of `services` of a trip of the timetable; None if there is none."""
        rows = self.keep("trips", lambda: {i: row for row, i in enumerate(self.trip_ids)})
        source = rows.get(trip_id)
        if source is None:
            return None
        events = np.flatnonzero(self.arrays["event_source"] == source)
        if not len(events):
            return None
        trip = int(np.searchsorted(self.arrays["trip_events"], events[0], side="right")) - 1
        return int(self.arrays["trip_service"][trip])

    def stop_name(self, stop: int) -> str:
        return self._text("stop_name", stop)

    def trip_names(self, source: int, *, loose: bool = False) -> TripNames:
        """Return the names of a trip by its row in the feeds."""
        return self.route_names(int(self.arrays["trip_route"][source]))._replace(
            trip_id=self._text("trip_id", source),
            headsign=self._text("trip_headsign", source),
            loose=loose,
        )

    def route_names(self, route: int) -> TripNames:
        """Return the names of a route, without a trip's own."""
        return TripNames(
            trip_id="",
            route=self._text("route_name", route),
            headsign="",
            agency=self._text("route_agency", route),
            color=self._text("route_color", route),
            route_type=int(self.arrays["route_type"][route]),
            loose=False,
        )

    @property
    def tariffs(self) -> tuple[Tariff, ...]:
        """Return the fares of each feed that has them, ready to price rides (`reach.fares`)."""
        return self.keep(
            "tariffs",
            lambda: tariffs(
                FareTables(**unpacked("fares", FARES, self.arrays)),
                start=self.start,
                timezone=self.timezone,
                stop_parent=self.arrays["stop_parent"],
            ),
        )

    @cached_property
    def on_demand(self) -> Services:
        """Return the services that come when they are asked for; false where there are none."""
        return Services(self.arrays)

    @cached_property
    def feeds(self) -> tuple[FeedSpan, ...]:
        """Return the feeds it was compiled from, each with the days on which its trips run."""
        return spans_of(self.header)

    def feed_of_stop(self, stop: int) -> FeedSpan | None:
        """Return the feed that names a stop; None for a stop that no feed names."""
        ends = np.cumsum([span.stops for span in self.feeds])
        row = int(np.searchsorted(ends, stop, side="right"))
        return self.feeds[row] if row < len(self.feeds) else None

    def unknown_feeds(self, on: date, places: Iterable[Point]) -> list[FeedSpan]:
        """Return the feeds whose hours of a day are not known and that may serve the places."""
        return unknown_on(self.feeds, on, places, self.arrays["stop_lat"], self.arrays["stop_lon"])

    @cached_property
    def has_booked_lines(self) -> bool:
        """Return whether some ordinary line must be booked."""
        return has_booked_patterns(self.arrays)

    @cached_property
    def routes_on_demand(self) -> dict[int, TripNames]:
        """Return the routes of the services on demand, by their row."""
        return {route: self.route_names(route) for route in {t.route for t in self.on_demand.trips}}

    @cached_property
    def operators(self) -> Operators:
        """Return who runs each trip, and who calls at each stop."""
        return operators_of(self.arrays)

    @property
    def calendar(self) -> Calendar:
        """Return the days on which services run."""
        return Calendar(self.start, self.arrays["services"], self.timezone)

    def service_days(
        self, on: date, service_days: Sequence[int] = SERVICE_DAYS
    ) -> list[tuple[date, int, int]]:
        """Return the service days around `on`, each with its column of services and its shift."""
        return [
            (self.start + timedelta(column - 1), column, shift_s)
            for column, shift_s in self._days(on, service_days)
        ]

    def with_footpaths(self, from_: Array, to: Array, seconds: Array) -> Self:
        """Return the same timetable with these walking links between stops and no others.

        Three arrays of one length: rows of stops, seconds. Changing at one stop takes no time.
        """
        order = np.lexsort((to, from_))
        footpaths = {
            "footpath_from": np.asarray(from_, np.int32)[order],
            "footpath_to": np.asarray(to, np.int32)[order],
            "footpath_m": np.zeros(len(order), np.float32),
            "footpath_fixed_s": np.asarray(seconds, np.int32)[order],
            "change_s": np.zeros(self.n_stops, np.int32),
        }
        return type(self)(self.header, {**self.arrays, **footpaths})

    def for_wheelchair(self, left_out: tuple[int, ...] = (NO,)) -> Self:
        """Return the timetable without trips and stops of some values (see `Leg.wheelchair`)."""
        return self.keep(
            ("wheelchair", left_out),
            lambda: type(self)(self.header, without_inaccessible(self.arrays, left_out)),
        )

    # -- what searches scan -------------------------------------------------------------------

    def view(
        self,
        on: date,
        limits: Limits = USUAL_LIMITS,
        *,
        backward: bool = False,
        with_bike: bool = False,
    ) -> View:
        """Return the trips of the service days of `limits` around `on`, as arrays for the kernels.

        `backward`: with time turned around. `with_bike`: only trips that accept bicycles.
        Raises OutsideTimetable where `on` is not covered.
        """
        key = self._day_key(on, limits, with_bike)
        times = self.keep(("day", *key), lambda: self._day_view(*key), _pool(key))[0]
        if backward:
            forward = times
            times = self.keep(("mirror", *key), lambda: self._mirror(forward), _pool(key))
        return times._replace(**self.footpaths(limits, backward=backward))

    def footpaths(self, limits: Limits = USUAL_LIMITS, *, backward: bool = False) -> dict[str, Any]:
        """Return the walks between stops and the times of changes: the last fields of a view."""
        return self.keep(
            ("footpaths", limits.walk, limits.min_transfer_s, backward),
            lambda: walks_of_view(self.arrays, limits.walk, limits.min_transfer_s, backward),
            VIEWS,
        )

    @cached_property
    def trip_order(self) -> TripOrder:
        """Return the trips by pattern and departure, from which the hours of shifts are picked."""
        return trip_order(self.arrays)

    def day_trips(
        self,
        on: date,
        limits: Limits = USUAL_LIMITS,
        *,
        with_bike: bool = False,
    ) -> DayTrips:
        """Return which trips stand in the (forward) view of the same arguments."""
        key = self._day_key(on, limits, with_bike)
        return self.keep(("day", *key), lambda: self._day_view(*key), _pool(key))[1]

    def _day_key(self, on: date, limits: Limits, with_bike: bool) -> DayKey:
        days = self._days(on, limits.service_days)
        return days, with_bike, self.closed_bookings(on, limits), limits.agencies

    def closed_bookings(self, on: date, limits: Limits) -> Closures:
        """Return when the bookings of lines close around a day; empty where all can be booked."""
        if limits.asked_at is None or not self.has_booked_lines:
            return ()
        dates = [day for day, _, _ in self.service_days(on, limits.service_days)]
        return closures(self.on_demand.rules, limits.asked_at, dates, self.calendar)

    def day_signature(self, on: date, *, service_days: Sequence[int] = SERVICE_DAYS) -> bytes:
        """Equal for two days on which the same trips run, neighbours included."""
        days, runs = self._days(on, service_days), self.arrays["services"]
        return self.keep(
            ("signature", days),
            lambda: b"".join(runs[:, column].tobytes() + b"%d" % shift for column, shift in days),
        )

    def check_covered(self, on: date, day: int) -> None:
        """Raise OutsideTimetable where the service day `day` days after `on` is not known.

        The day before the first and the day after the last are known, for their nights.
        """
        self._days(on, (day,))
        if not 0 <= (on - self.start).days + 1 + day < self.days + 2:
            raise OutsideTimetable(self._outside(on + timedelta(day)))

    def _outside(self, on: date) -> str:
        return (
            f"le {on:%d/%m/%Y} n'est pas couvert par ces horaires, "
            f"qui vont du {self.start:%d/%m/%Y} au {self.end:%d/%m/%Y}"
        )

    def scratch(self, view: View) -> Scratch:
        """Return working memory for searches on a view; one for each thread."""
        n_patterns = len(view.trips)
        return Scratch(
            first=np.full(n_patterns, UNREACHED, np.int32),
            queue=np.empty(n_patterns, np.int32),
            marked=np.empty(self.n_stops, np.int32),
            is_marked=np.zeros(self.n_stops, np.bool_),
            reached=np.empty(self.n_stops, np.int32),
            is_reached=np.zeros(self.n_stops, np.bool_),
            ridden=np.empty((n_patterns, 2), np.int32),
        )

    def _days(self, on: date, service_days: Sequence[int]) -> tuple[tuple[int, int], ...]:
        """Return (column of `services`, seconds to add) of each service day asked for and known."""
        day = (on - self.start).days
        if not 0 <= day < self.days:
            raise OutsideTimetable(self._outside(on))
        origins: Array = self.keep(
            "origins", lambda: origins_s(self.start, self.days, self.timezone)
        )
        columns = [day + 1 + relative for relative in sorted(service_days)]
        return tuple(
            (column, int(origins[column] - origins[day + 1]))
            for column in columns
            if 0 <= column < self.days + 2
        )

    def _entries(
        self,
        days: tuple[tuple[int, int], ...],
        with_bike: bool,
        agencies: frozenset[str] | None = None,
    ) -> tuple[Array, Array]:
        """Return the trips that run, and the row of their day in `days`."""
        taken = self.arrays["trip_bikes"] if with_bike else True
        if agencies is not None:
            taken = taken & self.operators.runs(agencies)
        runs, service = self.arrays["services"], self.arrays["trip_service"]
        trips = [np.flatnonzero(runs[service, column] & taken) for column, _ in days]
        day = np.repeat(np.arange(len(days)), [len(of_day) for of_day in trips])
        return np.concatenate(trips).astype(np.int32), day

    def _day_view(
        self,
        days: tuple[tuple[int, int], ...],
        with_bike: bool,
        closed: Closures,
        agencies: frozenset[str] | None = None,
    ) -> tuple[View, DayTrips]:
        a = self.arrays
        trips, day = self._entries(days, with_bike, agencies)
        shift_s = np.array([shift for _, shift in days], np.int32)[day]
        pattern, patterns = without_closed(a, closed, trips, day)
        event = a["trip_events"][trips]
        leaving = a["departure_s"][event] + shift_s if len(trips) else np.empty(0, np.int32)
        order = np.lexsort((leaving, pattern))
        trips, shift_s, pattern, event = trips[order], shift_s[order], pattern[order], event[order]
        lengths = np.diff(patterns.starts).astype(np.int32)
        chain = np.empty(len(trips), np.int32)
        n_chains = kernels.split_fifo(
            a["arrival_s"],
            a["departure_s"],
            pattern,
            event,
            shift_s,
            lengths,
            chain,
            np.empty(len(trips), np.int32),
        )
        entries = np.argsort(chain, kind="stable")
        n_trips = np.bincount(chain, minlength=n_chains).astype(np.int32)
        chain_starts = np.concatenate([[0], np.cumsum(n_trips)]).astype(np.int64)
        chain_pattern = pattern[entries[chain_starts[:-1]]] if n_chains else pattern
        length = lengths[chain_pattern]
        sizes = length.astype(np.int64) * n_trips
        times = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        arrivals = np.empty(times[-1], np.int32)
        departures = np.empty(times[-1], np.int32)
        kernels.fill_times(
            a["arrival_s"],
            a["departure_s"],
            patterns.flags,
            patterns.starts,
            pattern,
            event,
            shift_s,
            entries,
            chain_starts,
            times[:-1],
            arrivals,
            departures,
        )
        starts = np.concatenate([[0], np.cumsum(length)]).astype(np.int32)
        positions = np.arange(starts[-1]) - np.repeat(starts[:-1], length)
        source = np.repeat(patterns.starts[chain_pattern], length) + positions
        stops = patterns.stops[source].astype(np.int32)
        view = self._with_boarding(
            View(starts, stops, n_trips, times[:-1], arrivals, departures, *[None] * 7)
        )
        return view, DayTrips(chain_starts, trips[entries], shift_s[entries])

    def _with_boarding(self, view: View) -> View:
        """Add, for each stop, the patterns that can be boarded there."""
        length = np.diff(view.starts)
        pattern = np.repeat(np.arange(len(length)), length)
        position = np.arange(len(view.stops)) - np.repeat(view.starts[:-1], length)
        # All trips of a pattern are open or closed at a position: its first stands for them.
        column = view.times[pattern] + position * view.trips[pattern]
        open_ = np.flatnonzero(view.departures[column] != -UNREACHED)
        # Stable: the patterns of a stop keep their order, on which nothing depends but tests.
        order = np.argsort(view.stops[open_], kind="stable")
        counts = np.bincount(view.stops[open_], minlength=self.n_stops)
        return view._replace(
            boarding_starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
            boarding_patterns=pattern[open_][order].astype(np.int32),
            boarding_positions=position[open_][order].astype(np.int32),
        )

    def _mirror(self, view: View) -> View:
        """Return the same trips with time turned around: a search there is a search backward."""
        length = np.diff(view.starts)
        pattern = np.repeat(np.arange(len(length)), length)
        position = np.arange(len(view.stops)) - np.repeat(view.starts[:-1], length)
        turned = view.starts[1:][pattern] - 1 - position
        arrivals, departures = np.empty_like(view.arrivals), np.empty_like(view.departures)
        kernels.mirror_times(
            view.starts,
            view.trips,
            view.times,
            view.arrivals,
            view.departures,
            arrivals,
            departures,
        )
        return self._with_boarding(
            view._replace(stops=view.stops[turned], arrivals=arrivals, departures=departures)
        )

    def keep(self, key: Hashable, make: Callable[[], T], pool: str = SMALL) -> T:
        """Return the value of `key`, made once; the least used of a pool are forgotten."""
        # Made under the lock: two threads that ask for one view wait for it instead of making two.
        with self._lock:
            kept = self._kept[pool]
            if key not in kept:
                kept[key] = make()
                while len(kept) > MAX_KEPT[pool]:
                    kept.popitem(last=False)
            kept.move_to_end(key)
            return cast(T, kept[key])

    def _text(self, name: str, row: int) -> str:
        ends = self.arrays[f"{name}_ends"]
        begin = int(ends[row - 1]) if row else 0
        return self.arrays[f"{name}_utf8"][begin : int(ends[row])].tobytes().decode()

    def _all_texts(self, name: str) -> list[str]:
        return unpacked_texts(name, self.arrays)


def _pool(key: DayKey) -> str:
    """Return where a view is kept: those of some operators alone must not drive out the others."""
    return VIEWS if key[-1] is None else BY_OPERATORS
