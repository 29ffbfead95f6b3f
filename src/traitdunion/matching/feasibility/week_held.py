"""A week held or not: apart from the engine, so that tables and pages need not load it."""

from datetime import date
from typing import NamedTuple


class WeekHeld(NamedTuple):
    """A week of the timetable: `held` where every day asked about works, None where not known.

    Public holidays do not count in it: `holidays` are those on which the way does not work.
    """

    monday: date
    held: bool | None
    fails: tuple[date, ...] = ()
    holidays: tuple[date, ...] = ()
