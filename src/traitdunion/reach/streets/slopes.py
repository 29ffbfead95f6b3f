"""How slope changes speed, on foot and by bicycle: one number by slope, 1 on the flat.

Slopes are rise over run, positive uphill. What is returned is *slowness*: time over the time on
the flat, so that metres times slowness are the metres of flat road that take as long.
"""

import numpy as np

from ..places import Array

STEEPEST = 0.30
"""Slopes are held within this: steeper ones come from the elevation's grain, or are stairs."""


def walking(slope: Array) -> Array:
    """Return the slowness of a slope on foot, 1 on the flat.

    Source: Tobler, "Three presentations on geographical analysis and modeling", NCGIA 93-1, 1993.
    Speed is 6 exp(-3.5 |slope + 0.05|) km/h: fastest down a slope of 5 %.
    """
    slowness: Array = np.exp(3.5 * (np.abs(slope + 0.05) - 0.05))
    return slowness


FLAT_MS, UPHILL_MS, DOWNHILL_MS = 6.01, 0.4002, 0.2379
SLOWEST_SHARE = 0.25
"""A rider who falls to a quarter of the speed on the flat gets off and pushes (4 km/h of 16)."""
BRAKED_SLOPE = 0.08
"""Steeper descents are ridden no faster: one brakes."""


def cycling(slope: Array) -> Array:
    """Return the slowness of a slope by bicycle, 1 on the flat.

    Source: Parkin and Rotheram, Transport Policy 17(5), 2010: 6.01 m/s on the flat, 0.4002 m/s less
    for each 1 % uphill, 0.2379 m/s more for each 1 % downhill, taken here as shares of the flat.
    """
    percent = 100 * np.asarray(slope, float)
    up = 1 - UPHILL_MS / FLAT_MS * np.maximum(percent, 0)
    down = 1 + DOWNHILL_MS / FLAT_MS * np.minimum(np.maximum(-percent, 0), 100 * BRAKED_SLOPE)
    slowness: Array = 1 / np.where(percent > 0, np.maximum(up, SLOWEST_SHARE), down)
    return slowness


ASSISTED_SLOPE = 0.042
"""The slope up which 250 W (règlement UE 168/2013, art. 2) carry 110 kg at 20 km/h:
250 W / (110 kg × 9.81 m/s² × 5.56 m/s) = 4.2 %."""


def assisted_cycling(slope: Array) -> Array:
    """Return `cycling` of the slope, less what the motor makes up for on climbs."""
    slope = np.asarray(slope, float)
    return cycling(np.where(slope > 0, np.maximum(slope - ASSISTED_SLOPE, 0), slope))


MODELS = {"walk": walking, "bike": cycling, "ebike": assisted_cycling}
