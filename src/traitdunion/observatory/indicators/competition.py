"""Access where people compete for the same opportunities.

`W` holds impedances, float (I, J): 0 where there is no way, or (T, I, J) for several at once.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Floats, amounts, costs, decay


def two_sfca(W: Any, pop: ArrayLike, opp: ArrayLike) -> Floats:  # noqa: N803
    """Return opportunities per person by two steps of floating catchment, (I,) or (T, I).

    pop: (I,), people. opp: (J,), opportunities. A destination that no person can reach gives
    nothing. Source: Luo & Wang (2003).
    """
    weights, people, there = _weights(W, pop, opp)
    demand = np.einsum("...ij,i->...j", weights, people)
    shared: Floats = np.einsum("...ij,...j->...i", weights, _ratio(there, demand))
    return shared


def two_step_floating_catchment(W: Any, pop: ArrayLike, opp: ArrayLike) -> Floats:  # noqa: N803
    """Return opportunities per person: `two_sfca` under its whole name."""
    return two_sfca(W, pop, opp)


def bfca(W: Any, pop: ArrayLike, opp: ArrayLike) -> Floats:  # noqa: N803
    """Return opportunities per person, balanced: no demand and no supply counts twice, (I,).

    Impedances are shared by row for the demand, by column for the supply.
    Source: Paez, Higgins & Vivona (2019).
    """
    weights, people, there = _weights(W, pop, opp)
    by_row = _ratio(weights, weights.sum(axis=-1, keepdims=True))
    by_column = _ratio(weights, weights.sum(axis=-2, keepdims=True))
    demand = np.einsum("...ij,i->...j", by_row, people)
    shared: Floats = np.einsum("...ij,...j->...i", by_column, _ratio(there, demand))
    return shared


def spatial_availability(
    W: Any = None,  # noqa: N803
    pop: ArrayLike = (),
    opp: ArrayLike = (),
    alpha: float = 1.0,
    *,
    W_exp: Mapping[str, Any] | None = None,  # noqa: N803
) -> Floats:
    """Return the opportunities that fall to each origin, (I,) or (T, I).

    Their sum is the opportunities that at least one person reaches. `alpha`: exponent of the
    people; with 1, it is people × `two_sfca`. `W_exp`: {"cost": (I, J), "beta": number} in place
    of `W`. Source: Soukhov et al. (2023).
    """
    if W_exp is not None:
        W = decay(costs(W_exp["cost"]), float(W_exp["beta"]))  # noqa: N806
    weights, people, there = _weights(W, pop, opp)
    # 0 to the power 0 is 1: an empty zone claims nothing all the same.
    mass = np.where(people > 0, people**alpha, 0.0)
    claims = weights * mass[:, None]
    fallen: Floats = np.einsum(
        "...ij,j->...i", _ratio(claims, claims.sum(axis=-2, keepdims=True)), there
    )
    return fallen


def _weights(W: Any, pop: ArrayLike, opp: ArrayLike) -> tuple[Floats, Floats, Floats]:  # noqa: N803
    weights = np.array(W, dtype=float)
    if weights.ndim not in (2, 3):
        raise ValueError(f"impedances have two axes, origins × destinations: got {weights.ndim}")
    weights[np.isnan(weights)] = 0.0
    if (weights < 0).any() or np.isinf(weights).any():
        raise ValueError("an impedance is a positive number or 0")
    people = amounts(pop, "pop", weights.shape[-2])
    there = amounts(opp, "opp", weights.shape[-1])
    return weights, people, there


def _ratio(over: Floats, under: Floats) -> Floats:
    """Return over / under, 0 where under is 0."""
    over, under = np.broadcast_arrays(over, under)
    return np.divide(over, under, out=np.zeros(over.shape), where=under > 0)
