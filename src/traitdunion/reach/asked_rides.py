"""Rides on demand between two places, as the legs a traveller reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .legs import Leg, Place, place_name, place_point, street_leg, walk_s
from .on_demand import DayServices, Near, OnDemand, Ride, Ties, chains
from .streets import Mode, Streets
from .timetable import Timetable


def day_services(
    tt: Timetable,
    streets: Streets,
    on: date,
    service_days: Sequence[int],
    option: OnDemand | None,
    walk: Mode,
) -> DayServices:
    """The services on demand around a service day, as the option allows: none without one."""
    return DayServices(
        tt.on_demand,
        tt.calendar,
        streets,
        days=tt.service_days(on, service_days),
        option=option,
        stop_lat=tt.arrays["stop_lat"],
        stop_lon=tt.arrays["stop_lon"],
        walk=walk,
    )


@dataclass(frozen=True)
class AskedRides:
    """What services on demand offer between two `places`; `ties` are theirs to the stops."""

    tt: Timetable
    day: DayServices
    places: tuple[Place, Place]
    ties: tuple[Ties, Ties]
    walk: Mode

    def first(self, row: int, leave_s: int) -> list[Leg]:
        """Legs of a ride that takes one to a stop."""
        return self._legs(self.day.ride(self.ties[0], row), leave_s)

    def last(self, row: int, leave_s: int) -> list[Leg]:
        """Legs of a ride that takes one from a stop to the end."""
        ride = self.day.ride(self.ties[1], row)
        return self._legs(ride, leave_s + ride.trip.change_s)

    def alone(
        self, depart_s: int | None, arrive_s: int | None, window_s: int
    ) -> list[tuple[Leg, ...]]:
        """Legs of journeys by one ride, or by two that meet at a stop where the option allows it.

        They leave within `window_s` of `depart_s`, or arrive by `arrive_s`. Where the moment alone
        is given, those that arrive soonest (or leave last) for the walking they ask.
        """
        found = list(self._alone(depart_s, arrive_s))
        if arrive_s is None and window_s:
            last_s = (depart_s or 0) + window_s
            return [legs for legs in found if legs[0].departure_s <= last_s]
        if arrive_s is None:
            found.sort(key=lambda legs: (legs[-1].arrival_s, -legs[0].departure_s))
        else:
            found.sort(key=lambda legs: (-legs[0].departure_s, legs[-1].arrival_s))
        kept: list[tuple[Leg, ...]] = []
        for legs in found:
            if not kept or walk_s(legs) < walk_s(kept[-1]):
                kept.append(legs)
        return kept

    def _alone(self, depart_s: int | None, arrive_s: int | None) -> Iterator[tuple[Leg, ...]]:
        a, b = (place_point(self.tt, place) for place in self.places)
        for ride in self.day.direct(a, b):
            leave_s = depart_s if arrive_s is None else ride.departure_s(arrive_s)
            if leave_s is not None and ride.arrival_s(leave_s) is not None:
                yield tuple(self._legs(ride, max(leave_s, ride.earliest_s)))
        if self.day.chain:
            yield from self._chained(depart_s, arrive_s)

    def _chained(self, depart_s: int | None, arrive_s: int | None) -> Iterator[tuple[Leg, ...]]:
        home, work = self.ties
        for first, second in chains(home, work):
            one, two = self.day.ride(home, first), self.day.ride(work, second)
            change_s = one.trip.change_s + two.trip.change_s
            leave_s = depart_s
            if arrive_s is not None:
                met_by_s = two.departure_s(arrive_s)
                leave_s = None if met_by_s is None else one.departure_s(met_by_s - change_s)
            there_s = None if leave_s is None else one.arrival_s(leave_s)
            if leave_s is None or there_s is None:
                continue
            met_s = there_s + change_s
            if two.arrival_s(met_s) is None:
                continue
            before = self._legs(one, max(leave_s, one.earliest_s))
            yield (*before, *self._legs(two, max(met_s, two.earliest_s)))

    def _legs(self, ride: Ride, leave_s: int) -> list[Leg]:
        """The walk, the ride and the walk of a ride left at a moment it allows."""
        pickup_s = leave_s + ride.from_.walk_s
        set_down_s = pickup_s + ride.ride_s
        names = self.tt.route_names(ride.trip.route)
        legs = [
            Leg(
                kind="on_demand",
                from_name=self._name(ride.from_, 0),
                to_name=self._name(ride.to, 1),
                from_point=ride.from_.point,
                to_point=ride.to.point,
                departure_s=pickup_s,
                arrival_s=set_down_s,
                from_stop=ride.from_.stop,
                to_stop=ride.to.stop,
                distance_m=ride.metres,
                route_name=names.route,
                route_type=names.route_type,
                color=names.color,
                trip_id=ride.trip.trip_id,
                agency=names.agency,
                estimated=True,
                routes=(ride.trip.route,),
                booking=self.day.booking(ride, pickup_s),
                pickup_window_s=ride.pickup_window_s,
            )
        ]
        if ride.from_.walk is not None:
            legs.insert(0, self._walk(ride.from_, leave_s, towards=False))
        if ride.to.walk is not None:
            legs.append(self._walk(ride.to, set_down_s, towards=True))
        return legs

    def _name(self, near: Near, place: int) -> str:
        if near.stop is not None:
            return self.tt.stop_name(near.stop)
        return place_name(self.tt, self.places[place])

    def _walk(self, near: Near, leave_s: int, *, towards: bool) -> Leg:
        """The walk between a stop served on demand and the place; `towards` the place."""
        place = self.places[int(towards)]
        mine = (place_name(self.tt, place), place_point(self.tt, place), None)
        its = (self._name(near, int(towards)), near.point, near.stop)
        a, b = (its, mine) if towards else (mine, its)
        return replace(
            street_leg(self.walk, near.walk_m, estimated=near.walk is None or near.walk.estimated),
            from_name=a[0],
            from_point=a[1],
            from_stop=a[2],
            to_name=b[0],
            to_point=b[1],
            to_stop=b[2],
            departure_s=leave_s,
            arrival_s=leave_s + near.walk_s,
        )
