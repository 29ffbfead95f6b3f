"""What indicators check of their arrays, once for all."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def costs(cost: Any) -> Floats:
    """Return costs as float64 (I, J), infinite where there is none (None, NaN).

    Raises ValueError for a negative cost or another number of axes.
    """
    values = np.atleast_1d(np.array(cost, dtype=float))
    if values.ndim != 2:
        raise ValueError(f"costs have two axes, origins × destinations: got {values.ndim}")
    values[np.isnan(values)] = np.inf
    if (values < 0).any():
        raise ValueError(f"a cost is never negative: got {values.min()}")
    return values


def amounts(values: ArrayLike, name: str, length: int | None = None) -> Floats:
    """Return amounts (people, jobs) as float64 (length,); raise ValueError for a negative one."""
    array = np.array(values, dtype=float)
    if array.ndim != 1 or (length is not None and len(array) != length):
        raise ValueError(f"{name}: expected {length} values, got an array of shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: a value is missing or infinite")
    if (array < 0).any():
        raise ValueError(f"{name}: a negative value, {array.min():g}")
    return array


def measures(access: ArrayLike, pop: Floats) -> Floats:
    """Return access as float64 (..., I), 0 where no one lives; raise ValueError where it is wrong.

    Zones without people influence nothing: what is not known of them is not asked.
    """
    array = np.array(access, dtype=float)
    if array.ndim not in (1, 2) or array.shape[-1] != len(pop):
        raise ValueError(f"access: expected {len(pop)} zones, got an array of shape {array.shape}")
    array[..., pop == 0] = 0.0
    if np.isnan(array).any() or np.isinf(array).any():
        raise ValueError("access: a value is missing or infinite where people live")
    if (array < 0).any():
        raise ValueError(f"access: a negative value, {array.min():g}")
    return array


def decay(cost: Floats, beta: float) -> Floats:
    """Return exp(-beta × cost), 0 where there is no way: exp(-0 × inf) is NaN in floating point."""
    reached = np.isfinite(cost)
    weights: Floats = np.where(reached, np.exp(-beta * np.where(reached, cost, 0.0)), 0.0)
    return weights
