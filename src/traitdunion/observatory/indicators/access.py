"""How much an origin reaches, and at what cost.

A threshold may be one number or several: several add a first axis, in their order.
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Floats, amounts, costs, decay

Summary = Literal["median", "mean", "min", "max"]
_SUMMARIES: dict[str, Callable[..., Floats]] = {
    "median": np.median,
    "mean": np.mean,
    "min": np.min,
    "max": np.max,
}


def cumulative(cost: Any, opp: ArrayLike, cutoff: ArrayLike) -> Floats:
    """Return the opportunities within a threshold, `cost <= cutoff`, (I,) or (T, I).

    cost: (I, J), in any unit; None, NaN or infinite where there is no way.
    opp: (J,), opportunities. cutoff: one threshold, or T, in the unit of `cost`.
    Source: Owen & Murphy, Access Across America (2020).
    """
    to = costs(cost)
    there = amounts(opp, "opp", to.shape[1])
    thresholds = np.atleast_1d(np.array(cutoff, dtype=float))
    if np.isnan(thresholds).any() or (thresholds < 0).any():
        raise ValueError(f"a threshold is a positive number or 0: got {cutoff!r}")
    # Infinite costs are out of reach of an infinite threshold too.
    within = np.stack([(to <= limit) & np.isfinite(to) for limit in thresholds]) @ there
    return _like(cutoff, within)


def cumulative_interval(
    cost: Any,
    opp: ArrayLike,
    lo: float,
    hi: float,
    step: float = 1,
    summary: Summary = "median",
) -> Floats:
    """Return a summary of the opportunities within lo, lo + step … up to hi, (I,).

    It depends less than one threshold on the choice of it; an even number of thresholds has the
    mean of the two middle values for a median. Source: Tomasiello et al. (2023).
    """
    if step <= 0 or hi < lo:
        raise ValueError(f"thresholds from {lo} to {hi} by {step}: none")
    if summary not in _SUMMARIES:
        raise ValueError(f"summary: one of {', '.join(_SUMMARIES)}, got {summary!r}")
    n = int(np.floor((hi - lo) / step + 1e-9)) + 1
    by_threshold = cumulative(cost, opp, lo + step * np.arange(n))
    summarised: Floats = _SUMMARIES[summary](by_threshold, axis=0)
    return summarised


def dual_access(cost: Any, opp: ArrayLike, k: ArrayLike = 1) -> Floats:
    """Return the least cost at which k opportunities are reached, (I,) or (T, I).

    Infinite where fewer are reached; a destination with none does not count; ties count together.
    The inverse of `cumulative`. Source: Cui & Levinson (2020).
    """
    to = costs(cost)
    there = amounts(opp, "opp", to.shape[1])
    wanted = np.atleast_1d(np.array(k, dtype=float))
    if not (wanted > 0).all():
        raise ValueError(f"k is a number of opportunities over 0: got {k!r}")
    order = np.argsort(to, axis=1, kind="stable")
    sorted_to = np.take_along_axis(to, order, axis=1)
    reached = np.cumsum(np.where(np.isfinite(sorted_to), there[order], 0.0), axis=1)
    least = np.full((len(wanted), len(to)), np.inf)
    for t, count in enumerate(wanted):
        enough = reached >= count
        first = enough.argmax(axis=1)
        rows = enough.any(axis=1)
        least[t, rows] = sorted_to[rows, first[rows]]
    return _like(k, least)


def cost_to_closest(cost: Any, opp: ArrayLike, k: ArrayLike = 1) -> Floats:
    """Return the least cost to the k nearest opportunities: `dual_access` under its usual name."""
    return dual_access(cost, opp, k)


def gravity(cost: Any, opp: ArrayLike, beta: ArrayLike) -> Floats:
    """Return opportunities weighted by exp(-beta × cost), (I,) or (T, I).

    beta: one decay or T, per unit of cost. Source: Hansen (1959), Wilson (1971).
    """
    to = costs(cost)
    there = amounts(opp, "opp", to.shape[1])
    weighted = np.stack([decay(to, value) @ there for value in np.atleast_1d(beta)])
    return _like(beta, weighted)


def _like(threshold: ArrayLike, rows: Floats) -> Floats:
    """Return (I,) for one threshold, (T, I) for several."""
    return rows[0] if np.ndim(threshold) == 0 else rows
