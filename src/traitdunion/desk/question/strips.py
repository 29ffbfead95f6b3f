"""What an answer shows at a glance: price and its kind, weeks held, confidence, calls to make."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from traitdunion.french import (
    NBSP,
    counted,
    listed,
    plural,
    price,
    weekday_and_day,
)
from traitdunion.matching.answer import Alternative, DayPlan, Option, Verdict
from traitdunion.matching.explaining.calendars import (
    NO_CALENDAR,
    Calendar,
    failing_days,
    holidays_off,
)
from traitdunion.matching.feasibility.week_held import WeekHeld

UNKNOWN_PRICE = "non renseigné"
MAX_FAILS = 8
"""Runs of days named under a strip; the others are counted."""

NAMED_ONE_BY_ONE = 3
BETWEEN_RUNS = 4
"""Days from one to the next that are still one run: a week-end lies between."""


class Price(NamedTuple):
    """What a month costs, whether aids are counted in it, and the price without them.

    `amount` is never "0 €" for a price that is not known; `without` is empty where it is the same.
    """

    amount: str
    kind: str
    without: str = ""
    known: bool = True


def month_price(option: Option) -> Price:
    """Return the price of any month of a way, after the aids that are sure where there are any."""
    budget, whole = option.budget, option.monthly_cost_eur
    fuel = "" if option.cost_is_final else ", hors carburant"
    if whole is None:
        return Price(UNKNOWN_PRICE, "", known=False)
    if budget is None or not budget.next.aids_eur:
        # What is free is so without an aid, every month.
        kind = f"par mois, sans aide{fuel}" if whole else fuel.removeprefix(", ")
        return Price(price(whole), kind)
    without = f"{price(whole)} sans aide"
    return Price(price(budget.next.after_eur), f"par mois, après aides{fuel}", without)


class Square(NamedTuple):
    """One week: `state` is full, crossed or unknown, `x` its place in the drawing."""

    state: str
    x: int


SQUARE_PX = 13
"""Width of a square of the strip and of the space after it, in units of the drawing."""
MAX_BESIDE = 26
"""Squares that still show beside their sentence on a phone; more take a line of their own."""


@dataclass(frozen=True)
class WeekStrip:
    """The weeks of the timetable, a square each, and the sentence that always stands beside."""

    squares: tuple[Square, ...]
    words: str
    fails: tuple[str, ...]

    @property
    def width(self) -> int:
        """Return the width of the drawing."""
        return SQUARE_PX * len(self.squares)

    @property
    def is_long(self) -> bool:
        """Return whether the squares need a line of their own on a phone."""
        return len(self.squares) > MAX_BESIDE


STATES = {True: "full", False: "crossed", None: "unknown"}


def week_strip(weeks: Sequence[WeekHeld], calendar: Calendar = NO_CALENDAR) -> WeekStrip | None:
    """Return the strip of the weeks; None where none was searched."""
    if not weeks:
        return None
    held = sum(week.held is True for week in weeks)
    unknown = sum(week.held is None for week in weeks)
    words = f"tient {counted(held, 'semaine')} sur {len(weeks)}"
    if unknown:
        words += f"{NBSP}; {unknown} inconnue{plural(unknown)}"
    fails = fail_words(weeks, calendar)
    return WeekStrip(
        squares=tuple(
            Square(STATES[week.held], SQUARE_PX * number) for number, week in enumerate(weeks)
        ),
        words=words,
        fails=tuple(fails),
    )


def fail_words(weeks: Sequence[WeekHeld], calendar: Calendar = NO_CALENDAR) -> list[str]:
    """Return the days that do not hold, in words, each with its cause; a long run by its ends."""
    runs = _runs(failing_days(weeks), calendar)
    words = [line for run in runs[:MAX_FAILS] for line in _run_words(run, calendar)]
    if left := sum(len(run) for run in runs[MAX_FAILS:]):
        words.append(f"et {counted(left, 'autre jour', 'autres jours')}")
    words += [f"{calendar.named(on)} : non compté" for on in holidays_off(weeks)]
    return words


def _runs(days: Sequence[date], calendar: Calendar) -> list[list[date]]:
    """Part days into those that follow each other for the same cause."""
    runs: list[list[date]] = []
    for on in days:
        if runs and _follows(runs[-1][-1], on, calendar):
            runs[-1].append(on)
        else:
            runs.append([on])
    return runs


def _follows(before: date, on: date, calendar: Calendar) -> bool:
    near = (on - before).days <= BETWEEN_RUNS
    return near and calendar.cause(on) == calendar.cause(before)


def _run_words(run: Sequence[date], calendar: Calendar) -> list[str]:
    if len(run) <= NAMED_ONE_BY_ONE:
        return [calendar.named(on) for on in run]
    cause = calendar.cause(run[0])
    of = f" ({cause})" if cause else ""
    ends = f"du {weekday_and_day(run[0])} au {weekday_and_day(run[-1])}"
    return [f"{ends} : {counted(len(run), 'jour')}{of}"]


class Confidence(NamedTuple):
    """How far a figure may be relied upon: 1 to 3 bars, in a word, and why."""

    bars: int
    word: str
    why: str


def confidence_of(option: Option) -> Confidence:
    """Return three bars for a way that is possible by timetables and streets that are known.

    Two where a step is estimated or a condition remains; one where something must be checked.
    """
    doubts = ["temps estimés"] if option.estimated else []
    if option.verdict == Verdict.A_VERIFIER:
        return Confidence(1, "faible", listed(["reste à vérifier", *doubts]))
    if option.verdict == Verdict.SOUS_CONDITION:
        doubts.append("une condition à remplir")
    if doubts:
        return Confidence(2, "moyenne", listed(doubts))
    return Confidence(3, "forte", "horaires et rues connus")


def calls_words(choice: Alternative | None) -> str:
    """Return how many calls a way asks for: "Aucun appel", "1 appel"; empty where not known."""
    if choice is None:
        return ""
    return counted(choice.bookings, "appel") if choice.bookings else "Aucun appel"


def changes_words(plan: DayPlan | None) -> str:
    """Return how many changes of vehicle the way out of a day asks for; "" without a ride."""
    rides = sum(step.kind in ("ride", "on_demand") for step in plan.out) if plan else 0
    if not rides:
        return ""
    return counted(rides - 1, "changement") if rides > 1 else "sans changement"


PILLS = {
    Verdict.POSSIBLE: "oui",
    Verdict.SOUS_CONDITION: "sous condition",
    Verdict.A_VERIFIER: "à vérifier",
    Verdict.NON: "non",
}
"""Words of a pill, short enough for a line of the comparison."""
