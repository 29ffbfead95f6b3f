"""The ways worth choosing among: days kept, time away, money, rides, walking; and three awards."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from traitdunion import reach
from traitdunion.reach.choices import Score

from .answer import Alternative, Award, Verdict
from .prices.together import Fares

WORTH_THE_MONEY_S = 600
"""Seconds a day for which a dearer way is not shown first."""


class Way(NamedTuple):
    """One week of a way of travelling, with what it costs."""

    week: reach.WeekVerdict
    fares: Fares
    score: Score

    @property
    def is_allowed(self) -> bool:
        """Return False where its price lists exclude one another."""
        return not self.fares.findings

    @property
    def dearness(self) -> tuple[bool, bool, Decimal]:
        """Rank by price, an unknown one after all those known."""
        eur = self.fares.cost.eur
        return not self.is_allowed, eur is None, eur or Decimal(0)

    def as_good_as(self, other: "Way") -> bool:
        """Return whether it equals or betters another in money and in the score."""
        return self.dearness <= other.dearness and self.score.betters(other.score)


def ways_of(
    best: reach.WeekVerdict,
    others: Iterable[reach.WeekVerdict],
    price: Callable[[reach.WeekVerdict], Fares],
) -> list[Way]:
    """Return the weeks that no other betters in money, time away, rides and walking.

    The one to show first comes first: the cheapest of those that take little more time than the
    quickest. `best` is kept where nothing betters it.
    """
    prices: dict[tuple[object, ...], Fares] = {}
    ways = []
    for week in (best, *others):
        key = _rides_of(week)
        if key not in prices:
            prices[key] = price(week)
        ways.append(Way(week, prices[key], reach.score_of(week)))
    kept: list[Way] = []
    for way in sorted(ways, key=lambda way: (way.score, way.dearness)):
        if not any(other.as_good_as(way) for other in kept):
            kept.append(way)
    first = _first(kept, best.feasible_days)
    return [first, *(way for way in kept if way is not first)]


def _first(kept: Sequence[Way], days: int) -> Way:
    quickest_s = min(way.score.away_s for way in kept)
    near = [way for way in kept if way.score.away_s <= quickest_s + WORTH_THE_MONEY_S * days]
    return min(near, key=lambda way: (way.dearness, way.score))


def _rides_of(week: reach.WeekVerdict) -> tuple[object, ...]:
    """Return all that a price may depend on, the same for weeks that cost the same."""
    return tuple(
        (day.on, tuple(tuple(_paid_legs(way)) for way in day.ways))
        for day in week.days
        if day.feasible
    )


def _paid_legs(journey: reach.Journey) -> Iterator[tuple[object, ...]]:
    for leg in journey.legs:
        if leg.kind in ("ride", "on_demand"):
            yield leg.kind, leg.agency, leg.routes, leg.stops, leg.departure_s, leg.arrival_s
        elif leg.kind != "walk":
            yield leg.kind, leg.distance_m


def minutes_of(day: reach.DayVerdict) -> tuple[int, int]:
    """Return the minutes from leaving home until one must be there, and until home again after.

    Waits count: one who arrives early has left home as early.
    """
    if day.out is None or day.back is None:
        raise ValueError(f"no way there and back on {day.on}")
    early_s = (day.wait_before_s or 0) - day.margin_before_s
    late_s = (day.wait_after_s or 0) - day.margin_after_s
    return (day.out.duration_s + early_s) // 60, (day.back.duration_s + late_s) // 60


# -- awards -----------------------------------------------------------------------------------

AWARDED = (Verdict.POSSIBLE, Verdict.SOUS_CONDITION)


def with_awards(alternatives: Sequence[Alternative]) -> tuple[Alternative, ...]:
    """Return the alternatives with their awards, the most days and the surest first.

    An award goes to a way that is possible, or under a condition, and keeps the most days: the
    cheapest of those whose price is known, the fastest of those measured, and the one of fewest
    bookings, then rides, then minutes on foot. Titles part equals.
    """
    ordered = sorted(alternatives, key=_order)
    running = [choice for choice in ordered if choice.verdict in AWARDED and choice.kept_days]
    priced = [choice for choice in running if choice.monthly_cost_eur is not None]
    measured = [choice for choice in running if choice.minutes_out is not None]
    winners = {
        Award.CHEAPEST: min(priced, key=_by(lambda choice: choice.monthly_cost_eur), default=None),
        Award.FASTEST: min(measured, key=_by(minutes), default=None),
        Award.SIMPLEST: min(
            running,
            key=_by(lambda choice: (choice.bookings, choice.rides, choice.walk_min)),
            default=None,
        ),
    }
    return tuple(
        replace(
            choice, awards=tuple(award for award, winner in winners.items() if winner is choice)
        )
        for choice in ordered
    )


def minutes(choice: Alternative) -> int:
    """Return the minutes out and back, 0 where they are not measured."""
    return (choice.minutes_out or 0) + (choice.minutes_back or 0)


def _by(measure: Callable[[Alternative], Any]) -> Callable[[Alternative], tuple[Any, ...]]:
    """Return the key that ranks the most days first, then a measure, then titles."""
    return lambda choice: (-choice.kept_days, measure(choice), choice.title, choice.key)


def _order(choice: Alternative) -> tuple[Any, ...]:
    return (
        list(Verdict).index(choice.verdict),
        -choice.kept_days,
        minutes(choice),
        choice.title,
        choice.key,
    )
