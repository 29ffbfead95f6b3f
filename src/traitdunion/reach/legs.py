"""What a journey is made of: its legs, and when one journey betters another."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from .on_demand import Booked, Booking
from .places import Point
from .streets import Mode
from .timetable import Timetable

Place = Point | int
"""A point on the ground, or the row of a stop."""


@dataclass(frozen=True)
class Leg:
    """One piece of a journey: a ride by the timetable or on demand, or a way on streets.

    `kind` is "ride", "on_demand" or the code of a mode ("walk", "bike", …). Times are seconds of
    the service day of the journey. `estimated`: by the detour model, or by a frequency instead of
    a timetable. `booking`: how to book the ride, None where one just gets on. `pickup_window_s` is
    that of a ride on demand: the vehicle comes at some moment of the window, the times shown are
    those it is asked for. `margin_s`: kept after this leg before the next vehicle, because its time
    is estimated. `wheelchair`: whether a ride has a place for one, 0 unknown, 1 yes, 2 no.
    `booked`: what gives the same ride its booking on another date.
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
    booking: Booking | None = None
    pickup_window_s: tuple[int, int] | None = None
    margin_s: int = 0
    wheelchair: int = 0
    booked: Booked | None = field(default=None, repr=False, compare=False)

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
        """Return how many vehicles of the timetable are boarded."""
        return sum(leg.kind == "ride" for leg in self.legs)

    @property
    def on_demand(self) -> int:
        """Return how many of the legs must be asked for."""
        return sum(leg.kind == "on_demand" for leg in self.legs)

    @property
    def walk_m(self) -> float:
        return sum(leg.distance_m or 0.0 for leg in self.legs if leg.kind == "walk")

    @property
    def walk_s(self) -> int:
        return walk_s(self.legs)

    @property
    def estimated(self) -> bool:
        return any(leg.estimated for leg in self.legs)


def walk_s(legs: Iterable[Leg]) -> int:
    """Return the seconds on foot."""
    return sum(leg.duration_s for leg in legs if leg.kind == "walk")


def soonest(journeys: Iterable[Journey]) -> list[Journey]:
    """Return, of journeys that may all leave at one moment, the best in arrival, rides, walking.

    Their departures are not compared: the bus of the next day would look worth waiting for.
    """
    kept: list[Journey] = []
    # Sorted by arrival, what is kept already arrives no later: two criteria are left to compare.
    order = sorted(journeys, key=lambda j: (j.arrival_s, j.rides, j.walk_s, -j.departure_s))
    for candidate in order:
        if not any(
            other.rides <= candidate.rides and other.walk_s <= candidate.walk_s for other in kept
        ):
            kept.append(candidate)
    return kept


def latest(journeys: Iterable[Journey]) -> list[Journey]:
    """Return the best in departure, rides and walking; journeys all arrive in time."""
    kept: list[Journey] = []
    order = sorted(journeys, key=lambda j: (-j.departure_s, j.rides, j.walk_s, j.arrival_s))
    for candidate in order:
        if not any(
            other.rides <= candidate.rides and other.walk_s <= candidate.walk_s for other in kept
        ):
            kept.append(candidate)
    return kept


def pareto_set(journeys: Iterable[Journey]) -> list[Journey]:
    """Return the journeys that no other equals or betters in departure, arrival, rides, walking.

    Rides on demand do not count among the rides; of two journeys alike, the one that has fewer of
    them stays.
    """
    kept: list[Journey] = []
    order = sorted(
        journeys, key=lambda j: (-j.departure_s, j.arrival_s, j.rides, j.walk_s, j.on_demand)
    )
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


def place_point(tt: Timetable, place: Place) -> Point:
    """Return the coordinates of a place."""
    if isinstance(place, Point):
        return place
    return Point(float(tt.arrays["stop_lat"][place]), float(tt.arrays["stop_lon"][place]))


def place_name(tt: Timetable, place: Place) -> str:
    """Return the name of a stop, nothing for a point."""
    return "" if isinstance(place, Point) else tt.stop_name(place)


def street_leg(mode: Mode, metres: float, *, estimated: bool) -> Leg:
    """Return a leg on streets whose ends are still to be filled in."""
    nowhere = Point(0.0, 0.0)  # replaced by the caller, who knows both ends
    return Leg(
        kind=mode.code,
        from_name="",
        to_name="",
        from_point=nowhere,
        to_point=nowhere,
        departure_s=0,
        arrival_s=0,
        distance_m=metres,
        estimated=estimated,
    )
