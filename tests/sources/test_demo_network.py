"""The demonstration network: sound GTFS, and the answers its story needs."""

import csv
import io
import math
import zipfile
from datetime import date, timedelta

import pytest
import yaml
from draw import at

from traitdunion import reach
from traitdunion.demonstration.network import DEMO, day_type, write_demo_gtfs
from traitdunion.rules.public_holidays import public_holidays

MONDAY = date(2026, 11, 23)
LANGEAC, LE_PUY = reach.Point(45.0984, 3.4943), reach.Point(45.0431, 3.8835)
SAUGUES, AUVERS = reach.Point(44.9602, 3.5466), reach.Point(44.9950, 3.4170)
YSSINGEAUX = reach.Point(45.1427, 4.1238)
LA_CHAISE_DIEU = reach.Point(45.3216, 3.6951)
LAPRADE = reach.Point(45.0409, 3.9615)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    feed = tmp_path_factory.mktemp("demo") / "demo.zip"
    write_demo_gtfs(DEMO, feed, start=MONDAY, days=35)
    return reach.Timetable.from_gtfs(feed, start=MONDAY, days=35)


def test_the_feed_is_read_with_nothing_to_say(demo):
    assert demo.report.findings == []


def test_the_same_source_gives_the_same_bytes(tmp_path):
    first = write_demo_gtfs(DEMO, tmp_path / "a.zip", start=MONDAY, days=7).read_bytes()
    assert write_demo_gtfs(DEMO, tmp_path / "b.zip", start=MONDAY, days=7).read_bytes() == first


def test_langeac_reaches_a_day_shift_in_le_puy_all_week(demo):
    shift = reach.Shift(at("8:00"), at("16:00"))
    week = reach.there_and_back(demo, LANGEAC, LE_PUY, shift, week=MONDAY)
    assert week.feasible_days == week.asked_days == 5
    ride = next(leg for leg in week.days[0].out.legs if leg.kind == "ride")
    # The 6:25 from the station passes the square three minutes later, place du Breuil at 7:21.
    assert (ride.departure_s, ride.arrival_s) == (at("6:28"), at("7:21"))
    assert ride.agency == "Cars Région (démonstration)"
    # Back by the 16:45 from the station: four minutes to the Breuil, 57 minutes to the square.
    home = next(leg for leg in week.days[0].back.legs if leg.kind == "ride")
    assert (home.departure_s, home.arrival_s) == (at("16:49"), at("17:42"))


@pytest.mark.parametrize("home", [SAUGUES, AUVERS])
def test_some_places_have_no_way_out_in_time(demo, home):
    shift = reach.Shift(at("8:00"), at("16:00"))
    week = reach.there_and_back(demo, home, LE_PUY, shift, week=MONDAY)
    assert set(week.failing.values()) == {reach.Reason.NO_TRIP_OUT}


def test_the_shift_of_five_o_clock_is_reached_from_le_puy_on_weekdays_only(demo):
    # Bus C leaves the Breuil at 4:23 and is at the Laprade at 4:41; back by the 13:12 from Blavozy.
    shift = reach.Shift(at("5:00"), at("13:00"), days=frozenset(range(7)))
    week = reach.there_and_back(demo, LE_PUY, LAPRADE, shift, week=MONDAY)
    assert [day.feasible for day in week.days] == [True] * 5 + [False] * 2


def test_the_shift_of_one_o_clock_is_reached_from_yssingeaux(demo):
    # The coach of the teams is at the Laprade at 12:36; that of 20:58 from Le Puy passes at 21:12.
    shift = reach.Shift(at("13:00"), at("21:00"))
    week = reach.there_and_back(demo, YSSINGEAUX, LAPRADE, shift, week=MONDAY)
    assert week.feasible_days == 5
    assert week.days[0].out.legs[-1].arrival_s == at("12:36")
    back = next(leg for leg in week.days[0].back.legs if leg.kind == "ride")
    assert back.departure_s == at("21:12")


def test_nobody_is_carried_on_christmas_day_as_on_a_weekday(demo):
    shift = reach.Shift(at("8:00"), at("16:00"))
    week = reach.there_and_back(demo, LANGEAC, LE_PUY, shift, week=date(2026, 12, 21))
    assert list(week.failing) == [date(2026, 12, 25)]


