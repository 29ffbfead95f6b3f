"""The levers of a territory: candidates from what fails, each evaluated exactly, then portfolios.

Sets of two levers are tried among the best candidates; larger ones are not, and the result says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations
from time import perf_counter
from typing import Any

import numpy as np

from traitdunion import french, reach
from traitdunion.reach.places import Array

from ..changes import Cost, Lever, Overrides, cost_of
from ..direct_trips import DirectTrip, Moment, moves_needed, sentence_of
from ..enums import Acteur, Confiance, Nature
from ..portfolio import Opening, Problem
from ..scenarios import Territory, compare, days_of
from ..scenarios.alike import Alike
from ..scenarios.applying import shift_later
from .candidates import Candidate, Progress, quiet
from .loans import loan_candidates, zone_candidates

DELTAS_MIN = (-60, -45, -30, -20, -10, 10, 20, 30, 45, 60)
SHIFT_DELTAS_MIN = (-60, -45, -30, -15, 15, 30, 45, 60)
MAX_PAIRED = 12
ORDER = 2
CURVE_POINTS = 6
MILP_SECONDS = 20.0
ROUNDED_TO = 10


@dataclass
class Search:
    """The levers of a territory, by actor; `n_candidates` evaluated, `order` of the sets tried."""

    territory: Territory
    kept: list[Candidate]
    pairs: list[tuple[int, int, Array]]
    n_candidates: int
    seconds: float
    order: int = ORDER
    curve: list[dict[str, Any]] = field(default_factory=list)

    def problem(self) -> Problem:
        """Return residents, poles × shifts and levers, for the portfolio."""
        return _problem(self)


Made = Iterator[tuple[int, Candidate | None]]
"""Candidates as they are evaluated: the row of the territory, None where nothing opens there."""


def search(
    territory: Territory,
    *,
    given: Overrides | None = None,
    demonstration: bool = False,
    actor: str = "",
    progress: Progress = quiet,
) -> Search:
    """Evaluate every candidate, keep those that open something and the smallest of alike ones."""
    return search_each(
        Alike([territory]), given=given, demonstration=demonstration, actor=actor, progress=progress
    )[0]


def search_each(
    alike: Alike,
    *,
    given: Overrides | None = None,
    demonstration: bool = False,
    actor: str = "",
    progress: Progress = quiet,
) -> list[Search]:
    """Return what `search` finds for each profile, every change being searched once for all."""
    began = perf_counter()
    territories = alike.territories
    costs: dict[Nature, Cost] = {
        nature: cost_of(nature, on=alike.first.week, given=given, demonstration=demonstration)
        for nature in Nature
    }
    opening: list[list[Candidate]] = [[] for _ in territories]
    n = [0] * len(territories)
    for maker in (_shift_candidates, _trip_candidates, _return_candidates, _other_candidates):
        for row, candidate in maker(alike, costs, progress):
            n[row] += 1
            if candidate is not None and candidate.opened.any():
                opening[row].append(candidate)
    searches = []
    for row, territory in enumerate(territories):
        kept = _smallest([c for c in opening[row] if not actor or c.lever.acteur == actor])
        pairs = list(_pairs(territory, kept))
        searches.append(Search(territory, kept, pairs, n[row], perf_counter() - began))
    return searches


def _shift_candidates(alike: Alike, costs: Mapping[Nature, Cost], progress: Progress) -> Made:
    """Yield each shift of each pole at other hours, value by value."""
    first = alike.first
    for row, delta in enumerate(SHIFT_DELTAS_MIN):
        progress("Horaires des employeurs", row / len(SHIFT_DELTAS_MIN) / 4)
        moved = [shift_later(shift, delta) for shift in first.shifts]
        others = alike.at_hours(moved)
        for k, shift in enumerate(first.shifts):
            for w, pole in enumerate(first.poles):
                sentence = (
                    f"Décalez l'embauche de {french.clock(shift.start_s)} à "
                    f"{french.clock(moved[k].start_s)} {french.at_place(pole.place.label)}."
                )
                lever = Lever(
                    f"{Nature.DECALER_POSTE}:{pole.place.code_insee}:{k}:{delta:+d}",
                    Acteur.EMPLOYEUR, Nature.DECALER_POSTE, sentence, costs[Nature.DECALER_POSTE],
                    Confiance.SUR, len(shift.days), abs(delta),
                    {"pole": pole.place.code_insee, "shift": k, "move_min": delta},
                )  # fmt: skip
                for at, (territory, other) in enumerate(
                    zip(alike.territories, others, strict=True)
                ):
                    after = territory.pairs.copy()
                    after[k, w] = other[k, w]
                    yield at, _candidate(territory, after, lever, shift=(w, k, delta))


def _trip_candidates(alike: Alike, costs: Mapping[Nature, Cost], progress: Progress) -> Made:
    """Yield each trip that runs in the week, moved by each step."""
    tt = alike.first.timetable
    a = tt.arrays
    first = (alike.first.week - tt.start).days + 1
    rows = [
        row for row in range(len(a["trip_pattern"]))
        if a["services"][a["trip_service"][row], max(0, first) : first + 7].any()
    ]  # fmt: skip
    for number, row in enumerate(rows):
        progress("Courses déplacées", 0.25 + 0.5 * number / len(rows))
        for delta in DELTAS_MIN:
            change = reach.Change(moved=((row, 60 * delta),))
            afters = alike.after(change)
            lever = _move_lever(tt, row, delta, costs)
            for at, (territory, after) in enumerate(zip(alike.territories, afters, strict=True)):
                is_same = after is territory.pairs
                made = None if is_same else _candidate(territory, after, lever, change=change)
                yield at, made


def _move_lever(tt: reach.Timetable, row: int, delta: int, costs: Mapping[Nature, Cost]) -> Lever:
    a = tt.arrays
    first, last = a["pattern_starts"][a["trip_pattern"][row] :][:2]
    stops = a["pattern_stops"][first:last]
    leaves = int(a["departure_s"][a["trip_events"][row]])
    verb = "Avancez" if delta < 0 else "Retardez"
    sentence = (
        f"{verb} de {french.duration(abs(delta))} le départ de {french.clock(leaves % 86_400)} "
        f"{tt.stop_name(int(stops[0]))} – {tt.stop_name(int(stops[-1]))}."
    )
    return Lever(
        f"{Nature.DEPLACER_COURSE}:{row}:{delta:+d}", Acteur.REGION, Nature.DEPLACER_COURSE,
        sentence, costs[Nature.DEPLACER_COURSE], Confiance.SUR, 5, abs(delta),
        {"trip": tt.trip_ids[int(a["trip_source"][row])], "move_min": delta},
    )  # fmt: skip


def _return_candidates(alike: Alike, costs: Mapping[Nature, Cost], progress: Progress) -> Made:
    """Yield a trip there and back added for a shift that fails, from each group with a line."""
    first = alike.first
    seen: dict[tuple[Any, ...], tuple[reach.Change, list[Array]]] = {}
    proposed: set[tuple[int, tuple[Any, ...]]] = set()
    fails = np.logical_or.reduce([~territory.pairs for territory in alike.territories])
    for h, home in enumerate(first.homes):
        progress("Courses ajoutées", 0.75 + 0.2 * h / len(first.groups))
        if not first.streets.stops_around(home, first.limits.walk).stops.size:
            continue
        for w in range(len(first.poles)):
            for k in np.flatnonzero(fails[:, w, h]).tolist():
                trips = _missing(first, h, w, k)
                key = tuple((trip.row, trip.delta_s) for trip in trips)
                if not trips:
                    continue
                if key not in seen:
                    change = reach.Change(added=tuple(trip.copied() for trip in trips))
                    seen[key] = change, alike.after(change)
                change, afters = seen[key]
                for at, territory in enumerate(alike.territories):
                    if territory.pairs[k, w, h] or (at, key) in proposed:
                        continue
                    proposed.add((at, key))
                    lever = _added_lever(first, trips, k, costs)
                    yield at, _candidate(territory, afters[at], lever, change=change)


def _other_candidates(alike: Alike, costs: Mapping[Nature, Cost], progress: Progress) -> Made:
    """Yield what no line makes, profile by profile: vehicles lent, on-demand zones."""
    for at, territory in enumerate(alike.territories):
        for maker in (loan_candidates, zone_candidates):
            for candidate in maker(territory, costs, progress):
                yield at, candidate


def _missing(territory: Territory, h: int, w: int, k: int) -> list[DirectTrip]:
    """Return the trips to add for a group, a pole and a shift: each way that no trip serves."""
    shift = territory.shifts[k]
    pole = territory.poles[w].place
    dates = days_of(territory.timetable)
    needed = [territory.week + timedelta(day) for day in sorted(shift.days)]
    trips = []
    for moment, towards in ((shift.arrive_by_s, True), (shift.leave_from_s, False)):
        moves = moves_needed(
            territory.timetable, territory.streets, territory.homes[h],
            reach.Point(pole.lat, pole.lon), dates=dates, needed=needed,
            moment=Moment(moment, towards), limits=territory.limits,
        )  # fmt: skip
        trips += moves[:1]
    return trips


def _added_lever(
    territory: Territory, trips: Sequence[DirectTrip], k: int, costs: Mapping[Nature, Cost]
) -> Lever:
    key = f"{Nature.AJOUTER_COURSE}:{'+'.join(trip.key for trip in trips)}"
    return Lever(
        key, Acteur.REGION, Nature.AJOUTER_COURSE, sentence_of(trips, added=True),
        costs[Nature.AJOUTER_COURSE].of(len(trips)), Confiance.SUR,
        len(territory.shifts[k].days), len(trips),
        {"trips": [trip.json() for trip in trips]},
    )  # fmt: skip


def _candidate(
    territory: Territory,
    after: Array,
    lever: Lever,
    *,
    change: reach.Change | None = None,
    shift: tuple[int, int, int] | None = None,
) -> Candidate | None:
    """Return a lever with what it opens and closes; None where it opens nothing."""
    cost = None if lever.cost.eur is None else float(lever.cost.eur)
    before = territory.pairs
    opened = after & ~before
    if not opened.any():
        return None
    return Candidate(lever, opened, before & ~after, compare(territory, after, cost), change, shift)


def _smallest(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Keep one candidate of those that open and lose the same, the cheapest then smallest."""
    best: dict[tuple[Any, ...], Candidate] = {}
    for candidate in candidates:
        key = (
            candidate.lever.acteur, candidate.lever.nature, candidate.opened.tobytes(),
            candidate.lost.tobytes(),
        )  # fmt: skip
        old = best.get(key)
        rank = (candidate.lever.size, candidate.lever.key)
        if old is None or rank < (old.lever.size, old.lever.key):
            best[key] = candidate
    return sorted(
        best.values(), key=lambda c: (-c.compared.people_x_jobs_opened, c.lever.size, c.lever.key)
    )


