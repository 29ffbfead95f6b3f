"""One chunk of homes: who has how many solutions at each shift, what blocks, what is reached."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traitdunion import reach
from traitdunion.matching import bulk
from traitdunion.reach.monthly_fares import WEEKS_A_MONTH

from .. import indicators
from .causes import Stage
from .ground import crow_km
from .question import Question
from .solutions import NONE_MIN, Bools, Pairs, Solution, offered, owned, searched

CUTOFFS_MIN = (30, 45, 60)
DUAL_JOBS = (1, 100, 1000)
ROAD_DETOUR = 1.3
"""Kilometres by road for one as the crow flies, where prices and limits count them."""

LINES = 0
"""Row of public transport on foot among the ways, the first of `OfferTable.travels`."""

NO_MIN = np.uint16(65_535)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Chunk:
    """Results for the homes h of a chunk; axes P profiles, K shifts.

    `n_sure`, `n_wide` uint8 (P, K, h): solutions to a main pole, for sure, then to be checked as
    well; `stage` uint8 (P, K, h) of `causes.Stage`; `round_min` uint16: there and back to the
    quickest main pole out of the commune, NO_MIN for none; `eur` float (P, K, h): month of the
    cheapest offer, NaN. `lines` uint8 (K, h): the stage that lines on foot reach, whoever asks.
    `has_pole` bool (h,). With jobs: `jobs_out` (P, K, T, h) within each threshold one way,
    `jobs_shift` (P, K, h) kept there and back within the longest of them, `dual` (P, K, D, h)
    minutes, `car_jobs` (K, T, h). None without. `best` uint8 (K, W, h): minutes one way of the base
    profile where the shift is kept, NONE_MIN else. `gap_eur` float (P, K, h): month of the cheapest
    offer that would keep the shift whatever the right to it, NaN. `days` uint8 (P, K, h): most days
    kept for sure towards one main pole.
    """

    n_sure: NDArray[np.uint8]
    n_wide: NDArray[np.uint8]
    stage: NDArray[np.uint8]
    round_min: NDArray[np.uint16]
    eur: Floats
    lines: NDArray[np.uint8]
    has_pole: Bools
    jobs_out: Floats | None = None
    jobs_shift: Floats | None = None
    dual: Floats | None = None
    car_jobs: Floats | None = None
    best: NDArray[np.uint8] | None = None
    gap_eur: Floats | None = None
    days: NDArray[np.uint8] | None = None


def compute(
    question: Question,
    week: reach.SiteWeek,
    rows: slice,
    columns: Sequence[int] | None = None,
) -> Chunk:
    """Compute the homes of a chunk; `columns`: the sites of the week, all of the ground if None."""
    ground = question.ground
    sites = ground.sites if columns is None else [ground.sites[w] for w in columns]
    km = ROAD_DETOUR * crow_km(_degrees(sites), _degrees(ground.homes[rows]))
    pairs = searched(question, week, rows, km)
    poles = _poles(question, rows, pairs, columns)
    order = np.argsort(~poles, axis=0, kind="stable")[
        : max(int(poles.sum(axis=0).max(initial=0)), 1)
    ]
    is_real = np.take_along_axis(poles, order, axis=0)
    main = pairs.at(order)
    has_pole: Bools = np.asarray(poles.any(axis=0), bool)
    counted, gap_eur, days = _at_poles(question, rows, main, order, is_real, columns)
    at_poles = *counted, _lines(main, is_real)
    jobs = ground.jobs if columns is None else ground.jobs[list(columns)]
    if not np.isfinite(jobs).any():
        return Chunk(*at_poles, has_pole=has_pole, gap_eur=gap_eur, days=days)
    reached = _jobs(question, rows, pairs, np.nan_to_num(jobs), columns)
    return Chunk(*at_poles, has_pole, *reached, gap_eur, days)


def _poles(question: Question, rows: slice, pairs: Pairs, columns: Sequence[int] | None) -> Bools:
    """Return the main poles of each home, bool (W, h)."""
    car = len(question.travels) - 1
    car_min = pairs.out[:, :, car].min(axis=0)
    if columns is None:
        return question.ground.main_poles(rows, car_min)
    whole = np.full((len(question.ground.sites), car_min.shape[1]), NONE_MIN, np.uint8)
    whole[list(columns)] = car_min
    return question.ground.main_poles(rows, whole)[list(columns)]


def _at_poles(
    question: Question,
    rows: slice,
    pairs: Pairs,
    order: NDArray[np.int64],
    is_real: Bools,
    columns: Sequence[int] | None,
) -> tuple[
    tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint16], Floats],
    Floats,
    NDArray[np.uint8],
]:
    """Return the counts, stages, minutes and prices to the main poles, `gap_eur` and `days`."""
    shape = len(question.profiles), len(question.shifts), pairs.words.shape[2]
    n_sure, n_wide = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    stage = np.zeros(shape, np.uint8)
    round_min = np.full(shape, NO_MIN, np.uint16)
    eur, gap_eur = np.full(shape, np.nan), np.full(shape, np.nan)
    kept = np.zeros((shape[0], *is_real.shape), np.uint64)

    def count(p: int, solution: Solution, may: int, licence: bool = False) -> None:
        """Add what a profile makes of a solution; `may` is its right to the offer."""
        budget = question.profiles[p].budget_eur
        certain, doubtful = solution.certain, solution.doubtful
        if solution.offer is not None and np.isfinite(budget):
            certain, doubtful = bulk.afforded_days(
                certain, doubtful, question.table, solution.offer, pairs.km, budget
            )
        sure = pairs.feasible(certain) & is_real
        wide = pairs.feasible(certain | doubtful) & is_real
        _cheapest(gap_eur[p], question, solution, sure, pairs.km)
        if may != bulk.NON:
            if may == bulk.OUI:
                kept[p] |= np.where(is_real, certain, np.uint64(0))
                n_sure[p] += sure.any(axis=1)
                _quickest(round_min[p], pairs, solution.rows, sure)
                _cheapest(eur[p], question, solution, sure, pairs.km)
            n_wide[p] += wide.any(axis=1)
        held = certain | doubtful
        some = pairs.some_day(held) & is_real
        out, back = pairs.minutes(solution.rows) if solution.rows else (None, None)
        served = np.full(held.shape, Stage.ALLER, np.uint8)
        reached = np.broadcast_to(served, (shape[1], *held.shape)).copy()
        if out is not None and back is not None:
            reached[out != NONE_MIN] = Stage.RETOUR
        reached[some] = Stage.JOURS
        if may == bulk.NON:
            reached[wide] = Stage.PERMIS if licence else Stage.CONDITIONS
        elif may == bulk.A_VERIFIER:
            reached[wide] = Stage.A_VERIFIER
        else:
            reached[wide] = Stage.A_VERIFIER
            reached[sure] = Stage.POSSIBLE
        np.maximum(
            stage[p], np.where(is_real & solution.is_served, reached, 0).max(axis=1), out=stage[p]
        )

    for p in range(shape[0]):
        for solution in owned(question, p, pairs):
            count(p, solution, bulk.OUI)
    for lent in offered(question, rows, pairs, order, columns):
        if not isinstance(lent, Solution) or lent.offer is None:
            continue
        n = lent.offer
        for p in range(shape[0]):
            count(p, lent, int(question.eligible[p, n]), bool(question.wants_licence[p, n]))
    days = np.stack([_most_days(question, words) for words in kept])
    return (n_sure, n_wide, stage, round_min, eur), gap_eur, days


def _most_days(question: Question, words: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Return the most days of each shift kept towards one pole, uint8 (K, h), of words (V, h)."""
    most = []
    for k, named in enumerate(question.shifts):
        bits = [words >> np.uint64(bulk.DAYS * k + day) & np.uint64(1) for day in named.shift.days]
        most.append(np.minimum(np.sum(bits, axis=0), named.n_days).max(axis=0))
    return np.stack(most).astype(np.uint8)


