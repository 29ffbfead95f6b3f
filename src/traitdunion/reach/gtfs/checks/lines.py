"""What must be known of each line: booked, at the driver's word, hailed, for pupils only."""

from typing import Final

import polars as pl

from ..route_types import RESERVED, SCHOOL
from ..tables.specs import ROUTES, STOP_TIMES
from .notes import Notes

TO_BOOK: Final = 2
NO_RULE: Final = -1


def note_lines(
    trips: pl.DataFrame,
    routes: pl.DataFrame,
    calls: pl.DataFrame,
    hailed: pl.Series,
    by_driver: pl.Series,
    notes: Notes,
) -> None:
    """Add the findings of the lines that run.

    `trips` are numbered by `route`; `calls` have the columns of `feed.STOP_TIMES`, their `trip`
    being a row of `trips`, as are `hailed` and `by_driver`.
    """
    names = routes.with_row_index("route").select(
        pl.col("route").cast(pl.Int32),
        pl.when(pl.col("short_name") != "")
        .then(pl.col("short_name"))
        .when(pl.col("long_name") != "")
        .then(pl.col("long_name"))
        .otherwise(pl.col("route_id"))
        .alias("line_name"),
        "route_type",
        "hailed",
    )
    runs = trips.with_row_index("trip").select(pl.col("trip").cast(pl.Int32), "route")
    lines = runs.join(names, on="route", how="left", maintain_order="left")
    _note_booked(lines, calls, notes)
    asks = lines.filter(pl.col("trip").is_in(by_driver.implode()))
    _note_each(
        asks,
        "driver",
        STOP_TIMES.file,
        "pickup_type",
        "la ligne « {line_name} » ne s'arrête par endroits que si on le demande au conducteur : "
        "les trajets ne le rappellent pas encore.",
        notes,
    )
    hails = lines.filter(pl.col("hailed") | pl.col("trip").is_in(hailed.implode()))
    _note_each(
        hails,
        "hail_and_ride",
        STOP_TIMES.file,
        "continuous_pickup",
        "la ligne « {line_name} » prend aussi entre les arrêts : pas encore pris en compte, seuls "
        "ses arrêts servent aux trajets.",
        notes,
    )
    for kinds, code, text in (
        (SCHOOL, "school_line", "un circuit scolaire"),
        (RESERVED, "reserved_line", "une ligne réservée"),
    ):
        _note_each(
            lines.filter(pl.col("route_type").is_in(list(kinds))),
            code,
            ROUTES.file,
            "route_type",
            f"« {{line_name}} » est {text} (genre {{route_type}}) : un adulte n'y a peut-être pas "
            "droit, ses trajets sont à vérifier auprès du transporteur.",
            notes,
        )


def _note_booked(lines: pl.DataFrame, calls: pl.DataFrame, notes: Notes) -> None:
    booked = calls.filter((pl.col("pickup") == TO_BOOK) | (pl.col("drop_off") == TO_BOOK)).join(
        lines.select("trip", "route", "line_name"), on="trip"
    )
    by_line = booked.group_by("route", maintain_order=True).agg(
        pl.col("line_name").first(),
        pl.len().alias("n"),
        pl.max_horizontal("pickup_rule", "drop_off_rule").max().alias("rule"),
    )
    for row in by_line.iter_rows(named=True):
        how = (
            "les trajets disent comment, et jusqu'à quand."
            if row["rule"] != NO_RULE
            else "le fichier ne dit ni comment ni jusqu'à quand, à vérifier auprès du transporteur."
        )
        notes.note(
            "info",
            "booked_line",
            STOP_TIMES.file,
            f"la ligne « {row['line_name']} » est à réserver ({row['n']} passages) : {how}",
            field="pickup_type",
            value=row["line_name"],
        )


def _note_each(
    trips: pl.DataFrame, code: str, file: str, field: str, message: str, notes: Notes
) -> None:
    for row in trips.unique("route", maintain_order=True).iter_rows(named=True):
        notes.note("info", code, file, message.format(**row), field=field, value=row["line_name"])
