"""The choices of one way of travelling, as options and as alternatives."""

from collections.abc import Sequence
from dataclasses import replace

from traitdunion import reach

from ..alternatives import minutes_of, ways_of
from ..answer import Alternative, FailingDay, Verdict
from ..eligibility.exclusions import Cumulation
from ..eligibility.judging import Weighed
from ..eligibility.searches import SituationSearches
from ..offers import Offer
from ..prices.together import Fares
from . import bookings
from .options import Tried, fares_of, tried_by
from .shown_weeks import shown_week, typical_day


def try_others(
    tried: Tried,
    searches: SituationSearches,
    offers: Sequence[Offer],
    *,
    cumulation: Cumulation,
    demonstration: bool,
) -> list[Tried]:
    """Return the weeks worth choosing among for a way tried, the one to show first ahead.

    They take its place: what is shown first may be cheaper and a little slower.
    """
    candidate = tried.candidate
    # Before the week is asked for: what was foreseen to fail was not searched.
    if not tried.option.feasible_days or tried.option.verdict == Verdict.NON:
        return [tried]
    week = searches.week(candidate.travel)

    def price(other: reach.WeekVerdict) -> Fares:
        if other is week:
            return tried.fares
        return fares_of(candidate, other, searches, offers, cumulation)

    ways = ways_of(week, searches.other_weeks(candidate.travel), price)
    choices = []
    for number, way in enumerate(ways, start=1):
        same = way.week is week
        key = candidate.key if number == 1 else f"{candidate.key}~{number}"
        keyed = candidate if number == 1 else replace(candidate, key=key)
        choice = (
            _keyed(tried, keyed)
            if same
            else tried_by(keyed, shown_week(keyed, way.week, searches), way.fares, demonstration)
        )
        choices.append(replace(choice, way=way))
    return choices


def _keyed(tried: Tried, candidate: Weighed) -> Tried:
    """Return a way tried under the key of a candidate."""
    if tried.candidate is candidate:
        return tried
    return replace(tried, candidate=candidate, option=replace(tried.option, key=candidate.key))


def alternative_of(choice: Tried) -> Alternative:
    """Return a way tried as one of the alternatives, before awards; it keeps a day at least."""
    option, candidate = choice.option, choice.candidate
    if choice.way is None:
        raise ValueError(f"{option.key} keeps no day")
    _, day = typical_day(option.days, choice.way.week)
    measured = day is not None and option.minutes_out is not None
    minutes_out, minutes_back = minutes_of(day) if day and measured else (None, None)
    is_lent = candidate.offer is not None and candidate.vehicle is not None
    asked = bookings.number_of(choice.way.week) + is_lent
    return Alternative(
        key=option.key,
        title=option.title,
        verdict=option.verdict,
        kept_days=option.feasible_days,
        asked_days=option.asked_days,
        failing_days=tuple(
            FailingDay(plan.on, plan.reason) for plan in option.days if not plan.feasible
        ),
        minutes_out=minutes_out,
        minutes_back=minutes_back,
        monthly_cost_eur=option.paid_eur if option.cost_is_final else None,
        bookings=asked,
        rides=choice.way.score.rides,
        walk_min=choice.way.score.walk_s // 60,
        booking=option.next_step if asked else "",
    )
