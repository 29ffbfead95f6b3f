"""Rides on demand between two places, as the legs a traveller reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from ..ends import kept_on
from ..legs import Leg, Place, place_name, place_point, street_leg
from ..options import Limits, When
from ..streets import Mode, Streets
from ..timetable import Timetable
from . import DayServices, Near, OnDemand, Ride, Ties


def day_services(
    tt: Timetable,
    streets: Streets,
    on: date,
    limits: Limits,
    option: OnDemand | None,
) -> DayServices:
    """Return the services on demand around a service day, as `option` allows: none without it."""
    return _services(tt, streets, tt.service_days(on, limits.service_days), limits, option)


def every_service(tt: Timetable, streets: Streets, limits: Limits, option: OnDemand) -> DayServices:
    """Return the services that `option` allows, at their own times, whatever the day."""
    return _services(tt, streets, None, limits, option)


def comes_near(
    tt: Timetable, streets: Streets, limits: Limits, option: OnDemand, places: Sequence[Place]
) -> bool:
    """Return whether a service that `option` allows, on whatever day, comes near some place.

    Where none does, nothing is gained by asking.
    """
    services = every_service(tt, streets, limits, option)
    return any(services.comes_near(place_point(tt, place)) for place in places)


def _services(
    tt: Timetable,
    streets: Streets,
    days: Sequence[tuple[date, int, int]] | None,
    limits: Limits,
    option: OnDemand | None,
) -> DayServices:
    return DayServices(
        tt, streets, days=days, option=option, limits=limits, keep=partial(kept_on, tt, streets)
    )


@dataclass(frozen=True)
class AskedRides:
    """What services on demand offer between two `places`; `ties` are theirs to the stops.

    `on` is the day searched.
    """

    tt: Timetable
    on: date
    day: DayServices
    places: tuple[Place, Place]
    ties: tuple[Ties, Ties]
    walk: Mode

    def first(self, row: int, leave_s: int) -> list[Leg]:
        """Return the legs of a ride to a stop, left at a moment its tie allows."""
        return self._legs(self.day.ride(self.ties[0], row), leave_s)

    def last(self, row: int, leave_s: int) -> list[Leg]:
        """Return the legs of a ride from a stop to the destination, left at `leave_s`."""
        return self._legs(self.day.ride(self.ties[1], row), leave_s)

    def direct(self, when: When) -> Iterator[list[Leg]]:
        """Yield the legs of one ride all the way, after `depart_s` or in time for `arrive_s`."""
        a, b = (place_point(self.tt, place) for place in self.places)
        for ride in self.day.direct(a, b):
            leave_s = when.depart_s
            if when.arrive_s is not None:
                leave_s = ride.departure_s(when.arrive_s)
            if leave_s is not None and ride.arrival_s(leave_s) is not None:
                yield self._legs(ride, max(leave_s, ride.earliest_s))

    def _legs(self, ride: Ride, leave_s: int) -> list[Leg]:
        """Return the walk, the ride and the walk of a ride left at a moment it allows."""
        pickup_s = leave_s + ride.from_.walk_s
        set_down_s = pickup_s + ride.ride_s
        names = self.tt.route_names(ride.trip.route)
        booked = ride.booked(pickup_s)
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
                booking=booked and booked.booking(self.on, self.tt.calendar),
                booked=booked,
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
        if near.walk is not None:  # the edge of a zone has no name
            return ""
        return place_name(self.tt, self.places[place])

    def _walk(self, near: Near, leave_s: int, *, towards: bool) -> Leg:
        """Return the walk between where a ride is taken or left and the place."""
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
