"""The ways of travelling that an answer compares, and the engine's reply to each, asked once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from math import inf
from typing import NamedTuple

import numpy as np
import shapely

from traitdunion import reach
from traitdunion.reach.places import great_circle_m
from traitdunion.reach.streets import StreetLeg

from .situation import Situation

# A light quadricycle is held to 45 km/h by law (Code de la route, R. 311-1): about 38 door to door.
QUADRICYCLE = reach.Mode("car", speed_kmh=38, max_m=40_000, detour=1.4, fixed_s=300, top_kmh=45)
DRAWN_WITHIN_DEG = 0.00005
"""Lines drawn stay within five metres of the streets: nothing shows at the scale of a commune."""

Line = tuple[tuple[float, float], ...]
OpenOn = Callable[[date], Iterable[tuple[int, int]]]
"""Windows of a day, in seconds after its midnight."""


@dataclass(frozen=True)
class Vehicle:
    """A vehicle: how it moves, its name, how one says one travels by it, and what it needs."""

    mode: reach.Mode
    name: str
    by: str
    permis: str = "aucun"
    has_engine: bool = False


VEHICLES = {
    "marche": Vehicle(reach.WALK, "marche", "à pied"),
    "velo": Vehicle(reach.BIKE, "vélo", "à vélo"),
    "vae": Vehicle(reach.EBIKE, "vélo électrique", "à vélo électrique"),
    "scooter": Vehicle(reach.SCOOTER, "scooter", "en scooter", "am", True),
    "voiturette": Vehicle(QUADRICYCLE, "voiturette", "en voiturette", "am", True),
    "voiture": Vehicle(reach.CAR, "voiture", "en voiture", "b", True),
}
TO_A_STOP = frozenset({"velo", "vae", "scooter"})
"""Vehicles worth leaving at a stop."""


def vehicle(code: str, max_km: float | None = None) -> Vehicle:
    """Vehicle of the catalogue's code; `max_km` replaces its usual limit."""
    known = VEHICLES[code]
    if max_km is None:
        return known
    return replace(known, mode=replace(known.mode, max_m=float(max_km) * 1000))


class End(StrEnum):
    """Where the vehicle is used: the whole way, or between a stop and an end, or both, aboard."""

    WHOLE = "entier"
    HOME = "domicile"
    WORK = "travail"
    BOTH = "deux bouts"


@dataclass(frozen=True)
class Travel:
    """Public transport on foot when `mode` is None; else a vehicle, alone or to a stop.

    `routes`: rows of the routes on demand that may be asked for as well, none if empty.
    """

    mode: reach.Mode | None = None
    end: End = End.HOME
    routes: frozenset[int] = frozenset()

    @property
    def is_public(self) -> bool:
        """True where public transport is part of it."""
        return self.mode is None or self.end != End.WHOLE

    @property
    def is_joined(self) -> bool:
        """True where a vehicle leads to, or from, public transport."""
        return self.mode is not None and self.end != End.WHOLE


class _Drawing(NamedTuple):
    """What is drawn once: a way between two points by a mode."""

    origin: reach.Point
    destination: reach.Point
    mode: reach.Mode


class Searches:
    """The engine's replies within one answer, each travel searched once."""

    def __init__(
        self,
        situation: Situation,
        timetable: reach.Timetable,
        streets: reach.Streets | None = None,
    ) -> None:
        """`streets`: the detour model over the stops of the timetable by default."""
        self.situation = situation
        self.timetable = timetable
        self.streets = streets or reach.DetourStreets(
            timetable.arrays["stop_lat"], timetable.arrays["stop_lon"]
        )
        self.home = reach.Point(situation.home.lat, situation.home.lon)
        self.work = reach.Point(situation.work.lat, situation.work.lon)
        self._found: dict[Travel, reach.WeekVerdict] = {}
        self._ways: dict[reach.Mode, StreetLeg | None] = {}
        self._errands: dict[tuple[reach.Point, date, int], reach.Journey | None] = {}
        self._drawn: dict[_Drawing, Line] = {}

    def week(self, travel: Travel) -> reach.WeekVerdict:
        """There and back on each day asked for."""
        if travel not in self._found:
            self._found[travel] = self._search(travel)
        return self._found[travel]

    def _search(self, travel: Travel) -> reach.WeekVerdict:
        shift, week = self.situation.shift, self.situation.week
        if travel.mode is not None and travel.end == End.WHOLE:
            return reach.by_street(
                shift, self.home, self.work, travel.mode,
                tt=self.timetable, week=week, streets=self.streets,
            )  # fmt: skip
        commute = reach.Commute(
            home_vehicle=travel.mode if travel.end == End.HOME else None,
            work_vehicle=travel.mode if travel.end == End.WORK else None,
            bike_aboard=travel.mode if travel.end == End.BOTH else None,
            on_demand=reach.OnDemand(asked_at=self.situation.now, routes=travel.routes)
            if travel.routes
            else None,
        )
        return reach.there_and_back(
            self.timetable, self.home, self.work, shift,
            week=week, commute=commute, streets=self.streets,
        )  # fmt: skip

    def way(self, mode: reach.Mode) -> StreetLeg | None:
        """The whole way by a mode, however long; None where no street leads there."""
        unlimited = replace(mode, max_m=inf)
        if unlimited not in self._ways:
            self._ways[unlimited] = self.streets.between(self.home, self.work, unlimited)
        return self._ways[unlimited]

    def drawn(self, leg: reach.Leg, mode: reach.Mode) -> Line:
        """(lat, lon) of a leg on streets: along them where they are known, else straight."""
        asked = _Drawing(leg.from_point, leg.to_point, replace(mode, max_m=inf))
        if asked not in self._drawn:
            way = self.streets.between(*asked)
            known = way is not None and not way.estimated
            points = way.points if way is not None and known else asked[:2]
            line = shapely.LineString(points).simplify(DRAWN_WITHIN_DEG)
            self._drawn[asked] = tuple((lat, lon) for lat, lon in line.coords)
        return self._drawn[asked]

    def metres_to(self, point: reach.Point) -> float:
        """How far a place is from home by road, else as the crow flies."""
        way = self.streets.between(self.home, point, replace(reach.CAR, max_m=inf))
        if way is not None:
            return way.metres
        return float(great_circle_m(*self.home, np.array(point.lat), np.array(point.lon)))

    def errand(self, point: reach.Point, open_on: OpenOn) -> reach.Journey | None:
        """The first way from home to a place within hours of its own, in the week asked about."""
        monday = self.situation.week - timedelta(self.situation.week.weekday())
        for on in (monday + timedelta(day) for day in range(7)):
            for from_s, by_s in open_on(on):
                key = point, on, from_s
                if key not in self._errands:
                    self._errands[key] = self._errand(point, on, from_s)
                found = self._errands[key]
                if found is not None and found.arrival_s <= by_s:
                    return found
        return None

    def _errand(self, point: reach.Point, on: date, from_s: int) -> reach.Journey | None:
        """The first to be there, of those who leave home from an hour on."""
        if not self.timetable.start <= on <= self.timetable.end:
            return None
        found = reach.journeys(
            self.timetable, self.home, point,
            on=on, depart_s=from_s, streets=self.streets,
        )  # fmt: skip
        return min(found, key=lambda journey: journey.arrival_s, default=None)

    def has_stop(self, point: reach.Point) -> bool:
        """True where a stop is within walking distance."""
        return len(self.streets.stops_around(point, reach.WALK).stops) > 0
