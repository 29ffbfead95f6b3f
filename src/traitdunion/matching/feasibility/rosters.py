"""Hours that differ by day or by week: which shift is worked on which date."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from traitdunion import reach
from traitdunion.reach.calendar_days import monday_of

Parts = tuple[tuple[int, int], ...]
"""The parts of a day's work, (start, end) in seconds after its midnight."""

MONDAY = frozenset({0})
"""The day that stands for any where hours alone are compared."""

LONGEST_CYCLE = 12
LONGEST_PERIOD_DAYS = 400


@dataclass(frozen=True)
class Roster:
    """Shifts over a cycle of weeks, the first of which holds `starts_on`.

    `shifts[n]` are those of week n of the cycle (0 first), their days apart; no shift twice.
    """

    starts_on: date
    shifts: tuple[tuple[reach.Shift, ...], ...]

    @property
    def cycle_weeks(self) -> int:
        """Return how many weeks come before the first again."""
        return len(self.shifts)

    @cached_property
    def distinct(self) -> tuple[reach.Shift, ...]:
        """Return the different hours worked, each with all its days of any week."""
        days: dict[reach.Shift, frozenset[int]] = {}
        for shift in (shift for week in self.shifts for shift in week):
            alike = replace(shift, days=MONDAY)
            days[alike] = days.get(alike, frozenset()) | shift.days
        return tuple(replace(shift, days=worked) for shift, worked in days.items())

    def of_week(self, on: date) -> tuple[reach.Shift, ...]:
        """Return the shifts of the week of a day; none before the roster starts."""
        weeks = (monday_of(on) - monday_of(self.starts_on)).days // 7
        return self.shifts[weeks % self.cycle_weeks] if weeks >= 0 else ()

    def shift_on(self, on: date) -> reach.Shift | None:
        """Return the shift that starts on a day; None where the day is not worked."""
        if on < self.starts_on:
            return None
        return next((shift for shift in self.of_week(on) if on.weekday() in shift.days), None)

    def row_on(self, on: date) -> int | None:
        """Return the row in `distinct` of the shift of a day."""
        shift = self.shift_on(on)
        if shift is None:
            return None
        return self._rows[shift]

    @cached_property
    def _rows(self) -> dict[reach.Shift, int]:
        """Return the row in `distinct` of each shift of each week."""
        rows = {replace(other, days=MONDAY): row for row, other in enumerate(self.distinct)}
        every = {shift for week in self.shifts for shift in week}
        return {shift: rows[replace(shift, days=MONDAY)] for shift in every}

    def moved(self, by_s: int) -> "Roster":
        """Return the same roster with every shift moved; ValueError where one changes day."""
        return replace(
            self, shifts=tuple(tuple(_moved(shift, by_s) for shift in week) for week in self.shifts)
        )


def _moved(shift: reach.Shift, by_s: int) -> reach.Shift:
    return replace(
        shift,
        start_s=shift.start_s + by_s,
        end_s=shift.end_s + by_s,
        periods=tuple((start_s + by_s, end_s + by_s) for start_s, end_s in shift.periods),
    )


def every_week(shift: reach.Shift, starts_on: date) -> Roster:
    """Return the roster of one shift, the same every week."""
    return Roster(starts_on, ((shift,),))


def roster_of(
    starts_on: date,
    weeks: Sequence[Sequence[tuple[int, Parts]]],
    *,
    margin_before_s: int,
    margin_after_s: int,
) -> Roster:
    """Build a roster; `weeks[n]` gives the day (0 is Monday) and its parts, in order.

    Raises ValueError for parts that overlap, or that last more than a day together.
    """
    cycle = []
    for week in weeks:
        days: dict[Parts, set[int]] = {}
        for day, parts in week:
            days.setdefault(parts, set()).add(day)
        cycle.append(
            tuple(
                reach.Shift(
                    start_s=parts[0][0],
                    end_s=parts[-1][1],
                    days=frozenset(worked),
                    margin_before_s=margin_before_s,
                    margin_after_s=margin_after_s,
                    periods=parts if len(parts) > 1 else (),
                )
                for parts, worked in days.items()
            )
        )
    return Roster(starts_on, tuple(cycle))


def dates_of(period: tuple[date, date]) -> list[date]:
    """Return the days of a period, both ends included."""
    first, last = period
    return [first + timedelta(number) for number in range((last - first).days + 1)]


def in_week(roster: Roster, week: date) -> tuple[date, reach.Shift] | None:
    """Return the first week from `week` on that has work, and one shift that stands for it.

    The shift has the hours of most days, and all the days of that week. None where the whole cycle
    has none.
    """
    monday = monday_of(max(week, roster.starts_on))
    for number in range(roster.cycle_weeks):
        shifts = roster.of_week(monday + timedelta(7 * number))
        if shifts:
            usual = max(shifts, key=lambda shift: len(shift.days))
            days = frozenset().union(*(shift.days for shift in shifts))
            return monday + timedelta(7 * number), replace(usual, days=days)
    return None
