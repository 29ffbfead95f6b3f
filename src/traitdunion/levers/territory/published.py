"""What is published of a search of the territory: levers by actor, the curve, one portfolio."""

from collections import Counter
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from traitdunion import french, reach
from traitdunion.reach.places import Array

from ..scenarios import Outcome, compared
from ..scenarios.applying import shift_later
from .candidates import Candidate
from .search import (
    CURVE_POINTS,
    ROUNDED_TO,
    SHIFT_DELTAS_MIN,
    Search,
    budget_curve,
)

MAX_LISTED = 60
PEOPLE = "habitants (recensement), estimation arrondie à la dizaine"
JOBS = "emplois non renseignés : chaque pôle et horaire compte pour un"


def rounded(n: float) -> int:
    """Return a modelled count rounded to ten, for drawing and sorting: 0 under ten people."""
    return 0 if n < ROUNDED_TO else int(ROUNDED_TO * round(n / ROUNDED_TO))


def published(search: Search, *, budget_eur: float | None = None) -> dict[str, Any]:
    """Return the result as JSON: levers by euro a person, the curve, the portfolio verified."""
    problem = search.problem()
    by_key = {candidate.lever.key: candidate for candidate in search.kept}
    highest = sum(sorted(problem.cost.values())[-CURVE_POINTS:]) or 0.0
    budgets = sorted({
        round(highest * point / CURVE_POINTS, -2) for point in range(CURVE_POINTS + 1)
    } | ({budget_eur} if budget_eur is not None else set()))  # fmt: skip
    curve = budget_curve(problem, budgets)
    for point in curve:
        chosen = [by_key[key] for key in point["levers"]]
        point |= verified(search, chosen)
        point["people_rounded"] = rounded(point["verified_people"])
        least = min(_least(search, chosen), point["verified_people"])
        point["people_least"] = rounded(least)
        point["people_text"] = french.modelled_people(point["verified_people"])
        point["least_text"] = french.modelled_people(least)
    portfolio = None
    if budget_eur is not None:
        portfolio = next(point for point in curve if point["budget_eur"] == budget_eur)
    rows = sorted((_row(search, candidate) for candidate in search.kept), key=_by_euro)
    listed = listed_of(rows, chosen={key for point in curve for key in point["levers"]})
    return {
        "people": PEOPLE, "jobs": JOBS, "candidates": search.n_candidates,
        "seconds": round(search.seconds, 2), "order": search.order,
        "levers": listed, "levers_more": len(rows) - len(listed),
        "people_by_lever": {row["key"]: row["people"] for row in rows},
        "poles": [pole.place.label for pole in search.territory.poles],
        "curve": curve, "portfolio": portfolio,
    }  # fmt: skip


