"""How access is shared among people.

`access` float (I,), or (T, I) for several measures at once: a list of T values is returned then.
`pop` float (I,): people. `income` float (I,): what zones are ranked by, None or NaN where unknown.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Literal, cast, overload

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Floats, amounts, measures

RICHEST, POOREST = 0.1, 0.4
SUM_ERROR = 1e-9
Value = float | None
Kind = Literal["standard", "erreygers"]


def palma(access: ArrayLike, pop: ArrayLike, income: Any) -> Value | list[Value]:
    """Return the mean access of the richest 10 % over that of the poorest 40 % of the people.

    Exactly these shares of the population: a zone that crosses a boundary is split in proportion,
    equal incomes are pooled first. None where nobody is ranked or where the poorest reach nothing.
    Source: Pereira et al., IPEA `accessibility`; Palma (2011).
    """
    people = amounts(pop, "pop")
    values = measures(access, people)
    ranked, order = _ranked(people, income)
    if not ranked.any():
        return _each(values, lambda _: None)
    weight, rank = people[ranked], order
    n = rank.max() + 1
    by_rank = np.bincount(rank, weight, n).astype(np.float64)
    ends = np.cumsum(by_rank)
    total = ends[-1]
    poorest = _part(ends, by_rank, 0.0, POOREST * total)
    richest = _part(ends, by_rank, total - RICHEST * total, total)

    def ratio(measure: Floats) -> Value:
        mean = np.bincount(rank, weight * measure[ranked], n) / by_rank
        poor = float(poorest @ mean) / (POOREST * total)
        rich = float(richest @ mean) / (RICHEST * total)
        return rich / poor if poor > 0 else None

    return _each(values, ratio)


def gini(access: ArrayLike, pop: ArrayLike) -> Value | list[Value]:
    """Return the Gini index of access among people, 0 (equal) to 1; None where all have none.

    Half the mean absolute difference between two people, over the mean. Source: Gini (1912).
    """
    people = amounts(pop, "pop")

    def index(measure: Floats) -> Value:
        total = people.sum()
        if total == 0 or (mean := float(measure @ people) / total) == 0:
            return None
        order = np.argsort(measure, kind="stable")
        share = people[order] / total
        # Σ_i Σ_j s_i s_j |h_i − h_j| = 2 Σ_i s_i h_i (F_i + F_{i−1} − 1), zones in rising order.
        ends = np.cumsum(share)
        return float(np.sum(share * measure[order] * (2 * ends - share - 1)) / mean)

    return _each(measures(access, people), index)


def theil(access: ArrayLike, pop: ArrayLike) -> Value | list[Value]:
    """Return Theil's T of access among people, from 0 (equal); None where all have none.

    0 ln 0 is 0; people without access stay in the denominator. Source: Theil (1967).
    """
    people = amounts(pop, "pop")
    return _each(measures(access, people), lambda measure: _theil(measure, people))


def theil_groups(
    access: ArrayLike, pop: ArrayLike, groups: Sequence[Hashable]
) -> dict[str, float] | None:
    """Return Theil's T parted: {"between", "within", "total"}; between + within is the total.

    groups: (I,), the group of each zone, as its EPCI. None where all have none.
    """
    people = amounts(pop, "pop")
    measure = measures(access, people)
    if measure.ndim != 1 or len(groups) != len(people):
        raise ValueError(f"groups: expected {len(people)} values, got {len(groups)}")
    total = people.sum()
    if total == 0 or (mean := float(measure @ people) / total) == 0:
        return None
    of_group = np.array([list(dict.fromkeys(groups)).index(group) for group in groups])
    between = within = 0.0
    for g in range(of_group.max() + 1):
        inside = of_group == g
        held = float(measure[inside] @ people[inside])
        if held == 0:
            continue  # its share of access is 0, and 0 ln 0 is 0
        share = held / (mean * total)
        between += share * np.log(held / people[inside].sum() / mean)
        within += share * cast(float, _theil(measure[inside], people[inside]))
    return {"between": float(between), "within": float(within), "total": float(between + within)}


def concentration(
    access: ArrayLike,
    pop: ArrayLike,
    income: Any,
    kind: Kind = "standard",
    bounds: tuple[float, float] | None = None,
) -> Value | list[Value]:
    """Return the concentration index of access ranked by income: positive favours the rich.

    rank: share of the people strictly poorer, and half of those as rich. kind "erreygers": in
    [-1, 1], with the `bounds` of the measure (0 and all the jobs of the study region), the same for
    every run that is compared; ValueError without them. Source: Wagstaff et al. (1991), Erreygers
    (2009).
    """
    people = amounts(pop, "pop")
    values = measures(access, people)
    low, high = _bounds(kind, bounds)
    ranked, rank = _ranked(people, income)
    if not ranked.any():
        return _each(values, lambda _: None)
    share = people[ranked] / people[ranked].sum()
    by_rank = np.bincount(rank, share)
    middle = np.cumsum(by_rank) - by_rank / 2

    def index(measure: Floats) -> Value:
        held = measure[ranked]
        mean = float(share @ held)
        spread = float(np.sum(share * (held - mean) * (middle[rank] - 0.5)))
        if kind == "erreygers":
            # A sum of the same jobs in another order may differ by its last digit.
            slack = SUM_ERROR * (high - low)
            if held.min() < low - slack or held.max() > high + slack:
                raise ValueError(
                    f"access from {held.min():g} to {held.max():g} is out of [{low:g}, {high:g}]"
                )
            return 8 * spread / (high - low)
        return 2 * spread / mean if mean > 0 else None

    return _each(values, index)


def concentration_index(
    access: ArrayLike,
    pop: ArrayLike,
    income: Any,
    kind: Kind = "standard",
    bounds: tuple[float, float] | None = None,
) -> Value | list[Value]:
    """Return the concentration index: `concentration` under its whole name."""
    return concentration(access, pop, income, kind, bounds)


@overload
def fgt(access: ArrayLike, pop: ArrayLike, z: float) -> Floats | None: ...
@overload
def fgt(access: ArrayLike, pop: ArrayLike, z: Sequence[float]) -> Floats | None: ...


def fgt(access: ArrayLike, pop: ArrayLike, z: float | Sequence[float]) -> Floats | None:
    """Return the poverty of access under a line: share, gap and severity, (3,) or (Z, 3).

    `access < z` is poor. None where nobody lives. Source: Foster, Greer & Thorbecke (1984).
    """
    people = amounts(pop, "pop")
    measure = measures(access, people)
    if measure.ndim != 1:
        raise ValueError("fgt takes one measure of access: give several lines instead")
    lines = np.atleast_1d(np.array(z, dtype=float))
    if not (lines > 0).all():
        raise ValueError(f"a line of poverty is over 0: got {z}")
    if people.sum() == 0:
        return None
    gap = np.where(measure < lines[:, None], 1 - measure / lines[:, None], np.nan)
    poor = ~np.isnan(gap)
    powers = [np.where(poor, np.nan_to_num(gap) ** alpha, 0.0) @ people for alpha in range(3)]
    rates: Floats = np.stack(powers, axis=1) / people.sum()
    return rates[0] if np.ndim(z) == 0 else rates


def ranked_population(pop: ArrayLike, income: Any) -> tuple[float, float]:
    """Return the people whose zone has an income, then those left out of the rank indicators."""
    people = amounts(pop, "pop")
    ranked, _ = _ranked(people, income)
    return float(people[ranked].sum()), float(people[~ranked].sum())


def _theil(measure: Floats, people: Floats) -> Value:
    total = people.sum()
    if total == 0 or (mean := float(measure @ people) / total) == 0:
        return None
    share = measure / mean
    held = share > 0
    return float(np.sum(people[held] * share[held] * np.log(share[held])) / total)


def _ranked(people: Floats, income: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return which zones have people and an income, and the rank of each of them, ties pooled."""
    incomes = np.array(income, dtype=float)
    if incomes.shape != people.shape:
        raise ValueError(f"income: expected {len(people)} values, got {incomes.shape}")
    ranked = (people > 0) & np.isfinite(incomes)
    _, rank = np.unique(incomes[ranked], return_inverse=True)
    return ranked, rank.reshape(-1)


def _part(ends: Floats, sizes: Floats, from_: float, to: float) -> Floats:
    """Return how many people of each rank lie between two counts, from the poorest."""
    inside: Floats = np.clip(np.minimum(ends, to) - np.maximum(ends - sizes, from_), 0.0, None)
    return inside


def _bounds(kind: str, bounds: tuple[float, float] | None) -> tuple[float, float]:
    if kind not in ("standard", "erreygers"):
        raise ValueError(f"kind: standard or erreygers, got {kind!r}")
    if kind == "standard":
        return 0.0, np.inf
    if bounds is None:
        raise ValueError("the Erreygers index needs the bounds of the measure: give bounds=(0, …)")
    low, high = map(float, bounds)
    if not low < high:
        raise ValueError(f"bounds: the first is under the second, got {bounds}")
    return low, high


def _each(values: Floats, index: Callable[[Floats], Value]) -> Value | list[Value]:
    """Return the index of one measure, or of each of several."""
    return index(values) if values.ndim == 1 else [index(measure) for measure in values]
