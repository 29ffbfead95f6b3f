"""Rides on demand as *windowed ties* between a place and the stops.

A tie (earliest, latest, seconds) is left at any moment until `latest`; one arrives `seconds` after
leaving, or after `earliest` if one was there before. Walking before or after a ride, one ride after
another, and time turned around all give ties again (the last two in `reach.ends`):

- walk `w` first: (earliest - w, latest - w, w + seconds); walk after: seconds + w;
- two in a row: (max(e1, e2 - s1), min(l1, l2 - s1), s1 + s2), none where e1 > l2 - s1;
- turned around: (-(latest + seconds), -(earliest + seconds), seconds).
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self, TypeVar, cast

import numpy as np

from ..pareto_kernels import ASKED, Tied
from ..places import UNREACHED, Array, Point
from ..streets import CAR, StreetLeg, Streets
from .notice import Booked, OnDemand, earliest_pickup_s, rules_of
from .services import Call, Rule, Trip

if TYPE_CHECKING:
    from ..options import Limits
    from ..timetable import Timetable

T = TypeVar("T")

DAY_S = 86_400
BY_CAR = replace(CAR, fixed_s=0)
"""A vehicle that comes to the door: no time to park it."""


class Near(NamedTuple):
    """Where a ride may be taken, or left, near a place: there, or at a stop a walk away."""

    point: Point
    stop: int | None
    walk: StreetLeg | None

    @property
    def walk_s(self) -> int:
        return self.walk.seconds if self.walk else 0

    @property
    def walk_m(self) -> float:
        return self.walk.metres if self.walk else 0.0


@dataclass(frozen=True)
class Ride:
    """One ride on demand, with the walk before and after; times of the service day searched."""

    trip: Trip
    on: date
    from_: Near
    to: Near
    earliest_s: int
    latest_s: int
    ride_s: int
    metres: float
    shift_s: int
    rules: tuple[Rule, ...]
    pickup_window_s: tuple[int, int]

    @property
    def seconds(self) -> int:
        return self.from_.walk_s + self.ride_s + self.to.walk_s

    def booked(self, pickup_s: int) -> Booked | None:
        """Return what books the ride that leaves at `pickup_s`; None without any rule."""
        # Days differ by an hour more or less where the clocks change.
        days = round(self.shift_s / DAY_S)
        return Booked(self.rules, pickup_s - self.shift_s, days) if self.rules else None

    def arrival_s(self, leave_s: int) -> int | None:
        """Return when one arrives, leaving at a moment; None when it is too late."""
        if leave_s > self.latest_s:
            return None
        return max(leave_s, self.earliest_s) + self.seconds

    def departure_s(self, arrive_s: int) -> int | None:
        """Return the latest one may leave to arrive by a moment; None when no ride does."""
        leave_s = min(self.latest_s, arrive_s - self.seconds)
        return leave_s if leave_s >= self.earliest_s else None


class _Source(NamedTuple):
    """What the ties of one call to many stops share."""

    trip: Trip
    on: date
    shift_s: int
    pickup: Call
    drop_off: Call
    near: Near


class _Own(NamedTuple):
    """Rides from one place by one pair of calls, at the hours of the service, whatever the day.

    Moments of getting on, without notice; `stops` is empty where they lead to a place.
    """

    near: Near
    stops: Array  # int32 (K,)
    earliest_s: Array  # int64 (K,)
    latest_s: Array  # int64 (K,)
    ride_s: Array  # int64 (K,)
    metres: Array  # float64 (K,)


class _Direct(NamedTuple):
    """A ride between two places, at the hours of the service, whatever the day."""

    from_: Near
    to: Near
    earliest_s: int
    latest_s: int
    ride_s: int
    metres: float


class Keep(Protocol):
    """Return what is kept by a key, made once."""

    def __call__(self, key: Hashable, make: Callable[[], T]) -> T: ...


@dataclass(frozen=True)
class Ties:
    """Windowed ties of a place to stops: arrays of one length (K,), times in seconds."""

    tied: Tied
    metres: Array  # float64
    source: Array  # int32 row of `sources`
    sources: tuple[_Source, ...]
    towards: bool

    @classmethod
    def none(cls, *, towards: bool) -> Self:
        """Return no tie at all."""
        i32 = np.empty(0, np.int32)
        tied = Tied(i32, i32, i32, i32, i32, np.empty(0, np.int8), i32)
        return cls(tied, np.empty(0), i32, (), towards)


def goes_nowhere(a: Near, b: Near) -> bool:
    """Return whether a ride would go from a stop to itself: both walks alone are then the way."""
    return a.stop is not None and a.stop == b.stop


class DayServices:
    """The services on demand of one service day and its neighbours, as a rider may use them."""

    def __init__(
        self,
        tt: "Timetable",
        streets: Streets,
        *,
        days: Sequence[tuple[date, int, int]] | None,
        option: OnDemand | None,
        limits: "Limits",
        keep: Keep | None = None,
    ) -> None:
        """Keep the services that run on `days`: (service day, column of the calendar, shift_s).

        `shift_s` is added to the times of that day. Without `days` all run, at their own times.
        Without an `option` nothing runs. Of the `limits` one walks and changes. `keep` keeps what
        is read of places on these `streets`, which no day changes; without it, these days alone
        share it.
        """
        self.services = services = tt.on_demand
        self.calendar = calendar = tt.calendar
        self.streets = streets
        self.asked_at = None if option is None else option.asked_at
        self.chain = option is not None and option.chain
        self.stop_lat, self.stop_lon = tt.arrays["stop_lat"], tt.arrays["stop_lon"]
        # Where a vehicle calls, one may change.
        self.is_served = tt.is_served
        self.walk = limits.walk
        self.min_transfer_s = limits.min_transfer_s
        # Searches on streets are the slow part, and many trips share a zone and a place.
        self._keep = keep or _Kept()
        self._floors: dict[tuple[int, int, date], int] = {}
        self.running = [
            (trip, day, shift_s)
            for day, column, shift_s in ([(calendar.start, None, 0)] if days is None else days)
            for trip in services.trips
            if option is not None
            and (column is None or calendar.services[trip.service, column])
            and (option.routes is None or trip.route in option.routes)
        ]

    @property
    def are_late(self) -> bool:
        """Return whether some notice is over, or leaves but a part of a window."""
        return self.asked_at is not None and any(
            self._earliest_pickup_s(pickup, drop_off, day) > pickup.start_s
            for trip, day, _ in self.running
            for pickup, drop_off in trip.rides
        )

    def ties(self, point: Point, *, towards: bool = False) -> Ties:
        """Return the rides from a place to the stops, or `towards` it from them."""
        blocks: list[tuple[Array, ...]] = []
        sources: list[_Source] = []
        for trip, day, shift_s in self.running:
            for pickup, drop_off in trip.rides:
                for own in self._own(trip, pickup, drop_off, point, towards=towards):
                    source = _Source(trip, day, shift_s, pickup, drop_off, own.near)
                    rows = self._on_day(own, source, towards=towards)
                    if len(rows[0]):
                        blocks.append((*rows, np.full(len(rows[0]), len(sources), np.int32)))
                        sources.append(source)
        if not blocks:
            return Ties.none(towards=towards)
        columns = [np.concatenate(column) for column in zip(*blocks, strict=True)]
        stops, earliest_s, latest_s, seconds, walk_s, change_s, metres, rows_of_sources = columns
        kind = np.full(len(metres), ASKED, np.int8)
        tied = Tied(stops, earliest_s, latest_s, seconds, walk_s, kind, change_s)
        return Ties(tied, metres, rows_of_sources, tuple(sources), towards)

    def change_s(self, trip: Trip) -> int:
        """Return the seconds kept between a ride and the vehicle before or after it."""
        return max(trip.change_s, self.min_transfer_s)

    def direct(self, origin: Point, destination: Point) -> Iterator[Ride]:
        """Yield the rides between two places."""
        for trip, day, shift_s in self.running:
            for pickup, drop_off in trip.rides:
                floor_s = self._earliest_pickup_s(pickup, drop_off, day)
                for way in self._between(trip, pickup, drop_off, origin, destination):
                    earliest_s = max(way.earliest_s, floor_s) + shift_s
                    latest_s = way.latest_s + shift_s
                    if earliest_s <= latest_s:
                        source = _Source(trip, day, shift_s, pickup, drop_off, way.from_)
                        yield self._ride(
                            source, way.from_, way.to, earliest_s, latest_s, way.ride_s, way.metres
                        )

    def near(self, place: int, point: Point, *, towards: bool) -> list[Near]:
        """Return where a service comes near a point, to be taken there or left (`towards`)."""
        return self._keep(
            ("near", self.walk, place, point, towards),
            lambda: self._near(place, point, towards=towards),
        )

    def comes_near(self, point: Point) -> bool:
        """Return whether some ride may be taken, or left, near a place."""
        return any(
            self.near(pickup.place, point, towards=False)
            or self.near(drop_off.place, point, towards=True)
            for trip, _, _ in self.running
            for pickup, drop_off in trip.rides
        )

    def windows(
        self, trip: Trip, pickup: Call, drop_off: Call, by_car_s: Array
    ) -> tuple[Array, Array, Array]:
        """Return the earliest and latest moments of getting on, and the seconds of the ride.

        `by_car_s` (N,): seconds by car, for each ride.
        """
        earliest, latest, ride_s = _windows(trip, pickup, drop_off, by_car_s)
        # int64: a ride that can no longer be booked has a floor of UNREACHED, past its latest.
        floor_s = self._earliest_pickup_s(pickup, drop_off, self.calendar.start)
        return np.maximum(earliest, floor_s), latest, ride_s

    def ride(self, ties: Ties, row: int) -> Ride:
        """Return the ride of a tie."""
        source = ties.sources[ties.source[row]]
        stop = int(ties.tied.stops[row])
        far = Near(Point(float(self.stop_lat[stop]), float(self.stop_lon[stop])), stop, None)
        a, b = (far, source.near) if ties.towards else (source.near, far)
        ride_s = int(ties.tied.seconds[row]) - source.near.walk_s
        earliest_s = int(ties.tied.earliest_s[row]) + a.walk_s
        latest_s = int(ties.tied.latest_s[row]) + a.walk_s
        return self._ride(source, a, b, earliest_s, latest_s, ride_s, float(ties.metres[row]))

    # -- the inside ---------------------------------------------------------------------------

    def _ride(
        self,
        source: _Source,
        a: Near,
        b: Near,
        earliest_s: int,
        latest_s: int,
        ride_s: int,
        metres: float,
    ) -> Ride:
        """Return a ride by the moments of getting on; its own are those of leaving the place."""
        return Ride(
            trip=source.trip,
            on=source.on,
            from_=a,
            to=b,
            earliest_s=earliest_s - a.walk_s,
            latest_s=latest_s - a.walk_s,
            ride_s=ride_s,
            metres=metres,
            shift_s=source.shift_s,
            rules=tuple(rules_of(source.pickup, source.drop_off, self.services.rules)),
            pickup_window_s=(earliest_s, latest_s),
        )

    def _around(self, point: Point, *, towards: bool) -> dict[int, StreetLeg]:
        reach = self.streets.stops_around(point, self.walk, towards=towards)
        return {
            int(stop): StreetLeg(int(seconds), float(metres), bool(estimated), ())
            for stop, seconds, metres, estimated in zip(*reach, strict=True)
        }

    def _near(self, place: int, point: Point, *, towards: bool) -> list[Near]:
        """Return where the service comes near a point: there, at a zone's edge, or at stops."""
        if self.services.is_zone(place):
            if self.services.covers(place, point):
                return [Near(point, None, None)]
            edge = self._edge(place, point, towards=towards)
            return [] if edge is None else [edge]
        around = self._keep(
            ("around", self.walk, point, towards), lambda: self._around(point, towards=towards)
        )
        return [
            Near(
                Point(float(self.stop_lat[stop]), float(self.stop_lon[stop])),
                stop,
                # The place is the stop itself: no walk to show.
                around[stop] if around[stop].seconds else None,
            )
            for stop in self.services.stops_of(place).tolist()
            if stop in around
        ]

    def _edge(self, place: int, point: Point, *, towards: bool) -> Near | None:
        """Return the nearest edge of a zone, if one walks there; `towards`: from there."""
        edge = self.services.edge_of(place, point)
        ways = (edge, point) if towards else (point, edge)
        leg = self.streets.between(*ways, self.walk)
        return None if leg is None else Near(edge, None, leg)

    def _seconds_by_car(self, point: Point, *, towards: bool) -> tuple[Array, Array]:
        """Return seconds and metres (S,) by car to (or from) each stop; UNREACHED if too far."""
        return self._keep(
            ("by car", point, towards), lambda: self._read_by_car(point, towards=towards)
        )

    def _read_by_car(self, point: Point, *, towards: bool) -> tuple[Array, Array]:
        seconds = np.full(len(self.stop_lat), UNREACHED, np.int32)
        metres = np.zeros(len(self.stop_lat))
        reach = self.streets.stops_around(point, BY_CAR, towards=towards)
        seconds[reach.stops], metres[reach.stops] = reach.seconds, reach.metres
        return seconds, metres

    def _own(
        self, trip: Trip, pickup: Call, drop_off: Call, point: Point, *, towards: bool
    ) -> list[_Own]:
        """Return the rides of a pair of calls from a place to the stops, or towards it."""

        def read() -> list[_Own]:
            mine, far = (drop_off, pickup) if towards else (pickup, drop_off)
            return [
                self._to_stops(trip, pickup, drop_off, near, far.place, towards=towards)
                for near in self.near(mine.place, point, towards=towards)
            ]

        # By identity: trips and their calls live as long as the timetable that keeps this.
        return self._keep(
            ("own", self.walk, id(trip), id(pickup), id(drop_off), point, towards), read
        )

    def _to_stops(
        self, trip: Trip, pickup: Call, drop_off: Call, near: Near, far: int, *, towards: bool
    ) -> _Own:
        stops = self.services.stops_of(far)
        seconds, metres = self._seconds_by_car(near.point, towards=towards)
        kept = (seconds[stops] != UNREACHED) & self.is_served[stops]
        # `near.stop` is None away from stops, and differs then from every stop.
        stops = stops[kept & (stops != near.stop)]
        hours = _windows(trip, pickup, drop_off, seconds[stops])
        return _Own(near, stops.astype(np.int32), *hours, metres[stops])

    def _on_day(self, own: _Own, source: _Source, *, towards: bool) -> tuple[Array, ...]:
        """Return the ties of rides on the day of their service, those that may still be booked."""
        floor_s = self._earliest_pickup_s(source.pickup, source.drop_off, source.on)
        # int64: a ride that can no longer be booked has a floor of UNREACHED, past its latest.
        earliest_s = np.maximum(own.earliest_s, floor_s)
        open_ = np.flatnonzero(earliest_s <= own.latest_s)
        n, walk_s = len(open_), own.near.walk_s
        # Windows of ties are moments of leaving: the walk comes first where one leaves the place.
        added_s = source.shift_s - (0 if towards else walk_s)
        return (
            own.stops[open_],
            (earliest_s[open_] + added_s).astype(np.int32),
            (own.latest_s[open_] + added_s).astype(np.int32),
            (own.ride_s[open_] + walk_s).astype(np.int32),
            np.full(n, walk_s, np.int32),
            np.full(n, self.change_s(source.trip), np.int32),
            own.metres[open_],
        )

    def _between(
        self, trip: Trip, pickup: Call, drop_off: Call, origin: Point, destination: Point
    ) -> list[_Direct]:
        """Return the rides of a pair of calls between two places."""

        def read() -> list[_Direct]:
            ways = []
            for a in self.near(pickup.place, origin, towards=False):
                for b in self.near(drop_off.place, destination, towards=True):
                    leg = self.streets.between(a.point, b.point, BY_CAR)
                    if leg is None or goes_nowhere(a, b):
                        continue
                    hours = _windows(trip, pickup, drop_off, np.array([leg.seconds]))
                    earliest_s, latest_s, ride_s = (int(column[0]) for column in hours)
                    ways.append(_Direct(a, b, earliest_s, latest_s, ride_s, leg.metres))
            return ways

        calls = id(trip), id(pickup), id(drop_off)
        return self._keep(("direct", self.walk, calls, origin, destination), read)

    def _earliest_pickup_s(self, pickup: Call, drop_off: Call, on: date) -> int:
        if self.asked_at is None:
            # Without a moment of asking, no notice can come too late.
            return -UNREACHED
        key = pickup.pickup_rule, drop_off.drop_off_rule, on
        if key not in self._floors:
            rules = rules_of(pickup, drop_off, self.services.rules)
            self._floors[key] = earliest_pickup_s(rules, self.asked_at, on, self.calendar)
        return self._floors[key]


