"""Rides on demand of many places, read once whatever the day, then set to the hours of classes.

Times of a class run from its moment, turned around on the way out: see `kernels`.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product
from typing import NamedTuple

import numpy as np

from ..day_classes import Column, DayClasses
from ..ends import boardings, kept_on
from ..kernels import View
from ..legs import Place, place_point
from ..on_demand import DayServices, OnDemand
from ..on_demand.asked_rides import every_service
from ..on_demand.notice import earliest_pickup_s, rules_of
from ..on_demand.services import Call, Trip
from ..on_demand.ties import BY_CAR, Near, goes_nowhere
from ..options import Limits
from ..pareto_kernels import ASKED, Tied
from ..places import UNREACHED, Array, Point
from ..streets import Streets
from ..streets.many import between_each
from ..timetable import PLACES, SITES, Timetable
from .held_kernels import AskedTies, Direct
from .kernels import Access

NO_ACCESS = Access(np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0, np.int32), 0)
NO_TIES = AskedTies(
    starts=np.zeros(1, np.int64),
    cell=np.empty(0, np.int32),
    earliest_s=np.empty(0, np.int64),
    latest_s=np.empty(0, np.int64),
    seconds=np.empty(0, np.int32),
    change_s=np.empty(0, np.int32),
    chain=np.empty(0, np.bool_),
)
NO_WAYS = Direct(
    starts=np.zeros(1, np.int64),
    cell=np.empty(0, np.int32),
    out_s=np.empty(0, np.int32),
    back_s=np.empty(0, np.int32),
    stride=0,
)


class Rides(NamedTuple):
    """Rides of services (K,), left until `latest_s`: times of the day of the service.

    `before_s`: the walk before getting on, counted in the rest. `call`: row of the pair of calls.
    """

    place: Array  # int64 row of the place, or of the pair of places
    stop: Array  # int32, -1 for rides all the way
    earliest_s: Array  # int64
    latest_s: Array  # int64
    seconds: Array  # int32
    before_s: Array  # int32
    change_s: Array  # int32
    call: Array  # int64

    def rows(self, kept: Array) -> "Rides":
        """Return some of the rides."""
        return Rides(*(column[kept] for column in self))


@dataclass(frozen=True)
class Asking:
    """The services on demand that an option allows, for many places.

    What was read of places and of days is kept: classes of days ask for the same again.
    """

    tt: Timetable
    streets: Streets
    limits: Limits
    services: DayServices
    calls: list[tuple[Trip, Call, Call]]
    asked: OnDemand
    kept: dict[Hashable, Rides] = field(default_factory=dict, repr=False)
    floors: dict[date, Array] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, tt: Timetable, streets: Streets, limits: Limits, option: OnDemand) -> "Asking":
        """Read the services, whatever their days: those of a class are chosen later."""
        services = every_service(tt, streets, limits, replace(option, asked_at=None))
        calls = [
            (trip, pickup, drop_off)
            for trip, _, _ in services.running
            for pickup, drop_off in trip.rides
        ]
        return cls(tt, streets, limits, services, calls, option)

    def ties(self, places: Sequence[Place], *, towards: bool) -> Rides:
        """Return the rides from places to stops, or `towards` places from stops."""
        return self._keep((tuple(places), towards), lambda: self._kept_ties(places, towards))

    def _kept_ties(self, places: Sequence[Place], towards: bool) -> Rides:
        """Return the rides from or towards places, read once whatever the moment of asking."""
        whenever = replace(self.limits, asked_at=None), replace(self.asked, asked_at=None)
        key = "asked ties", *whenever, tuple(places), towards
        # Those of many sites would drive out hundreds of places, and are asked for again by each
        # home: they are kept with the searches of sites.
        pool = SITES if len(places) > 1 else PLACES
        return kept_on(
            self.tt, self.streets, key, lambda: self._ties(places, towards=towards), pool
        )

    def _keep(self, key: Hashable, read: Callable[[], Rides]) -> Rides:
        if key not in self.kept:
            self.kept[key] = read()
        return self.kept[key]

    def _ties(self, places: Sequence[Place], *, towards: bool) -> Rides:
        numbers = {
            (id(trip), id(pickup), id(drop_off)): row
            for row, (trip, pickup, drop_off) in enumerate(self.calls)
        }
        parts = []
        for row, place in enumerate(places):
            ties = self.services.ties(place_point(self.tt, place), towards=towards)
            tied, n = ties.tied, len(ties.metres)
            calls = np.array(
                [numbers[id(s.trip), id(s.pickup), id(s.drop_off)] for s in ties.sources], np.int64
            )
            parts.append(
                Rides(
                    np.full(n, row),
                    tied.stops,
                    tied.earliest_s.astype(np.int64),
                    tied.latest_s.astype(np.int64),
                    tied.seconds,
                    np.zeros(n, np.int32) if towards else tied.walk_s,
                    tied.change_s,
                    calls[ties.source] if n else np.empty(0, np.int64),
                )
            )
        return _joined(parts)

    def whole_ways(self, origins: Sequence[Place], destinations: Sequence[Place]) -> Rides:
        """Return the rides between places; `place` is origin × destinations + destination."""
        key = tuple(origins), tuple(destinations)
        return self._keep(key, lambda: self._whole_ways(origins, destinations))

    def _whole_ways(self, origins: Sequence[Place], destinations: Sequence[Place]) -> Rides:
        a, b = (
            [place_point(self.tt, place) for place in places] for places in (origins, destinations)
        )
        parts = []
        for row, (trip, pickup, drop_off) in enumerate(self.calls):
            starts = list(self._near_each(pickup.place, a, towards=False))
            ends = list(self._near_each(drop_off.place, b, towards=True))
            if not starts or not ends:
                continue
            by_car = between_each(
                self.streets,
                [near.point for _, near in starts],
                [near.point for _, near in ends],
                BY_CAR,
            )
            pairs = [
                (i, j)
                for i, j in product(range(len(starts)), range(len(ends)))
                if by_car[i, j] != UNREACHED and not goes_nowhere(starts[i][1], ends[j][1])
            ]
            if not pairs:
                continue
            i, j = np.array(pairs).T
            earliest, latest, ride_s = self.services.windows(trip, pickup, drop_off, by_car[i, j])
            before_s = np.array([near.walk_s for _, near in starts], np.int32)[i]
            after_s = np.array([near.walk_s for _, near in ends], np.int32)[j]
            origin = np.array([place for place, _ in starts])[i]
            destination = np.array([place for place, _ in ends])[j]
            n = len(i)
            parts.append(
                Rides(
                    origin * len(b) + destination,
                    np.full(n, -1, np.int32),
                    earliest - before_s,
                    latest - before_s,
                    (before_s + ride_s + after_s).astype(np.int32),
                    before_s,
                    np.zeros(n, np.int32),
                    np.full(n, row),
                ).rows(earliest <= latest)
            )
        return _joined(parts)

    def _near_each(
        self, place: int, points: Sequence[Point], *, towards: bool
    ) -> Iterator[tuple[int, Near]]:
        for row, point in enumerate(points):
            for near in self.services.near(place, point, towards=towards):
                yield row, near

    def on_days(self, rides: Rides, days: Sequence[Column]) -> Rides:
        """Return the rides of some service days, at the times of the class they belong to."""
        if not len(rides.place):
            return rides
        runs = self.tt.arrays["services"]
        service = np.array([trip.service for trip, _, _ in self.calls], np.int64)
        parts = []
        for day, column, shift_s in days:
            of_day = rides.rows(np.flatnonzero(runs[service[rides.call], column]))
            earliest = np.maximum(
                of_day.earliest_s, self._floors(day)[of_day.call] - of_day.before_s
            )
            parts.append(
                of_day._replace(
                    earliest_s=earliest + shift_s, latest_s=of_day.latest_s + shift_s
                ).rows(earliest <= of_day.latest_s)
            )
        return _joined(parts)

    def _floors(self, day: date) -> Array:
        """Return, by pair of calls, the earliest pickup that can still be booked, int64."""
        asked_at, calendar = self.asked.asked_at, self.tt.calendar
        if asked_at is None:
            return np.full(len(self.calls), -UNREACHED, np.int64)
        if day not in self.floors:
            known = self.services.services.rules
            floors: dict[tuple[int, int], int] = {}
            for _, pickup, drop_off in self.calls:
                named = pickup.pickup_rule, drop_off.drop_off_rule
                if named not in floors:
                    rules = rules_of(pickup, drop_off, known)
                    floors[named] = earliest_pickup_s(rules, asked_at, day, calendar)
            of_calls = (floors[a.pickup_rule, b.drop_off_rule] for _, a, b in self.calls)
            self.floors[day] = np.array(list(of_calls), np.int64)
        return self.floors[day]


def from_moment(rides: Rides, moment_s: int, *, backward: bool) -> Rides:
    """Return the rides in seconds from the moment of a class, turned around if `backward`."""
    earliest, latest = rides.earliest_s - moment_s, rides.latest_s - moment_s
    if backward:
        earliest, latest = -(latest + rides.seconds), -(earliest + rides.seconds)
    return rides._replace(earliest_s=earliest, latest_s=latest)


def boarded_after(view: View, rides: Rides, n_places: int, wait_s: int = UNREACHED) -> Access:
    """Return where one may board after rides taken from moment 0 on, by place.

    `wait_s`: rides that one would wait for longer are left out.

    Without any `change_s` in the view: where another vehicle that is no line may be taken.
    """
    tied = Tied(
        stops=rides.stop,
        earliest_s=rides.earliest_s,
        latest_s=rides.latest_s,
        seconds=rides.seconds,
        walk_s=rides.before_s,
        kind=np.full(len(rides.stop), ASKED, np.int8),
        change_s=rides.change_s,
    )
    stops, after_s, row = boardings(view, tied)
    kept = (rides.latest_s[row] >= 0) & (rides.earliest_s[row] <= wait_s)
    stops, row = stops[kept], row[kept]
    ready_s = np.maximum(rides.earliest_s[row], 0) + after_s[kept]
    place = rides.place[row]
    order = np.argsort(place, kind="stable")
    counts = np.bincount(place, minlength=n_places)
    return Access(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        stops[order].astype(np.int32),
        ready_s[order].astype(np.int32),
        0,
    )


def stacked(by_class: Sequence[Access], n_places: int) -> Access:
    """Join the accesses of classes: row class × places + place."""
    starts, begin = [np.zeros(1, np.int64)], 0
    for access in by_class:
        starts.append(access.starts[1:] + begin)
        begin += int(access.starts[-1])
    none = np.empty(0, np.int32)
    return Access(
        np.concatenate(starts),
        np.concatenate([*(access.stops for access in by_class), none]),
        np.concatenate([*(access.ready_s for access in by_class), none]),
        n_places,
    )


def asked_ties(
    asking: Sequence[tuple[int, Asking]],
    homes: Sequence[Place],
    classes: DayClasses,
    n_stops: int,
    *,
    backward: bool,
) -> AskedTies:
    """Return the rides on demand at homes, by class, then stop; `asking`: by number of mode."""
    if not asking:
        return NO_TIES
    days, moments = _of_way(classes, backward=backward)
    parts, cells, rows, chains = [], [], [], []
    for number, of_mode in asking:
        rides = of_mode.ties(homes, towards=not backward)
        for c in range(len(classes)):
            of_class = from_moment(of_mode.on_days(rides, days[c]), moments[c], backward=backward)
            parts.append(of_class)
            cells.append(number * len(homes) + of_class.place)
            rows.append(c * n_stops + of_class.stop.astype(np.int64))
            chains.append(np.full(len(of_class.stop), of_mode.asked.chain))
    rides = _joined(parts)
    none = np.empty(0, np.int64)
    row, cell = np.concatenate([*rows, none]), np.concatenate([*cells, none])
    order = np.argsort(row, kind="stable")
    starts = np.searchsorted(row[order], np.arange(len(classes) * n_stops + 1)).astype(np.int64)
    rides = rides.rows(order)
    return AskedTies(
        starts,
        cell[order].astype(np.int32),
        rides.earliest_s,
        rides.latest_s,
        rides.seconds,
        rides.change_s,
        np.concatenate([*chains, np.empty(0, np.bool_)])[order],
    )


def asked_ways(
    asking: Sequence[tuple[int, Asking]],
    homes: Sequence[Place],
    sites: Sequence[Place],
    classes: DayClasses,
    waits: tuple[Array, Array],
) -> Direct:
    """Return the rides all the way, by class, then site, both ways.

    `waits` (C,) each: the longest wait at work before and after the shift.
    """
    if not asking:
        return NO_WAYS
    n_homes, n_sites = len(homes), len(sites)
    rows, cells, outs, backs = [], [], [], []
    for number, of_mode in asking:
        ways = (of_mode.whole_ways(homes, sites), of_mode.whole_ways(sites, homes))
        for c in range(len(classes)):
            for backward, rides in zip((True, False), ways, strict=True):
                days, moments = _of_way(classes, backward=backward)
                kept_rides = of_mode.on_days(rides, days[c])
                kept_rides = from_moment(kept_rides, moments[c], backward=backward)
                wait_s = waits[0 if backward else 1][c]
                kept_rides = kept_rides.rows(
                    (kept_rides.latest_s >= 0) & (kept_rides.earliest_s <= wait_s)
                )
                spent = np.maximum(kept_rides.earliest_s, 0) + kept_rides.seconds
                never = np.full(len(spent), UNREACHED)
                first, second = np.divmod(kept_rides.place, n_sites if backward else n_homes)
                home, site = (first, second) if backward else (second, first)
                rows.append(c * n_sites + site)
                cells.append(number * n_homes + home)
                outs.append(spent if backward else never)
                backs.append(never if backward else spent)
    none = np.empty(0, np.int64)
    row = np.concatenate([*rows, none])
    order = np.argsort(row, kind="stable")
    cell, out_s, back_s = (
        np.concatenate([*column, none])[order].astype(np.int32) for column in (cells, outs, backs)
    )
    starts = np.searchsorted(row[order], np.arange(len(classes) * n_sites + 1)).astype(np.int64)
    return Direct(starts, cell, out_s, back_s, n_sites)


def _of_way(classes: DayClasses, *, backward: bool) -> tuple[Sequence[Sequence[Column]], list[int]]:
    """Return the service days and the moment of each class, out (backward) or back."""
    if backward:
        return classes.out_days, classes.arrive_s.tolist()
    return classes.back_days, classes.leave_s.tolist()


def _joined(parts: Sequence[Rides]) -> Rides:
    types = (np.int64, np.int32, np.int64, np.int64, np.int32, np.int32, np.int32, np.int64)
    return Rides(
        *(
            np.concatenate([*(part[column] for part in parts), np.empty(0, dtype)]).astype(dtype)
            for column, dtype in enumerate(types)
        )
    )