def _lines(pairs: Pairs, is_real: Bools) -> NDArray[np.uint8]:
    """Return how far the lines lead from each home to its main poles, uint8 (K, h)."""
    words = pairs.words[LINES]
    out, back = pairs.minutes([LINES])
    goes, returns = pairs.some_way([LINES])
    stage = np.full(out.shape, Stage.ALLER, np.uint8)
    # A home that no line leads from, nor to, at any hour has none within reach.
    stage[:, ~(goes | returns).any(axis=0)] = Stage.ZONE
    stage[goes & ~returns] = Stage.RETOUR
    stage[(out != NONE_MIN) & (back == NONE_MIN)] = Stage.RETOUR
    stage[pairs.some_day(words)] = Stage.JOURS
    stage[pairs.feasible(words)] = Stage.POSSIBLE
    furthest: NDArray[np.uint8] = np.where(is_real, stage, 0).max(axis=1)
    return furthest


def _quickest(
    round_min: NDArray[np.uint16], pairs: Pairs, ways: Sequence[int], sure: Bools
) -> None:
    out, back = pairs.minutes(ways)
    both = out.astype(np.uint16) + back
    # Within one commune the way from an address to another is not known, and is not nothing.
    known = sure & (out != NONE_MIN) & (back != NONE_MIN) & (pairs.km > 0)
    np.minimum(round_min, np.where(known, both, NO_MIN).min(axis=1), out=round_min)


