"""Brings a feed of another time zone to the network's, by shifting its times."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from .checks.notes import Notes
from .on_demand.tables import NOT_TOLD
from .part import Part
from .tables.specs import AGENCY
from .tables.times import DAY_S


def margin_days(own: str, zone: str) -> int:
    """Return how many more days to read of a feed whose times are to be shifted."""
    return int(own != zone)


def shifted_to(part: Part, zone: str, *, start: date, days: int, notes: Notes) -> Part:
    """Shift a feed's times to another zone, with a warning where clocks differ.

    The shift is that of noon on `start`; from the first day that has another one, clocks having
    changed in one zone alone, the feed is left out and its hours are unknown. Trips that would
    start before midnight go to the day before, a whole day later: their service is then a copy,
    moved by one day.
    """
    if part.zone == zone:
        return part
    shift_s = _shift_s(part.zone, zone, start)
    # The columns of `runs` start on the day before `start`.
    dates = [start + timedelta(days=column - 1) for column in range(part.runs.shape[1])]
    other = [_shift_s(part.zone, zone, on) != shift_s for on in dates]
    changes_on = next(
        (on for on, differs in zip(dates, other, strict=True) if differs and on > start), None
    )
    if shift_s or changes_on:
        _warn(part.zone, zone, shift_s, changes_on, notes)
    if any(other):
        part = replace(part, runs=part.runs & ~np.array(other))
    if changes_on is not None and part.last is not None:
        # A night of the day that is left out may begin on the eve, by the network's clock.
        known = changes_on - timedelta(days=2 if shift_s < 0 else 1)
        part = replace(part, last=min(part.last, known))
    if not shift_s:
        return replace(part, zone=zone, runs=part.runs[:, : days + 2])
    # A service day has no negative hour: these trips start on the day before, late at night.
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
    # Noon never falls on the hour that clocks skip or repeat.
    noon = datetime.combine(on, time(12), tzinfo=ZoneInfo(own))
    there = noon.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    here = noon.utcoffset() or timedelta()
    return round((there - here).total_seconds())


def _warn(own: str, zone: str, shift_s: int, changes_on: date | None, notes: Notes) -> None:
    hours = f"{shift_s / 3600:+g} h".replace(".", ",")
    message = f"le fuseau {own} n'est pas celui du réseau, {zone} : heures décalées de {hours}."
    if changes_on is not None:
        message += (
            f" Ce décalage change le {changes_on:%d/%m/%Y} : ses courses ne sont pas lues à partir "
            "de ce jour, où ses horaires sont à vérifier. Importez-le de nouveau ce jour-là, ou "
            "demandez au producteur un fichier au fuseau du territoire."
        )
    notes.note(
        "warning",
        "other_timezone",
        AGENCY.file,
        message,
        field="agency_timezone",
        value=own,
    )


def _starts_s(part: Part) -> np.ndarray:
    """Return when each trip starts, or its first frequency does (n_trips,)."""
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
    # Copies run a day sooner, their columns one to the left: the last becomes unknown, and is cut
    # with the day of margin (`shifted_to`).
    last = np.zeros((moved.size, 1), dtype=np.bool_)
    rows = pl.Series(np.flatnonzero(early).astype(np.int32)).implode()
    by_frequency = part.frequencies["trip"].unique().implode()
    later = pl.col("trip").is_in(rows)
    day_s = pl.when(later).then(DAY_S).otherwise(0)
    # Only the gaps of a template count: its frequencies move instead.
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
