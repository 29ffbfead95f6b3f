"""The one interface of legs that are not timetabled."""

from typing import NamedTuple, Protocol

from ..places import Array, Point
from .modes import Mode


class Reach(NamedTuple):
    """Stops that a point reaches (or that reach it) by one mode; arrays of one length."""

    stops: Array  # int32
    seconds: Array  # int32
    metres: Array  # float64


class StreetLeg(NamedTuple):
    """A leg on streets between two points."""

    seconds: int
    metres: float
    estimated: bool
    points: tuple[Point, ...]


class Streets(Protocol):
    """What a street network answers; `towards` asks for the way to the point, not from it."""

    def stops_around(self, point: Point, mode: Mode, *, towards: bool = False) -> Reach:
        """Stops within the mode's limit."""
        ...

    def between(self, origin: Point, destination: Point, mode: Mode) -> StreetLeg | None:
        """The leg between two points; None beyond the mode's limit."""
        ...
