"""The one interface of legs that are not timetabled."""

from typing import NamedTuple, Protocol

from ..places import Array, Point
from .modes import Mode


class Reach(NamedTuple):
    """Stops that a point reaches (or that reach it) by one mode; arrays of one length."""

    stops: Array  # int32
    seconds: Array  # int32
    metres: Array  # float64
    estimated: Array  # bool: by the detour model, not on streets


class StreetLeg(NamedTuple):
    """A leg on streets between two points; `points` follow the streets where they are known."""

    seconds: int
    metres: float
    estimated: bool
    points: tuple[Point, ...]


class Streets(Protocol):
    """What a street network answers; `towards` asks for the way to the point, not from it."""

    def stops_around(self, point: Point, mode: Mode, *, towards: bool = False) -> Reach:
        """Return the stops within the mode's limit."""
        ...

    def between(self, origin: Point, destination: Point, mode: Mode) -> StreetLeg | None:
        """Return the leg between two points; None beyond the limit, or without a way."""
        ...

    def over(self, lat: Array, lon: Array) -> "Streets":
        """Return the same streets over other stops, (S,) degrees."""
        ...

    def why_off(self, point: Point, mode: Mode) -> str | None:
        """Return the French reason why a point is on no street of the mode; None if it is."""
        ...
