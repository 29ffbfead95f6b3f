"""Legs that are not timetabled: how one gets from a point to the stops, and between points.

For now by the detour model; graphs of real streets implement the same `Streets` interface.
"""

from .detour import DetourStreets
from .modes import BIKE, CAR, DEFAULT_WALK, EBIKE, SCOOTER, WALK, Mode, Walk
from .streets import Reach, StreetLeg, Streets

__all__ = [
    "BIKE",
    "CAR",
    "DEFAULT_WALK",
    "EBIKE",
    "SCOOTER",
    "WALK",
    "DetourStreets",
    "Mode",
    "Reach",
    "StreetLeg",
    "Streets",
    "Walk",
]
