"""From feeds already read to a timetable: its header, and its flat arrays by name."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from ..gtfs import Feed, FeedSpan, Finding
from ..gtfs.fares.tables import SCHEMAS as FARES
from ..gtfs.on_demand.tables import SCHEMAS as ON_DEMAND
from ..packing import packed, packed_texts
from ..places import Array
from ..streets import DEFAULT_WALK
from .double_trips import with_same_places, without_double_trips
from .line_changes import line_rules, split_stops, with_line_changes
from .trips import compile_footpaths, compile_trips

Progress = Callable[[str, float], None]


def compile_feed(
    feed: Feed, *, reach_m: float, stay_seated: bool, progress: Progress | None = None
) -> tuple[dict[str, Any], dict[str, Array]]:
    """Compile a feed to the header and the arrays of a timetable.

    `reach_m`: walking metres between stops within which a change is offered.
    """
    report_step = progress or (lambda _step, _share: None)
    feed, same_places, doubles = without_double_trips(feed)
    footpaths = compile_footpaths(feed, reach_m=reach_m, detour=DEFAULT_WALK.detour)
    footpaths = with_same_places(footpaths, same_places)
    if split := split_stops(feed):
        feed, footpaths = split.feed, with_line_changes(footpaths, split)
    elif line_rules(feed):
        _report_ignored_transfers(feed)
    report_step("Courses", 0.7)
    arrays = compile_trips(feed, stay_seated=stay_seated)
    report_step("Correspondances à pied", 0.9)
    arrays |= footpaths
    arrays |= {
        "stop_lat": feed.stops["lat"].to_numpy(),
        "stop_lon": feed.stops["lon"].to_numpy(),
        "stop_parent": feed.stops["parent"].to_numpy().astype(np.int32),
        "stop_wheelchair": feed.stops["wheelchair"].to_numpy(),
        "trip_route": feed.trips["route"].to_numpy().astype(np.int32),
        "route_type": feed.routes["route_type"].to_numpy().astype(np.int32),
    }
    if len(doubles):
        arrays |= {"double_trips": doubles, "same_places": same_places}
    for name, texts in _texts(feed).items():
        arrays |= packed_texts(name, texts)
    if feed.fares:
        arrays |= packed("fares", {name: getattr(feed.fares, name) for name in FARES})
    if feed.on_demand or len(feed.on_demand.rules):
        arrays |= packed("on_demand", {name: getattr(feed.on_demand, name) for name in ON_DEMAND})
    header = {
        "start": feed.start.isoformat(),
        "days": feed.days,
        "timezone": feed.timezone,
        "inputs": [list(i) for i in feed.inputs],
        "feeds": [_span_for_header(span) for span in feed.spans],
    }
    report_step("Terminé", 1.0)
    return header, arrays


def _report_ignored_transfers(feed: Feed) -> None:
    """Warn of rules between given lines or trips too many to be applied."""
    feed.report.add(
        Finding(
            severity="warning",
            code="transfer_of_trips_ignored",
            feed=", ".join(name for name, _ in feed.inputs),
            file="transfers.txt",
            line=None,
            field=None,
            value=None,
            message="les correspondances propres à une ligne ou à une course sont trop nombreuses "
            "pour être prises en compte ; celles des arrêts s'appliquent.",
            count=len(line_rules(feed)),
        )
    )


def _span_for_header(span: FeedSpan) -> dict[str, Any]:
    return {
        "name": span.name,
        "trips": span.trips,
        "stops": span.stops,
        "first": span.first and span.first.isoformat(),
        "last": span.last and span.last.isoformat(),
        "covers": span.covers and [day.isoformat() for day in span.covers],
    }


def _texts(feed: Feed) -> dict[str, pl.Series]:
    route_name = feed.routes.select(
        pl.when(pl.col("short_name") == "")
        .then(pl.col("long_name"))
        .otherwise(pl.col("short_name"))
    ).to_series()
    return {
        "stop_id": feed.stops["stop_id"],
        "stop_name": feed.stops["name"],
        "trip_id": feed.trips["trip_id"],
        "trip_headsign": feed.trips["headsign"],
        "route_name": route_name,
        "route_agency": feed.routes["agency"],
        "route_color": feed.routes["color"],
    }
