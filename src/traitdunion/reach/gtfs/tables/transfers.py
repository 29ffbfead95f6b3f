"""Reads transfers.txt: how one changes between stops, lines or trips."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from ..checks.notes import Notes
from ..checks.plausibility import without_fast_transfers
from ..feed import NONE
from ..feed import TRANSFERS as TRANSFERS_SCHEMA
from .archive import Archive
from .specs import TRANSFERS, read_table
from .stops import PlacedStops
from .times import whole_number
from .trips import LEFT_OUT, NOT_RUNNING

_FILE = TRANSFERS.file
_MINIMUM_TIME: Final = "2"
_SEATED: Final = ("4", "5")
"""Types that tie two trips together; they need no stop."""

# Rows of what is known yet not kept: NONE stays for what is not named at all.
_UNPLACED: Final = -2
_NOT_RUNNING: Final = -3
_LEFT_OUT: Final = -4


def read_transfers(
    archive: Archive,
    placed_stops: PlacedStops,
    trips: pl.DataFrame,
    routes: pl.DataFrame,
    notes: Notes,
) -> pl.DataFrame:
    """Read the transfers between what is kept: columns of `feed.TRANSFERS`.

    The rows of `placed_stops`, `trips` and `routes` give `stop`, `trip` and `route` by their GTFS
    id; negative rows are those of `stops.split_by_place` and `trips.lookup`.
    """
    table = read_table(archive, TRANSFERS, notes)
    stops = placed_stops.rows.with_columns(pl.col("stop").replace(NONE, _UNPLACED))
    trips = trips.with_columns(
        pl.col("trip").replace([NOT_RUNNING, LEFT_OUT], [_NOT_RUNNING, _LEFT_OUT])
    )
    table = _with_type(table, notes)
    table = _with_minimum_time(table, notes)
    rows = {"stop": stops, "trip": trips, "route": routes}
    for kind, plural in (("stop", "stops"), ("trip", "trips"), ("route", "routes")):
        for end in ("from", "to"):
            table = _with_row(table, f"{end}_{kind}", kind, plural, rows, notes)
    table = _without_missing(table, notes)
    table = _without_what_is_not_kept(table, notes)
    # Compared once resolved: what a row leaves blank is then the same for all.
    table = notes.leave_out(
        "duplicate_transfer",
        _FILE,
        table,
        ~pl.struct(_resolved_columns()).is_first_distinct(),
        "cette correspondance figure déjà plus haut : ligne laissée de côté.",
        field="from_stop_id",
        severity="warning",
    )
    table = without_fast_transfers(table, placed_stops.placed, notes)
    return table.select(TRANSFERS_SCHEMA.names())


def _resolved_columns() -> list[str]:
    return [f"{end}_{kind}" for end in ("from", "to") for kind in ("stop", "trip", "route")]


def _with_type(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    table = notes.leave_out(
        "bad_value",
        _FILE,
        table,
        ~pl.col("transfer_type").is_in(["", "0", "1", "2", "3", "4", "5"]),
        "« {value} » n'est pas un genre de correspondance (0 à 5) : ligne laissée de côté.",
        field="transfer_type",
    )
    return table.with_columns(
        # Blank is 0, a recommended place to change (transfers.txt, transfer_type).
        whole_number("transfer_type").fill_null(0).cast(pl.UInt8).alias("type")
    )


def _with_minimum_time(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    table = notes.leave_out(
        "bad_value",
        _FILE,
        table.with_columns(whole_number("min_transfer_time").alias("min_transfer_s")),
        pl.col("min_transfer_s").is_null() & (pl.col("min_transfer_time") != ""),
        "« {value} » n'est pas une durée en secondes : ligne laissée de côté.",
        field="min_transfer_time",
    )
    notes.warn(
        "missing_minimum_time",
        _FILE,
        table,
        (pl.col("transfer_type") == _MINIMUM_TIME) & pl.col("min_transfer_s").is_null(),
        "une correspondance de genre 2 devrait donner sa durée minimale : la durée habituelle sera "
        "prise.",
        field="min_transfer_time",
    )
    return table.with_columns(pl.col("min_transfer_s").fill_null(NONE))


def _with_row(
    table: pl.DataFrame,
    name: str,
    kind: str,
    plural: str,
    rows: Mapping[str, pl.DataFrame],
    notes: Notes,
) -> pl.DataFrame:
    """Resolve `{name}_id` into the row `name`; blank gives NONE."""
    field = f"{name}_id"
    known = rows[kind].select(
        pl.col(f"{kind}_id").alias(field),
        pl.col(kind).alias(name),
    )
    table = table.join(known, on=field, how="left", maintain_order="left")
    table = notes.leave_out(
        f"unknown_{kind}",
        _FILE,
        table,
        pl.col(name).is_null() & (pl.col(field) != ""),
        "« {value} » n'existe pas dans " + plural + ".txt : ligne laissée de côté.",
        field=field,
    )
    return table.with_columns(pl.col(name).fill_null(NONE).cast(pl.Int32))


def _without_missing(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Leave out transfers that do not name what their type needs: two trips, or two stops."""
    # Types 4 and 5 are about trips: their stops are optional (transfers.txt).
    seated = pl.col("transfer_type").is_in(_SEATED)
    for end in ("from", "to"):
        table = notes.leave_out(
            "missing_value",
            _FILE,
            table,
            seated & (pl.col(f"{end}_trip_id") == ""),
            "une correspondance de genre {transfer_type} doit nommer deux courses : ligne laissée "
            "de côté.",
            field=f"{end}_trip_id",
        )
        table = notes.leave_out(
            "missing_value",
            _FILE,
            table,
            ~seated & (pl.col(f"{end}_stop_id") == ""),
            "une correspondance doit nommer deux arrêts : ligne laissée de côté.",
            field=f"{end}_stop_id",
        )
    return table


def _without_what_is_not_kept(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Leave out transfers to what was left out; those of trips that do not run just go."""
    for end in ("from", "to"):
        table = notes.leave_out(
            "transfer_at_unplaced_stop",
            _FILE,
            table,
            pl.col(f"{end}_stop") == _UNPLACED,
            "l'arrêt « {value} » est laissé de côté faute de coordonnées : cette correspondance "
            "aussi.",
            field=f"{end}_stop_id",
            severity="warning",
        )
        lost = pl.col(f"{end}_trip") == _LEFT_OUT
        notes.report.leave_out(_FILE, table.filter(lost).height)
        table = table.filter(~lost & (pl.col(f"{end}_trip") != _NOT_RUNNING))
    return table
