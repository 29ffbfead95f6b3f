"""The engine: GTFS feeds → a compiled timetable → searches → there and back → matrices.

>>> from traitdunion import reach
>>> reach.Shift(start_s=8 * 3600, end_s=16 * 3600).leave_from_s
57900
"""

from . import monthly_fares as fares
from .chains.day_chains import Stay, Via, day_chain, there_and_back_by_two, there_and_back_via
from .choices import other_ways, other_weeks, score_of
from .commutes import Commute
from .day_classes import DayClasses, clock_s, day_classes, free_from
from .gtfs import FeedError, FeedSpan, Finding, Report
from .gtfs.route_types import RAIL, RESERVED, SCHOOL
from .journeys import access_at, journeys
from .legs import Journey, Leg, pareto_set
from .matrix import Feasibility, feasibility, matrix, matrix_chunks
from .on_demand import Booking, OnDemand
from .on_demand.asked_rides import comes_near
from .one_to_all import (
    earliest_arrivals,
    latest_departures,
    profile,
    window_percentile,
    window_percentiles,
)
from .options import Departures, Limits, Modes, Run, When
from .places import UNREACHED, Point
from .regular_trips import CARPOOL, SHUTTLE, Meeting, RegularTrip, with_regular_trips
from .shifts import (
    DayVerdict,
    Reason,
    Shift,
    WeekVerdict,
    by_street,
    there_and_back,
)
from .site_weeks.added_stops import NewStop, with_stops
from .site_weeks.changed import Delta
from .site_weeks.changes import AddedTrip, Change, changed_timetable
from .site_weeks.from_each import earliest_arrivals_from_each
from .site_weeks.jobs import Longest
from .site_weeks.site_week import Held, SiteWeek, kept_site_week, site_week
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
from .warm_up import warm_up

__all__ = [
    "BIKE",
    "CAR",
    "CARPOOL",
    "EBIKE",
    "RAIL",
    "RESERVED",
    "SCHOOL",
    "SCOOTER",
    "SHUTTLE",
    "UNREACHED",
    "WALK",
    "AddedTrip",
    "Booking",
    "Change",
    "Commute",
    "DayClasses",
    "DayVerdict",
    "Delta",
    "Departures",
    "DetourStreets",
    "Feasibility",
    "FeedError",
    "FeedSpan",
    "Finding",
    "Held",
    "Journey",
    "Leg",
    "Limits",
    "Longest",
    "Meeting",
    "Mode",
    "Modes",
    "NewStop",
    "OnDemand",
    "OsmStreets",
    "OutsideTimetable",
    "Point",
    "Reason",
    "RegularTrip",
    "Report",
    "Run",
    "Shift",
    "SiteWeek",
    "Stay",
    "StreetMap",
    "Streets",
    "StreetsFileError",
    "StreetsImportError",
    "Timetable",
    "TimetableFileError",
    "Via",
    "WeekVerdict",
    "When",
    "access_at",
    "by_street",
    "changed_timetable",
    "clock_s",
    "comes_near",
    "day_chain",
    "day_classes",
    "earliest_arrivals",
    "earliest_arrivals_from_each",
    "fares",
    "feasibility",
    "free_from",
    "journeys",
    "kept_site_week",
    "latest_departures",
    "matrix",
    "matrix_chunks",
    "other_ways",
    "other_weeks",
    "pareto_set",
    "profile",
    "score_of",
    "site_week",
    "there_and_back",
    "there_and_back_by_two",
    "there_and_back_via",
    "warm_up",
    "window_percentile",
    "window_percentiles",
    "with_regular_trips",
    "with_stops",
]
