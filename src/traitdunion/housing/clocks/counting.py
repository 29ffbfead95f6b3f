"""Count a clock from its event."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from traitdunion.rules.legal_days import add_months

from .days import add_days, next_working_day
from .rules import ClockRule, Kind, clock_rules

ONE_DAY = timedelta(days=1)


class Status(StrEnum):
    """Where a day stands: `DOUBTFUL` between the strict and the extended date."""

    IN_TIME = "in_time"
    DOUBTFUL = "doubtful"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Counted:
    """A clock counted from `event`.

    `strict`: last day to act; first day where a rule forbids to act before; end of a minimum or of
    a term. `extended`: the same, moved to a working day where the rule may be. `over_from`: first
    day on which a right is surely over. `literal`: the other reading of a first day.
    """

    rule: ClockRule
    event: date
    strict: date
    extended: date
    over_from: date
    single: date | None = None
    chained: date | None = None
    literal: date | None = None

    @property
    def figures(self) -> dict[str, date]:
        """Return the dates by the names of this kind of clock."""
        kind = self.rule.kind
        if kind is Kind.MINIMUM:
            return {"earliest_expiry": self.strict, "refused_expiry": self.strict - ONE_DAY}
        if kind is Kind.NOT_BEFORE:
            return {"literal_first_day": self.literal or self.strict, "safe_first_day": self.strict}
        if kind is Kind.TERM:
            return {"end_date": self.strict, "last_occupied_day": self.strict - ONE_DAY}
        figures = {"last_day": self.strict, "last_day_extended": self.extended}
        if self.single is not None and self.chained is not None:
            figures |= {"single": self.single, "chained": self.chained}
            figures["right_surely_over_from"] = self.over_from
        return figures


def count(
    rule: str, event: date, *, years: int | None = None, months: int | None = None
) -> Counted:
    """Return a clock counted from the day of its event, which is not counted itself.

    Args:
        rule: id of the rule.
        years: length of the term, for a clock whose length the lease fixes.
        months: other length of the delay, where its note gives one.

    Raises:
        KeyError: for an unknown rule.
        ValueError: for a term without its length, or a length the clock does not take.
    """
    law = clock_rules()[rule]
    if (years is None) == (law.kind is Kind.TERM):
        raise ValueError(f"{rule}: years are given for a term, and for a term only")
    if months is not None and not law.in_months:
        raise ValueError(f"{rule} is not counted in months")
    if law.parts:
        return _in_two_readings(law, event)
    strict = _last_day(law, event, years, months)
    literal = None
    if law.kind is Kind.NOT_BEFORE:
        literal, strict = strict, strict + ONE_DAY
    extended = next_working_day(strict) if law.extended else strict
    return Counted(law, event, strict, extended, extended + ONE_DAY, literal=literal)


def _last_day(law: ClockRule, event: date, years: int | None, months: int | None) -> date:
    if law.fixed_day is not None:
        return date(event.year + law.years_after, *law.fixed_day)
    if years is not None:
        return add_months(event, 12 * years)
    length = months or law.count or 0
    return add_months(event, length) if law.in_months else add_days(event, length)


def _in_two_readings(law: ClockRule, event: date) -> Counted:
    """Count months at once, and one after the other: decide before the first, hold to the last."""
    single = chained = add_months(event, sum(law.parts))
    chained = event
    for part in law.parts:
        chained = add_months(chained, part)
    strict = min(single, chained)
    last = max(next_working_day(single), next_working_day(chained))
    return Counted(
        law,
        event,
        strict,
        next_working_day(strict),
        last + ONE_DAY,
        single=single,
        chained=chained,
    )


def status(counted: Counted, on: date) -> Status:
    """Return where a day stands against the last day to act."""
    if on <= counted.strict:
        return Status.IN_TIME
    return Status.DOUBTFUL if on < counted.over_from else Status.LATE
