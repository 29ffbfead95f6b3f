"""A day as one bar, on the same hours for all: away from home, at work, on the way back."""

from dataclasses import dataclass
from typing import Any

from traitdunion.french import arrival, clock, listed
from traitdunion.matching.answer import DayPlan

HOUR_S = 3600
DAY_HOURS, NIGHT_HOURS = (5, 20), (12, 36)
"""Hours drawn: from 5 to 20, and from noon to noon for a job at night."""

MIN_GAP = 22.0
"""Percents of the width between two captions: closer, they would touch at 320 px."""


@dataclass(frozen=True)
class Stretch:
    """Part of a bar: `kind` is out, work or back; `x` and `width` are SVG percentages."""

    kind: str
    x: str
    width: str


@dataclass(frozen=True)
class DayBar:
    """What the drawing is made of, and the sentence that says the same."""

    stretches: tuple[Stretch, ...]
    leave: str
    leave_x: str
    home: str
    home_x: str
    work: str
    words: str


def hours_of(shift: Any) -> tuple[int, int]:
    """Return the first and the last hour drawn for a shift."""
    return NIGHT_HOURS if shift.end_s > 24 * HOUR_S else DAY_HOURS


def day_bar(plan: DayPlan, shift: Any) -> DayBar | None:
    """Return the bar of a feasible day, widened where it does not fit; None without hours."""
    if not plan.feasible or plan.leave_s is None or plan.home_s is None:
        return None
    first, last = hours_of(shift)
    first = min(first, plan.leave_s // HOUR_S)
    last = max(last, -(-plan.home_s // HOUR_S))

    def at(seconds: float) -> float:
        return 100 * (seconds / HOUR_S - first) / (last - first)

    def stretch(kind: str, from_s: float, to_s: float) -> Stretch:
        return Stretch(kind, f"{at(from_s):.2f}%", f"{at(to_s) - at(from_s):.2f}%")

    arrive_s = shift.start_s if plan.arrive_s is None else plan.arrive_s
    leave_work_s = shift.end_s if plan.leave_work_s is None else plan.leave_work_s
    leave, home = clock(plan.leave_s), arrival(plan.home_s)
    periods = tuple(shift.periods) or ((shift.start_s, shift.end_s),)
    work = listed(f"{clock(start_s)} – {clock(end_s)}" for start_s, end_s in periods)
    leave_at = min(max(at(plan.leave_s), 5), 95 - MIN_GAP)
    return DayBar(
        stretches=(
            stretch("out", plan.leave_s, arrive_s),
            *(stretch("work", start_s, end_s) for start_s, end_s in periods),
            stretch("back", leave_work_s, plan.home_s),
        ),
        leave=leave.removesuffix(" (veille)"),
        leave_x=f"{leave_at:.2f}%",
        home=home.removesuffix(" (lendemain)"),
        home_x=f"{max(min(at(plan.home_s), 95), leave_at + MIN_GAP):.2f}%",
        work=work.replace(" (lendemain)", ""),
        words=f"Départ du domicile à {leave}, travail {work}, retour au domicile à {home}.",
    )


def doors_min(plan: DayPlan, shift: Any) -> tuple[int, int] | None:
    """Return the minutes from leaving home until one must be there, and until home again.

    Those of `matching.alternatives.minutes_of`, rounded up so that they agree with hours shown: an
    hour of departure is cut to its minute, an hour of arrival rounded up.
    """
    if not plan.feasible or plan.leave_s is None or plan.home_s is None:
        return None
    there_s, free_s = shift.start_s - shift.margin_before_s, shift.end_s + shift.margin_after_s
    return -(-(there_s - plan.leave_s) // 60), -(-(plan.home_s - free_s) // 60)
