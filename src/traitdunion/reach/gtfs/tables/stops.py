"""Reads stops.txt: names, places, stations."""

from typing import NamedTuple

import polars as pl

from ..checks.notes import Notes
from ..feed import NONE
from ..feed import STOPS as STOPS_SCHEMA
from .archive import Archive
from .specs import STOPS, read_table, with_three_values
from .times import real_number

_FILE = STOPS.file
_MAY_LACK_COORDINATES = ("3", "4")
"""Generic nodes and boarding areas take the place of their station."""


def read_stops(archive: Archive, notes: Notes) -> pl.DataFrame:
    """Read the stops: columns of `feed.STOPS`, `line` and `zone_id`.

    Rows without usable coordinates are there too, with `lat` null: see `split_by_place`.
    """
    table = read_table(archive, STOPS, notes)
    table = _with_distinct_ids(table, notes)
    table = _with_location_type(table, notes)
    table = _with_parents(table, notes)
    table = _with_coordinates(table, notes)
    table = _with_names(table, notes)
    table = _with_wheelchair(table, notes)
    return table.select(
        "line",
        "stop_id",
        "name",
        "lat",
        "lon",
        pl.col("parent").cast(pl.Int32),
        pl.col("location_type").cast(pl.UInt8),
        "wheelchair",
        "zone_id",
    )


class PlacedStops(NamedTuple):
    """`placed` are the stops of the feed; `rows` gives each stop_id its row there, or NONE.

    `rows` has `location_type` and `zone_id` too. `unplaced` are those left out for want of
    coordinates (`stop_id`, `line`, `location_type`).
    """

    placed: pl.DataFrame
    rows: pl.DataFrame
    unplaced: pl.DataFrame


def split_by_place(stops: pl.DataFrame, notes: Notes) -> PlacedStops:
    """Take apart the stops that have coordinates, and renumber them."""
    placed = pl.col("lat").is_not_null()
    stops = stops.with_columns(
        pl.when(placed).then(placed.cum_sum().cast(pl.Int32) - 1).otherwise(NONE).alias("row")
    )
    # Rows shift once stops without coordinates are gone: parents are numbered among the kept.
    new_parent = pl.col("row").gather(pl.col("parent").clip(0))
    stops = stops.with_columns(
        pl.when(pl.col("parent") == NONE).then(NONE).otherwise(new_parent).alias("new_parent")
    )
    notes.warn(
        "unplaced_parent",
        _FILE,
        stops,
        placed & (pl.col("parent") != NONE) & (pl.col("new_parent") == NONE),
        "la station de l'arrêt « {value} » n'est pas située : l'arrêt est gardé, sans station.",
        field="stop_id",
    )
    kept = stops.filter(placed).with_columns(pl.col("new_parent").alias("parent"))
    return PlacedStops(
        kept.select(STOPS_SCHEMA.names()),
        stops.select("stop_id", pl.col("row").alias("stop"), "location_type", "zone_id"),
        stops.filter(~placed).select("stop_id", "line", "location_type"),
    )


def note_unplaced(unplaced: pl.DataFrame, calls: pl.DataFrame, notes: Notes) -> None:
    """Note which stops without coordinates are left out, and how many calls go with them."""
    number = calls.group_by("stop_id").agg(pl.len().alias("calls"))
    table = unplaced.join(number, on="stop_id", how="left", maintain_order="left")
    used = pl.col("calls").is_not_null()
    notes.leave_out(
        "stop_without_coordinates",
        _FILE,
        table.filter(used),
        pl.lit(True),
        "l'arrêt « {value} » n'a pas de coordonnées : il est laissé de côté, avec les {calls} "
        "passages de stop_times.txt qui s'y arrêtent.",
        field="stop_id",
    )
    notes.leave_out(
        "unused_stop_without_coordinates",
        _FILE,
        table.filter(~used),
        pl.lit(True),
        "« {value} » n'a pas de coordonnées et aucune course lue ne s'y arrête : laissé de côté.",
        field="stop_id",
        severity="warning",
    )


