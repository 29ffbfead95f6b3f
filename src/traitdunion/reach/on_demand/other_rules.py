"""The same timetable with other booking rules, for searches of what a shorter notice would open."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import polars as pl

from ..gtfs.on_demand.tables import NO_RULE, SCHEMAS
from ..packing import packed
from .services import Rule, Trip

if TYPE_CHECKING:
    from ..timetable import Timetable


def rules_of_routes(tt: "Timetable", routes: frozenset[int]) -> dict[int, Rule]:
    """Return the booking rules of the services on some routes, by their row."""
    trips = [trip for trip in tt.on_demand.trips if trip.route in routes]
    return _rules_of(tt, trips)


def rules_of_trip(tt: "Timetable", trip: int) -> dict[int, Rule]:
    """Return the booking rules of one service, a row of `tt.on_demand.trips`, by their row."""
    return _rules_of(tt, [tt.on_demand.trips[trip]])


def _rules_of(tt: "Timetable", trips: Sequence[Trip]) -> dict[int, Rule]:
    calls = [call for trip in trips for ride in trip.rides for call in ride]
    rows = {row for call in calls for row in (call.pickup_rule, call.drop_off_rule)} - {NO_RULE}
    return {row: tt.on_demand.rules[row] for row in sorted(rows)}


def with_rules(tt: "Timetable", rules: Mapping[int, Rule]) -> "Timetable":
    """Return the timetable with some booking rules replaced, by their row."""
    rows = [asdict(rules.get(row, rule)) for row, rule in enumerate(tt.on_demand.rules)]
    table = pl.DataFrame(rows, schema=SCHEMAS["rules"])
    return type(tt)(tt.header, {**tt.arrays, **packed("on_demand", {"rules": table})})
