"""Reads booking_rules.txt: until when a ride must be asked for, and how."""

import polars as pl

from ..checks.notes import Notes
from ..checks.rows import with_row, without_bad_enum, without_blanks, without_doubles
from ..tables.archive import Archive
from ..tables.calendars import Services
from ..tables.specs import read_table
from ..tables.times import seconds, whole_number
from .files import BOOKING_RULES
from .tables import NOT_TOLD, RULES

_FILE = BOOKING_RULES.file

_NUMBERS = {
    "notice_min": "prior_notice_duration_min",
    "notice_max": "prior_notice_duration_max",
    "last_day": "prior_notice_last_day",
    "start_day": "prior_notice_start_day",
}
_TIMES = {"last_time_s": "prior_notice_last_time", "start_time_s": "prior_notice_start_time"}
_MAX_DAYS = 366
_NEEDED = {"1": "prior_notice_duration_min", "2": "prior_notice_last_day"}


def read_booking_rules(archive: Archive, services: Services, notes: Notes) -> pl.DataFrame:
    """Read the rules as `on_demand_tables.RULES`; `service` is a row of `services`.

    A rule whose notice cannot be read is left out: the ride it binds is reported in its turn.
    """
    table = read_table(archive, BOOKING_RULES, notes)
    table = without_blanks(table, _FILE, ["booking_rule_id"], notes)
    table = without_doubles(table, _FILE, ["booking_rule_id"], notes)
    table = without_bad_enum(table, _FILE, "booking_type", ("0", "1", "2"), notes)
    for kind, column in _NEEDED.items():
        table = notes.leave_out(
            "missing_value",
            _FILE,
            table,
            (pl.col("booking_type") == kind) & (pl.col(column) == ""),
            f"une réservation de type {kind} doit dire {column} : règle laissée de côté.",
            field=column,
        )
    table = table.with_columns(
        *(whole_number(column).alias(name) for name, column in _NUMBERS.items()),
        *(seconds(column).alias(name) for name, column in _TIMES.items()),
    )
    for name, column in (_NUMBERS | _TIMES).items():
        kind = "une heure HH:MM:SS" if name in _TIMES else "un nombre entier"
        table = notes.leave_out(
            "bad_value",
            _FILE,
            table,
            pl.col(name).is_null() & (pl.col(column) != ""),
            f"« {{value}} » n'est pas {kind} : règle laissée de côté.",
            field=column,
        )
    for name, column in _NUMBERS.items():
        most = _MAX_DAYS if name.endswith("_day") else _MAX_DAYS * 24 * 60
        table = notes.leave_out(
            "bad_value",
            _FILE,
            table,
            pl.col(name) > most,
            "« {value} » fait réserver plus d'un an d'avance : règle laissée de côté.",
            field=column,
        )
    notes.warn(
        "missing_value",
        _FILE,
        table,
        (pl.col("booking_type") == "2") & pl.col("last_time_s").is_null(),
        "l'heure limite (prior_notice_last_time) n'est pas dite : limite prise à 0 h ce jour-là.",
        field="prior_notice_last_time",
    )
    for column in ("info_url", "booking_url"):
        # Nothing but web addresses, as they become links on the page.
        is_address = pl.col(column).str.contains(r"^https?://[^\s]+$")
        notes.warn(
            "bad_url",
            _FILE,
            table,
            (pl.col(column) != "") & ~is_address,
            "« {value} » n'est pas une adresse de site (https://…) : elle n'est pas montrée.",
            field=column,
        )
        table = table.with_columns(pl.when(is_address).then(pl.col(column)).otherwise(pl.lit("")))
    ids = pl.DataFrame(
        {
            "prior_notice_service_id": pl.Series(services.ids, dtype=pl.String),
            "service": range(len(services.ids)),
        }
    )
    table = with_row(
        table,
        _FILE,
        "prior_notice_service_id",
        ids,
        "les calendriers",
        notes,
        code="unknown_service",
    )
    return (
        table.select(
            pl.col("booking_rule_id").alias("rule_id"),
            pl.col("booking_type").cast(pl.Int32).alias("type"),
            *(pl.col(name).fill_null(NOT_TOLD) for name in (*_NUMBERS, "start_time_s")),
            # Midnight, the earliest limit of that day: nothing is offered that could be too late.
            pl.col("last_time_s").fill_null(0),
            pl.col("prior_notice_service").alias("service"),
            "message",
            pl.col("phone_number").alias("phone"),
            "info_url",
            "booking_url",
        )
        .select(RULES.names())
        .cast(RULES)
    )
