"""Rides on demand as *windowed ties* between a place and the stops.

A tie (earliest, latest, seconds) is left at any moment until `latest`; one arrives `seconds` after
leaving, or after `earliest` if one was there before. Walking before or after a ride, one ride after
another, and time turned around all give ties again:

- walk `w` first: (earliest - w, latest - w, w + seconds); walk after: seconds + w;
- two in a row: (max(e1, e2 - s1), min(l1, l2 - s1), s1 + s2), none where e1 > l2 - s1;
- turned around: (-(latest + seconds), -(earliest + seconds), seconds).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple, Self

import numpy as np

from ..pareto_kernels import Tied
from ..places import UNREACHED, Array, Point
from ..streets import CAR, Mode, StreetLeg, Streets
from .notice import Booking, Calendar, OnDemand, booking, earliest_pickup_s, rules_of
from .services import Call, Rule, Services, Trip

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

    def arrival_s(self, leave_s: int) -> int | None:
        """When one arrives, leaving at a moment; None when it is too late."""
        if leave_s > self.latest_s:
            return None
        return max(leave_s, self.earliest_s) + self.seconds

    def departure_s(self, arrive_s: int) -> int | None:
        """The latest one may leave to arrive by a moment; None when no ride does."""
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
        """No tie at all."""
        i32 = np.empty(0, np.int32)
        return cls(Tied(i32, i32, i32, i32, i32), np.empty(0), i32, (), towards)


def chains(first: Ties, second: Ties) -> Iterator[tuple[int, int]]:
    """Pairs of a tie to a stop and one from it that some departure can take one after the other.

    Of the pairs with the same window, the quickest alone.
    """
    a, b = first.tied, second.tied
    pairs = np.nonzero(a.stops[:, None] == b.stops[None, :])
    i, j = pairs[0].astype(np.int64), pairs[1].astype(np.int64)
    earliest = np.maximum(a.earliest_s[i], b.earliest_s[j] - a.seconds[i])
    latest = np.minimum(a.latest_s[i], b.latest_s[j] - a.seconds[i])
    seconds = a.seconds[i] + b.seconds[j]
    open_ = np.flatnonzero(a.earliest_s[i] <= b.latest_s[j] - a.seconds[i])
    order = open_[np.lexsort((seconds[open_], latest[open_], earliest[open_]))]
    window = None
    for row in order:
        if (earliest[row], latest[row]) != window:
            window = earliest[row], latest[row]
            yield int(i[row]), int(j[row])


class DayServices:
    """The services on demand of one service day and its neighbours, as a rider may use them."""

    def __init__(
        self,
        services: Services,
        calendar: Calendar,
        streets: Streets,
        *,
        days: Sequence[tuple[date, int, int]],
        option: OnDemand | None,
        stop_lat: Array,
        stop_lon: Array,
        walk: Mode,
    ) -> None:
        """`days`: (service day, its column in the calendar, seconds to add to its times).

        Without an `option` nothing runs.
        """
        self.services = services
        self.calendar = calendar
        self.streets = streets
        self.asked_at = None if option is None else option.asked_at
        self.chain = option is not None and option.chain
        self.stop_lat, self.stop_lon = stop_lat, stop_lon
        self.walk = walk
        self._by_car: dict[tuple[Point, bool], tuple[Array, Array]] = {}
        self.running = [
            (trip, day, shift_s)
            for day, column, shift_s in days
            for trip in services.trips
            if option is not None
            and calendar.services[trip.service, column]
            and (option.routes is None or trip.route in option.routes)
        ]

    def ties(self, point: Point, *, towards: bool = False) -> Ties:
        """Rides from a place to the stops, or `towards` it from them."""
        found: list[tuple[Array, ...]] = []
        sources: list[_Source] = []
        around = self._around(point, towards=towards)
        for trip, day, shift_s in self.running:
            for pickup, drop_off in trip.rides:
                mine, far = (drop_off, pickup) if towards else (pickup, drop_off)
                for near in self._near(mine.place, point, around):
                    source = _Source(trip, day, shift_s, pickup, drop_off, near)
                    rows = self._to_stops(source, far.place, towards=towards)
                    if len(rows[0]):
                        found.append((*rows, np.full(len(rows[0]), len(sources), np.int32)))
                        sources.append(source)
        if not found:
            return Ties.none(towards=towards)
        columns = [np.concatenate(column) for column in zip(*found, strict=True)]
        *tied, metres, rows_of_sources = columns
        return Ties(Tied(*tied), metres, rows_of_sources, tuple(sources), towards)

    def direct(self, origin: Point, destination: Point) -> Iterator[Ride]:
        """Rides between two places."""
        from_origin = self._around(origin, towards=False)
        to_destination = self._around(destination, towards=True)
        for trip, day, shift_s in self.running:
            for pickup, drop_off in trip.rides:
                for a in self._near(pickup.place, origin, from_origin):
                    for b in self._near(drop_off.place, destination, to_destination):
                        leg = self.streets.between(a.point, b.point, BY_CAR)
                        if leg is None or (a.stop is not None and a.stop == b.stop):
                            continue
                        source = _Source(trip, day, shift_s, pickup, drop_off, a)
                        seconds = np.array([leg.seconds])
                        (earliest,), (latest,), (ride_s,) = self._windows(source, seconds)
                        if earliest <= latest:
                            yield self._ride(
                                source, a, b, int(earliest), int(latest), int(ride_s), leg.metres
                            )

    def ride(self, ties: Ties, row: int) -> Ride:
        """The ride of a tie."""
        source = ties.sources[ties.source[row]]
        stop = int(ties.tied.stops[row])
        far = Near(Point(float(self.stop_lat[stop]), float(self.stop_lon[stop])), stop, None)
        a, b = (far, source.near) if ties.towards else (source.near, far)
        change_s = source.trip.change_s
        ride_s = int(ties.tied.seconds[row]) - source.near.walk_s - change_s
        before_s = change_s if ties.towards else a.walk_s
        earliest_s = int(ties.tied.earliest_s[row]) + before_s
        latest_s = int(ties.tied.latest_s[row]) + before_s
        return self._ride(source, a, b, earliest_s, latest_s, ride_s, float(ties.metres[row]))

    def booking(self, ride: Ride, pickup_s: int) -> Booking | None:
        """How to book a ride leaving at `pickup_s` of the day searched; None if no rule says."""
        return booking(ride.rules, pickup_s - ride.shift_s, ride.on, self.calendar)

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
        """`earliest_s` and `latest_s` are those of getting on; the ride tells those of leaving."""
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

    def _near(self, place: int, point: Point, around: dict[int, StreetLeg]) -> list[Near]:
        if self.services.is_zone(place):
            return [Near(point, None, None)] if self.services.covers(place, point) else []
        return [
            Near(
                Point(float(self.stop_lat[stop]), float(self.stop_lon[stop])),
                stop,
                around[stop] if around[stop].seconds else None,
            )
            for stop in self.services.stops_of(place).tolist()
            if stop in around
        ]

    def _seconds_by_car(self, point: Point, *, towards: bool) -> tuple[Array, Array]:
        """(S,) seconds and metres by car between a point and each stop; UNREACHED where too far."""
        key = point, towards
        if key not in self._by_car:
            seconds = np.full(len(self.stop_lat), UNREACHED, np.int32)
            metres = np.zeros(len(self.stop_lat))
            reach = self.streets.stops_around(point, BY_CAR, towards=towards)
            seconds[reach.stops], metres[reach.stops] = reach.seconds, reach.metres
            self._by_car[key] = seconds, metres
        return self._by_car[key]

    def _to_stops(self, source: _Source, far: int, *, towards: bool) -> tuple[Array, ...]:
        stops = self.services.stops_of(far)
        seconds, metres = self._seconds_by_car(source.near.point, towards=towards)
        stops = stops[(seconds[stops] != UNREACHED) & (stops != source.near.stop)]
        earliest, latest, ride_s = self._windows(source, seconds[stops])
        walk_s, change_s = source.near.walk_s, source.trip.change_s
        before_s = change_s if towards else walk_s
        open_ = earliest <= latest
        return (
            stops[open_].astype(np.int32),
            (earliest[open_] - before_s).astype(np.int32),
            (latest[open_] - before_s).astype(np.int32),
            (ride_s[open_] + walk_s + change_s).astype(np.int32),
            np.full(int(open_.sum()), walk_s, np.int32),
            metres[stops[open_]],
        )

    def _windows(self, source: _Source, by_car_s: Array) -> tuple[Array, Array, Array]:
        """Earliest and latest moments of getting on, and the seconds of the ride."""
        trip, pickup, drop_off = source.trip, source.pickup, source.drop_off
        ride_s = trip.seconds(by_car_s).astype(np.int64)
        if trip.keeps_hours:
            earliest = np.full(len(ride_s), pickup.start_s)
            latest = np.full(len(ride_s), pickup.end_s)
            middles = drop_off.start_s + drop_off.end_s - pickup.start_s - pickup.end_s
            ride_s = np.full(len(ride_s), middles // 2)
        elif pickup.timed:
            earliest = latest = np.full(len(ride_s), pickup.end_s)
            ride_s = np.maximum(ride_s, drop_off.start_s - pickup.end_s)
            latest = np.where(pickup.end_s + ride_s <= drop_off.end_s, latest, earliest - 1)
        elif drop_off.timed:
            latest = np.minimum(pickup.end_s, drop_off.start_s - ride_s)
            earliest = np.maximum(latest, pickup.start_s)
            ride_s = drop_off.start_s - latest
        else:
            earliest = np.maximum(pickup.start_s, drop_off.start_s - ride_s)
            latest = np.minimum(pickup.end_s, drop_off.end_s - ride_s)
        floor = self._earliest_pickup_s(source)
        return np.maximum(earliest, floor) + source.shift_s, latest + source.shift_s, ride_s

    def _earliest_pickup_s(self, source: _Source) -> int:
        if self.asked_at is None:
            return -UNREACHED
        rules = rules_of(source.pickup, source.drop_off, self.services.rules)
        return earliest_pickup_s(rules, self.asked_at, source.on, self.calendar)
