"""How each week of the timetable answers: kept, not kept on some day, or not known."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from traitdunion import reach
from traitdunion.reach.calendar_days import monday_of
from traitdunion.rules.public_holidays import public_holidays

from .week_held import WeekHeld

if TYPE_CHECKING:
    from .travels import Searches, Travel


MAX_WEEKS = 20
"""Weeks counted from the one of today: a strip of more could not be read on a phone."""


def weeks_held(
    searches: "Searches", travel: "Travel", week: reach.WeekVerdict
) -> tuple[WeekHeld, ...]:
    """Return the weeks from today to the end of the timetable, for the weekdays asked about.

    Public holidays and days gone are left out. A way without public transport is the same every
    week. A day past the hours known of a feed is unknown, which is no "no".
    """
    days = _days_known(searches, travel, week)
    asked = {day.on.weekday() for day in week.days}
    today, tt = searches.asked.asked_at.date(), searches.timetable
    holidays = {day for year in (tt.start.year, tt.end.year) for day in public_holidays(year)}
    weeks: list[WeekHeld] = []
    monday = monday_of(max(today, tt.start))
    while monday <= tt.end and len(weeks) < MAX_WEEKS:
        dates = [monday + timedelta(number) for number in sorted(asked)]
        worked = [on for on in dates if today <= on <= tt.end and on not in holidays]
        if worked:
            weeks.append(_week(monday, worked, days))
        monday += timedelta(7)
    return tuple(weeks)


def _week(monday: date, worked: list[date], days: dict[date, bool]) -> WeekHeld:
    fails = tuple(on for on in worked if days.get(on) is False)
    unknown = any(on not in days for on in worked)
    return WeekHeld(monday, False if fails else None if unknown else True, fails)


def _days_known(
    searches: "Searches", travel: "Travel", week: reach.WeekVerdict
) -> dict[date, bool]:
    """Return the days whose answer is known; those asked about take the answer shown."""
    shown = {
        day.on: day.feasible for day in week.days if day.reason != reach.Reason.OUTSIDE_TIMETABLE
    }
    if travel.is_public:
        return {**searches.works_on(travel), **shown}
    by_weekday = {on.weekday(): held for on, held in shown.items()}
    tt = searches.timetable
    every = (tt.start + timedelta(number) for number in range(tt.days))
    return {on: by_weekday[on.weekday()] for on in every if on.weekday() in by_weekday}
