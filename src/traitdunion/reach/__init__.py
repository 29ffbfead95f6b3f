"""The engine: GTFS feeds → a compiled timetable → searches → there and back → matrices.

>>> from traitdunion import reach
>>> reach.Shift(start_s=8 * 3600, end_s=16 * 3600).leave_from_s
57900
"""

from . import fares
from .gtfs import FeedError, Finding, Report
from .journeys import access_at, journeys
from .legs import Journey, Leg, pareto_set
from .matrix import Feasibility, feasibility, matrix, matrix_chunks
from .on_demand import Booking, OnDemand
from .places import UNREACHED, Point
from .regular_trips import CARPOOL, SHUTTLE, Meeting, RegularTrip, with_regular_trips
from .searches import earliest_arrivals, latest_departures, profile
from .shifts import (
    Commute,
    DayVerdict,
    Reason,
    Shift,
    WeekVerdict,
    by_street,
    clock_s,
    there_and_back,
)
from .storage import TimetableFileError
from .streets import (
    BIKE,
    CAR,
    EBIKE,
    SCOOTER,
    WALK,
    DetourStreets,
    Mode,
    OsmStreets,
    StreetMap,
    Streets,
    StreetsFileError,
    StreetsImportError,
)
from .timetable import OutsideTimetable, Timetable
from .warming import warm_up

__all__ = [
    "BIKE",
    "CAR",
    "CARPOOL",
    "EBIKE",
    "SCOOTER",
    "SHUTTLE",
    "UNREACHED",
    "WALK",
    "Booking",
    "Commute",
    "DayVerdict",
    "DetourStreets",
    "Feasibility",
    "FeedError",
    "Finding",
    "Journey",
    "Leg",
    "Meeting",
    "Mode",
    "OnDemand",
    "OsmStreets",
    "OutsideTimetable",
    "Point",
    "Reason",
    "RegularTrip",
    "Report",
    "Shift",
    "StreetMap",
    "Streets",
    "StreetsFileError",
    "StreetsImportError",
    "Timetable",
    "TimetableFileError",
    "WeekVerdict",
    "access_at",
    "by_street",
    "clock_s",
    "earliest_arrivals",
    "fares",
    "feasibility",
    "journeys",
    "latest_departures",
    "matrix",
    "matrix_chunks",
    "pareto_set",
    "profile",
    "there_and_back",
    "warm_up",
    "with_regular_trips",
]
