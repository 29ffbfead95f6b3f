"""Reads services on demand (GTFS-Flex): trips that come within a window, where they are asked."""

from dataclasses import replace

import polars as pl

from ..checks.notes import Notes
from ..tables.archive import Archive
from ..tables.specs import STOP_TIMES, TRIPS
from ..tables.stop_times import Calls
from ..tables.times import real_number, seconds
from .files import ZONES_FILE
from .places import Places, read_places
from .tables import CALLS, NO_RULE, OnDemandTables
from .tables import TRIPS as TRIPS_SCHEMA

_FILE = STOP_TIMES.file
_ON_REQUEST = {"pickup_type": ("1", "2"), "drop_off_type": ("1", "2", "3")}
"""What a window allows: not at all, by asking the agency, or the driver where one gets off."""


class OnDemand:
    """The tables of one feed, and the rows of `trips` that run on demand."""

    def __init__(self, tables: OnDemandTables, trips: pl.Series, lost: pl.Series) -> None:
        """Keep the tables and rows; `lost` are the trips left out with a finding of their own."""
        self.tables = tables
        self.trips = trips
        self.lost = lost


def read_on_demand(
    archive: Archive,
    calls: Calls,
    trips: pl.DataFrame,
    stops: pl.DataFrame,
    placed: pl.DataFrame,
    rules: pl.DataFrame,
    notes: Notes,
) -> OnDemand:
    """Read the services on demand of the calls within a window or a zone.

    `trips` are the kept trips, in their order; `stops` gives `stop` by `stop_id`, `placed` are
    those with coordinates; `rules` are the booking rules, kept also where calls at an hour alone
    name them.
    """
    if calls.on_demand.is_empty():
        none = pl.Series(dtype=pl.Int32)
        return OnDemand(replace(OnDemandTables.empty(), rules=rules), none, none)
    stop_ids = calls.on_demand["stop_id"].unique()
    places = read_places(
        archive, stops, placed, pl.concat([stop_ids, calls.beside["stop_id"]]), notes
    )
    rows = _with_place(calls.on_demand, places, notes)
    rows = _with_window(rows, notes)
    rows = _with_boarding(rows, notes)
    rows = _with_rules(rows, rules, notes)
    every_call = pl.concat(
        [rows.select("line", "sequence", *CALLS.names()), _timed(calls.beside, places)]
    ).sort("trip", "sequence", "line")
    _warn_of_equal_ranks(every_call, notes)
    served = _served(every_call)
    _warn_of_unserved(calls.on_demand, served, trips, notes)
    kept = trips.with_row_index("trip").filter(pl.col("trip").is_in(served.implode()))
    new_row = pl.DataFrame(
        {"trip": kept["trip"].cast(pl.Int32), "final": range(kept.height)},
        schema={"trip": pl.Int32, "final": pl.Int32},
    )
    tables = OnDemandTables(
        places=places.places,
        place_stops=places.place_stops,
        trips=_with_durations(kept, calls.on_demand, notes),
        calls=every_call.join(new_row, on="trip", maintain_order="left")
        .with_columns(pl.col("final").alias("trip"))
        .select(CALLS.names())
        .cast(CALLS),
        rules=rules,
    )
    every_trip = calls.on_demand["trip"].unique()
    return OnDemand(tables, served, every_trip.filter(~every_trip.is_in(served.implode())))


