"""How far the centre of a commune stands for its addresses: from which of them a job is held."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from traitdunion import reach

from .alternatives import AWARDED
from .answering import epci_of_commune
from .eligibility.aids import Eligibility
from .eligibility.conditions import worst
from .eligibility.judging import OWN, judged, owned
from .eligibility.searches import SituationSearches
from .feasibility.candidates import own_ways, public_ways
from .feasibility.travels import Asked, Travel
from .margins import limits_of
from .reach_map.travelled import commute_of
from .situation import Situation


class Around(NamedTuple):
    """Whether every day is held from the centre, and the share of addresses (0–1) that differ."""

    is_held: bool
    share: float


def around_centre(
    situation: Situation,
    points: Sequence[tuple[float, float, int]],
    *,
    timetable: reach.Timetable,
    streets: reach.Streets,
) -> Around | None:
    """Compare the days held from the home of a situation with those held from addresses around.

    `points`: latitude, longitude, addresses there. On foot, by the lines and by one's own vehicle:
    loans and rides to book are left to the answer. None where there is nothing to compare: no
    address, one commune for both ends, or a stop, a wait or a second employer that bounds the day.
    """
    searches = SituationSearches(situation, timetable, streets)
    if not points or situation.is_within_one_commune or searches.asked.is_bounded:
        return None
    # Searches that the moment of asking bounds, by a notice, would not be kept for other answers.
    limits = limits_of(situation.margins, walk=situation.needs.walk)
    asked = replace(searches.asked, limits=limits)
    candidates = [*own_ways(OWN[situation.vehicule], certain=True),
                  *public_ways(owned(situation.vehicule))]  # fmt: skip
    travels = [
        way.travel
        for way in judged(candidates, situation, epci_of_commune, Eligibility(situation))
        if way.blocked is None and worst(way.findings) in AWARDED
    ]
    modes = [_mode(travel, asked) for travel in travels]
    site = reach.kept_site_week(
        searches.timetable, [searches.work], [situation.shift],
        week=situation.week, limits=asked.limits, streets=searches.streets,
    )  # fmt: skip
    homes = [searches.home, *(reach.Point(lat, lon) for lat, lon, _ in points)]
    words = site.words(homes, modes)[:, 0]
    every = np.uint64(sum(1 << day for day in situation.shift.days))
    held = (np.bitwise_or.reduce(words, axis=0) & every) == every
    counts = np.array([n for _, _, n in points])
    return Around(bool(held[0]), float(counts[held[1:] != held[0]].sum() / counts.sum()))


def _mode(travel: Travel, asked: Asked) -> reach.Commute | reach.Mode:
    """Return a way of travelling as `reach.SiteWeek.words` takes it."""
    if travel.is_public or travel.mode is None:
        return commute_of(travel, asked)
    return asked.limits.walk if travel.mode == reach.WALK else travel.mode