def _pairs(territory: Territory, kept: Sequence[Candidate]) -> Iterator[tuple[int, int, Array]]:
    """Yield what two levers of the timetable open together and neither alone."""
    rows = [row for row, c in enumerate(kept) if c.change is not None][:MAX_PAIRED]
    for a, b in combinations(rows, 2):
        change = _both(kept[a].change, kept[b].change)
        if change is None:
            continue
        after = territory.after(change)
        more = after & ~territory.pairs & ~kept[a].opened & ~kept[b].opened
        if more.any():
            yield a, b, more


def _both(a: reach.Change | None, b: reach.Change | None) -> reach.Change | None:
    """Return two changes made together; None where they touch the same trip."""
    if a is None or b is None:
        return None
    try:
        return reach.Change(a.removed + b.removed, a.added + b.added, a.moved + b.moved,
                            a.closed_stops + b.closed_stops)  # fmt: skip
    except ValueError:
        return None


def _problem(search: Search) -> Problem:
    """Write residents as rows, poles × shifts as sites; a resident counts once.

    Levers with a known cost are in it, that make no group worse. A trip moved is proposed alone,
    and not here: it may close what another lever opens, where a trip added never does.
    """
    territory = search.territory
    n_poles = len(territory.poles)
    openings, cost = [], {}
    names = {}
    capacity: dict[str, tuple[int, dict[str, int]]] = {}
    by_site: dict[tuple[int, int], set[str]] = {}
    usable = [candidate for candidate in search.kept if _is_usable(candidate)]
    for candidate in usable:
        if candidate.shift is not None:
            by_site.setdefault(candidate.shift[:2], set()).add(candidate.lever.key)
    # What a trip opens at today's hours is no longer there once the hours move.
    kept_hours = {site: frozenset(group) for site, group in by_site.items()}
    for row, candidate in enumerate(search.kept):
        lever = candidate.lever
        if not _is_usable(candidate):
            continue
        names[row] = lever.key
        cost[lever.key] = float(lever.cost.eur or 0)
        if candidate.group is not None:
            # All its pairs are those of one group, and one of them is enough to serve it.
            k, w, h = np.argwhere(candidate.opened)[0].tolist()
            uses = frozenset({lever.key}) if candidate.seats is not None else frozenset()
            if candidate.seats is not None:
                capacity[lever.key] = (0, {lever.key: candidate.seats})
            site = k * n_poles + w
            openings.append(Opening(h, site, frozenset({lever.key}), frozenset(), uses))
            continue
        for k, w, h in np.argwhere(candidate.opened).tolist():
            moved = kept_hours.get((w, k), frozenset()) if candidate.shift is None else frozenset()
            openings.append(Opening(h, k * n_poles + w, frozenset({lever.key}), moved))
    for a, b, more in search.pairs:
        if a in names and b in names:
            for k, w, h in np.argwhere(more).tolist():
                needs = frozenset({names[a], names[b]})
                moved = kept_hours.get((w, k), frozenset())
                openings.append(Opening(h, k * n_poles + w, needs, moved))
    return Problem(
        people=territory.people.tolist(),
        jobs=np.tile(territory.jobs, len(territory.shifts)).tolist(),
        cost=cost,
        openings=openings,
        exclusive=[frozenset(group) for group in by_site.values() if len(group) > 1],
        capacity=capacity,
    )


def _is_usable(candidate: Candidate) -> bool:
    moves = candidate.change is not None and bool(candidate.change.moved)
    known = candidate.lever.cost.eur is not None
    return known and not moves and not candidate.compared.people_worse


def budget_curve(problem: Problem, budgets: Sequence[float]) -> list[dict[str, Any]]:
    """Return the best portfolio of each budget, rising: levers, residents, cost, bound and gap.

    Where the time ran out on a portfolio worse than that of a smaller budget, this one is kept,
    with the gap to the bound proved of the larger budget.
    """
    points: list[dict[str, Any]] = []
    for budget in budgets:
        best = problem.best(budget, time_limit_s=MILP_SECONDS)
        if points and points[-1]["people"] > best.served:
            before = points[-1]
            gap = (best.bound - before["people"]) / best.bound
            points.append(before | {"budget_eur": budget, "bound_people": best.bound, "gap": gap})
            continue
        points.append({
            "budget_eur": budget, "levers": list(best.levers), "people": best.served,
            "cost_eur_year": best.cost, "bound_people": best.bound, "gap": best.gap,
        })  # fmt: skip
    return points
