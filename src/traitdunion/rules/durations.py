"""Lengths of time as rules write them, "7 jours" or "3 mois", added to dates and compared."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from .legal_days import add_months

UNITS = {"jour": "jours", "jours": "jours", "semaine": "semaines", "semaines": "semaines",
         "mois": "mois", "an": "ans", "ans": "ans"}  # fmt: skip
WRITTEN = re.compile(r"(\d{1,4})\s+([a-z]+)")


@dataclass(frozen=True)
class Duration:
    """`count` of days, weeks, months or years; the last two follow the calendar."""

    count: int
    unit: str

    def __str__(self) -> str:
        singular = {"jours": "jour", "semaines": "semaine", "mois": "mois", "ans": "an"}
        return f"{self.count} {self.unit if self.count > 1 else singular[self.unit]}"

    def after(self, day: date) -> date:
        """Return the day so much later: a month after 31 January is the last day of February."""
        if self.unit in ("jours", "semaines"):
            return day + timedelta(days=self.count * (7 if self.unit == "semaines" else 1))
        return add_months(day, self.count * (12 if self.unit == "ans" else 1))

    def before(self, day: date) -> date:
        """Return the last day from which `day` is at least so much later."""
        if self.unit in ("jours", "semaines"):
            return Duration(-self.count, self.unit).after(day)
        start = add_months(day, -self.count * (12 if self.unit == "ans" else 1))
        while self.after(start + timedelta(days=1)) <= day:
            start += timedelta(days=1)
        return start

    @property
    def days(self) -> tuple[int, int]:
        """Return the fewest and most days it may last."""
        if self.unit in ("jours", "semaines"):
            exact = self.count * (7 if self.unit == "semaines" else 1)
            return exact, exact
        return _days_of_months(self.count * (12 if self.unit == "ans" else 1))


def parse_duration(text: object) -> Duration:
    """Return the duration of "3 mois"; ValueError with what to write where it is none."""
    match = WRITTEN.fullmatch(str(text).strip().lower())
    if match is None or match[2] not in UNITS:
        raise ValueError(f"« {text} » n'est pas une durée ; écrivez par exemple « 7 jours »")
    return Duration(int(match[1]), UNITS[match[2]])


def at_least(held: Duration, asked: Duration) -> bool | None:
    """Return whether one lasts as long as the other.

    None where the calendar decides (90 days, 3 months).

    In the same unit counts are compared.
    """
    if held.unit == asked.unit:
        return held.count >= asked.count
    (fewest, most), (asked_fewest, asked_most) = held.days, asked.days
    if _both_months(held, asked):
        return fewest >= asked_fewest
    if fewest >= asked_most:
        return True
    return False if most < asked_fewest else None


def _both_months(duration: Duration, other: Duration) -> bool:
    return {duration.unit, other.unit} <= {"mois", "ans"}


@cache
def _days_of_months(months: int) -> tuple[int, int]:
    """Count over one cycle of leap years, from the first day of each month."""
    starts = [date(year, month, 1) for year in range(2001, 2009) for month in range(1, 13)]
    lengths = [(add_months(start, months) - start).days for start in starts]
    return min(lengths), max(lengths)