class _Kept:
    """What one search keeps, by key."""

    def __init__(self) -> None:
        self._values: dict[Hashable, Any] = {}

    def __call__(self, key: Hashable, make: Callable[[], T]) -> T:
        if key not in self._values:
            self._values[key] = make()
        return cast(T, self._values[key])


def _windows(
    trip: Trip, pickup: Call, drop_off: Call, by_car_s: Array
) -> tuple[Array, Array, Array]:
    """Return the earliest and latest moments of getting on, and the seconds of the ride, int64."""
    ride_s = trip.seconds(by_car_s).astype(np.int64)
    if trip.keeps_hours:
        earliest = np.full(len(ride_s), pickup.start_s)
        latest = np.full(len(ride_s), pickup.end_s)
        # Twice the time between the middles of both windows, halved below.
        middles = drop_off.start_s + drop_off.end_s - pickup.start_s - pickup.end_s
        ride_s = np.full(len(ride_s), middles // 2)
    elif pickup.timed:
        earliest = latest = np.full(len(ride_s), pickup.end_s)
        # A vehicle early at the drop-off waits for its window: riders stay seated until then.
        ride_s = np.maximum(ride_s, drop_off.start_s - pickup.end_s)
        # A window that ends before it starts stands for no ride.
        latest = np.where(pickup.end_s + ride_s <= drop_off.end_s, latest, earliest - 1)
    elif drop_off.timed:
        # One moment of pickup, the last from which the fixed hour of drop-off is kept; a pickup
        # that opens later leaves an empty window.
        latest = np.minimum(pickup.end_s, drop_off.start_s - ride_s)
        earliest = np.maximum(latest, pickup.start_s)
        ride_s = drop_off.start_s - latest
    else:
        earliest = np.maximum(pickup.start_s, drop_off.start_s - ride_s)
        latest = np.minimum(pickup.end_s, drop_off.end_s - ride_s)
    return earliest, latest, ride_s
