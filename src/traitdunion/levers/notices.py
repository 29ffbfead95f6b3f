"""The notice of a service on demand: the least reduction that lets a person book every day in time.

A ride that may be booked with some notice may be with a shorter one: reductions are ordered by
inclusion, so that the least of them is found by halving. Each is searched in full.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from traitdunion import french, reach
from traitdunion.matching import bulk
from traitdunion.matching.offers import Offer, routes_on_demand
from traitdunion.reach.on_demand.other_rules import rules_of_routes, with_rules
from traitdunion.reach.on_demand.services import Rule

from .changes import Lever
from .enums import Acteur, Confiance, Nature

if TYPE_CHECKING:
    from .person import PersonSearch

STEP_MIN = 30
"""Reductions are tried by half-hours."""

DAY_S = 86_400
SAME_DAY, DAYS_BEFORE = 1, 2
"""Kinds of booking rules, as `booking_type` of GTFS names them: minutes before, days before."""


def notices(search: "PersonSearch") -> Iterator[Lever]:
    """Yield the shorter notice of each service that its booking alone closes to the person."""
    for offer in search.around.solutions:
        routes = routes_on_demand(offer, search.around.timetable)
        right = search.right_to(offer) if routes else bulk.NON
        if right == bulk.NON:
            continue
        steps = least_steps(search, routes)
        if steps:
            yield _lever(search, offer, routes, steps, is_sure=right == bulk.OUI)


def least_steps(search: "PersonSearch", routes: frozenset[int]) -> int | None:
    """Return the fewest half-hours less of notice that open every day; None where none do.

    None as well where a day fails for another reason, or where all of them can still be booked.
    """
    rules = rules_of_routes(search.around.timetable, routes)
    longest = max((_notice_min(rule) for rule in rules.values()), default=0)
    most = -(-longest // STEP_MIN)
    if not most or not is_held_with(search, routes, most):
        return None
    fewest = bisect_left(range(most), True, key=lambda n: is_held_with(search, routes, n))
    return fewest or None


def is_held_with(search: "PersonSearch", routes: frozenset[int], steps: int) -> bool:
    """Return whether the job is held every day with so many half-hours less of notice."""
    tt, asked = search.around.timetable, search.situation
    rules = rules_of_routes(tt, routes)
    shorter = {row: shortened(rule, STEP_MIN * steps) for row, rule in rules.items()}
    week = reach.there_and_back(
        with_rules(tt, shorter) if steps else tt, search.home, search.work, asked.shift,
        week=asked.week, streets=search.around.streets,
        commute=reach.Commute(
            on_demand=reach.OnDemand(asked_at=asked.now, routes=routes),
            limits=replace(search.limits, asked_at=asked.now),
        ),
    )  # fmt: skip
    return all(day.feasible for day in week.days)


def shortened(rule: Rule, minutes: int) -> Rule:
    """Return a booking rule with a notice so many minutes shorter, none at the least."""
    if rule.type == SAME_DAY:
        return replace(rule, notice_min=max(0, rule.notice_min - minutes))
    if rule.type != DAYS_BEFORE:
        return rule
    # Until the last second of the day of the ride, after which no notice is left.
    until_s = min(rule.last_time_s - DAY_S * rule.last_day + 60 * minutes, DAY_S)
    days = max(0, -(until_s // DAY_S))
    return replace(rule, last_day=days, last_time_s=until_s + DAY_S * days)


def _notice_min(rule: Rule) -> int:
    if rule.type == SAME_DAY:
        return rule.notice_min
    if rule.type == DAYS_BEFORE:
        return -((rule.last_time_s - DAY_S * (rule.last_day + 1)) // 60)
    return 0


def _lever(
    search: "PersonSearch", offer: Offer, routes: frozenset[int], steps: int, *, is_sure: bool
) -> Lever:
    minutes = STEP_MIN * steps
    rules = {*rules_of_routes(search.around.timetable, routes).values()}
    bounds = {(until(rule), until(shortened(rule, minutes))) for rule in rules}
    name = f"« {offer.nom} »"
    if len(bounds) == 1:
        ((before, after),) = bounds
        sentence = f"Prenez les réservations de {name} jusqu'à {after}, et non {before}."
    else:
        sentence = f"Raccourcissez de {french.duration(minutes)} le délai de réservation de {name}."
    return search.lever(
        Acteur.EPCI, Nature.REDUIRE_PREAVIS, f"{Nature.REDUIRE_PREAVIS}:{offer.id}:{minutes}",
        sentence, minutes, confiance=Confiance.SUR if is_sure else Confiance.A_VERIFIER,
        detail={"service": str(offer.id), "shorter_min": minutes},
    )  # fmt: skip


def until(rule: Rule) -> str:
    """Return until when a rule lets one book, after « jusqu'à »: "2 h avant", "17 h la veille"."""
    if rule.type == SAME_DAY and rule.notice_min:
        return f"{french.duration(rule.notice_min)} avant"
    if rule.type == DAYS_BEFORE and rule.last_time_s < DAY_S:
        day = {0: "le jour même", 1: "la veille"}.get(rule.last_day, f"{rule.last_day} jours avant")
        return f"{french.clock(rule.last_time_s)} {day}"
    return "l'heure du départ"
