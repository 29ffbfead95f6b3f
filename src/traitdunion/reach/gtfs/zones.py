"""Brings a feed of another time zone to the first feed's, by shifting its times."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from .notes import Notes
from .on_demand_tables import NOT_TOLD
from .part import Part
from .tables import AGENCY
from .times import DAY_S


def margin_days(own: str, zone: str) -> int:
    """How many more days to read of a feed whose times are to be shifted."""
    return int(own != zone)


def shifted_to(part: Part, zone: str, *, start: date, days: int, notes: Notes) -> Part:
    """Shift a feed's times to another zone, with a warning.

    The shift is that of noon on `start`. Trips that would start before midnight go to the day
    before, a whole day later: their service is then a copy, moved by one day.
    """
    if part.zone == zone:
        return part
    shift_s = _shift_s(part.zone, zone, start)
    _warn(part.zone, zone, shift_s, start, days, notes)
    if not shift_s:
        return replace(part, zone=zone, runs=part.runs[:, : days + 2])
    part = _moved_to_the_day_before(part, _starts_s(part) + shift_s < 0)
    calls_by_clock = ~pl.col("trip").is_in(part.frequencies["trip"].unique().implode())
    return replace(
        part,
        zone=zone,
        runs=part.runs[:, : days + 2],
        stop_times=part.stop_times.with_columns(
            pl.when(calls_by_clock)
            .then(pl.col("arrival_s", "departure_s") + shift_s)
            .otherwise(pl.col("arrival_s", "departure_s"))
        ),
        frequencies=part.frequencies.with_columns(pl.col("start_s", "end_s") + shift_s),
        on_demand=replace(
            part.on_demand,
            calls=part.on_demand.calls.with_columns(pl.col("start_s", "end_s") + shift_s),
            rules=part.on_demand.rules.with_columns(
                pl.when(pl.col(name) == NOT_TOLD)
                .then(pl.col(name))
                .otherwise(pl.col(name) + shift_s)
                .alias(name)
                for name in ("last_time_s", "start_time_s")
            ),
        ),
    )


def _shift_s(own: str, zone: str, on: date) -> int:
    noon = datetime.combine(on, time(12), tzinfo=ZoneInfo(own))
    there = noon.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    here = noon.utcoffset() or timedelta()
    return round((there - here).total_seconds())


def _warn(own: str, zone: str, shift_s: int, start: date, days: int, notes: Notes) -> None:
    hours = f"{shift_s / 3600:+g} h".replace(".", ",")
    message = (
        f"le fuseau {own} n'est pas celui du premier fichier, {zone} : heures décalées de {hours}."
    )
    if _shift_s(own, zone, start + timedelta(days=days)) != shift_s:
        message += " Ce décalage change au cours de la période : des heures seront fausses."
    notes.note(
        "warning",
        "other_timezone",
        AGENCY.file,
        message,
        field="agency_timezone",
        value=own,
    )


def _starts_s(part: Part) -> np.ndarray:
    """When each trip starts, or its first frequency does (n_trips,)."""
    first = part.stop_times.group_by("trip").agg(pl.col("arrival_s").min().alias("start_s"))
    by_frequency = part.frequencies.group_by("trip").agg(pl.col("start_s").min())
    starts = np.zeros(part.trips.height, dtype=np.int64)
    for table in (first, by_frequency):
        starts[table["trip"].to_numpy()] = table["start_s"].to_numpy()
    return starts


def _moved_to_the_day_before(part: Part, early: np.ndarray) -> Part:
    """Add a day to the times of these trips, and take it off their services."""
    if not early.any():
        return part
    services = part.trips["service"].to_numpy()
    moved = np.unique(services[early])
    copies = np.full(len(part.service_ids), -1, dtype=np.int32)
    copies[moved] = len(part.service_ids) + np.arange(moved.size, dtype=np.int32)
    last = np.zeros((moved.size, 1), dtype=np.bool_)
    rows = pl.Series(np.flatnonzero(early).astype(np.int32)).implode()
    by_frequency = part.frequencies["trip"].unique().implode()
    later = pl.col("trip").is_in(rows)
    day_s = pl.when(later).then(DAY_S).otherwise(0)
    day_unless_template_s = pl.when(later & ~pl.col("trip").is_in(by_frequency)).then(DAY_S)
    return replace(
        part,
        trips=part.trips.with_columns(
            pl.Series("service", np.where(early, copies[services], services).astype(np.int32))
        ),
        service_ids=[*part.service_ids, *(f"{part.service_ids[row]} (veille)" for row in moved)],
        runs=np.vstack([part.runs, np.hstack([part.runs[moved, 1:], last])]),
        stop_times=part.stop_times.with_columns(
            pl.col("arrival_s", "departure_s") + day_unless_template_s.otherwise(0)
        ),
        frequencies=part.frequencies.with_columns(pl.col("start_s", "end_s") + day_s),
    )
