"""Journeys of one traveller: the Pareto set between two places, with their legs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

import numpy as np

from . import kernels
from .kernels import Labels, View
from .places import UNREACHED, Array, Point
from .searches import MAX_RIDES
from .streets import DEFAULT_WALK, WALK, DetourStreets, Mode, Streets, Walk
from .timetable import SERVICE_DAYS, DayTrips, Timetable

Place = Point | int
FIRST_POOL = 1 << 14


@dataclass(frozen=True)
class Leg:
    """One piece of a journey: a ride in a vehicle of the timetable, or a way on streets.

    `kind` is "ride" or the code of a mode ("walk", "bike", …). Times are seconds of the service
    day of the journey. `estimated`: by the detour model, or by a frequency instead of a timetable.
    """

    kind: str
    from_name: str
    to_name: str
    from_point: Point
    to_point: Point
    departure_s: int
    arrival_s: int
    from_stop: int | None = None
    to_stop: int | None = None
    distance_m: float | None = None
    route_name: str = ""
    headsign: str = ""
    route_type: int | None = None
    color: str = ""
    trip_id: str = ""
    agency: str = ""
    estimated: bool = False
    stops: tuple[int, ...] = ()
    routes: tuple[int, ...] = ()

    @property
    def duration_s(self) -> int:
        return self.arrival_s - self.departure_s


@dataclass(frozen=True)
class Journey:
    """Legs one after the other, on a service day; waiting is what lies between them."""

    on: date
    legs: tuple[Leg, ...]

    @property
    def departure_s(self) -> int:
        return self.legs[0].departure_s

    @property
    def arrival_s(self) -> int:
        return self.legs[-1].arrival_s

    @property
    def duration_s(self) -> int:
        return self.arrival_s - self.departure_s

    @property
    def waiting_s(self) -> int:
        return self.duration_s - sum(leg.duration_s for leg in self.legs)

    @property
    def rides(self) -> int:
        return sum(leg.kind == "ride" for leg in self.legs)

    @property
    def walk_m(self) -> float:
        return sum(leg.distance_m or 0.0 for leg in self.legs if leg.kind == "walk")

    @property
    def walk_s(self) -> int:
        return sum(leg.duration_s for leg in self.legs if leg.kind == "walk")

    @property
    def estimated(self) -> bool:
        return any(leg.estimated for leg in self.legs)


class Ends(NamedTuple):
    """How a place is tied to the stops: arrays of one length, and the mode of each tie."""

    stops: Array
    seconds: Array
    walk_s: Array
    metres: Array
    modes: tuple[Mode, ...]
    mode: Array


def journeys(
    tt: Timetable,
    origin: Place,
    destination: Place,
    *,
    on: date,
    depart_s: int | None = None,
    arrive_s: int | None = None,
    window_s: int = 0,
    access: Sequence[Mode] = (WALK,),
    egress: Sequence[Mode] = (WALK,),
    max_rides: int = MAX_RIDES,
    walk: Walk = DEFAULT_WALK,
    min_transfer_s: int = 0,
    service_days: Sequence[int] = SERVICE_DAYS,
    streets: Streets | None = None,
) -> list[Journey]:
    """Pareto set of journeys: late departure, early arrival, few rides, little walking.

    Give `depart_s` (leave at or after it; with `window_s`, within it) or `arrive_s` (arrive by
    it; with `window_s`, leaving at most that long before the latest departure that does).
    `access` and `egress` are the modes between the places and the stops; a way on streets alone
    is part of the set where a mode that stands in both reaches. Two criteria come from
    McRAPTOR (Delling et al. 2015, §4); departures are those of the stops within reach.
    Sorted by departure, then arrival. Raises ValueError, OutsideTimetable.
    """
    if (depart_s is None) == (arrive_s is None):
        raise ValueError("give depart_s or arrive_s, one of the two")
    if window_s < 0:
        raise ValueError(f"window_s must not be negative, not {window_s}")
    streets = streets or default_streets(tt)
    search = _Search(
        tt=tt,
        on=on,
        service_days=tuple(service_days),
        walk=walk,
        min_transfer_s=min_transfer_s,
        max_rides=max_rides,
        home=ends(tt, streets, origin, access),
        work=ends(tt, streets, destination, egress, towards=True),
        places=(origin, destination),
    )
    if depart_s is not None:
        departs = search.departures(depart_s, depart_s + window_s) if window_s else [depart_s]
        found = search.forward(departs, UNREACHED - 1)
        if window_s:
            # Leaving for a line that leads elsewhere ends in boarding a later one.
            found = [j for j in found if j.departure_s <= depart_s + window_s]
    elif arrive_s is not None:
        latest = search.departing_by(arrive_s)
        departs = latest
        if window_s and latest:
            departs = search.departures(max(latest) - window_s, max(latest)) + latest
        found = search.forward(departs, arrive_s)
    found += _on_streets(tt, streets, origin, destination, access, egress, on, depart_s, arrive_s)
    return sorted(pareto_set(found), key=lambda j: (j.departure_s, j.arrival_s, j.rides))


def default_streets(tt: Timetable) -> Streets:
    """The detour model over the stops of a timetable."""
    return DetourStreets(tt.arrays["stop_lat"], tt.arrays["stop_lon"])


def place_point(tt: Timetable, place: Place) -> Point:
    """Coordinates of a place."""
    if isinstance(place, Point):
        return place
    return Point(float(tt.arrays["stop_lat"][place]), float(tt.arrays["stop_lon"][place]))


def place_name(tt: Timetable, place: Place) -> str:
    """Name of a stop, nothing for a point."""
    return "" if isinstance(place, Point) else tt.stop_name(place)


def ends(
    tt: Timetable, streets: Streets, place: Place, modes: Sequence[Mode], *, towards: bool = False
) -> Ends:
    """Ties of a place to the stops by several modes; a stop is tied to itself at once."""
    point = place_point(tt, place)
    reaches = [streets.stops_around(point, mode, towards=towards) for mode in modes]
    stops = [r.stops for r in reaches]
    seconds = [r.seconds for r in reaches]
    metres = [r.metres for r in reaches]
    numbers = [np.full(len(r.stops), i, np.int32) for i, r in enumerate(reaches)]
    if isinstance(place, int):
        stops.append(np.array([place], np.int32))
        seconds.append(np.zeros(1, np.int32))
        metres.append(np.zeros(1))
        numbers.append(np.zeros(1, np.int32))
    all_seconds = np.concatenate(seconds).astype(np.int32)
    mode = np.concatenate(numbers)
    on_foot = np.array([m.code == "walk" for m in modes] or [True])
    return Ends(
        stops=np.concatenate(stops).astype(np.int32),
        seconds=all_seconds,
        walk_s=np.where(on_foot[mode], all_seconds, 0).astype(np.int32),
        metres=np.concatenate(metres),
        modes=tuple(modes) or (WALK,),
        mode=mode,
    )


def pareto_set(found: Iterable[Journey]) -> list[Journey]:
    """Journeys that no other equals or betters in departure, arrival, rides and walking."""
    kept: list[Journey] = []
    order = sorted(found, key=lambda j: (-j.departure_s, j.arrival_s, j.rides, j.walk_s))
    for candidate in order:
        if not any(_as_good(other, candidate) for other in kept):
            kept.append(candidate)
    return kept


def _as_good(a: Journey, b: Journey) -> bool:
    return (
        a.departure_s >= b.departure_s
        and a.arrival_s <= b.arrival_s
        and a.rides <= b.rides
        and a.walk_s <= b.walk_s
    )


def _on_streets(
    tt: Timetable,
    streets: Streets,
    origin: Place,
    destination: Place,
    access: Sequence[Mode],
    egress: Sequence[Mode],
    on: date,
    depart_s: int | None,
    arrive_s: int | None,
) -> list[Journey]:
    """The ways on streets alone, by the modes that both ends know."""
    a, b = place_point(tt, origin), place_point(tt, destination)
    ways = []
    for mode in access:
        leg = streets.between(a, b, mode) if mode in egress else None
        if leg is None:
            continue
        leave_s = depart_s if depart_s is not None else (arrive_s or 0) - leg.seconds
        ways.append(
            Journey(
                on,
                (
                    Leg(
                        kind=mode.code,
                        from_name=place_name(tt, origin),
                        to_name=place_name(tt, destination),
                        from_point=a,
                        to_point=b,
                        departure_s=leave_s,
                        arrival_s=leave_s + leg.seconds,
                        distance_m=leg.metres,
                        estimated=leg.estimated,
                    ),
                ),
            )
        )
    return ways


@dataclass(frozen=True)
class _Search:
    """One question to the multi-criteria kernel, and the way from its labels to legs."""

    tt: Timetable
    on: date
    service_days: tuple[int, ...]
    walk: Walk
    min_transfer_s: int
    max_rides: int
    home: Ends
    work: Ends
    places: tuple[Place, Place]

    def view(self, *, backward: bool = False) -> View:
        return self.tt.view(
            self.on,
            service_days=self.service_days,
            walk=self.walk,
            min_transfer_s=self.min_transfer_s,
            backward=backward,
        )

    def departures(self, from_s: int, to_s: int) -> list[int]:
        """Moments of leaving the origin in time for a departure of a stop within reach."""
        view = self.view()
        leaving = set()
        for stop, seconds in zip(self.home.stops, self.home.seconds, strict=True):
            for b in range(view.boarding_starts[stop], view.boarding_starts[stop + 1]):
                pattern = view.boarding_patterns[b]
                first = view.times[pattern] + view.boarding_positions[b] * view.trips[pattern]
                times = view.departures[first : first + view.trips[pattern]] - seconds
                leaving.update(times[(times >= from_s) & (times <= to_s)].tolist())
        return sorted(leaving)

    def departing_by(self, arrive_s: int) -> list[int]:
        """Departures of the best journeys that arrive in time, by the search turned around."""
        _, found = self._run([-arrive_s], UNREACHED - 1, backward=True)
        return sorted({-int(time) for _, time in found})

    def forward(self, departs: Sequence[int], limit: int) -> list[Journey]:
        """Journeys that leave at these moments and arrive by `limit`."""
        if not departs:
            return []
        labels, found = self._run(sorted(set(departs), reverse=True), limit, backward=False)
        trips = self.tt.day_trips(self.on, service_days=self.service_days)
        best = _best_of_each_departure(labels, found, self._egress(self.work)[1])
        return [self._journey(labels, trips, end, time) for end, time in best]

    def _run(
        self, departs: Sequence[int], limit: int, *, backward: bool
    ) -> tuple[Labels, list[tuple[int, int]]]:
        view = self.view(backward=backward)
        start, end = (self.work, self.home) if backward else (self.home, self.work)
        egress_s, egress_walk_s = self._egress(end)
        scratch = self.tt.scratch(view)
        pool = FIRST_POOL
        while True:
            labels = _labels(pool, self.tt.n_stops)
            found = np.empty(pool, np.int32)
            found_time = np.empty(pool, np.int32)
            n = kernels.pareto(
                view,
                start.stops,
                start.seconds,
                start.walk_s,
                egress_s,
                egress_walk_s,
                np.array(departs, np.int32),
                self.max_rides,
                self.min_transfer_s,
                limit,
                scratch,
                labels,
                found,
                found_time,
            )
            if n >= 0:
                return labels, list(zip(found[:n].tolist(), found_time[:n].tolist(), strict=True))
            pool *= 4
            scratch = self.tt.scratch(view)

    def _egress(self, end: Ends) -> tuple[Array, Array]:
        """Quickest tie of each stop to the place, (S,) each, UNREACHED where there is none."""
        seconds = np.full(self.tt.n_stops, UNREACHED, np.int32)
        walk_s = np.zeros(self.tt.n_stops, np.int32)
        order = np.argsort(-end.seconds, kind="stable")
        seconds[end.stops[order]] = end.seconds[order]
        walk_s[end.stops[order]] = end.walk_s[order]
        return seconds, walk_s

    def _journey(self, labels: Labels, trips: DayTrips, end: int, arrival_s: int) -> Journey:
        legs: list[Leg] = []
        label = end
        while True:
            ride = self._ride(labels, trips, label)
            legs.append(ride)
            before = int(labels.parent[label])
            kind = labels.kind[before]
            if kind == kernels.ACCESS:
                break
            label = int(labels.parent[before])
            if kind == kernels.FOOTPATH:
                legs.append(self._footpath(labels, label, before))
        legs.reverse()
        first = self._access(legs[0])
        last = self._last(legs[-1], arrival_s)
        return Journey(self.on, tuple(leg for leg in [first, *legs, last] if leg is not None))

    def _access(self, ride: Leg) -> Leg | None:
        """The way to the first stop, left as late as the first departure allows."""
        tie = self._tie(self.home, ride.from_stop)
        if tie is None:
            return None
        mode, seconds, metres = tie
        origin = self.places[0]
        return replace(
            _street(mode, metres),
            from_name=place_name(self.tt, origin),
            to_name=ride.from_name,
            from_point=place_point(self.tt, origin),
            to_point=ride.from_point,
            to_stop=ride.from_stop,
            departure_s=ride.departure_s - seconds,
            arrival_s=ride.departure_s,
        )

    def _last(self, ride: Leg, arrival_s: int) -> Leg | None:
        tie = self._tie(self.work, ride.to_stop)
        if tie is None:
            return None
        mode, _, metres = tie
        destination = self.places[1]
        return replace(
            _street(mode, metres),
            from_name=ride.to_name,
            to_name=place_name(self.tt, destination),
            from_point=ride.to_point,
            to_point=place_point(self.tt, destination),
            from_stop=ride.to_stop,
            departure_s=ride.arrival_s,
            arrival_s=arrival_s,
        )

    def _tie(self, end: Ends, stop: int | None) -> tuple[Mode, int, float] | None:
        """Quickest tie of a stop to the place; None where the stop is the place."""
        rows = np.flatnonzero(end.stops == stop)
        best = rows[np.argmin(end.seconds[rows])]
        if end.seconds[best] == 0 and end.metres[best] == 0:
            return None
        mode = end.modes[int(end.mode[best])]
        return mode, int(end.seconds[best]), float(end.metres[best])

    def _footpath(self, labels: Labels, ride: int, ready: int) -> Leg:
        a, b = int(labels.stop[ride]), int(labels.stop[ready])
        leave_s = int(labels.time[ride])
        walked_s = int(labels.walk_s[ready] - labels.walk_s[ride])
        return replace(
            _street(DEFAULT_WALK, self._footpath_m(a, b)),
            from_name=self.tt.stop_name(a),
            to_name=self.tt.stop_name(b),
            from_point=place_point(self.tt, a),
            to_point=place_point(self.tt, b),
            from_stop=a,
            to_stop=b,
            departure_s=leave_s,
            arrival_s=leave_s + walked_s,
        )

    def _footpath_m(self, a: int, b: int) -> float:
        arrays = self.tt.arrays
        low, high = np.searchsorted(arrays["footpath_from"], [a, a + 1])
        row = low + np.searchsorted(arrays["footpath_to"][low:high], b)
        return float(arrays["footpath_m"][row])

    def _ride(self, labels: Labels, trips: DayTrips, label: int) -> Leg:
        tt, a = self.tt, self.tt.arrays
        pattern, nth = int(labels.pattern[label]), int(labels.trip[label])
        board, alight = int(labels.board[label]), int(labels.alight[label])
        row = int(trips.chain_starts[pattern]) + nth
        trip, shift_s = int(trips.trips[row]), int(trips.shift_s[row])
        event = int(a["trip_events"][trip])
        first = int(a["pattern_starts"][a["trip_pattern"][trip]])
        stops = a["pattern_stops"][first + board : first + alight + 1]
        sources = list(dict.fromkeys(a["event_source"][event + board : event + alight].tolist()))
        loose = bool(a["trip_loose"][trip])
        names = [tt.trip_names(source, loose=loose) for source in sources]
        return Leg(
            kind="ride",
            from_name=tt.stop_name(int(stops[0])),
            to_name=tt.stop_name(int(stops[-1])),
            from_point=place_point(tt, int(stops[0])),
            to_point=place_point(tt, int(stops[-1])),
            departure_s=int(a["departure_s"][event + board]) + shift_s,
            arrival_s=int(a["arrival_s"][event + alight]) + shift_s,
            from_stop=int(stops[0]),
            to_stop=int(stops[-1]),
            route_name=" → ".join(dict.fromkeys(name.route for name in names)),
            headsign=names[-1].headsign,
            route_type=names[0].route_type,
            color=names[0].color,
            trip_id=names[0].trip_id,
            agency=names[0].agency,
            estimated=loose,
            stops=tuple(stops.tolist()),
            routes=tuple(dict.fromkeys(a["trip_route"][sources].tolist())),
        )


def _best_of_each_departure(
    labels: Labels, found: list[tuple[int, int]], egress_walk_s: Array
) -> list[tuple[int, int]]:
    """Ends of journeys that no other of the same departure equals in arrival, rides and walk.

    The kernel finds some before it finds what betters them; told by their own, later, departure
    they would look as if they were worth waiting for.
    """
    kept: list[tuple[int, int]] = []
    seen: dict[int, list[tuple[int, int, int]]] = {}
    scored = sorted(
        (
            time,
            int(labels.rides[end]),
            int(labels.walk_s[end] + egress_walk_s[labels.stop[end]]),
            end,
        )
        for end, time in found
    )
    for time, rides, walk_s, end in scored:
        others = seen.setdefault(int(labels.departure[end]), [])
        if not any(t <= time and r <= rides and w <= walk_s for t, r, w in others):
            others.append((time, rides, walk_s))
            kept.append((end, time))
    return kept


def _street(mode: Mode, metres: float) -> Leg:
    """A leg on streets, its ends still to be said."""
    nowhere = Point(0.0, 0.0)
    return Leg(
        kind=mode.code,
        from_name="",
        to_name="",
        from_point=nowhere,
        to_point=nowhere,
        departure_s=0,
        arrival_s=0,
        distance_m=metres,
        estimated=True,
    )


def _labels(pool: int, n_stops: int) -> Labels:
    columns = {name: np.empty(pool, np.int32) for name in Labels._fields[:12]}
    columns["kind"] = np.empty(pool, np.int8)
    return Labels(
        **columns,
        arrived_bag=np.full(n_stops, -1, np.int32),
        ready_bag=np.full(n_stops, -1, np.int32),
    )
