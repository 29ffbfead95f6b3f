"""The demonstration network: sound GTFS, and the answers its story needs."""

from datetime import date
from pathlib import Path

import pytest
from draw import at

import traitdunion.data
from traitdunion import reach
from traitdunion.sources.demo_network import day_type, holidays, write_demo_gtfs

SOURCE = Path(traitdunion.data.__path__[0]) / "demo" / "network.yaml"
MONDAY = date(2026, 11, 23)
LANGEAC, LE_PUY = reach.Point(45.0984, 3.4943), reach.Point(45.0431, 3.8835)
SAUGUES = reach.Point(44.9602, 3.5466)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    feed = tmp_path_factory.mktemp("demo") / "demo.zip"
    write_demo_gtfs(SOURCE, feed, start=MONDAY, days=35)
    return reach.Timetable.from_gtfs(feed, start=MONDAY, days=35)


def test_the_feed_is_read_with_nothing_to_say(demo):
    assert demo.report.findings == []


def test_the_same_source_gives_the_same_bytes(tmp_path):
    first = write_demo_gtfs(SOURCE, tmp_path / "a.zip", start=MONDAY, days=7).read_bytes()
    assert write_demo_gtfs(SOURCE, tmp_path / "b.zip", start=MONDAY, days=7).read_bytes() == first


def test_langeac_reaches_a_day_shift_in_le_puy_all_week(demo):
    shift = reach.Shift(at("8:00"), at("16:00"))
    week = reach.there_and_back(demo, LANGEAC, LE_PUY, shift, week=MONDAY)
    assert week.feasible_days == week.asked_days == 5
    ride = next(leg for leg in week.days[0].out.legs if leg.kind == "ride")
    # The 6:25 from the station passes the square three minutes later, place du Breuil at 7:21.
    assert (ride.departure_s, ride.arrival_s) == (at("6:28"), at("7:21"))
    assert ride.agency == "Cars Région (démonstration)"


def test_saugues_has_no_way_out_in_time(demo):
    shift = reach.Shift(at("8:00"), at("16:00"))
    week = reach.there_and_back(demo, SAUGUES, LE_PUY, shift, week=MONDAY)
    assert set(week.failing.values()) == {reach.Reason.NO_TRIP_OUT}


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 11, 23), "semaine"),
        (date(2026, 11, 28), "samedi"),
        (date(2026, 11, 29), "dimanche"),
        (date(2026, 12, 25), "dimanche"),
        (date(2026, 4, 6), "dimanche"),  # lundi de Pâques
        (date(2026, 5, 14), "dimanche"),  # Ascension
    ],
)
def test_holidays_run_as_sundays(on, expected):
    assert day_type(on) == expected


def test_there_are_eleven_public_holidays():
    assert len(holidays(2026)) == 11
