"""The model of flows of a run: how distance puts off those who commute here, and A5 from it."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from .. import indicators
from .ground import Ground, crow_km

FAR_KM = 100.0
"""Beyond, a flow of a census is a second home or an old address more than a way of every day."""

INSIDE_KM = 2.0
"""Kilometres of a way within one commune, whose ends are not known."""


@dataclass(frozen=True)
class Gravity:
    """A doubly-constrained model fitted on the flows of a run.

    beta: decay by kilometre as the crow flies; cpc, srmse: how near the flows it gives are to those
    observed; the same with beta = 0, which tells what the fit owes to distance.
    """

    beta: float
    cpc: float
    srmse: float
    cpc_at_zero: float
    srmse_at_zero: float
    far_km: float = FAR_KM
    inside_km: float = INSIDE_KM

    @property
    def written(self) -> dict[str, float]:
        """Return it as a manifest keeps it."""
        return {name: round(value, 6) for name, value in asdict(self).items()}


def fitted(ground: Ground) -> Gravity | None:
    """Return the model fitted on the flows of a ground; None without flows, or without a fit.

    All workers of a commune are observed: a pair without a flow is a zero. A decay under 0, by
    which distance would attract, is no fit.
    """
    if ground.flows is None:
        return None
    km = commune_km(ground)
    seen = np.where(km <= FAR_KM, ground.flows, 0.0)
    rows, columns = seen.sum(axis=1) > 0, seen.sum(axis=0) > 0
    seen, km = seen[rows][:, columns], km[rows][:, columns]
    if not seen.size:
        return None
    try:
        fit: dict[str, Any] = indicators.fit_gravity(seen, km, km <= FAR_KM)
    except ValueError:
        return None
    flat = fit["at_zero"]
    if fit["is_negative"] or None in (fit["CPC"], fit["SRMSE"]):
        return None
    return Gravity(fit["beta"], fit["CPC"], fit["SRMSE"], flat["CPC"], flat["SRMSE"])


def commune_km(ground: Ground) -> np.ndarray:
    """Return kilometres from each commune to each site, (communes, W), as the crow flies.

    From the mean of its homes, by their people; INSIDE_KM where the site is in the commune.
    """
    n = len(ground.communes)
    weight = np.where(ground.people > 0, ground.people, 1e-6)
    whole = np.bincount(ground.commune_of, weight, minlength=n)
    ends = [
        np.bincount(ground.commune_of, weight * degrees, minlength=n) / whole
        for degrees in np.array([(home.lat, home.lon) for home in ground.homes]).T
    ]
    sites = np.array([(site.lat, site.lon) for site in ground.sites]).reshape(-1, 2)
    km = crow_km(sites, np.stack(ends, axis=1)).T
    codes = np.array(ground.communes)[:, None]
    here: np.ndarray = codes == np.array([site.code_insee or "" for site in ground.sites])
    return np.where(here, INSIDE_KM, km)


def weighted_jobs(
    kept: np.ndarray, ground: Ground, gravity: Gravity, shifts: tuple[str, ...]
) -> pl.DataFrame:
    """Return A5 by home: columns commune, people, shift, value.

    kept: bool (K, W, H), where the shift can be kept. The sum of exp(-beta km) over the jobs that a
    home can keep.
    """
    decay = np.exp(-gravity.beta * commune_km(ground))[ground.commune_of]
    jobs = np.nan_to_num(ground.jobs)
    value = np.einsum("kwh,hw,w->kh", kept, decay, jobs)
    communes = np.array(ground.communes)[ground.commune_of]
    return pl.DataFrame(
        {
            "commune": np.tile(communes, len(shifts)),
            "people": np.tile(ground.people, len(shifts)),
            "shift": np.repeat(list(shifts), len(communes)),
            "value": value.ravel(),
        }
    )
