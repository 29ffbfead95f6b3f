"""Which service runs on which day, from calendar.txt and calendar_dates.txt.

Days are days of the service, whose times start at noon minus twelve hours: nothing here depends
on the hour, so the days when clocks change need no care.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .archive import Archive
from .notes import Notes
from .tables import CALENDAR, CALENDAR_DATES, WEEKDAYS, read_table
from .times import day_number

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Services:
    """`runs` (n_services, n_days) says which of the `ids` runs on which day from `first` on.

    Services whose every row was wrong are there too, and never run. `covers` is the first and
    last day on which anything of the feed runs, None if nothing ever does.
    """

    ids: list[str]
    first: date
    runs: NDArray[np.bool_]
    covers: tuple[date, date] | None


def read_services(archive: Archive, notes: Notes, *, first: date, n_days: int) -> Services:
    """Read both calendar files; `first` is the day of column 0 of `runs`."""
    weekly = read_table(archive, CALENDAR, notes)
    dated = read_table(archive, CALENDAR_DATES, notes)
    ids = _service_ids(weekly, dated)
    weekly = _checked_weekly(weekly, notes)
    dated = _checked_dated(dated, notes)
    row = pl.DataFrame({"service_id": ids}, schema={"service_id": pl.String}).with_row_index("row")
    weekly = weekly.join(row, on="service_id", how="left", maintain_order="left")
    dated = dated.join(row, on="service_id", how="left", maintain_order="left")
    runs = np.zeros((len(ids), n_days), dtype=np.bool_)
    _run_weekly(runs, weekly, first)
    _run_dated(runs, dated, first)
    return Services(ids, first, runs, _covers(weekly, dated))


def _service_ids(weekly: pl.DataFrame, dated: pl.DataFrame) -> list[str]:
    ids = pl.concat([weekly["service_id"], dated["service_id"]])
    return [str(service) for service in ids.unique(maintain_order=True) if service]


def _checked_weekly(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Give sound rows with `start` and `end` (day numbers) and the weekdays as booleans."""
    file = CALENDAR.file
    table = notes.leave_out(
        "missing_value",
        file,
        table,
        pl.col("service_id") == "",
        "service_id est vide : ligne laissée de côté.",
        field="service_id",
    )
    table = notes.leave_out(
        "duplicate_key",
        file,
        table,
        ~pl.col("service_id").is_first_distinct(),
        "le service « {value} » est déjà défini plus haut : cette ligne est laissée de côté.",
        field="service_id",
    )
    for day in WEEKDAYS:
        notes.warn(
            "bad_value",
            file,
            table,
            ~pl.col(day).is_in(["0", "1"]),
            f"« {{value}} » devrait être 0 ou 1 ({day}) : compté comme 0, le service "
            "« {service_id} » ne circule pas ce jour-là.",
            field=day,
            severity="error",
        )
    table = table.with_columns(
        day_number("start_date").alias("start"), day_number("end_date").alias("end")
    )
    for name in ("start", "end"):
        table = notes.leave_out(
            "bad_date",
            file,
            table,
            pl.col(name).is_null(),
            "« {value} » n'est pas une date AAAAMMJJ : ligne laissée de côté, le service "
            "« {service_id} » ne circule que les jours de calendar_dates.txt.",
            field=f"{name}_date",
        )
    return notes.leave_out(
        "bad_period",
        file,
        table,
        pl.col("end") < pl.col("start"),
        "le service « {service_id} » finit ({end_date}) avant de commencer ({start_date}) : "
        "ligne laissée de côté.",
        field="end_date",
    )


def _checked_dated(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Give sound rows with `day` (day number) and `added` (boolean)."""
    file = CALENDAR_DATES.file
    table = notes.leave_out(
        "missing_value",
        file,
        table,
        pl.col("service_id") == "",
        "service_id est vide : ligne laissée de côté.",
        field="service_id",
    )
    table = notes.leave_out(
        "bad_value",
        file,
        table,
        ~pl.col("exception_type").is_in(["1", "2"]),
        "« {value} » devrait être 1 (ajout) ou 2 (retrait) : ligne laissée de côté.",
        field="exception_type",
    )
    table = table.with_columns(day_number("date").alias("day"))
    table = notes.leave_out(
        "bad_date",
        file,
        table,
        pl.col("day").is_null(),
        "« {value} » n'est pas une date AAAAMMJJ : ligne laissée de côté.",
        field="date",
    )
    table = notes.leave_out(
        "duplicate_key",
        file,
        table,
        ~pl.struct("service_id", "day").is_first_distinct(),
        "le service « {service_id} » a déjà une ligne pour le {value} : celle-ci est laissée de "
        "côté.",
        field="date",
    )
    return table.with_columns((pl.col("exception_type") == "1").alias("added"))


def _run_weekly(runs: NDArray[np.bool_], weekly: pl.DataFrame, first: date) -> None:
    if weekly.is_empty():
        return
    days = (first - _EPOCH).days + np.arange(runs.shape[1])
    weekday = (first.weekday() + np.arange(runs.shape[1])) % 7
    flags = weekly.select(pl.col(day) == "1" for day in WEEKDAYS).to_numpy()
    start, end = (weekly[name].to_numpy()[:, None] for name in ("start", "end"))
    runs[weekly["row"].to_numpy()] = flags[:, weekday] & (start <= days) & (days <= end)


def _run_dated(runs: NDArray[np.bool_], dated: pl.DataFrame, first: date) -> None:
    column = pl.col("day") - (first - _EPOCH).days
    near = dated.with_columns(column.alias("column")).filter(
        pl.col("column").is_between(0, runs.shape[1] - 1)
    )
    runs[near["row"].to_numpy(), near["column"].to_numpy()] = near["added"].to_numpy()


def _covers(weekly: pl.DataFrame, dated: pl.DataFrame) -> tuple[date, date] | None:
    added = dated.filter(pl.col("added"))
    numbers = pl.concat([weekly["start"], weekly["end"], added["day"]])
    low, high = numbers.min(), numbers.max()
    if not isinstance(low, int) or not isinstance(high, int):
        return None
    return _EPOCH + timedelta(days=low), _EPOCH + timedelta(days=high)