def _cheapest(eur: Floats, question: Question, solution: Solution, sure: Bools, km: Floats) -> None:
    """Write the cheapest month of an offer to a main pole."""
    if solution.offer is None:
        return
    table, n = question.table, solution.offer
    for k, named in enumerate(question.shifts):
        a_month = named.n_days * 2 * float(WEEKS_A_MONTH)
        month = np.minimum(
            table.eur[n, named.n_days] + table.by_km_eur[n] * km * a_month, table.cap_eur[n]
        )
        least = np.where(sure[k], month, np.inf).min(axis=0)
        eur[k] = np.fmin(eur[k], np.where(np.isfinite(least), least, np.nan))


def _jobs(
    question: Question,
    rows: slice,
    pairs: Pairs,
    jobs: Floats,
    columns: Sequence[int] | None,
) -> tuple[Floats, Floats, Floats, Floats, NDArray[np.uint8]]:
    """Return the jobs reached by each profile, by car, and the minutes of the base profile."""
    n_profiles, n_shifts = len(question.profiles), len(question.shifts)
    n_homes = pairs.words.shape[2]
    kept = [
        solution
        for solution in offered(question, rows, pairs, None, columns)
        if isinstance(solution, Solution)
    ]
    jobs_out = np.zeros((n_profiles, n_shifts, len(CUTOFFS_MIN), n_homes))
    jobs_shift = np.zeros((n_profiles, n_shifts, n_homes))
    dual = np.zeros((n_profiles, n_shifts, len(DUAL_JOBS), n_homes))
    known: dict[object, int] = {}
    base: NDArray[np.uint8] | None = None
    for p in range(n_profiles):
        usable = [
            s for s in kept if s.offer is not None and question.eligible[p, s.offer] == bulk.OUI
        ]
        key = (
            tuple(s.offer for s in usable),
            tuple(map(tuple, question.own_rows(question.profiles[p]))),
        )
        if key in known:
            same = known[key]
            jobs_out[p], jobs_shift[p], dual[p] = jobs_out[same], jobs_shift[same], dual[same]
            continue
        known[key] = p
        way, held = _ways(pairs, [*owned(question, p, pairs), *usable])
        base = held if base is None else base
        for k in range(n_shifts):
            jobs_out[p, k] = indicators.cumulative(_cost(way[k]), jobs, CUTOFFS_MIN)
            cost = _cost(held[k])
            jobs_shift[p, k] = indicators.cumulative(cost, jobs, CUTOFFS_MIN[-1])
            dual[p, k] = indicators.dual_access(cost, jobs, DUAL_JOBS)
    car, _ = pairs.minutes([len(question.travels) - 1])
    car_jobs = np.stack(
        [indicators.cumulative(_cost(minutes), jobs, CUTOFFS_MIN) for minutes in car]
    )
    return jobs_out, jobs_shift, dual, car_jobs, np.asarray(base)


def _ways(
    pairs: Pairs, solutions: Sequence[Solution]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return minutes one way by the quickest solution, then where it keeps the shift, (K, W, h)."""
    shape = len(pairs.shifts), *pairs.words.shape[1:]
    way, held = np.full(shape, NONE_MIN, np.uint8), np.full(shape, NONE_MIN, np.uint8)
    for solution in solutions:
        out, _ = pairs.minutes(solution.rows)
        some = pairs.some_day(solution.certain)
        served = some if solution.offer is not None else np.ones(shape, bool)
        np.minimum(way, np.where(served, out, NONE_MIN), out=way)
        np.minimum(held, np.where(pairs.feasible(solution.certain), out, NONE_MIN), out=held)
    return way, held


def _cost(minutes: NDArray[np.uint8]) -> Floats:
    """Return minutes (W, h) as costs (h, W), infinite for none."""
    cost: Floats = np.where(minutes == NONE_MIN, np.inf, minutes.astype(float)).T
    return cost


def _degrees(places: Sequence[object]) -> Floats:
    return np.array([(place.lat, place.lon) for place in places]).reshape(-1, 2)  # type: ignore[attr-defined]
