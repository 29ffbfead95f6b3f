"""What reading GTFS gives: plain checked tables, ids resolved to row numbers."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .checks.report import Report
from .fares.tables import FareTables
from .on_demand.tables import OnDemandTables

NONE: Final = -1
"""Row number that stands for "no row" (no parent station, no trip named by a transfer)."""

STOPS: Final = pl.Schema(
    {
        "stop_id": pl.String,
        "name": pl.String,
        "lat": pl.Float64,
        "lon": pl.Float64,
        "parent": pl.Int32,
        "location_type": pl.UInt8,
        "wheelchair": pl.UInt8,
    }
)
ROUTES: Final = pl.Schema(
    {
        "route_id": pl.String,
        "short_name": pl.String,
        "long_name": pl.String,
        "route_type": pl.Int32,
        "agency": pl.String,
        "color": pl.String,
    }
)
TRIPS: Final = pl.Schema(
    {
        "trip_id": pl.String,
        "route": pl.Int32,
        "service": pl.Int32,
        "headsign": pl.String,
        "block_id": pl.String,
        "direction": pl.UInt8,
        "bikes": pl.UInt8,
        "wheelchair": pl.UInt8,
    }
)
STOP_TIMES: Final = pl.Schema(
    {
        "trip": pl.Int32,
        "stop": pl.Int32,
        "arrival_s": pl.Int32,
        "departure_s": pl.Int32,
        "pickup": pl.UInt8,
        "drop_off": pl.UInt8,
        "sequence": pl.Int32,
        "pickup_rule": pl.Int32,
        "drop_off_rule": pl.Int32,
    }
)
FREQUENCIES: Final = pl.Schema(
    {
        "trip": pl.Int32,
        "start_s": pl.Int32,
        "end_s": pl.Int32,
        "headway_s": pl.Int32,
        "exact": pl.Boolean,
    }
)
TRANSFERS: Final = pl.Schema(
    {
        "from_stop": pl.Int32,
        "to_stop": pl.Int32,
        "type": pl.UInt8,
        "min_transfer_s": pl.Int32,
        "from_trip": pl.Int32,
        "to_trip": pl.Int32,
        "from_route": pl.Int32,
        "to_route": pl.Int32,
    }
)


@dataclass(frozen=True)
class FeedSpan:
    """One of the feeds read together: its name, its number of trips and of stops, and its days.

    `first` and `last` are the first and last day on which one of its trips runs, also outside the
    days read, within the days its publisher answers for (`feed_info.txt`); None where none ever
    does. `covers` are the first and last day of its calendars.
    """

    name: str
    trips: int
    stops: int
    first: date | None
    last: date | None
    covers: tuple[date, date] | None = None

    def knows(self, on: date) -> bool:
        """Return whether the feed answers for a day; one that never runs has nothing to know."""
        if self.first is None or self.last is None:
            return True
        return self.first <= on <= self.last


@dataclass(frozen=True)
class Feed:
    """All feeds read together, checked, blank times interpolated, ids resolved to row numbers.

    Only trips whose service runs on a needed day (from the day before `start` to the day after
    the last of the `days`) are kept; `services` has one row per service still used by a trip,
    and one column per needed day: column 0 is the day BEFORE `start`, column d is
    `start + (d - 1)` days.

    Times are int32 seconds after "noon minus twelve hours" of the service day, in `timezone`, and
    may exceed 86400. Noon minus twelve hours is midnight save on the two days when clocks change:
    code that shows an hour of the clock has to correct for that; nothing is corrected here.

    An id that stands in several feeds is kept in the first; later ones read "2:ID", "3:ID"…
    Trips that run by frequency stay as templates: only the gaps between their times mean anything.
    `pickup_rule` and `drop_off_rule` of a call are rows of the booking rules in `on_demand.rules`.
    `spans` has one entry per feed, in the order of their rows in the tables.
    Tables have the columns and types of the schemas of this module; `NONE` is "no row".
    `fares` and `on_demand` are those of the feeds that have them.
    """

    timezone: str
    start: date
    days: int
    stops: pl.DataFrame
    routes: pl.DataFrame
    trips: pl.DataFrame
    stop_times: pl.DataFrame
    services: NDArray[np.bool_]
    service_ids: list[str]
    frequencies: pl.DataFrame
    transfers: pl.DataFrame
    inputs: tuple[tuple[str, str], ...]
    report: Report
    fares: FareTables = field(default_factory=FareTables.empty)
    on_demand: OnDemandTables = field(default_factory=OnDemandTables.empty)
    spans: tuple[FeedSpan, ...] = ()
