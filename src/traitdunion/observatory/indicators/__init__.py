"""Indicators of access and of its sharing, on plain arrays.

I origins, J destinations. A cost that is infinite, NaN or None is "unreachable": weight 0, whatever
the decay. An origin that reaches nothing is a row with 0 (infinite for dual access). A ratio that
is not defined is None, never NaN, infinite or 0.

>>> from traitdunion.observatory import indicators
>>> indicators.cumulative([[5, 20, 40], [20, 5, 30]], [10, 20, 40], cutoff=30).tolist()
[30.0, 70.0]
"""

from .access import cost_to_closest, cumulative, cumulative_interval, dual_access, gravity
from .competition import bfca, spatial_availability, two_sfca, two_step_floating_catchment
from .equity import (
    concentration,
    concentration_index,
    fgt,
    gini,
    palma,
    ranked_population,
    theil,
    theil_groups,
)
from .flows import calibrate, fit, fit_gravity, furness, furness_beta

__all__ = [
    "bfca",
    "calibrate",
    "concentration",
    "concentration_index",
    "cost_to_closest",
    "cumulative",
    "cumulative_interval",
    "dual_access",
    "fgt",
    "fit",
    "fit_gravity",
    "furness",
    "furness_beta",
    "gini",
    "gravity",
    "palma",
    "ranked_population",
    "spatial_availability",
    "theil",
    "theil_groups",
    "two_sfca",
    "two_step_floating_catchment",
]
