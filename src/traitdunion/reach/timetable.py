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
from .calendar_days import origins_s
from .compiling import FORBIDDEN, compile_footpaths, compile_trips
from .gtfs import Feed, Finding, Report, read_gtfs
from .gtfs.fare_tables import SCHEMAS as FARES
from .gtfs.fare_tables import FareTables
from .gtfs.on_demand_tables import SCHEMAS as ON_DEMAND
from .kernels import Scratch, View
from .on_demand import Calendar, Services
from .packing import packed, packed_texts, unpacked, unpacked_texts
from .places import UNREACHED, Array
from .streets import DEFAULT_WALK, Walk
from .tariffs import Tariff, tariffs

Progress = Callable[[str, float], None]
T = TypeVar("T")

TRANSFER_REACH_M = 600.0
SERVICE_DAYS = (-1, 0, 1)
KEPT_VIEWS = 48


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
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.RLock()
        self.report: Report | None = None

    @classmethod
    def from_gtfs(
        cls,
        paths: Iterable[Path | str] | Path | str,
        *,
        start: date,
        days: int,
        transfer_reach_m: float = TRANSFER_REACH_M,
        stay_seated: bool = True,
        progress: Progress | None = None,
    ) -> Self:
        """Read and compile GTFS zips or folders for `days` service days from `start`.

        `transfer_reach_m`: walking metres between stops within which a change is offered.
        `stay_seated`: trips of one vehicle (`block_id`, transfers of type 4) become one.
        What was found wrong is in `.report`. Raises `gtfs.FeedError` if nothing can be used.
        """
        if isinstance(paths, str | Path):
            paths = [paths]
        feed = read_gtfs([Path(p) for p in paths], start=start, days=days, progress=progress)
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
        tell = progress or (lambda _step, _share: None)
        _tell_of_ignored_transfers(feed)
        tell("Courses", 0.7)
        arrays = compile_trips(feed, stay_seated=stay_seated)
        tell("Correspondances à pied", 0.9)
        arrays |= compile_footpaths(feed, reach_m=transfer_reach_m, detour=DEFAULT_WALK.detour)
        arrays |= {
            "services": feed.services,
            "stop_lat": feed.stops["lat"].to_numpy(),
            "stop_lon": feed.stops["lon"].to_numpy(),
            "stop_parent": feed.stops["parent"].to_numpy().astype(np.int32),
            "trip_route": feed.trips["route"].to_numpy().astype(np.int32),
            "route_type": feed.routes["route_type"].to_numpy().astype(np.int32),
        }
        for name, texts in _texts(feed).items():
            arrays |= packed_texts(name, texts)
        if feed.fares:
            arrays |= packed("fares", {name: getattr(feed.fares, name) for name in FARES})
        if feed.on_demand:
            arrays |= packed(
                "on_demand", {name: getattr(feed.on_demand, name) for name in ON_DEMAND}
            )
        header = {
            "start": feed.start.isoformat(),
            "days": feed.days,
            "timezone": feed.timezone,
            "inputs": [list(i) for i in feed.inputs],
        }
        timetable = cls(header, arrays)
        timetable.report = feed.report
        tell("Terminé", 1.0)
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
        """Columns stop_id, name, lat, lon; the row number is the stop's index in every array."""
        return self._keep("stops", self._stops)

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
        """Row of a stop; raises KeyError if there is none of that id."""
        rows = self._keep(
            "rows", lambda: {i: row for row, i in enumerate(self._all_texts("stop_id"))}
        )
        return int(rows[stop_id])

    def stop_id(self, stop: int) -> str:
        return self._text("stop_id", stop)

    @property
    def trip_ids(self) -> list[str]:
        """The trip_id of each trip of the feeds, by its row there."""
        return self._keep("trip_ids", lambda: self._all_texts("trip_id"))

    def stop_name(self, stop: int) -> str:
        return self._text("stop_name", stop)

    def trip_names(self, source: int, *, loose: bool = False) -> TripNames:
        """Names of a trip by its row in the feeds."""
        return self.route_names(int(self.arrays["trip_route"][source]))._replace(
            trip_id=self._text("trip_id", source),
            headsign=self._text("trip_headsign", source),
            loose=loose,
        )

    def route_names(self, route: int) -> TripNames:
        """Names of a route, without a trip's own."""
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
        """The fares of each feed that tells them, ready to price rides (`reach.fares`)."""
        return self._keep(
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
        """The services that come when they are asked for; false where there are none."""
        return Services(self.arrays)

    @cached_property
    def routes_on_demand(self) -> dict[int, TripNames]:
        """Routes of the services on demand, by their row."""
        return {route: self.route_names(route) for route in {t.route for t in self.on_demand.trips}}

    @property
    def calendar(self) -> Calendar:
        """The days on which services run."""
        return Calendar(self.start, self.arrays["services"], self.timezone)

    def service_days(
        self, on: date, service_days: Sequence[int] = SERVICE_DAYS
    ) -> list[tuple[date, int, int]]:
        """Service days around `on`: each with its column of services and seconds to add."""
        return [
            (self.start + timedelta(column - 1), column, shift_s)
            for column, shift_s in self._days(on, service_days)
        ]

    def with_footpaths(self, from_: Array, to: Array, seconds: Array) -> Self:
        """The same timetable with these walking links between stops and no others.

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

    # -- what searches scan -------------------------------------------------------------------

    def view(
        self,
        on: date,
        *,
        service_days: Sequence[int] = SERVICE_DAYS,
        walk: Walk = DEFAULT_WALK,
        min_transfer_s: int = 0,
        backward: bool = False,
        with_bike: bool = False,
    ) -> View:
        """Trips of the service day `on` and its neighbours, as arrays for the kernels.

        `service_days`: days relative to `on` whose trips may be taken; the day before brings the
        trips that run past midnight. `with_bike`: those alone that say they take bicycles.
        Raises OutsideTimetable where `on` is not covered.
        """
        days = self._days(on, service_days)
        times = self._keep(("day", days, with_bike), lambda: self._day_view(days, with_bike))[0]
        if backward:
            forward = times
            times = self._keep(("mirror", days, with_bike), lambda: self._mirror(forward))
        paths = self._keep(
            ("footpaths", walk, min_transfer_s, backward),
            lambda: self._footpaths(walk, min_transfer_s, backward),
        )
        return times._replace(**paths)

    def day_trips(
        self,
        on: date,
        *,
        service_days: Sequence[int] = SERVICE_DAYS,
        with_bike: bool = False,
    ) -> DayTrips:
        """Which trips stand in the (forward) view of the same arguments."""
        days = self._days(on, service_days)
        return self._keep(("day", days, with_bike), lambda: self._day_view(days, with_bike))[1]

    def day_signature(self, on: date, *, service_days: Sequence[int] = SERVICE_DAYS) -> bytes:
        """Equal for two days on which the same trips run, neighbours included."""
        days = self._days(on, service_days)
        return self._keep(("signature", days), lambda: self._signature(days))

    def scratch(self, view: View) -> Scratch:
        """Working memory for searches on a view; one for each thread."""
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
        """(column of `services`, seconds to add) of each service day asked for and known."""
        day = (on - self.start).days
        if not 0 <= day < self.days:
            raise OutsideTimetable(
                f"le {on:%d/%m/%Y} n'est pas couvert par ces horaires, "
                f"qui vont du {self.start:%d/%m/%Y} au {self.end:%d/%m/%Y}"
            )
        origins: Array = self._keep(
            "origins", lambda: origins_s(self.start, self.days, self.timezone)
        )
        columns = [day + 1 + relative for relative in sorted(service_days)]
        return tuple(
            (column, int(origins[column] - origins[day + 1]))
            for column in columns
            if 0 <= column < self.days + 2
        )

    def _entries(self, days: tuple[tuple[int, int], ...], with_bike: bool) -> tuple[Array, Array]:
        """Trips that run and the seconds to add to them."""
        taken = self.arrays["trip_bikes"] if with_bike else True
        runs = self.arrays["services"]
        service = self.arrays["trip_service"]
        trips = [np.flatnonzero(runs[service, column] & taken) for column, _ in days]
        shifts = [np.full(len(t), s, np.int32) for t, (_, s) in zip(trips, days, strict=True)]
        return np.concatenate(trips).astype(np.int32), np.concatenate(shifts)

    def _signature(self, days: tuple[tuple[int, int], ...]) -> bytes:
        runs = self.arrays["services"]
        return b"".join(runs[:, column].tobytes() + b"%d" % shift for column, shift in days)

    def _day_view(
        self, days: tuple[tuple[int, int], ...], with_bike: bool
    ) -> tuple[View, DayTrips]:
        a = self.arrays
        trips, shift_s = self._entries(days, with_bike)
        pattern = a["trip_pattern"][trips]
        event = a["trip_events"][trips]
        leaving = a["departure_s"][event] + shift_s if len(trips) else np.empty(0, np.int32)
        order = np.lexsort((leaving, pattern))
        trips, shift_s, pattern, event = trips[order], shift_s[order], pattern[order], event[order]
        lengths = np.diff(a["pattern_starts"]).astype(np.int32)
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
            a["pattern_flags"],
            a["pattern_starts"],
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
        source = np.repeat(a["pattern_starts"][chain_pattern], length) + positions
        stops = a["pattern_stops"][source].astype(np.int32)
        view = self._with_boarding(
            View(
                starts=starts,
                stops=stops,
                trips=n_trips,
                times=times[:-1],
                arrivals=arrivals,
                departures=departures,
                boarding_starts=None,
                boarding_patterns=None,
                boarding_positions=None,
                footpath_starts=None,
                footpath_stops=None,
                footpath_s=None,
                change_s=None,
            )
        )
        return view, DayTrips(chain_starts, trips[entries], shift_s[entries])

    def _with_boarding(self, view: View) -> View:
        """Add, for each stop, the patterns that can be boarded there."""
        length = np.diff(view.starts)
        pattern = np.repeat(np.arange(len(length)), length)
        position = np.arange(len(view.stops)) - np.repeat(view.starts[:-1], length)
        column = view.times[pattern] + position * view.trips[pattern]
        open_ = np.flatnonzero(view.departures[column] != -UNREACHED)
        order = np.argsort(view.stops[open_], kind="stable")
        counts = np.bincount(view.stops[open_], minlength=self.n_stops)
        return view._replace(
            boarding_starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
            boarding_patterns=pattern[open_][order].astype(np.int32),
            boarding_positions=position[open_][order].astype(np.int32),
        )

    def _mirror(self, view: View) -> View:
        """The same trips with time turned around: a search there is a search backward."""
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

    def _footpaths(self, walk: Walk, min_transfer_s: int, backward: bool) -> dict[str, Array]:
        a = self.arrays
        fixed = a["footpath_fixed_s"]
        kept = (fixed >= 0) | (a["footpath_m"] <= walk.max_m)
        seconds = np.where(fixed >= 0, fixed, walk.seconds(a["footpath_m"])).astype(np.int32)[kept]
        from_, to = a["footpath_from"][kept], a["footpath_to"][kept]
        if backward:
            from_, to = to, from_
            order = np.lexsort((to, from_))
            from_, to, seconds = from_[order], to[order], seconds[order]
        counts = np.bincount(from_, minlength=self.n_stops)
        change_s = np.maximum(a["change_s"], np.int32(min_transfer_s))
        return {
            "footpath_starts": np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
            "footpath_stops": np.ascontiguousarray(to),
            "footpath_s": seconds,
            "change_s": change_s.astype(np.int32),
        }

    def _keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """Value of `key`, made once; the least used are forgotten."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
                while len(self._kept) > KEPT_VIEWS:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return cast(T, self._kept[key])

    def _text(self, name: str, row: int) -> str:
        ends = self.arrays[f"{name}_ends"]
        begin = int(ends[row - 1]) if row else 0
        return self.arrays[f"{name}_utf8"][begin : int(ends[row])].tobytes().decode()

    def _all_texts(self, name: str) -> list[str]:
        return unpacked_texts(name, self.arrays)


def _tell_of_ignored_transfers(feed: Feed) -> None:
    """Warn of the changes between two given lines or trips: we know those of stops only."""
    given = feed.transfers.filter(
        (pl.col("type") <= FORBIDDEN)
        & (pl.max_horizontal("from_trip", "to_trip", "from_route", "to_route") >= 0)
    )
    if len(given):
        feed.report.add(
            Finding(
                severity="warning",
                code="transfer_of_trips_ignored",
                feed=", ".join(name for name, _ in feed.inputs),
                file="transfers.txt",
                line=None,
                field=None,
                value=None,
                message="les correspondances propres à une ligne ou à une course ne sont pas "
                "encore prises en compte ; celles des arrêts s'appliquent.",
                count=len(given),
            )
        )


def _texts(feed: Feed) -> dict[str, pl.Series]:
    route_name = feed.routes.select(
        pl.when(pl.col("short_name") == "")
        .then(pl.col("long_name"))
        .otherwise(pl.col("short_name"))
    ).to_series()
    return {
        "stop_id": feed.stops["stop_id"],
        "stop_name": feed.stops["name"],
        "trip_id": feed.trips["trip_id"],
        "trip_headsign": feed.trips["headsign"],
        "route_name": route_name,
        "route_agency": feed.routes["agency"],
        "route_color": feed.routes["color"],
    }
