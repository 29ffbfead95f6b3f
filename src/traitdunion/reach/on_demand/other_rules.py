"""The same timetable with other booking rules, for searches of what a shorter notice would open."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import polars as pl

from ..gtfs.on_demand.tables import NO_RULE, SCHEMAS
from ..packing import packed
from .services import Rule

if TYPE_CHECKING:
    from ..timetable import Timetable


def rules_of_routes(tt: "Timetable", routes: frozenset[int]) -> dict[int, Rule]:
    """Return the booking rules of the services on some routes, by their row."""
    calls = [
        call
        for trip in tt.on_demand.trips
        if trip.route in routes
        for ride in trip.rides
        for call in ride
    ]
    rows = {row for call in calls for row in (call.pickup_rule, call.drop_off_rule)} - {NO_RULE}
    return {row: tt.on_demand.rules[row] for row in sorted(rows)}


def with_rules(tt: "Timetable", rules: Mapping[int, Rule]) -> "Timetable":
    """Return the timetable with some booking rules replaced, by their row."""
    rows = [asdict(rules.get(row, rule)) for row, rule in enumerate(tt.on_demand.rules)]
    table = pl.DataFrame(rows, schema=SCHEMAS["rules"])
    return type(tt)(tt.header, {**tt.arrays, **packed("on_demand", {"rules": table})})
