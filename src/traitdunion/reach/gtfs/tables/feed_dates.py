"""Reads feed_info.txt: between which days the publisher answers for the timetable."""

from datetime import date

import polars as pl

from ..checks.notes import Notes
from .archive import Archive
from .calendars import Services
from .specs import FEED_INFO, read_table
from .times import day_number, day_of


def read_feed_dates(
    archive: Archive, trips: pl.DataFrame, services: Services, notes: Notes
) -> tuple[date | None, date | None]:
    """Return the first and last day the publisher answers for; None where it names none.

    Warns where trips run on other days.
    """
    table = read_table(archive, FEED_INFO, notes).with_columns(
        day_number("feed_start_date").alias("start"), day_number("feed_end_date").alias("end")
    )
    for name in ("start", "end"):
        notes.warn(
            "bad_date",
            FEED_INFO.file,
            table,
            (pl.col(f"feed_{name}_date") != "") & pl.col(name).is_null(),
            "« {value} » n'est pas une date AAAAMMJJ : sans effet.",
            field=f"feed_{name}_date",
        )
    if table.is_empty():
        return None, None
    start, end = (
        None if day is None else day_of(day) for day in (table["start"][0], table["end"][0])
    )
    runs = services.span_of(trips["service"].cast(pl.Int64).to_numpy())
    if runs is None or ((start is None or start <= runs[0]) and (end is None or runs[1] <= end)):
        return start, end
    first = "" if start is None else f"du {start:%d/%m/%Y}"
    last = "" if end is None else f"jusqu'au {end:%d/%m/%Y}"
    span = f"{first} {last}".strip()
    notes.note(
        "warning",
        "outside_feed_dates",
        FEED_INFO.file,
        f"le fichier se dit valable {span}, et des courses circulent du "
        f"{runs[0]:%d/%m/%Y} au {runs[1]:%d/%m/%Y} : elles sont gardées, les jours hors de ces "
        "dates sont à vérifier auprès du producteur.",
        field="feed_end_date",
    )
    return start, end