def test_a_coach_for_pupils_does_not_run_in_their_holidays(demo):
    # The 6:35 from La Chaise-Dieu and the 17:45 from Le Puy; Christmas begins on 19 December.
    shift = reach.Shift(at("8:00"), at("17:00"))
    weeks = [
        reach.there_and_back(demo, LA_CHAISE_DIEU, LE_PUY, shift, week=monday).feasible_days
        for monday in (MONDAY, date(2026, 12, 14), date(2026, 12, 21))
    ]
    assert weeks == [5, 5, 0]


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    """Times by trip and stop, as written."""
    feed = tmp_path_factory.mktemp("calls") / "demo.zip"
    write_demo_gtfs(DEMO, feed, start=MONDAY, days=7)
    with zipfile.ZipFile(feed) as archive:
        text = archive.read("stop_times.txt").decode()
    rows = csv.DictReader(io.StringIO(text))
    return {(row["trip_id"], row["stop_id"]): row["departure_time"] for row in rows}


@pytest.mark.parametrize(
    ("trip", "stop", "expected"),
    [
        ("P28-aller-semaine-0605", "bas_monistrol", "06:55:00"),  # 6:05 and 50 minutes
        ("P28-retour-semaine-0550", "retournac", "06:44:00"),  # 88 - 34 = 54 minutes
        ("H34-aller-semaine-0435", "monistrol", "05:41:00"),  # 66 minutes
        ("H34E-aller-semaine-0412", "laprade", "04:43:00"),  # before five o'clock
        ("H35-retour-samedi-1215", "monastier", "12:57:00"),  # the whole line takes 42 minutes
        ("B-aller-semaine-0735", "puy_hopital", "07:39:00"),
        ("C-retour-semaine-2112", "puy_cadelade", "21:41:00"),  # the last of the evening
    ],
)
def test_departures_are_those_of_the_source(calls, trip, stop, expected):
    assert calls[trip, stop] == expected


@pytest.mark.parametrize("weekday", range(7))
def test_a_single_day_is_sound_whatever_the_day(tmp_path, weekday):
    # A window without Saturday holds no trip of Saturday, which GTFS would call orphans.
    start = MONDAY + timedelta(weekday)
    feed = write_demo_gtfs(DEMO, tmp_path / "day.zip", start=start, days=1)
    assert reach.Timetable.from_gtfs(feed, start=start, days=1).report.findings == []


def test_a_network_of_no_day_is_refused(tmp_path):
    with pytest.raises(ValueError, match="au moins un jour"):
        write_demo_gtfs(DEMO, tmp_path / "none.zip", start=MONDAY, days=0)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("{langeac: 0, st_georges", "{langeak: 0, st_georges", "C8 : arrêt « langeak »"),
        ("reseau: urbain", "reseau: metro", "A : réseau « metro »"),
    ],
)
def test_a_line_that_names_nothing_known_is_told(tmp_path, before, after, message):
    source = tmp_path / "network.yaml"
    source.write_text(DEMO.read_text("utf-8").replace(before, after), "utf-8")
    with pytest.raises(ValueError, match=message):
        write_demo_gtfs(source, tmp_path / "out.zip", start=MONDAY, days=7)


def test_places_stand_where_they_are(shared):
    """Stations as SNCF has them, bourgs at the IGN's chef-lieu, to 300 m; 31 can be checked."""
    known = {**_stations(shared), **_bourgs(shared)}
    stops = yaml.safe_load(DEMO.read_text("utf-8"))["arrets"].values()
    checked = [(name, lat, lon, *known[name]) for name, lat, lon in stops if name in known]
    assert len(checked) >= 31
    far = [name for name, *points in checked if _metres(*points) > 300]
    assert far == []


def _stations(shared):
    renamed = {"Bas - Monistrol": "Bas-Monistrol", "Aurec": "Aurec-sur-Loire"}
    path = shared / "transit" / "sncf_ter_france_2025-01-22.zip"
    with zipfile.ZipFile(path) as archive:
        text = archive.read("stops.txt").decode("utf-8-sig")
    return {
        f"{renamed.get(row['stop_name'], row['stop_name'])} gare": (
            float(row["stop_lat"]),
            float(row["stop_lon"]),
        )
        for row in csv.DictReader(io.StringIO(text))
        if row["location_type"] == "1"
    }


def _bourgs(shared):
    text = (shared / "territory" / "reference_communes_43.csv").read_text("utf-8")
    return {
        f"{row['nom']} {kind}": (float(row["lat_cheflieu"]), float(row["lon_cheflieu"]))
        for row in csv.DictReader(io.StringIO(text))
        for kind in ("bourg", "mairie")
        if row["lat_cheflieu"]
    }


def _metres(lat, lon, other_lat, other_lon):
    east = (lon - other_lon) * math.cos(math.radians(lat))
    return math.hypot(lat - other_lat, east) * 111_195


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
    assert len(public_holidays(2026)) == 11
