"""The school holidays of the three zones of metropolitan France, as the ministry fixed them."""

import csv
from collections.abc import Collection
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

ZONES: Final = ("A", "B", "C")


class Holiday(NamedTuple):
    """One holiday of a zone, first and last day included."""

    zone: str
    name: str
    first: date
    last: date


@cache
def school_holidays() -> tuple[Holiday, ...]:
    """Return the holidays known, zone by zone, in order."""
    text = (files("traitdunion") / "data/calendar/vacances_scolaires.csv").read_text("utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return tuple(
        Holiday(
            row["zone"],
            row["nom"],
            date.fromisoformat(row["premier_jour"]),
            date.fromisoformat(row["dernier_jour"]),
        )
        for row in rows
    )


@cache
def _zones() -> dict[str, str]:
    text = (files("traitdunion") / "data/calendar/zones.csv").read_text("utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {code: row["zone"] for row in rows for code in row["departements"].split()}


def zone_of(departement: str) -> str | None:
    """Return the zone of a département; None where it has a calendar of its own, or is unknown."""
    return _zones().get(departement)


def holiday_on(on: date, zone: str) -> Holiday | None:
    """Return the school holiday of a zone that holds a day; None past the last calendar too."""
    return next(
        (held for held in school_holidays() if held.zone == zone and held.first <= on <= held.last),
        None,
    )


def is_school_holiday(on: date, zone: str) -> bool:
    """Whether pupils of a zone are on holiday; False too past the last calendar known."""
    return any(
        holiday.zone == zone and holiday.first <= on <= holiday.last
        for holiday in school_holidays()
    )


def school_zone(runs: Collection[date], does_not_run: Collection[date]) -> str | None:
    """Return the first zone whose school days are exactly those that run; None if there is none."""
    for zone in ZONES:
        if all(is_school_holiday(on, zone) for on in does_not_run) and not any(
            is_school_holiday(on, zone) for on in runs
        ):
            return zone
    return None
