"""Reads trips.txt, and keeps the trips that run on a needed day."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..checks.notes import Notes
from .archive import Archive
from .calendars import Services
from .specs import TRIPS, read_table, with_three_values

_FILE = TRIPS.file

NOT_RUNNING: Final = -1
"""In a lookup, a sound trip that runs on none of the needed days."""
LEFT_OUT: Final = -2
"""In a lookup, a trip that was left out: what depends on it goes without a finding of its own."""


def read_trips(
    archive: Archive, routes: pl.DataFrame, services: Services, notes: Notes
) -> pl.DataFrame:
    """Read all trips, sound or not: `trip_id`, `line`, `sound`, `runs`, then columns of the feed.

    A row of another file may name any of these; only those that are `sound` and `runs` on a
    needed day are kept in the feed. `route` and `service` are rows of `routes` and `services`.
    """
    table = read_table(archive, TRIPS, notes)
    table = _with_distinct_ids(table, notes)
    everything = table.select("trip_id", "line")
    table = _with_route(table, routes, notes)
    table = _with_service(table, services, notes)
    table = _with_direction(table, notes)
    table = with_three_values(table, _FILE, "bikes_allowed", "bikes", "vélo à bord", notes)
    table = with_three_values(
        table, _FILE, "wheelchair_accessible", "wheelchair", "fauteuil à bord", notes
    )
    sound = table.select(
        "trip_id",
        "route",
        "service",
        "runs",
        pl.col("trip_headsign").alias("headsign"),
        "block_id",
        "direction",
        "bikes",
        "wheelchair",
        "safe_duration_factor",
        "safe_duration_offset",
        pl.lit(True).alias("sound"),
    )
    return everything.join(sound, on="trip_id", how="left", maintain_order="left").with_columns(
        pl.col("sound", "runs").fill_null(False)
    )


def _with_distinct_ids(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    table = notes.leave_out(
        "missing_value",
        _FILE,
        table,
        pl.col("trip_id") == "",
        "trip_id est vide : course laissée de côté.",
        field="trip_id",
    )
    return notes.leave_out(
        "duplicate_key",
        _FILE,
        table,
        ~pl.col("trip_id").is_first_distinct(),
        "la course « {value} » est déjà définie plus haut : cette ligne est laissée de côté.",
        field="trip_id",
    )


def _with_route(table: pl.DataFrame, routes: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    rows = routes.select("route_id", pl.int_range(pl.len(), dtype=pl.Int32).alias("route"))
    return notes.leave_out(
        "unknown_route",
        _FILE,
        table.join(rows, on="route_id", how="left", maintain_order="left"),
        pl.col("route").is_null(),
        "la ligne de transport « {value} » n'existe pas dans routes.txt : la course « {trip_id} » "
        "est laissée de côté.",
        field="route_id",
    )


def _with_service(table: pl.DataFrame, services: Services, notes: Notes) -> pl.DataFrame:
    rows = pl.DataFrame(
        {
            "service_id": pl.Series(services.ids, dtype=pl.String),
            "service": np.arange(len(services.ids), dtype=np.int32),
            "runs": _runs_at_all(services.runs),
        }
    )
    return notes.leave_out(
        "unknown_service",
        _FILE,
        table.join(rows, on="service_id", how="left", maintain_order="left"),
        pl.col("service").is_null(),
        "le service « {value} » n'a aucun jour de circulation (ni dans calendar.txt ni dans "
        "calendar_dates.txt) : la course « {trip_id} » est laissée de côté.",
        field="service_id",
    )


def lookup(trips: pl.DataFrame) -> pl.DataFrame:
    """Give each `trip_id` its `trip`: row among the kept trips, or NOT_RUNNING, or LEFT_OUT."""
    kept = pl.col("sound") & pl.col("runs")
    return trips.select(
        "trip_id",
        pl.when(kept)
        .then(kept.cum_sum().cast(pl.Int32) - 1)
        .when(pl.col("sound"))
        .then(NOT_RUNNING)
        .otherwise(LEFT_OUT)
        .cast(pl.Int32)
        .alias("trip"),
    )


def _runs_at_all(runs: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(runs.any(axis=1), dtype=np.bool_)


def _with_direction(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    notes.warn(
        "bad_value",
        _FILE,
        table,
        ~pl.col("direction_id").is_in(["", "0", "1"]),
        "« {value} » n'est pas un sens (0 ou 1) : tenu pour 0.",
        field="direction_id",
    )
    return table.with_columns((pl.col("direction_id") == "1").cast(pl.UInt8).alias("direction"))
