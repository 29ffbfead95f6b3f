"""How each week of the timetable answers: kept, not kept on some day, or not known."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from traitdunion import reach
from traitdunion.reach.calendar_days import monday_of
from traitdunion.rules.public_holidays import public_holidays

from .rosters import dates_of
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
    week. A day past the hours known of a feed is unknown, which is no "no". Where a period is
    asked about, its weeks are all returned, those past the timetable as unknown.
    """
    if searches.asked.is_bounded and travel.is_public:
        return ()
    days = _days_known(searches, travel, week)
    today, tt, period = searches.asked.asked_at.date(), searches.timetable, searches.asked.period
    first, last = period or (max(today, tt.start), tt.end)
    first = max(first, today) if period is None or last >= today else first
    holidays = {day for year in range(first.year, last.year + 1) for day in public_holidays(year)}
    weeks: list[WeekHeld] = []
    monday = monday_of(first)
    while monday <= last and (period or len(weeks) < MAX_WEEKS):
        dates = [monday + timedelta(number) for number in range(7)]
        worked = [on for on in dates if first <= on <= last and searches.is_worked(on)]
        if set(worked) - holidays or (worked and period):
            weeks.append(_week(monday, worked, days, holidays))
        monday += timedelta(7)
    return tuple(weeks)


def _week(monday: date, dates: list[date], days: dict[date, bool], holidays: set[date]) -> WeekHeld:
    worked = [on for on in dates if on not in holidays]
    fails = tuple(on for on in worked if days.get(on) is False)
    unknown = any(on not in days for on in worked)
    off = tuple(on for on in dates if on in holidays and days.get(on) is False)
    return WeekHeld(monday, False if fails else None if unknown else True, fails, off)


def _days_known(
    searches: "Searches", travel: "Travel", week: reach.WeekVerdict
) -> dict[date, bool]:
    """Return the days whose answer is known; those asked about take the answer shown."""
    shown = {
        day.on: day.feasible for day in week.days if day.reason != reach.Reason.OUTSIDE_TIMETABLE
    }
    if travel.is_public:
        return {**searches.works_on(travel), **shown}
    tt = searches.timetable
    every = dates_of(searches.asked.period or (tt.start, tt.end))
    if searches.asked.roster is not None:
        return dict.fromkeys(every, any(shown.values()))
    by_weekday = {on.weekday(): held for on, held in shown.items()}
    return {on: by_weekday[on.weekday()] for on in every if on.weekday() in by_weekday}
