"""Which service runs on which day, from calendar.txt and calendar_dates.txt.

Days are days of the service, whose times start at noon minus twelve hours: nothing here depends
on the hour, so the days when clocks change need no care.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..checks.notes import Notes
from ..checks.rows import without_repeats
from .archive import Archive
from .specs import CALENDAR, CALENDAR_DATES, WEEKDAYS, read_table
from .times import day_number

_EPOCH = date(1970, 1, 1)

NEVER: Final = -(2**40)
"""Day of a service that never runs."""


@dataclass(frozen=True)
class Services:
    """`runs` (n_services, n_days) marks which of the `ids` runs on which day from `first` on.

    Services whose every row was wrong are there too, and never run. `covers` is the first and
    last day of the calendars, None if they have none. `first_days` and `last_days` (n_services,)
    are the days, counted from 1970, on which each service first and last runs, whatever `first`;
    `NEVER` where it never does.
    """

    ids: list[str]
    first: date
    runs: NDArray[np.bool_]
    covers: tuple[date, date] | None
    first_days: NDArray[np.int64]
    last_days: NDArray[np.int64]

    def span_of(self, services: NDArray[np.int64]) -> tuple[date, date] | None:
        """Return the first and last day on which one of these services (rows) runs."""
        rows = np.unique(services)
        rows = rows[self.first_days[rows] != NEVER]
        if not rows.size:
            return None
        low, high = int(self.first_days[rows].min()), int(self.last_days[rows].max())
        return _EPOCH + timedelta(days=low), _EPOCH + timedelta(days=high)


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
    # Dates come after weeks: they add to them and take from them.
    runs = np.zeros((len(ids), n_days), dtype=np.bool_)
    _run_weekly(runs, weekly, first)
    _run_dated(runs, dated, first)
    first_days, last_days = _ends(len(ids), weekly, dated)
    return Services(ids, first, runs, _covers(weekly, dated), first_days, last_days)


def _service_ids(weekly: pl.DataFrame, dated: pl.DataFrame) -> list[str]:
    ids = pl.concat([weekly["service_id"], dated["service_id"]])
    return [str(service) for service in ids.unique(maintain_order=True) if service]


def _named_services(table: pl.DataFrame, file: str, notes: Notes) -> pl.DataFrame:
    """Leave out the rows that name no service, and those written twice."""
    table = notes.leave_out(
        "missing_value",
        file,
        table,
        pl.col("service_id") == "",
        "service_id est vide : ligne laissée de côté.",
        field="service_id",
    )
    return without_repeats(table, file, notes)


def _checked_weekly(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Give sound rows with `start` and `end` (day numbers) and the weekdays as booleans."""
    file = CALENDAR.file
    table = _named_services(table, file, notes)
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
    table = _named_services(table, file, notes)
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
    # Exceptions may lie years from the days read: those outside change no column.
    column = pl.col("day") - (first - _EPOCH).days
    near = dated.with_columns(column.alias("column")).filter(
        pl.col("column").is_between(0, runs.shape[1] - 1)
    )
    runs[near["row"].to_numpy(), near["column"].to_numpy()] = near["added"].to_numpy()


def _ends(
    n_services: int, weekly: pl.DataFrame, dated: pl.DataFrame
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and last day on which each service runs, `NEVER` for those that never do."""
    first = np.full(n_services, NEVER, np.int64)
    last = np.full(n_services, NEVER, np.int64)
    # A date added counts whatever the weekdays, also outside the period (calendar_dates.txt).
    added = (
        dated.filter(pl.col("added"))
        .group_by("row")
        .agg(pl.col("day").min().alias("first"), pl.col("day").max().alias("last"))
    )
    rows = added["row"].to_numpy()
    first[rows], last[rows] = added["first"].to_numpy(), added["last"].to_numpy()
    # Only services of calendar.txt lose days: files of dates alone hold many rows.
    lost = dated.filter(~pl.col("added") & pl.col("row").is_in(weekly["row"].implode()))
    removed = set(lost.select("row", "day").iter_rows())
    flags = weekly.select((pl.col(day) == "1").alias(day) for day in WEEKDAYS)
    for (row, start, end), runs in zip(
        weekly.select("row", "start", "end").iter_rows(), flags.iter_rows(), strict=True
    ):
        if not any(runs):
            continue

        def on_service(day: int, row: int = row, runs: tuple[bool, ...] = runs) -> bool:
            # 1 January 1970 was a Thursday: weekday 3.
            return runs[(day + 3) % 7] and (row, day) not in removed

        # Sought from both ends, where a service usually runs within a week.
        soonest = next((day for day in range(start, end + 1) if on_service(day)), None)
        if soonest is not None:
            latest = next(day for day in range(end, start - 1, -1) if on_service(day))
            first[row] = soonest if first[row] == NEVER else min(first[row], soonest)
            last[row] = max(last[row], latest)
    return first, last


def _covers(weekly: pl.DataFrame, dated: pl.DataFrame) -> tuple[date, date] | None:
    added = dated.filter(pl.col("added"))
    numbers = pl.concat([weekly["start"], weekly["end"], added["day"]])
    low, high = numbers.min(), numbers.max()
    if not isinstance(low, int) or not isinstance(high, int):
        return None
    return _EPOCH + timedelta(days=low), _EPOCH + timedelta(days=high)