def _with_place(rows: pl.DataFrame, places: Places, notes: Notes) -> pl.DataFrame:
    """Resolve where each call comes: a zone, a group, or a stop.

    The draft before adoption named a zone in `stop_id`.
    """
    # Exactly one of the three (stop_times.txt: each of them forbids the other two).
    number = (
        (pl.col("location_id") != "").cast(pl.Int8)
        + (pl.col("location_group_id") != "")
        + (pl.col("stop_id") != "")
    )
    rows = notes.leave_out(
        "bad_place",
        _FILE,
        rows,
        number != 1,
        "un passage à la demande nomme un arrêt, une zone ou un groupe, l'un des trois : ligne "
        "laissée de côté.",
        field="location_id",
    )
    rows = rows.with_columns(
        pl.when(pl.col("location_id") != "")
        .then(pl.lit("zone"))
        .when(pl.col("location_group_id") != "")
        .then(pl.lit("group"))
        .otherwise(pl.lit("stop"))
        .alias("kind"),
        pl.concat_str("location_id", "location_group_id", "stop_id").alias("location_id"),
    )
    for name, table in (("zone", places.zones), ("group", places.groups), ("stop", places.stops)):
        known = table.rename({"place_id": "location_id", "place": name})
        rows = rows.join(known, on="location_id", how="left", maintain_order="left")
    rows = rows.with_columns(
        pl.when(pl.col("kind") == "stop")
        # A stop first: only what is no stop can be the zone of the draft.
        .then(pl.coalesce("stop", "zone"))
        .otherwise(
            pl.when(pl.col("kind") == "zone").then(pl.col("zone")).otherwise(pl.col("group"))
        )
        .alias("place")
    )
    in_draft = (pl.col("kind") == "stop") & pl.col("stop").is_null() & pl.col("zone").is_not_null()
    _warn_of_draft(rows.filter(in_draft), notes)
    lost = pl.col("place").is_null() & pl.col("location_id").is_in(list(places.lost))
    notes.report.leave_out(_FILE, rows.filter(lost).height)
    return notes.leave_out(
        "unknown_place",
        _FILE,
        rows.filter(~lost),
        pl.col("place").is_null(),
        f"« {{value}} » n'est ni un arrêt situé de stops.txt, ni une zone de {ZONES_FILE}, ni un "
        "groupe de location_groups.txt : ligne laissée de côté.",
        field="location_id",
    )


def _warn_of_draft(rows: pl.DataFrame, notes: Notes) -> None:
    if rows.height:
        notes.note(
            "warning",
            "draft_of_flex",
            _FILE,
            f"{rows.height} ligne(s) nomment une zone dans stop_id, comme le brouillon de "
            "GTFS-Flex : lues comme location_id.",
            line=rows["line"][0],
            field="stop_id",
            value=rows["stop_id"][0],
            count=rows.height,
        )


