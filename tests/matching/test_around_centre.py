"""The addresses of a commune whose days held differ from those of its centre, on a drawn road."""

from dataclasses import replace

import pytest
from straight_road import Network, latitude, place, road, situation

from traitdunion import reach
from traitdunion.matching.alternatives import AWARDED
from traitdunion.matching.answering import answer
from traitdunion.matching.around_centre import Around, around_centre
from traitdunion.matching.needs import Needs
from traitdunion.matching.situation import Permis, Place, Vehicule

TRIPS = ("A 6:50 > C 7:40 (12)", "C 16:10 > A 17:00 (12)")
STOPS = {"A": 500, "C": 20_000}
WORK = place(20_100, "Le Puy-en-Velay", "43157")
# Metres along the road, and how many addresses: two hamlets lie beyond a walk of two kilometres.
ADDRESSES = ((400, 50), (1_200, 10), (5_000, 25), (9_000, 15))
POINTS = [(latitude(metres), 3.0, n) for metres, n in ADDRESSES]


def around(asked, points=POINTS):
    tt = road(*TRIPS, stops=STOPS)
    streets = reach.DetourStreets(tt.arrays["stop_lat"], tt.arrays["stop_lon"])
    return around_centre(asked, points, timetable=tt, streets=streets)


def held_by_answers(asked, points=POINTS):
    """Return whether single answers hold every day, from the centre then from each address."""
    tt = road(*TRIPS, stops=STOPS)
    homes = [asked.home, *(Place("adresse", lat, lon, "43112", True) for lat, lon, _ in points)]
    answers = [
        answer(replace(asked, home=home), timetable=tt, solutions=(), network=Network(),
               epci_of={}.get)
        for home in homes
    ]  # fmt: skip
    return [
        any(option.verdict in AWARDED and option.feasible_days == option.asked_days
            for option in alone.options)
        for alone in answers
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("home_m", "more", "expected"),
    [
        # On foot: 40 of 100 addresses are too far from a stop, and the centre is not.
        (400, {}, Around(True, 0.4)),
        # A centre out of reach, which most of its addresses are not.
        (5_000, {}, Around(False, 0.6)),
        # By one's own car every address holds the job, as the centre does.
        (400, {"permis": Permis.B, "vehicule": Vehicule.VOITURE}, Around(True, 0.0)),
        # A car that may not be driven opens nothing.
        (400, {"permis": Permis.AUCUN, "vehicule": Vehicule.VOITURE}, Around(True, 0.4)),
    ],
)
def test_the_share_is_that_of_single_answers(home_m, more, expected):
    asked = situation(home=place(home_m), work=WORK, **more)
    assert around(asked) == expected
    centre, *others = held_by_answers(asked)
    apart = sum(n for (_, n), held in zip(ADDRESSES, others, strict=True) if held != centre)
    assert (centre, apart / 100) == expected


def test_who_walks_less_differs_at_more_addresses():
    """At 700 m from the stop, one who walks 500 m takes no bus."""
    asked = situation(home=place(400), work=WORK, needs=Needs(walk_m=500))
    assert around(asked) == Around(True, 0.5)
    assert held_by_answers(asked) == [True, True, False, False, False]


def test_nothing_is_compared_without_addresses_or_within_one_commune():
    asked = situation(home=place(400), work=WORK)
    assert around(asked, []) is None
    assert around(replace(asked, work=asked.home)) is None
