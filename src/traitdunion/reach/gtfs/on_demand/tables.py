"""What reading GTFS-Flex gives: checked tables, stops, routes and services as row numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import polars as pl

NO_RULE: Final = -1
"""Row number of a booking rule, or of a service, that is not given."""

NOT_TOLD: Final = -(2**31)
"""A number of days, minutes or seconds that a booking rule leaves blank."""

REAL_TIME, SAME_DAY, DAYS_BEFORE = 0, 1, 2

PLACES: Final = pl.Schema({"place_id": pl.String, "name": pl.String, "wkb": pl.Binary})
PLACE_STOPS: Final = pl.Schema({"place": pl.Int32, "stop": pl.Int32})
TRIPS: Final = pl.Schema(
    {
        "trip_id": pl.String,
        "route": pl.Int32,
        "service": pl.Int32,
        "factor": pl.Float64,
        "offset_s": pl.Float64,
    }
)
CALLS: Final = pl.Schema(
    {
        "trip": pl.Int32,
        "place": pl.Int32,
        "timed": pl.Boolean,
        "start_s": pl.Int32,
        "end_s": pl.Int32,
        "pickup": pl.Boolean,
        "drop_off": pl.Boolean,
        "pickup_rule": pl.Int32,
        "drop_off_rule": pl.Int32,
    }
)
RULES: Final = pl.Schema(
    {
        "rule_id": pl.String,
        "type": pl.Int32,
        "notice_min": pl.Int32,
        "notice_max": pl.Int32,
        "last_day": pl.Int32,
        "last_time_s": pl.Int32,
        "start_day": pl.Int32,
        "start_time_s": pl.Int32,
        "service": pl.Int32,
        "message": pl.String,
        "phone": pl.String,
        "info_url": pl.String,
        "booking_url": pl.String,
    }
)
SCHEMAS: Final[dict[str, pl.Schema]] = {
    "places": PLACES,
    "place_stops": PLACE_STOPS,
    "trips": TRIPS,
    "calls": CALLS,
    "rules": RULES,
}


@dataclass(frozen=True)
class OnDemandTables:
    """Services that come when they are asked for (GTFS-Flex, adopted in GTFS Schedule in 2024).

    A *place* is where they come: a zone (`wkb`, WGS 84 polygons, longitude first) or the stops
    that `place_stops` gives it, its `wkb` then being empty. `calls` stand in the order of each
    trip: within the window from `start_s` to `end_s`, or where `timed` at its arrival `start_s`
    and departure `end_s`. A ride takes at most `factor` × the time by car + `offset_s`.
    `notice_min` and `notice_max` are minutes. Sources: GTFS Schedule reference, files
    booking_rules.txt, location_groups.txt, locations.geojson, stop_times.txt, trips.txt.
    """

    places: pl.DataFrame
    place_stops: pl.DataFrame
    trips: pl.DataFrame
    calls: pl.DataFrame
    rules: pl.DataFrame

    @classmethod
    def empty(cls) -> Self:
        """Return tables without any service."""
        return cls(**{name: pl.DataFrame(schema=schema) for name, schema in SCHEMAS.items()})

    @classmethod
    def joined(cls, parts: Sequence["OnDemandTables"], first: Mapping[str, Sequence[int]]) -> Self:
        """Return those of several feeds; `first` gives where rows of stop, route, service begin."""
        starts = dict(first)
        for name in ("places", "trips", "rules"):
            heights = [getattr(part, name).height for part in parts]
            starts[name] = [sum(heights[:i]) for i in range(len(heights))]
        references = {
            "place_stops": {"place": "places", "stop": "stops"},
            "trips": {"route": "routes", "service": "services"},
            "calls": {
                "trip": "trips",
                "place": "places",
                "pickup_rule": "rules",
                "drop_off_rule": "rules",
            },
            "rules": {"service": "services"},
        }
        return cls(
            **{
                name: pl.concat(
                    _moved(getattr(part, name), references.get(name, {}), starts, number)
                    for number, part in enumerate(parts)
                )
                for name in SCHEMAS
            }
        )

    def __bool__(self) -> bool:
        """Return whether at least one service comes on demand."""
        return self.trips.height > 0


def _moved(
    table: pl.DataFrame, references: dict[str, str], first: Mapping[str, Sequence[int]], number: int
) -> pl.DataFrame:
    return table.with_columns(
        pl.when(pl.col(name) == NO_RULE)
        .then(NO_RULE)
        .otherwise(pl.col(name) + first[kind][number])
        .cast(pl.Int32)
        .alias(name)
        for name, kind in references.items()
    )
