"""Reads frequencies.txt: trips that run every so often over part of the day."""

from typing import NamedTuple

import polars as pl

from ..checks.notes import Notes
from ..feed import FREQUENCIES as FREQUENCIES_SCHEMA
from .archive import Archive
from .specs import FREQUENCIES, TRIPS, read_table
from .times import seconds, whole_number
from .trips import LEFT_OUT, NOT_RUNNING

_FILE = FREQUENCIES.file


class Frequencies(NamedTuple):
    """`rows` has the columns of `feed.FREQUENCIES`.

    `lost_trips` are the trips whose every row was wrong: alone, their template would be taken for
    one run at its own hour.
    """

    rows: pl.DataFrame
    lost_trips: pl.Series


def read_frequencies(archive: Archive, trips: pl.DataFrame, notes: Notes) -> Frequencies:
    """Read the rows of trips that run; `trips` gives `trip` by `trip_id` (see `trips.lookup`)."""
    table = read_table(archive, FREQUENCIES, notes)
    table = _of_running_trips(table, trips, notes)
    asked = table["trip"].unique()
    table = _with_period(table, notes)
    table = _with_headway(table, notes)
    table = _with_exactness(table, notes)
    table = _without_overlaps(table, notes)
    lost = asked.filter(~asked.is_in(table["trip"].unique().implode()))
    return Frequencies(table.select(FREQUENCIES_SCHEMA.names()), lost)


def note_lost_trips(kept_trips: pl.DataFrame, lost: pl.Series, notes: Notes) -> None:
    """Note which of the kept trips (`trip_id`, `line`) have no sound frequency left."""
    notes.warn(
        "no_frequency_left",
        TRIPS.file,
        kept_trips,
        pl.int_range(pl.len(), dtype=pl.Int32).is_in(lost.implode()),
        "toutes les lignes de frequencies.txt de la course « {value} » sont fausses : course "
        "laissée de côté.",
        field="trip_id",
        severity="error",
    )


def _of_running_trips(table: pl.DataFrame, trips: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    table = notes.leave_out(
        "unknown_trip",
        _FILE,
        table.join(trips, on="trip_id", how="left", maintain_order="left"),
        pl.col("trip").is_null(),
        "la course « {value} » n'existe pas dans trips.txt : ligne laissée de côté.",
        field="trip_id",
    )
    notes.report.leave_out(_FILE, table.filter(pl.col("trip") == LEFT_OUT).height)
    return table.filter(pl.col("trip") > NOT_RUNNING)


def _with_period(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    table = table.with_columns(
        seconds("start_time").alias("start_s"), seconds("end_time").alias("end_s")
    )
    for name in ("start", "end"):
        table = notes.leave_out(
            "bad_time",
            _FILE,
            table,
            pl.col(f"{name}_s").is_null(),
            "« {value} » n'est pas une heure HH:MM:SS : ligne laissée de côté.",
            field=f"{name}_time",
        )
    return notes.leave_out(
        "bad_period",
        _FILE,
        table,
        pl.col("end_s") <= pl.col("start_s"),
        "la période finit à {end_time}, pas après son début ({start_time}) : ligne laissée de "
        "côté.",
        field="end_time",
    )


def _with_headway(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    return notes.leave_out(
        "bad_headway",
        _FILE,
        table.with_columns(whole_number("headway_secs").alias("headway_s")),
        pl.col("headway_s").is_null() | (pl.col("headway_s") <= 0),
        "« {value} » n'est pas un intervalle en secondes (plus grand que 0) : ligne laissée de "
        "côté.",
        field="headway_secs",
    )


def _with_exactness(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    notes.warn(
        "bad_value",
        _FILE,
        table,
        ~pl.col("exact_times").is_in(["", "0", "1"]),
        "« {value} » devrait être 0 ou 1 : tenu pour 0 (horaires non garantis).",
        field="exact_times",
    )
    return table.with_columns((pl.col("exact_times") == "1").alias("exact"))


def _without_overlaps(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Leave out a period that starts before the end of an earlier one of the same trip."""
    table = table.sort("trip", "start_s", "line")
    overlaps: list[bool] = []
    trip, busy_until_s = None, 0
    for row_trip, start_s, end_s in table.select("trip", "start_s", "end_s").iter_rows():
        # Sorted by start: only the last period kept can still be running.
        overlap = row_trip == trip and start_s < busy_until_s
        overlaps.append(overlap)
        if not overlap:
            trip, busy_until_s = row_trip, end_s
    return notes.leave_out(
        "overlapping_frequencies",
        _FILE,
        table.with_columns(pl.Series("overlaps", overlaps, dtype=pl.Boolean)),
        pl.col("overlaps"),
        "la période {start_time}–{end_time} de la course « {trip_id} » chevauche une autre : ligne "
        "laissée de côté.",
        field="start_time",
    )
