"""A run after a change of the catalogue reuses what was searched, and gives the same."""

from dataclasses import replace

import numpy as np
import pytest
from straight_road import Offer, road

from tests.observatory.test_worked_by_hand import GROUND, QUESTION
from traitdunion import reach
from traitdunion.observatory.running import reliability as minutes
from traitdunion.observatory.running.computing import compute
from traitdunion.observatory.running.figures import causes_of, figures_of, homes_frame

SCOOTER = Offer("scooter", "Scooter prêté", "location_2rm", zone=("43112",), mode="scooter",
                permis_requis="aucun", par_mois_eur=40)  # fmt: skip
LINES = "A 7:10 > B 7:40", "B 16:20 > A 16:50"


def over(timetable, offers=QUESTION.offers):
    """Return the question over a timetable and some offers, whatever was asked of it before."""
    streets = reach.DetourStreets(timetable.arrays["stop_lat"], timetable.arrays["stop_lon"])
    return replace(QUESTION, timetable=timetable, streets=streets, offers=tuple(offers))


def figures(question):
    rows = slice(0, len(GROUND.homes))
    homes = homes_frame(question, rows, compute(question, question.week_of_sites(), rows))
    frames = figures_of(homes, GROUND), causes_of(homes, GROUND), minutes.reliability(question)
    return [frame.sort(frame.columns) for frame in frames]


@pytest.mark.parametrize(
    "offers", [(), QUESTION.offers, (*QUESTION.offers, SCOOTER), (SCOOTER,)],
    ids=["none left", "the same", "one more", "one for another"],
)  # fmt: skip
def test_it_gives_to_the_bit_what_a_run_that_knows_nothing_gives(offers):
    first = over(road(*LINES))
    figures(first)
    second = figures(replace(first, offers=tuple(offers)))
    for reused, alone in zip(second, figures(over(road(*LINES), offers)), strict=True):
        assert reused.equals(alone)


def test_it_searches_no_site_and_no_minute_again(monkeypatch):
    """The ways of the offer that is left are among those of the first run: nothing is searched."""
    first = over(road(*LINES))
    figures(first)
    searches = []
    monkeypatch.setattr(reach.SiteWeek, "_search", lambda *_: searches.append("sites"))
    monkeypatch.setattr(reach, "matrix", lambda *_, **__: searches.append("minutes"))
    figures(replace(first, offers=()))
    assert searches == []


def test_another_week_is_searched_by_itself():
    first = over(road(*LINES))
    kept = minutes._kept_spread(first, minutes.main_sites(first))
    other = replace(first, shifts=first.shifts[:2])
    alone = minutes._kept_spread(other, minutes.main_sites(other))
    assert kept.shape[0] == len(first.shifts)
    assert np.array_equal(alone, kept[:2], equal_nan=True)
