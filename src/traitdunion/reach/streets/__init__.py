"""Legs that are not timetabled: how one gets from a point to the stops, and between points.

By the detour model where no street is known (`DetourStreets`), else on graphs of real streets
(`OsmStreets`), imported once from an OpenStreetMap extract; both are the same interface, `Streets`.
"""

from .detour import DetourStreets
from .modes import BIKE, CAR, DEFAULT_WALK, EBIKE, SCOOTER, WALK, Mode, Walk
from .osm_streets import OsmStreets
from .report import StreetsImportError, StreetsReport
from .street_map import StreetMap, StreetsFileError
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
    "OsmStreets",
    "Reach",
    "StreetLeg",
    "StreetMap",
    "Streets",
    "StreetsFileError",
    "StreetsImportError",
    "StreetsReport",
    "Walk",
]
