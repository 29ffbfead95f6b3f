"""A vehicle left at a stop for the day, or for the night: it must be found where it was left."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .commutes import Trip, best_back, best_out
from .ends import Ends, chained, departures_of, end_times, ends, ready_at, turned_ties
from .journeys import Search
from .kernels import View
from .legs import Journey
from .on_demand.asked_rides import AskedRides, day_services
from .one_to_all import by_vehicle, by_vehicle_profile, turned
from .options import Limits, When
from .pareto_kernels import Tied
from .places import UNREACHED, Array
from .streets import Mode

MAX_STOPS = 3
"""Stops where a vehicle may be left, among which a choice is offered."""


def there(trip: Trip, arrive_s: int, leave_s: int) -> tuple[Journey | None, Journey | None]:
    """Return the best way out, in time for `arrive_s`, and the best way back, from `leave_s`.

    With a vehicle left at a stop both use the same one, that of the shortest day away.
    """
    vehicle = _left(trip, arrive_s, leave_s)
    if vehicle is not None:
        return _with_vehicle(vehicle)
    return trip.out(arrive_s), trip.back(leave_s)


def choices(trip: Trip, arrive_s: int, leave_s: int) -> list[tuple[Journey, Journey]]:
    """Return pairs of ways, out and back, within the longest trip; few of them.

    None betters another in departure, arrival, rides and walking at once. With a vehicle left at a
    stop, one pair for each stop of a short day away, or of a short way by the vehicle.
    """
    longest_s = trip.commute.max_trip_s
    vehicle = _left(trip, arrive_s, leave_s)
    pairs: Iterable[tuple[Journey, Journey]]
    if vehicle is not None:
        pairs = _by_stop(vehicle)
    else:
        outs = trip.outs(arrive_s, patience_s=longest_s)
        backs = trip.backs(leave_s, patience_s=longest_s) if outs else []
        pairs = [(out, back) for out in outs for back in backs]
    return [
        (out, back)
        for out, back in pairs
        if out.departure_s >= arrive_s - longest_s and back.arrival_s <= leave_s + longest_s
    ]


@dataclass(frozen=True)
class _Way:
    """One way, out or back: its two ends, the days searched, and the services on demand."""

    trip: Trip
    limits: Limits
    home: Ends
    work: Ends
    rides: AskedRides

    def view(self, *, backward: bool = False) -> View:
        return self.trip.tt.view(self.trip.on, self.limits, backward=backward)

    def journeys(self, when: When) -> list[Journey]:
        search = Search(self.trip.tt, self.trip.on, self.limits, self.home, self.work, self.rides)
        return search.answer(when)


def _way(trip: Trip, moment_s: int, modes: tuple[Mode, Mode], *, homewards: bool) -> _Way:
    """Return the way around a moment, with the modes at its start and at its end."""
    limits, streets = trip.limits_at(moment_s), trip.streets
    asked = day_services(trip.tt, streets, trip.on, limits, trip.commute.on_demand)
    origin, destination = (trip.work, trip.home) if homewards else (trip.home, trip.work)
    # Where the vehicle is used, nothing else is: the other end alone may ask for a ride.
    at_start, at_end = (asked if mode == limits.walk else None for mode in modes)
    first = ends(trip.tt, streets, origin, modes[:1], asked=at_start, limits=limits)
    last = ends(trip.tt, streets, destination, modes[1:], towards=True, asked=at_end)
    rides = AskedRides(
        trip.tt, trip.on, asked, (origin, destination), (first.rides, last.rides), limits.walk
    )
    return _Way(trip, limits, first, last, rides)


@dataclass(frozen=True)
class _Vehicle:
    """A vehicle left at a stop by day or by night; `arrive_s` at work, `leave_s` from it."""

    out: _Way
    back: _Way
    arrive_s: int
    leave_s: int


@dataclass(frozen=True)
class _HomeVehicle(_Vehicle):
    """Ridden from home to a stop in the morning, and from there in the evening."""

    def ridden(self) -> tuple[Ends, Ends]:
        """Return the ties of the vehicle, out and back."""
        return self.out.home, self.back.work

    def left_s(self, longest_s: int) -> Array:
        """Return the latest departure from home by each tie out (int64); UNREACHED where none.

        `longest_s`: ways that take longer may be left out.
        """
        way, arrive_s = self.out, self.arrive_s
        view = way.view(backward=True)
        arriving = turned_ties(way.work.tied)
        by_line = _arrived(way, view, arriving, -arrive_s, longest_s)
        left = turned(end_times(view, turned_ties(way.home.tied), by_line)).astype(np.int64)
        return _latest(left, _met(way, arrive_s), side=0)

    def home_s(self, longest_s: int) -> Array:
        """Return the earliest arrival at home by each tie back (int64), as `left_s`."""
        way, view = self.back, self.back.view()
        by_line = _arrived(way, view, way.home.tied, self.leave_s, longest_s)
        home = end_times(view, way.work.tied, by_line).astype(np.int64)
        return _earliest(home, way, self.leave_s, side=1)

    def keep(self, out: int, back: int) -> tuple[_Way, _Way]:
        """Return the two ways by one tie each."""
        return _only(self.out, home=out), _only(self.back, work=back)


@dataclass(frozen=True)
class _WorkVehicle(_Vehicle):
    """The same at the other end: the deadline at the stop is then that of each stop."""

    def ridden(self) -> tuple[Ends, Ends]:
        """Return the ties of the vehicle, out and back."""
        return self.out.work, self.back.home

    def left_s(self, longest_s: int) -> Array:
        """Return the latest departure from home by each tie out (int64); UNREACHED where none."""
        way, view = self.out, self.out.view()
        left = _latest_by_tie(way, view, way.home.tied, way.work.tied, self.arrive_s)
        return _latest(left, _met(way, self.arrive_s), side=1)

    def home_s(self, longest_s: int) -> Array:
        """Return the earliest arrival at home by each tie back (int64); UNREACHED where none."""
        way, view = self.back, self.back.view(backward=True)
        first, last = turned_ties(way.work.tied), turned_ties(way.home.tied)
        home = _latest_by_tie(way, view, first, last, -self.leave_s)
        home = np.where(home == UNREACHED, UNREACHED, -home)
        return _earliest(home, way, self.leave_s, side=0)

    def keep(self, out: int, back: int) -> tuple[_Way, _Way]:
        """Return the two ways by one tie each."""
        return _only(self.out, work=out), _only(self.back, home=back)


class _Stops(NamedTuple):
    """Stops where the vehicle may be left and found: rows of its ties out and back, and times.

    Sorted by the shortest day away, those within the longest trip first. `away_s`: from home to
    home. `ridden_s`: by the vehicle, out. `late_row`: the tie that leaves home last, the evening
    left aside; -1 where none gets to work.
    """

    out: Array
    back: Array
    away_s: Array
    ridden_s: Array
    too_long: Array
    late_row: int


def _left(trip: Trip, arrive_s: int, leave_s: int) -> _HomeVehicle | _WorkVehicle | None:
    """Return the vehicle that is left at a stop, with the ways to search; None without one."""
    commute = trip.commute
    if commute.home_vehicle is not None:
        at_home, at_work = commute.home_vehicle, commute.limits.walk
    elif commute.work_vehicle is not None:
        at_home, at_work = commute.limits.walk, commute.work_vehicle
    else:
        return None
    kind = _HomeVehicle if commute.home_vehicle is not None else _WorkVehicle
    return kind(
        _way(trip, arrive_s, (at_home, at_work), homewards=False),
        _way(trip, leave_s, (at_work, at_home), homewards=True),
        arrive_s,
        leave_s,
    )


def _stops_of(vehicle: _HomeVehicle | _WorkVehicle, *, within: bool) -> _Stops:
    """Return the stops; those of ways longer than the longest trip may be left out if `within`."""
    out, back = vehicle.ridden()
    bound_s = vehicle.out.trip.commute.max_trip_s if within else UNREACHED
    left, home = vehicle.left_s(bound_s), vehicle.home_s(bound_s)
    leaves, returns = np.flatnonzero(left != UNREACHED), np.flatnonzero(home != UNREACHED)
    # The vehicle must be found where it was left: the same stop both ways.
    _, a, b = np.intersect1d(out.tied.stops[leaves], back.tied.stops[returns], return_indices=True)
    a, b = leaves[a], returns[b]
    longest_s = vehicle.out.trip.commute.max_trip_s
    too_long = (left[a] < vehicle.arrive_s - longest_s) | (home[b] > vehicle.leave_s + longest_s)
    away_s, ridden_s = home[b] - left[a], out.tied.seconds[a]
    order = np.lexsort((ridden_s, away_s, too_long))
    late_row = int(leaves[left[leaves].argmax()]) if len(leaves) else -1
    return _Stops(a[order], b[order], away_s[order], ridden_s[order], too_long[order], late_row)


def _with_vehicle(
    vehicle: _HomeVehicle | _WorkVehicle,
) -> tuple[Journey | None, Journey | None]:
    """Return both ways by the stop of the shortest day away, within the longest trip if any is."""
    stops = _stops_of(vehicle, within=True)
    if not len(stops.out) or stops.too_long[0]:
        stops = _stops_of(vehicle, within=False)
    if len(stops.out):
        return _ways_by(vehicle, int(stops.out[0]), int(stops.back[0]))
    if stops.late_row < 0:
        return None, None
    # One gets to work, but the evening does not pass where the vehicle waits.
    way, _ = vehicle.keep(stops.late_row, 0)
    return best_out(way.journeys(_arriving(way, vehicle.arrive_s))), None


def _by_stop(vehicle: _HomeVehicle | _WorkVehicle) -> Iterator[tuple[Journey, Journey]]:
    """Yield both ways by the stops, within the longest trip, that no other betters in both times.

    The day away and the way by the vehicle: `MAX_STOPS` of them, the shortest days away first.
    """
    stops = _stops_of(vehicle, within=True)
    shortest_s, n_kept = UNREACHED, 0
    for row in np.flatnonzero(~stops.too_long).tolist():
        # Sorted by the day away: only a shorter way by the vehicle is worth a longer day.
        if stops.ridden_s[row] >= shortest_s or n_kept == MAX_STOPS:
            continue
        shortest_s, n_kept = int(stops.ridden_s[row]), n_kept + 1
        out, back = _ways_by(vehicle, int(stops.out[row]), int(stops.back[row]))
        if out is not None and back is not None:
            yield out, back


def _ways_by(
    vehicle: _HomeVehicle | _WorkVehicle, out: int, back: int
) -> tuple[Journey | None, Journey | None]:
    """Return both ways by one tie each."""
    there_way, back_way = vehicle.keep(out, back)
    return (
        best_out(there_way.journeys(_arriving(there_way, vehicle.arrive_s))),
        best_back(
            back_way.journeys(When(back_way.trip.on, depart_s=vehicle.leave_s, patience_s=0))
        ),
    )


def _arriving(way: _Way, arrive_s: int) -> When:
    return When(way.trip.on, arrive_s=arrive_s, patience_s=0, first_alone=True)


def _arrived(way: _Way, view: View, first: Tied, at_s: int, longest_s: int = UNREACHED) -> Array:
    """Return the earliest arrivals by a line after leaving one end, none after `longest_s`."""
    limit_s = min(at_s + longest_s, UNREACHED - 1)
    return by_vehicle(way.trip.tt, view, ready_at(view, first, at_s), way.limits, limit_s)


def _latest_by_tie(way: _Way, view: View, first: Tied, last: Tied, by_s: int) -> Array:
    """Return the latest departure, within the longest trip, that ends by `by_s` with each tie.

    The earliest arrival never falls when one leaves later, so that the last departure in time
    is the one sought.
    """
    # Between two departures nothing new is caught: these moments alone need a search.
    departs = departures_of(view, first, by_s - way.trip.commute.max_trip_s, by_s)
    left = np.full(len(last.stops), UNREACHED, np.int64)
    if not departs:
        return left
    # A range search knows no hours of a tie: rides on demand ask for a search a departure.
    if way.trip.commute.on_demand is None:
        access = ready_at(view, first, 0)
        times = np.array(departs, np.int32)
        by_line = by_vehicle_profile(way.trip.tt, view, access, times, way.limits, by_s)
    else:
        by_line = np.stack(
            [_arrived(way, view, first, depart_s, by_s - depart_s) for depart_s in departs]
        )
    for depart_s, ended in zip(departs, end_times(view, last, by_line), strict=True):
        left[ended <= by_s] = depart_s
    return left


def _met(way: _Way, arrive_s: int) -> tuple[Array, Array, Array]:
    """Return the vehicle followed by a ride on demand, or the reverse: both ties, departure."""
    chains = chained(way.view(), way.home.tied, way.work.tied, two_rides=False)
    leave_s, _, kept = chains.leaving(None, arrive_s)
    return chains.first[kept], chains.second[kept], leave_s[kept]


def _latest(left: Array, met: tuple[Array, Array, Array], *, side: int) -> Array:
    """Return the later of two departures by each tie of one side."""
    # UNREACHED is the largest of times: below all of them while the later is sought.
    known = np.where(left == UNREACHED, -UNREACHED, left)
    np.maximum.at(known, met[side], met[2])
    return np.where(known == -UNREACHED, UNREACHED, known)


def _earliest(home: Array, way: _Way, leave_s: int, *, side: int) -> Array:
    """Return the earlier of two arrivals by each tie of one side, a ride on demand included."""
    chains = chained(way.view(), way.home.tied, way.work.tied, two_rides=False)
    _, end_s, kept = chains.leaving(leave_s, None)
    rows = (chains.first, chains.second)[side][kept]
    np.minimum.at(home, rows, end_s[kept])
    return home


def _only(way: _Way, *, home: int | None = None, work: int | None = None) -> _Way:
    """Return a way with one tie at one of its ends."""
    return _Way(
        way.trip,
        way.limits,
        way.home if home is None else way.home.only(home),
        way.work if work is None else way.work.only(work),
        way.rides,
    )
