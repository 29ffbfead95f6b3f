"""Why a date differs from the other weeks: public holidays, school holidays, days added."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from traitdunion.french import weekday_and_day
from traitdunion.rules.public_holidays import named_holidays
from traitdunion.sources.school_holidays import holiday_on

from ..feasibility.week_held import WeekHeld


@dataclass(frozen=True)
class Calendar:
    """The school zone of a territory, None where it is not known, and days that it adds."""

    zone: str | None = None
    added: Mapping[date, str] = field(default_factory=dict)

    def cause(self, on: date) -> str:
        """Return why lines may not run on a day as on others, "" where nothing explains it."""
        if on in self.added:
            return self.added[on]
        if name := named_holidays(on.year).get(on):
            return f"férié : {name}"
        school = holiday_on(on, self.zone) if self.zone else None
        if school is not None:
            return f"{school.name[0].lower()}{school.name[1:]}, zone {self.zone}"
        return ""

    def named(self, on: date) -> str:
        """Return a day in words, with its cause."""
        cause = self.cause(on)
        return f"{weekday_and_day(on)} ({cause})" if cause else weekday_and_day(on)


NO_CALENDAR = Calendar()


def failing_days(weeks: Iterable[WeekHeld]) -> list[date]:
    """Return the days that a way does not keep, public holidays apart."""
    return [on for week in weeks for on in week.fails]


def holidays_off(weeks: Iterable[WeekHeld]) -> list[date]:
    """Return the public holidays, of days worked otherwise, on which a way does not work."""
    return [on for week in weeks for on in week.holidays]