def _with_window(rows: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    names = {"start_s": "start_pickup_drop_off_window", "end_s": "end_pickup_drop_off_window"}
    rows = rows.with_columns(seconds(column).alias(name) for name, column in names.items())
    for name, column in names.items():
        rows = notes.leave_out(
            "missing_value",
            _FILE,
            rows,
            pl.col(column) == "",
            f"{column} est vide : on ne sait quand le service vient, ligne laissée de côté.",
            field=column,
        )
        rows = notes.leave_out(
            "bad_time",
            _FILE,
            rows,
            pl.col(name).is_null(),
            "« {value} » n'est pas une heure HH:MM:SS : ligne laissée de côté.",
            field=column,
        )
    rows = notes.leave_out(
        "bad_window",
        _FILE,
        rows,
        pl.col("end_s") < pl.col("start_s"),
        "la plage finit à {value}, avant de commencer ({start_pickup_drop_off_window}) : ligne "
        "laissée de côté (après minuit, on écrit 24:10:00 et non 00:10:00).",
        field="end_pickup_drop_off_window",
    )
    notes.warn(
        "time_beside_window",
        _FILE,
        rows,
        (pl.col("arrival_time") != "") | (pl.col("departure_time") != ""),
        "une plage horaire et une heure de passage ne vont pas ensemble : l'heure est ignorée.",
        field="arrival_time",
    )
    return rows


def _with_boarding(rows: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    for column, name in (("pickup_type", "pickup"), ("drop_off_type", "drop_off")):
        notes.warn(
            "bad_value",
            _FILE,
            rows,
            (pl.col(column) != "") & ~pl.col(column).is_in(_ON_REQUEST[column]),
            "« {value} » ne va pas avec une plage horaire, qui veut 1 (pas d'arrêt) ou 2 (sur "
            "demande) : tenu pour 2.",
            field=column,
        )
        rows = rows.with_columns((pl.col(column) != "1").alias(name))
    return rows


def _with_rules(rows: pl.DataFrame, rules: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    for side in ("pickup", "drop_off"):
        column = f"{side}_booking_rule_id"
        known = pl.DataFrame(
            {
                column: rules["rule_id"],
                f"{side}_rule": pl.int_range(rules.height, dtype=pl.Int32, eager=True),
            }
        )
        rows = notes.leave_out(
            "unknown_rule",
            _FILE,
            rows.join(known, on=column, how="left", maintain_order="left"),
            (pl.col(column) != "") & pl.col(f"{side}_rule").is_null(),
            "la règle de réservation « {value} » n'est pas (lisible) dans booking_rules.txt : on "
            "ne sait jusqu'à quand réserver, ligne laissée de côté.",
            field=column,
        )
        rows = rows.with_columns(pl.col(f"{side}_rule").fill_null(NO_RULE))
    return rows.with_columns(pl.lit(False).alias("timed"))


def _timed(beside: pl.DataFrame, places: Places) -> pl.DataFrame:
    """Return the calls at an hour of the same trips, as calls of a place that is their stop."""
    known = places.stops.rename({"place_id": "stop_id"})
    return (
        beside.join(known, on="stop_id", maintain_order="left")
        .with_columns(
            pl.lit(True).alias("timed"),
            pl.col("arrival_s").alias("start_s"),
            pl.col("departure_s").alias("end_s"),
            pl.col("pickup") != 1,
            pl.col("drop_off") != 1,
        )
        .select("line", "sequence", *CALLS.names())
    )


def _warn_of_equal_ranks(calls: pl.DataFrame, notes: Notes) -> None:
    same = (pl.col("trip") == pl.col("trip").shift(1)) & (
        pl.col("stop_sequence") == pl.col("stop_sequence").shift(1)
    )
    notes.warn(
        "duplicate_key",
        _FILE,
        calls.rename({"sequence": "stop_sequence"}),
        same,
        "ce passage à la demande a le même rang ({value}) que le précédent : l'ordre des lignes "
        "est suivi.",
        field="stop_sequence",
    )


def _served(calls: pl.DataFrame) -> pl.Series:
    """Return the trips with a ride: a pickup, then a later drop-off, not both at an hour."""
    # A ride between two calls at an hour is the timetable's: one end at least must be flexible.
    first = calls.with_columns(
        (pl.col("pickup") & ~pl.col("timed")).cum_max().shift(1).over("trip").alias("flexible"),
        pl.col("pickup").cum_max().shift(1).over("trip").alias("any"),
    )
    ride = pl.col("drop_off") & (
        pl.col("flexible").fill_null(False) | (~pl.col("timed") & pl.col("any").fill_null(False))
    )
    return first.filter(ride)["trip"].unique().sort()


def _warn_of_unserved(
    rows: pl.DataFrame, served: pl.Series, trips: pl.DataFrame, notes: Notes
) -> None:
    """Warn of the trips that have no ride: nowhere to get on, or nowhere to get off afterwards."""
    numbered = trips.with_row_index("trip").with_columns(pl.col("trip").cast(pl.Int32))
    asked = numbered.filter(pl.col("trip").is_in(rows["trip"].unique().implode()))
    notes.warn(
        "no_ride",
        TRIPS.file,
        asked,
        ~pl.col("trip").is_in(served.implode()),
        "la course à la demande « {value} » n'a pas de montée suivie d'une descente : laissée de "
        "côté.",
        field="trip_id",
    )


def _with_durations(trips: pl.DataFrame, rows: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Add what bounds the time of each trip; the draft gave it by call, in minutes."""
    # The draft wrote the offset in minutes, the standard in seconds.
    draft = rows.group_by("trip").agg(
        real_number("safe_duration_factor").max().alias("draft_factor"),
        (real_number("safe_duration_offset").max() * 60).alias("draft_offset_s"),
    )
    trips = trips.with_columns(
        pl.col("trip").cast(pl.Int32),
        real_number("safe_duration_factor").alias("factor"),
        real_number("safe_duration_offset").alias("offset_s"),
    )
    for name in ("factor", "offset"):
        column = f"safe_duration_{name}"
        read = "factor" if name == "factor" else "offset_s"
        bad = pl.col(read).is_null() | (pl.col(read) <= 0 if name == "factor" else pl.lit(False))
        notes.warn(
            "bad_value",
            TRIPS.file,
            trips,
            (pl.col(column) != "") & bad.fill_null(False),
            "« {value} » n'est pas une durée prudente lisible : ignorée.",
            field=column,
        )
    drafted = trips.join(draft, on="trip", how="left", maintain_order="left")
    factor = pl.when(pl.col("factor") > 0).then(pl.col("factor"))
    draft_factor = pl.when(pl.col("draft_factor") > 0).then(pl.col("draft_factor"))
    return drafted.select(
        "trip_id",
        "route",
        "service",
        pl.coalesce(factor, draft_factor, pl.lit(1.0)).alias("factor"),
        pl.coalesce("offset_s", "draft_offset_s", pl.lit(0.0)).alias("offset_s"),
    ).cast(TRIPS_SCHEMA)
