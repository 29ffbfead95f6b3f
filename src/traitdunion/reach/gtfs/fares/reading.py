"""Reads the fares of one feed, of both generations."""

from typing import Final

import polars as pl

from ..checks.notes import Notes
from ..tables.archive import Archive
from ..tables.calendars import Services
from . import attributes as fares_v1
from . import files as fare_files
from . import products as fares_v2
from .tables import SCHEMAS, FareTables

FILES: Final = (*fares_v1.FILES, *fare_files.FILES)


def read_fares(
    archive: Archive,
    agencies: pl.DataFrame,
    stops: pl.DataFrame,
    routes: pl.DataFrame,
    services: Services,
    zone: str,
    notes: Notes,
) -> FareTables:
    """Read the files of fares that the feed has; none of them is needed by the rest.

    `stops` gives `stop` (row, -1 where not placed) and `zone_id` by `stop_id`; `routes` gives
    `network_id` by `route_id`, in the order of the feed; `zone` is the time zone of the feed.
    Source: GTFS Schedule reference, revision of April 2026.
    """
    if not any(spec.file in archive for spec in FILES):
        return FareTables.empty()
    routes = routes.select(
        "route_id", "network_id", pl.int_range(pl.len(), dtype=pl.Int32).alias("route")
    )
    first = fares_v1.read_first_fares(archive, agencies, routes, stops["zone_id"], notes)
    second = fares_v2.read_second_fares(archive, stops, routes, services, notes)
    zones = stops.filter((pl.col("zone_id") != "") & (pl.col("stop") >= 0))
    tables = second._asdict() | {
        "feeds": pl.DataFrame(
            {
                "first_route": [0],
                "routes": [routes.height],
                "timezone": [zone],
                "ranked": [second.ranked],
            }
        ),
        "attributes": first.attributes,
        "rules": first.rules,
        "zones": zones.rename({"zone_id": "zone"}),
    }
    return FareTables(
        **{
            name: tables[name]
            .with_columns(pl.lit(0).alias("feed"))
            .select(schema.names())
            .cast(schema)
            for name, schema in SCHEMAS.items()
        }
    )
