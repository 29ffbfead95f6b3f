"""Reads fares of the first generation: fare_attributes.txt and fare_rules.txt."""

from typing import Final, NamedTuple

import polars as pl

from ..checks.notes import Notes
from ..checks.rows import (
    with_money,
    with_row,
    without_blanks,
    without_doubles,
    without_unknown,
)
from ..tables.archive import Archive
from ..tables.specs import TableSpec, read_table
from ..tables.times import whole_number
from .tables import NO_LIMIT

FARE_ATTRIBUTES: Final = TableSpec(
    "fare_attributes.txt",
    ("fare_id", "price", "currency_type", "transfers"),
    ("agency_id", "transfer_duration"),
    dispensable=True,
)
FARE_RULES: Final = TableSpec(
    "fare_rules.txt",
    ("fare_id",),
    ("route_id", "origin_id", "destination_id", "contains_id"),
    dispensable=True,
)
FILES: Final = (FARE_ATTRIBUTES, FARE_RULES)


class FirstFares(NamedTuple):
    """`attributes` and `rules`, as in `FareTables`."""

    attributes: pl.DataFrame
    rules: pl.DataFrame


def read_first_fares(
    archive: Archive,
    agencies: pl.DataFrame,
    routes: pl.DataFrame,
    zones: pl.Series,
    notes: Notes,
) -> FirstFares:
    """Read the fares; `routes` gives `route` by `route_id`, `zones` are all those of stops.txt.

    A fare without rules serves every ride, so one whose rules are lost must not stay.
    """
    every_fare = read_table(archive, FARE_ATTRIBUTES, notes)
    attributes = _attributes(every_fare, agencies, notes)
    before = notes.report.left_out.get(FARE_RULES.file, 0)
    every_rule = read_table(archive, FARE_RULES, notes)
    some_unread = notes.report.left_out.get(FARE_RULES.file, 0) > before
    rules = _rules(every_rule, every_fare["fare_id"], attributes["fare_id"], routes, zones, notes)
    ruled = attributes["fare_id"] if some_unread else every_rule["fare_id"]
    lost = ruled.filter(~ruled.is_in(rules["fare_id"].unique().implode()))
    attributes = notes.leave_out(
        "no_rule_left",
        FARE_ATTRIBUTES.file,
        attributes,
        pl.col("fare_id").is_in(lost.unique().implode()),
        "aucune ligne de fare_rules.txt n'est utilisable pour le tarif « {value} » : sans elle il "
        "vaudrait partout ; tarif laissé de côté.",
        field="fare_id",
    )
    return FirstFares(attributes, rules)


def _attributes(table: pl.DataFrame, agencies: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    file = FARE_ATTRIBUTES.file
    table = without_blanks(table, file, ("fare_id",), notes)
    table = without_doubles(table, file, ("fare_id",), notes)
    table = with_money(table, file, "price", "currency_type", notes)
    table = _with_transfers(table, notes)
    names = agencies.select("agency_id", pl.col("agency_name").alias("agency")).unique(
        "agency_id", keep="first", maintain_order=True
    )
    table = without_unknown(
        table, file, "agency_id", names["agency_id"], "agency.txt", notes, code="unknown_agency"
    )
    named = pl.col("agency_id") != ""
    return table.join(names, on="agency_id", how="left", maintain_order="left").with_columns(
        pl.when(named).then(pl.col("agency")).otherwise(pl.lit("")).alias("agency")
    )


def _with_transfers(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    file = FARE_ATTRIBUTES.file
    table = table.with_columns(
        whole_number("transfers").alias("number"),
        whole_number("transfer_duration").alias("duration_s"),
    )
    for name, number, kind in (
        ("transfers", "number", "un nombre de correspondances"),
        ("transfer_duration", "duration_s", "une durée en secondes"),
    ):
        table = notes.leave_out(
            "bad_value",
            file,
            table,
            pl.col(number).is_null() & (pl.col(name) != ""),
            "« {value} » n'est pas " + kind + " : tarif laissé de côté.",
            field=name,
        )
    notes.warn(
        "odd_transfers",
        file,
        table,
        pl.col("number") > 2,
        "{value} correspondances : la norme s'arrête à 2 ; gardé tel quel.",
        field="transfers",
    )
    return table.with_columns(
        pl.col("number").fill_null(NO_LIMIT).alias("transfers"),
        pl.col("duration_s").fill_null(NO_LIMIT),
    )


def _rules(
    table: pl.DataFrame,
    fares: pl.Series,
    kept: pl.Series,
    routes: pl.DataFrame,
    zones: pl.Series,
    notes: Notes,
) -> pl.DataFrame:
    file = FARE_RULES.file
    table = without_blanks(table, file, ("fare_id",), notes)
    table = without_unknown(
        table,
        file,
        "fare_id",
        fares,
        FARE_ATTRIBUTES.file,
        notes,
        code="unknown_fare",
        kept=kept,
    )
    table = with_row(
        table,
        file,
        "route_id",
        routes.select("route_id", "route"),
        "routes.txt",
        notes,
        code="unknown_route",
    )
    for end in ("origin", "destination", "contains"):
        table = without_unknown(
            table,
            file,
            f"{end}_id",
            zones,
            "les zones (zone_id) de stops.txt",
            notes,
            code="unknown_zone",
        )
    columns = ("fare_id", "route", "origin_id", "destination_id", "contains_id")
    table = without_doubles(table, file, columns, notes)
    return table.rename(
        {"origin_id": "origin", "destination_id": "destination", "contains_id": "contains"}
    )
