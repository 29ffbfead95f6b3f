"""Flows between homes and jobs: the doubly-constrained gravity model of Wilson (1971).

T_ij = A_i O_i B_j D_j exp(-beta c_ij). No model fitted here holds elsewhere, and no figure made
with one goes without its fit, and the fit of beta = 0 beside.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy  # its submodules load at their first use
from numpy.typing import ArrayLike

from .arrays import Floats, amounts

GAP = 1e-10
ROUNDS = 5000
_NEAR_TOTAL = 1e-9


def furness(O: ArrayLike, D: ArrayLike, F: Any, gap: float = GAP) -> dict[str, Any]:  # noqa: E741, N803
    """Return flows with given margins: {"T": (I, J), "gap", "rounds"}.

    O: (I,), D: (J,), totals that must be equal: ValueError, they are never rescaled. F: (I, J),
    weights, 0 for a pair that cannot be. Columns are exact; stops when the widest row difference
    over the largest O is at most `gap`, the one reached is returned. Source: Furness (1965).
    """
    origins, destinations, weights = _margins(O, D, F)
    largest = origins.max(initial=0.0)
    if largest == 0:
        return {"T": np.zeros(weights.shape), "gap": 0.0, "rounds": 0}
    b = np.ones(len(destinations))
    reached, rounds = np.inf, 0
    while reached > gap and rounds < ROUNDS:
        rounds += 1
        a = _over(origins, weights @ b)
        b = _over(destinations, a @ weights)
        flows = a[:, None] * weights * b
        reached = float(np.abs(flows.sum(axis=1) - origins).max() / largest)
    return {"T": flows, "gap": reached, "rounds": rounds}


def furness_beta(
    O: ArrayLike,  # noqa: E741, N803
    D: ArrayLike,  # noqa: N803
    C: Any,  # noqa: N803
    betas: Sequence[float],
    support: Any = None,
) -> dict[str, dict[str, Any]]:
    """Return the flows of several decays, by decay as text: {"0.1": {"T", "mean_cost", "gap"}}.

    C: (I, J), costs. support: bool (I, J), the pairs that were sampled; the others have weight 0.
    """
    costs = _costs(C)
    made = {}
    for beta in betas:
        flows = furness(O, D, _weights(costs, beta, support))
        flows["mean_cost"] = _mean(flows["T"], costs)
        made[f"{beta:g}"] = flows
    return made


def calibrate(
    O: ArrayLike,  # noqa: E741, N803
    D: ArrayLike,  # noqa: N803
    C: Any,  # noqa: N803
    target: float,
    support: Any = None,
) -> dict[str, Any]:
    """Return the decay that gives a mean cost, and its flows.

    {"beta", "T", "mean_cost", "gap", "evaluations", "is_negative"}: `is_negative` where the mean
    cost is over that of beta = 0. The mean cost falls as beta rises, so the root is bracketed.
    Raises ValueError where no decay gives it. Source: Hyman (1969).
    """
    costs = _costs(C)
    evaluations = 0

    def excess(beta: float) -> float:
        nonlocal evaluations
        evaluations += 1
        return _mean(furness(O, D, _weights(costs, beta, support))["T"], costs) - target

    ends = _bracket(excess, costs, target)
    is_exact = ends[0] == ends[1]
    beta = (
        ends[0] if is_exact else float(scipy.optimize.brentq(excess, *ends, xtol=1e-13, rtol=1e-12))
    )
    flows = furness(O, D, _weights(costs, beta, support))
    return {
        "beta": beta,
        "T": flows["T"],
        "mean_cost": _mean(flows["T"], costs),
        "gap": flows["gap"],
        "evaluations": evaluations,
        "is_negative": beta < 0,
    }


def fit(obs: Any, mod: Any, support: Any = None) -> dict[str, float | None]:
    """Return how near two tables of flows are: {"CPC", "SRMSE"}.

    CPC: common part of commuters, 0 to 1. SRMSE: root of the mean square difference over the mean.
    Pairs out of `support` are left out of both. No R²: on concentrated flows it is near 1 for free.
    """
    seen, made = np.array(obs, dtype=float), np.array(mod, dtype=float)
    if seen.shape != made.shape:
        raise ValueError(f"tables of different shapes: {seen.shape} and {made.shape}")
    kept = np.ones(seen.shape, bool) if support is None else np.array(support, dtype=bool)
    seen, made = seen[kept], made[kept]
    both = seen.sum() + made.sum()
    mean = seen.mean() if len(seen) else 0.0
    return {
        "CPC": float(2 * np.minimum(seen, made).sum() / both) if both else None,
        "SRMSE": float(np.sqrt(np.mean((seen - made) ** 2)) / mean) if mean else None,
    }


def fit_gravity(obs: Any, C: Any, support: Any = None) -> dict[str, Any]:  # noqa: N803
    """Return a gravity model fitted on observed flows, beside that of beta = 0.

    {"beta", "T", "mean_cost", "CPC", "SRMSE", "at_zero": {"CPC", "SRMSE"}, …}. support: the pairs
    that were sampled; a pair that was not is no zero.
    """
    seen, costs = np.array(obs, dtype=float), _costs(C)
    margins = seen.sum(axis=1), seen.sum(axis=0)
    fitted = calibrate(*margins, costs, _mean(seen, costs), support)
    flat = furness(*margins, _weights(costs, 0.0, support))
    return fitted | fit(seen, fitted["T"], support) | {"at_zero": fit(seen, flat["T"], support)}


def _margins(O: ArrayLike, D: ArrayLike, F: Any) -> tuple[Floats, Floats, Floats]:  # noqa: E741, N803
    origins, destinations = amounts(O, "O"), amounts(D, "D")
    weights = np.array(F, dtype=float)
    if weights.shape != (len(origins), len(destinations)):
        raise ValueError(
            f"weights: expected {len(origins)} × {len(destinations)}, got {weights.shape}"
        )
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError("a weight is a positive number or 0")
    totals = origins.sum(), destinations.sum()
    if abs(totals[0] - totals[1]) > _NEAR_TOTAL * max(*totals, 1.0):
        raise ValueError(f"margins differ: {totals[0]:g} leave, {totals[1]:g} arrive")
    lonely = (origins > 0) & ~(weights[:, destinations > 0] > 0).any(axis=1)
    empty = (destinations > 0) & ~(weights[origins > 0] > 0).any(axis=0)
    if lonely.any() or empty.any():
        raise ValueError(
            f"no way for {lonely.sum()} origins and {empty.sum()} destinations that have people"
        )
    return origins, destinations, weights


def _costs(C: Any) -> Floats:  # noqa: N803
    costs = np.array(C, dtype=float)
    costs[np.isnan(costs)] = np.inf
    return costs


def _weights(costs: Floats, beta: float, support: Any) -> Floats:
    """Return exp(-beta × (cost - least)), 0 for no way: a constant changes no flow."""
    kept = np.isfinite(costs)
    if support is not None:
        kept &= np.array(support, dtype=bool)
    # The same constant by row leaves the flows as they are, and none of them vanishes.
    sign = -1 if beta < 0 else 1
    least = sign * np.where(kept, sign * costs, np.inf).min(axis=1, keepdims=True)
    least = np.where(np.isfinite(least), least, 0.0)
    weights: Floats = np.where(kept, np.exp(-beta * (np.where(kept, costs, least) - least)), 0.0)
    return weights


def _bracket(excess: Any, costs: Floats, target: float) -> tuple[float, float]:
    """Return two decays around the one that gives the target; twice the same where it is found."""
    at_zero = excess(0.0)
    near = 1e-12 * max(abs(target), 1.0)
    if abs(at_zero) <= near:
        return 0.0, 0.0
    sign = 1.0 if at_zero > 0 else -1.0
    spread = np.ptp(costs[np.isfinite(costs)])
    step = sign / max(target, spread, 1e-9)
    inner = 0.0
    for _ in range(24):
        value = excess(step)
        if sign * value <= 0:
            return inner, step
        inner, step = step, step * 2
        # Beyond, weights vanish in floating point.
        if abs(step) * spread > 600:
            break
    raise ValueError(
        f"no decay gives a mean cost of {target:g}: {value + target:g} is the nearest found"
    )


def _mean(flows: Floats, costs: Floats) -> float:
    moved = flows > 0
    return float(np.sum(flows[moved] * costs[moved]) / flows.sum())


def _over(over: Floats, under: Floats) -> Floats:
    return np.divide(over, under, out=np.zeros_like(over), where=under > 0)