def _with_distinct_ids(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    table = notes.leave_out(
        "missing_value",
        _FILE,
        table,
        pl.col("stop_id") == "",
        "stop_id est vide : arrêt laissé de côté.",
        field="stop_id",
    )
    return notes.leave_out(
        "duplicate_key",
        _FILE,
        table,
        ~pl.col("stop_id").is_first_distinct(),
        "l'arrêt « {value} » est déjà défini plus haut : cette ligne est laissée de côté.",
        field="stop_id",
    )


def _with_location_type(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    known = pl.col("location_type").is_in(["", "0", "1", "2", "3", "4"])
    notes.warn(
        "bad_value",
        _FILE,
        table,
        ~known,
        "« {value} » n'est pas un genre d'arrêt connu (0 à 4) : tenu pour 0, un arrêt.",
        field="location_type",
    )
    return table.with_columns(
        pl.when(known & (pl.col("location_type") != ""))
        .then(pl.col("location_type"))
        .otherwise(pl.lit("0"))
        .alias("location_type")
    )


def _with_parents(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Resolve parent_station; one that is unknown, or not of the right kind, becomes none."""
    stations = table.select(
        pl.col("stop_id").alias("parent_station"),
        pl.int_range(pl.len(), dtype=pl.Int32).alias("parent"),
        pl.col("location_type").alias("parent_type"),
    )
    table = table.join(stations, on="parent_station", how="left", maintain_order="left")
    named = pl.col("parent_station") != ""
    notes.warn(
        "unknown_parent",
        _FILE,
        table,
        named & pl.col("parent").is_null(),
        "la station « {value} » n'existe pas dans stops.txt : l'arrêt « {stop_id} » est gardé, "
        "sans station.",
        field="parent_station",
        severity="error",
    )
    # parent_station (stops.txt): a boarding area (4) hangs on a platform (0), a station (1) on
    # nothing, all the others on a station.
    fits = (
        pl.when(pl.col("location_type") == "4")
        .then(pl.col("parent_type") == "0")
        .when(pl.col("location_type") == "1")
        .then(False)
        .otherwise(pl.col("parent_type") == "1")
    )
    notes.warn(
        "odd_parent",
        _FILE,
        table,
        named & pl.col("parent").is_not_null() & ~fits,
        "« {value} » ne peut pas être la station de « {stop_id} » (location_type ne convient "
        "pas) : l'arrêt est gardé, sans station.",
        field="parent_station",
    )
    return table.with_columns(
        pl.when(named & fits).then(pl.col("parent")).otherwise(NONE).fill_null(NONE).alias("parent")
    )


def _with_coordinates(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Parse `lat` and `lon`, both null where either is unusable."""
    table = table.with_columns(
        real_number("stop_lat").alias("lat"), real_number("stop_lon").alias("lon")
    )
    for name, limit, column in (("lat", 90, "stop_lat"), ("lon", 180, "stop_lon")):
        given = pl.col(column) != ""
        usable = pl.col(name).is_between(-limit, limit).fill_null(False)
        notes.warn(
            "bad_coordinates",
            _FILE,
            table,
            given & ~usable,
            "« {value} » n'est pas une coordonnée en degrés : l'arrêt « {stop_id} » est tenu pour "
            "non situé.",
            field=column,
            severity="error",
        )
        table = table.with_columns(pl.when(usable).then(pl.col(name)).alias(name))
    both = pl.col("lat").is_not_null() & pl.col("lon").is_not_null()
    table = table.with_columns(pl.when(both).then(pl.col("lat", "lon")))
    notes.warn(
        "zero_coordinates",
        _FILE,
        table,
        (pl.col("lat") == 0) & (pl.col("lon") == 0),
        "l'arrêt « {stop_id} » est au point 0,0, dans l'océan : position sans doute fausse, "
        "gardée telle quelle.",
        field="stop_lat",
    )
    return _with_coordinates_of_parents(table)


def _with_coordinates_of_parents(table: pl.DataFrame) -> pl.DataFrame:
    borrows = pl.col("location_type").is_in(_MAY_LACK_COORDINATES) & (pl.col("parent") != NONE)
    # Twice: a boarding area may stand on a platform that is itself placed by its station.
    for _ in range(2):
        table = table.with_columns(
            pl.when(borrows & pl.col("lat").is_null())
            # Clipped, as NONE is no row to gather: rows without parent do not borrow.
            .then(pl.col(name).gather(pl.col("parent").clip(0)))
            .otherwise(pl.col(name))
            .alias(name)
            for name in ("lat", "lon")
        )
    return table


def _with_names(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Give a nameless stop the name of its station, else its id."""
    notes.warn(
        "missing_name",
        _FILE,
        table,
        (pl.col("stop_name") == "") & pl.col("location_type").is_in(["0", "1", "2"]),
        "l'arrêt « {stop_id} » n'a pas de nom : celui de sa station, ou son identifiant, en tient "
        "lieu.",
        field="stop_name",
    )
    of_parent = (
        pl.when(pl.col("parent") != NONE)
        .then(pl.col("stop_name").gather(pl.col("parent").clip(0)))
        .otherwise(pl.lit(""))
    )
    return table.with_columns(
        pl.when(pl.col("stop_name") != "")
        .then(pl.col("stop_name"))
        .when(of_parent != "")
        .then(of_parent)
        .otherwise(pl.col("stop_id"))
        .alias("name")
    )


def _with_wheelchair(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Return whether a wheelchair may board: 1 yes, 2 no, 0 unknown.

    Empty or 0 is what the station says (GTFS reference, wheelchair_boarding).
    """
    table = with_three_values(
        table, _FILE, "wheelchair_boarding", "wheelchair", "fauteuil à l'arrêt", notes
    )
    # Twice: a boarding area hangs on a platform, which hangs on a station.
    for _ in range(2):
        of_parent = pl.col("wheelchair").gather(pl.col("parent").clip(0))
        inherits = (pl.col("wheelchair") == 0) & (pl.col("parent") != NONE)
        table = table.with_columns(
            pl.when(inherits).then(of_parent).otherwise(pl.col("wheelchair")).alias("wheelchair")
        )
    return table
