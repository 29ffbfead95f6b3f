"""A9_MINUTES: how much longer a journey is for who leaves at a bad minute than at a usual one."""

from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from traitdunion import reach
from traitdunion.reach.commutes import MAX_TRIP_S
from traitdunion.reach.timetable import PLACES

from .figures import mean_by_territory
from .profiles import BASE
from .question import Question
from .shifts import NamedShift

WINDOW_S = 2 * 3600
STEP_S = 300
BYTES_AT_ONCE = 100_000_000
USUAL, LATE = 0.5, 0.9


def main_sites(question: Question) -> NDArray[np.bool_]:
    """Return the main poles of each home, bool (W, H), as the rest of the run judges them."""
    ground = question.ground
    homes = ground.points(ground.homes)
    by_car = question.week_of_sites().held(homes, [reach.CAR]).out[:, :, 0].min(axis=0)
    return ground.main_poles(slice(0, len(homes)), by_car)


def spread_minutes(question: Question, sites: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the 90th less the 50th percentile of minutes to a pole, (K, H), NaN where not known.

    sites: bool (W, H), the main poles of each home. Every five minutes of the two hours that end at
    the start of the shift, on its first day; to the pole of the shortest median. A percentile that
    falls on a departure which leads nowhere is not known.
    """
    rows = np.flatnonzero(sites.any(axis=1))
    spread = np.full((len(question.shifts), sites.shape[1]), np.nan)
    points = [question.ground.site_points[row] for row in rows]
    size = max(1, BYTES_AT_ONCE // (8 * max(1, len(rows)) * (WINDOW_S // STEP_S)))
    for start in range(0, sites.shape[1] if points else 0, size):
        part = slice(start, start + size)
        homes = question.ground.points(question.ground.homes[part])
        for k, named in enumerate(question.shifts):
            seconds = reach.matrix(
                question.timetable, homes, points, departures(question, named),
                streets=question.streets,
            )  # fmt: skip
            spread[k, part] = _spread(seconds, sites[rows, part].T) / 60
    return spread


def _kept_spread(question: Question, sites: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return `spread_minutes`, which no solution and no profile changes, kept by the timetable."""
    shifts = tuple(named.shift for named in question.shifts)
    ground = question.ground
    places = tuple(ground.points(ground.homes)), tuple(ground.site_points), sites.tobytes()
    key = "minutes of a bad moment", places, shifts, question.week, id(question.streets)
    # Computed out of `keep`, whose lock would make others wait for their views.
    kept: dict[str, NDArray[np.float64]] = question.timetable.keep(key, dict, PLACES)
    if "spread" not in kept:
        kept["spread"] = spread_minutes(question, sites)
    return kept["spread"]


def _spread(seconds: NDArray[np.int32], sites: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the seconds between both percentiles, (h,), of (h, W, D) and the poles (h, W)."""
    usual, late = (_rank(seconds, share) for share in (USUAL, LATE))
    best = np.where(sites, usual, np.inf).argmin(axis=1)[:, None]
    medians = np.take_along_axis(usual, best, axis=1)[:, 0]
    nineties = np.take_along_axis(late, best, axis=1)[:, 0]
    known = sites.any(axis=1) & np.isfinite(nineties)
    return np.where(known, np.where(known, nineties, 0) - np.where(known, medians, 0), np.nan)


def departures(question: Question, named: NamedShift) -> reach.Departures:
    """Return the moments of leaving in the window of a shift."""
    shift = named.shift
    on = question.week + timedelta(min(shift.days))
    return reach.Departures(on, range(shift.start_s - WINDOW_S, shift.start_s, STEP_S))


def _rank(seconds: NDArray[np.int32], share: float) -> NDArray[np.float64]:
    """Return the time of rank share × (n - 1), halves up, of (H, W, D).

    Infinite where it is beyond the longest trip.
    """
    ordered = np.sort(np.where(seconds > MAX_TRIP_S, np.inf, seconds), axis=2)
    of_rank: NDArray[np.float64] = ordered[:, :, int(share * (seconds.shape[2] - 1) + 0.5)]
    return of_rank


def reliability(question: Question) -> pl.DataFrame:
    """Return A9_MINUTES by territory and shift, by the lines and on foot."""
    ground = question.ground
    spread = _kept_spread(question, main_sites(question))
    communes = np.array(ground.communes)[ground.commune_of]
    shifts = [named.code for named in question.shifts]
    frame = pl.DataFrame(
        {
            "commune": np.tile(communes, len(shifts)),
            "people": np.tile(ground.people, len(shifts)),
            "shift": np.repeat(shifts, len(communes)),
            "value": spread.ravel(),
        }
    ).with_columns(pl.col("value").fill_nan(None))
    return mean_by_territory(frame, ground, BASE, "A9_MINUTES")
