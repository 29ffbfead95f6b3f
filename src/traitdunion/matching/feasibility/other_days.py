"""Whether the days asked about stand for the others: the same weekdays, later in the timetable."""

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from traitdunion import reach
from traitdunion.rules.public_holidays import public_holidays

if TYPE_CHECKING:
    from .travels import Searches, Travel


class OtherDays(NamedTuple):
    """Days, in order, on which it works and on which it fails, of the weekdays that have both."""

    works: tuple[date, ...]
    fails: tuple[date, ...]


def other_days(searches: "Searches", travel: "Travel", week: reach.WeekVerdict) -> OtherDays:
    """Return the days that do not answer alike, weekday by weekday, those asked about included.

    Days gone, public holidays and days past the hours known of a feed are left out.
    """
    tt = searches.timetable
    works = {day.on for day in week.days if day.feasible}
    fails = {
        day.on
        for day in week.days
        if not day.feasible and day.reason != reach.Reason.OUTSIDE_TIMETABLE
    }
    asked = works | fails
    weekdays = {on.weekday() for on in asked}
    for on, held in searches.works_on(travel).items():
        if on.weekday() in weekdays and on not in asked:
            (works if held else fails).add(on)
    holidays = {day for year in (tt.start.year, tt.end.year) for day in public_holidays(year)}
    works, fails = works - holidays, fails - holidays
    differ = {on.weekday() for on in works} & {on.weekday() for on in fails}
    return OtherDays(
        *(tuple(sorted(on for on in days if on.weekday() in differ)) for days in (works, fails))
    )
