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