def listed_of(
    rows: Sequence[dict[str, Any]], most: int = MAX_LISTED, *, chosen: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Return `most` rows, in their order: the best of each actor, then the others.

    Free changes of one actor would otherwise leave the others out. Those of a portfolio (`chosen`,
    keys) are listed beyond `most`: a basket names all that it holds.
    """
    ranks: Counter[str] = Counter()
    each = most // max(1, len({row["actor"] for row in rows}))
    first: list[int] = []
    others: list[int] = []
    for place, row in enumerate(rows):
        ranks[row["actor"]] += 1
        (first if ranks[row["actor"]] <= each else others).append(place)
    kept = {*[*first, *others][:most]}
    return [row for place, row in enumerate(rows) if place in kept or row["key"] in chosen]


def _row(search: Search, candidate: Candidate) -> dict[str, Any]:
    residents = candidate.residents(search.territory.people)
    cost = candidate.lever.cost.eur
    text = french.modelled_people(touched := candidate.touched(search.territory.people))
    if candidate.seats is not None:
        # The vehicles are known; how many residents they find is not more than estimated.
        text = f"{candidate.seats} à la fois, sur {text}"
    return candidate.lever.json() | {
        "each_text": _each(cost, residents, candidate.seats),
        "cost_text": candidate.lever.cost.text,
        "delay": candidate.lever.cost.delay,
        "confidence_label": candidate.lever.confiance.label,
        "bars": candidate.lever.confiance.bars,
        # Seats are counted, where residents are modelled.
        "people": rounded(residents) if candidate.seats is None else residents,
        "people_text": text,
        "people_touched": rounded(touched),
        "eur_per_person": None if cost is None or not residents else round(float(cost) / residents,
                                                                           2),
        "compared": candidate.compared.json(),
    }  # fmt: skip


def _each(cost: Decimal | None, residents: int, seats: int | None) -> str:
    if cost is None:
        return "à demander"
    return french.euros(round(cost / seats, 2)) if seats else french.cost_each(cost, residents)


def _by_euro(row: dict[str, Any]) -> tuple[Any, ...]:
    each = row["eur_per_person"]
    return each is None, each or 0, -row["people"], -row["people_touched"], row["key"]


def _least(search: Search, chosen: Sequence[Candidate]) -> int:
    """Return the residents opened by levers that are sure alone: the low end of the band."""
    sure = [c for c in chosen if c.lever.confiance.bars == 3]
    if not sure:
        return 0
    opened = np.logical_or.reduce([c.opened.any(axis=(0, 1)) for c in sure])
    return int(search.territory.people[opened].sum())


def _lent(search: Search, chosen: Sequence[Candidate]) -> tuple[Array, Array]:
    """Return the pairs that loans open, bool (K, W, H), and the people they serve, (H,)."""
    shared = np.zeros_like(search.territory.pairs)
    seats = np.zeros(len(search.territory.groups), np.int64)
    for candidate in chosen:
        if candidate.seats is not None:
            shared |= candidate.opened
            seats[candidate.group] += candidate.seats
    return shared, seats


def verified(search: Search, chosen: Sequence[Candidate]) -> dict[str, Any]:
    """Make a portfolio and search everything again, without a bound; return what comes of it."""
    territory = search.territory
    changes = [c.change for c in chosen if c.change is not None]
    change = reach.Change(
        tuple(trip for c in changes for trip in c.removed),
        tuple(trip for c in changes for trip in c.added),
        _once(changes),
    )
    after: Array = territory.searched_again(change).copy()
    moved = {c.shift[:2]: c.shift[2] for c in chosen if c.shift is not None}
    for delta in sorted(set(moved.values()) & set(SHIFT_DELTAS_MIN)):
        other = territory.with_timetable(
            reach.changed_timetable(territory.timetable, change)
        ).with_shifts([shift_later(shift, delta) for shift in territory.shifts])
        for (w, k), own in moved.items():
            if own == delta:
                after[k, w] = other.pairs[k, w]
    for candidate in chosen:
        if candidate.group is not None and candidate.seats is None:
            after |= candidate.opened
    shared, seats = _lent(search, chosen)
    opened = (after & ~territory.pairs).any(axis=(0, 1))
    by_loan = shared.any(axis=(0, 1)) & ~opened
    served = territory.people[opened].sum() + np.minimum(territory.people, seats)[by_loan].sum()
    names = tuple(group.place.label for group in territory.groups)
    codes = tuple(group.place.code_insee or "" for group in territory.groups)
    outcome = Outcome(
        names, codes, territory.people, territory.pairs, after | shared, shared & ~after, seats
    )
    cost = sum(float(c.lever.cost.eur or 0) for c in chosen)
    return {
        "verified_people": int(served),
        "compared": compared(outcome, territory.jobs, cost).json(),
    }


def _once(changes: Sequence[reach.Change]) -> tuple[tuple[int, int], ...]:
    """Return the moves of several changes, one a trip: two levers never move the same one."""
    return tuple({trip: s for change in changes for trip, s in change.moved}.items())
