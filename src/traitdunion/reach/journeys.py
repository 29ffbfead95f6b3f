"""Journeys of one traveller: the Pareto set between two places, with their legs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

import numpy as np

from . import pareto_kernels
from .asked_rides import AskedRides, day_services
from .kernels import View
from .legs import Journey, Leg, Place, pareto_set, place_name, place_point, soonest, street_leg
from .on_demand import DayServices, OnDemand, Ties
from .pareto_kernels import Found, Labels, Tied
from .places import UNREACHED, Array
from .searches import MAX_RIDES
from .streets import DEFAULT_WALK, WALK, DetourStreets, Mode, Streets, Walk
from .timetable import SERVICE_DAYS, DayTrips, Timetable

FIRST_POOL = 1 << 14


class Ends(NamedTuple):
    """How a place is tied to the stops: arrays of one length.

    The ties on streets come first, each with its mode; then those of `rides`, on demand.
    """

    tied: Tied
    metres: Array
    estimated: Array
    modes: tuple[Mode, ...]
    mode: Array
    rides: Ties

    @property
    def stops(self) -> Array:
        stops: Array = self.tied.stops
        return stops

    @property
    def seconds(self) -> Array:
        seconds: Array = self.tied.seconds
        return seconds

    def ride(self, tie: int) -> int | None:
        """Row of a tie among the rides on demand; None where it is on streets."""
        row = tie - len(self.mode)
        return row if row >= 0 else None


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
    on_demand: OnDemand | None = None,
    with_bike: bool = False,
) -> list[Journey]:
    """Pareto set of journeys: late departure, early arrival, few rides, little walking.

    Give `depart_s` (leave at or after it; with `window_s`, within it) or `arrive_s` (arrive by
    it; with `window_s`, leaving at most that long before the latest departure that does).
    `access` and `egress` are the modes between the places and the stops; a way on streets alone
    is part of the set where a mode that stands in both reaches. `on_demand`: services that come
    when asked take one to a stop, from a stop, or all the way; None leaves them aside.
    `with_bike`: only trips that say they take a bicycle aboard.
    Two criteria come from McRAPTOR (Delling et al. 2015, §4); departures are those of the stops
    within reach. Sorted by departure, then arrival. Raises ValueError, OutsideTimetable.
    """
    if (depart_s is None) == (arrive_s is None):
        raise ValueError("give depart_s or arrive_s, one of the two")
    if window_s < 0:
        raise ValueError(f"window_s must not be negative, not {window_s}")
    streets = streets or default_streets(tt)
    asked = day_services(tt, streets, on, service_days, on_demand, walk)
    home = ends(tt, streets, origin, access, asked=asked)
    work = ends(tt, streets, destination, egress, towards=True, asked=asked)
    rides = AskedRides(tt, asked, (origin, destination), (home.rides, work.rides), walk)
    search = _Search(
        tt=tt,
        on=on,
        service_days=tuple(service_days),
        walk=walk,
        min_transfer_s=min_transfer_s,
        max_rides=max_rides,
        home=home,
        work=work,
        places=(origin, destination),
        asked=rides,
        with_bike=with_bike,
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
    found += [Journey(on, legs) for legs in rides.alone(depart_s, arrive_s, window_s)]
    found += _on_streets(tt, streets, origin, destination, access, egress, on, depart_s, arrive_s)
    if depart_s is not None and not window_s:
        found = soonest(found)
    return sorted(pareto_set(found), key=lambda j: (j.departure_s, j.arrival_s, j.rides))


def access_at(
    tt: Timetable,
    place: Place,
    depart_s: int,
    *,
    on: date,
    modes: Sequence[Mode] = (WALK,),
    streets: Streets | None = None,
    on_demand: OnDemand | None = None,
    service_days: Sequence[int] = SERVICE_DAYS,
) -> tuple[Array, Array]:
    """Stops that one who leaves a place at `depart_s` gets to, by the modes or by asking.

    Returns two arrays of one length, stops (int32) and seconds (int32, waiting counted): the
    access of `earliest_arrivals`, from where one can then be anywhere.
    """
    streets = streets or default_streets(tt)
    asked = day_services(tt, streets, on, service_days, on_demand, DEFAULT_WALK)
    tied = ends(tt, streets, place, modes, asked=asked).tied
    open_ = tied.latest_s >= depart_s
    waited_s = np.maximum(tied.earliest_s[open_] - depart_s, 0)
    return tied.stops[open_], (waited_s + tied.seconds[open_]).astype(np.int32)


def default_streets(tt: Timetable) -> Streets:
    """The detour model over the stops of a timetable."""
    return DetourStreets(tt.arrays["stop_lat"], tt.arrays["stop_lon"])


def ends(
    tt: Timetable,
    streets: Streets,
    place: Place,
    modes: Sequence[Mode],
    *,
    towards: bool = False,
    asked: DayServices | None = None,
) -> Ends:
    """Ties of a place to the stops by several modes, then by the services that may be asked.

    A stop is tied to itself at once.
    """
    point = place_point(tt, place)
    reaches = [streets.stops_around(point, mode, towards=towards) for mode in modes]
    stops = [r.stops for r in reaches]
    seconds = [r.seconds for r in reaches]
    metres = [r.metres for r in reaches]
    estimated = [r.estimated for r in reaches]
    numbers = [np.full(len(r.stops), i, np.int32) for i, r in enumerate(reaches)]
    if isinstance(place, int):
        stops.append(np.array([place], np.int32))
        seconds.append(np.zeros(1, np.int32))
        metres.append(np.zeros(1))
        estimated.append(np.zeros(1, bool))
        numbers.append(np.zeros(1, np.int32))
    mode = np.concatenate(numbers)
    on_foot = np.array([m.code == "walk" for m in modes] or [True])
    all_seconds = np.concatenate(seconds).astype(np.int32)
    tied = Tied(
        stops=np.concatenate(stops).astype(np.int32),
        earliest_s=np.full(len(mode), -UNREACHED, np.int32),
        latest_s=np.full(len(mode), UNREACHED, np.int32),
        seconds=all_seconds,
        walk_s=np.where(on_foot[mode], all_seconds, 0).astype(np.int32),
    )
    rides = asked.ties(point, towards=towards) if asked else Ties.none(towards=towards)
    tied = Tied(*(np.concatenate(pair) for pair in zip(tied, rides.tied, strict=True)))
    metres.append(rides.metres)
    estimated.append(np.ones(len(rides.metres), bool))
    return Ends(
        tied,
        np.concatenate(metres),
        np.concatenate(estimated),
        tuple(modes) or (WALK,),
        mode,
        rides,
    )


def _tie_leg(ends: Ends, tie: int) -> Leg:
    """The way of a tie on streets, its ends still to be said."""
    mode = ends.modes[ends.mode[tie]]
    return street_leg(mode, float(ends.metres[tie]), estimated=bool(ends.estimated[tie]))


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
    asked: AskedRides
    with_bike: bool

    def view(self, *, backward: bool = False) -> View:
        return self.tt.view(
            self.on,
            service_days=self.service_days,
            walk=self.walk,
            min_transfer_s=self.min_transfer_s,
            backward=backward,
            with_bike=self.with_bike,
        )

    def departures(self, from_s: int, to_s: int) -> list[int]:
        """Moments of leaving the origin in time for a departure of a stop within reach."""
        view = self.view()
        leaving = set()
        for stop, earliest_s, latest_s, seconds, _ in zip(*self.home.tied, strict=True):
            for b in range(view.boarding_starts[stop], view.boarding_starts[stop + 1]):
                pattern = view.boarding_patterns[b]
                first = view.times[pattern] + view.boarding_positions[b] * view.trips[pattern]
                times = view.departures[first : first + view.trips[pattern]] - seconds
                times = np.minimum(times[times >= earliest_s], latest_s)
                leaving.update(times[(times >= from_s) & (times <= to_s)].tolist())
        return sorted(leaving)

    def departing_by(self, arrive_s: int) -> list[int]:
        """Departures of the best journeys that arrive in time, by the search turned around."""
        _, found = self._run([-arrive_s], UNREACHED - 1, backward=True)
        return sorted({-time for time in found.time.tolist()})

    def forward(self, departs: Sequence[int], limit: int) -> list[Journey]:
        """Journeys that leave at these moments and arrive by `limit`."""
        if not departs:
            return []
        labels, found = self._run(sorted(set(departs), reverse=True), limit, backward=False)
        trips = self.tt.day_trips(self.on, service_days=self.service_days, with_bike=self.with_bike)
        best = _best_of_each_departure(labels, found)
        return [self._journey(labels, trips, found, row) for row in best]

    def _run(self, departs: Sequence[int], limit: int, *, backward: bool) -> tuple[Labels, Found]:
        view = self.view(backward=backward)
        start, end = self.home.tied, self.work.tied
        if backward:
            start, end = _turned(end), _turned(start)
        order = np.argsort(end.stops, kind="stable").astype(np.int32)
        counts = np.bincount(end.stops, minlength=self.tt.n_stops)
        egress = Tied(*(np.ascontiguousarray(column[order]) for column in end))
        egress_starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        scratch = self.tt.scratch(view)
        pool = FIRST_POOL
        while True:
            labels = _labels(pool, self.tt.n_stops)
            found = Found(*(np.empty(pool, np.int32) for _ in Found._fields))
            n = pareto_kernels.pareto(
                view,
                start,
                egress,
                egress_starts,
                np.array(departs, np.int32),
                self.max_rides,
                self.min_transfer_s,
                limit,
                scratch,
                labels,
                found,
            )
            if n >= 0:
                ends_ = Found(*(column[:n] for column in found))
                return labels, ends_._replace(tie=order[ends_.tie])
            pool *= 4
            scratch = self.tt.scratch(view)

    def _journey(self, labels: Labels, trips: DayTrips, found: Found, row: int) -> Journey:
        legs: list[Leg] = []
        label = int(found.label[row])
        while True:
            ride = self._ride(labels, trips, label)
            legs.append(ride)
            before = int(labels.parent[label])
            kind = labels.kind[before]
            if kind == pareto_kernels.ACCESS:
                break
            label = int(labels.parent[before])
            if kind == pareto_kernels.FOOTPATH:
                legs.append(self._footpath(labels, label, before))
        legs.reverse()
        first = self._access(legs[0], int(labels.parent[before]))
        last = self._last(legs[-1], int(found.tie[row]), int(found.time[row]))
        return Journey(self.on, (*first, *legs, *last))

    def _access(self, ride: Leg, tie: int) -> list[Leg]:
        """The way to the first stop, left as late as the first departure allows."""
        tied, seconds = self.home.tied, int(self.home.seconds[tie])
        leave_s = min(ride.departure_s - seconds, int(tied.latest_s[tie]))
        on_demand = self.home.ride(tie)
        if on_demand is not None:
            return self.asked.first(on_demand, leave_s)
        if seconds == 0 and self.home.metres[tie] == 0:
            return []
        origin = self.places[0]
        return [
            replace(
                _tie_leg(self.home, tie),
                from_name=place_name(self.tt, origin),
                to_name=ride.from_name,
                from_point=place_point(self.tt, origin),
                to_point=ride.from_point,
                to_stop=ride.from_stop,
                departure_s=leave_s,
                arrival_s=leave_s + seconds,
            )
        ]

    def _last(self, ride: Leg, tie: int, arrival_s: int) -> list[Leg]:
        seconds = int(self.work.seconds[tie])
        on_demand = self.work.ride(tie)
        if on_demand is not None:
            return self.asked.last(on_demand, arrival_s - seconds)
        if seconds == 0 and self.work.metres[tie] == 0:
            return []
        destination = self.places[1]
        return [
            replace(
                _tie_leg(self.work, tie),
                from_name=ride.to_name,
                to_name=place_name(self.tt, destination),
                from_point=ride.to_point,
                to_point=place_point(self.tt, destination),
                from_stop=ride.to_stop,
                departure_s=ride.arrival_s,
                arrival_s=arrival_s,
            )
        ]

    def _footpath(self, labels: Labels, ride: int, ready: int) -> Leg:
        a, b = int(labels.stop[ride]), int(labels.stop[ready])
        leave_s = int(labels.time[ride])
        walked_s = int(labels.walk_s[ready] - labels.walk_s[ride])
        return replace(
            street_leg(DEFAULT_WALK, self._footpath_m(a, b), estimated=True),
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


def _turned(tied: Tied) -> Tied:
    """The ties with time turned around: a tie always open stays so."""
    ends_at = tied.latest_s.astype(np.int64) + tied.seconds
    starts_at = tied.earliest_s.astype(np.int64) + tied.seconds
    always = tied.latest_s == UNREACHED
    return tied._replace(
        earliest_s=np.where(always, -UNREACHED, -ends_at).astype(np.int32),
        latest_s=np.where(always, UNREACHED, -starts_at).astype(np.int32),
    )


def _best_of_each_departure(labels: Labels, found: Found) -> list[int]:
    """Ends of journeys that no other of the same departure equals in arrival, rides and walk.

    The kernel finds some before it finds what betters them; told by their own, later, departure
    they would look as if they were worth waiting for.
    """
    kept: list[int] = []
    seen: dict[int, list[tuple[int, int, int]]] = {}
    rides = labels.rides[found.label]
    for row in np.lexsort((found.walk_s, rides, found.time)).tolist():
        score = int(found.time[row]), int(rides[row]), int(found.walk_s[row])
        others = seen.setdefault(int(labels.departure[found.label[row]]), [])
        if not any(all(o <= s for o, s in zip(other, score, strict=True)) for other in others):
            others.append(score)
            kept.append(row)
    return kept


def _labels(pool: int, n_stops: int) -> Labels:
    columns = {name: np.empty(pool, np.int32) for name in Labels._fields[:12]}
    columns["kind"] = np.empty(pool, np.int8)
    return Labels(
        **columns,
        arrived_bag=np.full(n_stops, -1, np.int32),
        ready_bag=np.full(n_stops, -1, np.int32),
    )
