"""Feeds as they are published: other formats, misspelt names, school lines, a French flex feed."""

import csv
import zipfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from le_puy_brioude import FILES, MONDAY, published, write

from traitdunion.reach.gtfs import FeedError, read_gtfs
from traitdunion.reach.gtfs.route_types import RESERVED, SCHOOL
from traitdunion.rules.public_holidays import public_holidays
from traitdunion.sources.school_holidays import is_school_holiday, school_zone

DATA = Path(__file__).parents[4] / "shared" / "data" / "transit"


def read(path, start=MONDAY, days=7):
    return read_gtfs([path], start=start, days=days)


def said(feed, code):
    return [str(finding) for finding in feed.report.findings if finding.code == code]


def test_netex_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "netex.zip", "w") as archive:
        archive.writestr("reseau/offre.xml", "<PublicationDelivery/>")
    with pytest.raises(FeedError, match=r"c'est du NeTEx .* au format GTFS"):
        read(tmp_path / "netex.zip")


@pytest.mark.parametrize(("separator", "name"), [(";", "points-virgules"), ("\t", "tabulations")])
def test_other_separators_are_named(tmp_path, separator, name):
    stops = FILES["stops"].replace(",", separator)
    with pytest.raises(FeedError, match=f"dans stops.txt, les champs sont séparés par des {name}"):
        read(write(tmp_path / "a.zip", stops=stops))


def test_a_file_whose_name_lacks_a_letter_is_told(tmp_path):
    path = write(tmp_path / "a.zip", calendar_date="service_id,date,exception_type\n")
    (text,) = said(read(path), "misspelt_file")
    assert "« calendar_date.txt » devrait s'appeler calendar_dates.txt" in text


def test_a_feed_refused_for_want_of_a_file_names_the_one_that_lacks_a_letter(tmp_path):
    only = {"calendar": None, "calendar_date": "service_id,date,exception_type\nWK,20261130,1\n"}
    with pytest.raises(FeedError, match=r"appeler calendar_dates\.txt"):
        read(write(tmp_path / "a.zip", **only))


def test_a_column_whose_name_is_nearly_right_is_told(tmp_path):
    times = FILES["stop_times"].replace("stop_sequence", "stop_sequence,dropoff_booking_rule_id")
    times = times.replace("\n", ",\n").replace("rule_id,\n", "rule_id\n")
    (text,) = said(read(write(tmp_path / "a.zip", stop_times=times)), "misspelt_column")
    assert "devrait s'appeler drop_off_booking_rule_id" in text


# -- what is read and not applied -------------------------------------------------------------


@pytest.mark.parametrize("source", ["drawn", "published"])
def test_a_line_that_stops_between_its_stops_is_told(tmp_path, source):
    routes = FILES["routes"].replace("route_type\n", "route_type,continuous_pickup\n")
    path = (
        published("continuous-pickup")
        if source == "published"
        else write(tmp_path / "a.zip", routes=routes.replace(",3\n", ",3,0\n"))
    )
    (text,) = said(read(path), "hail_and_ride")
    assert "la ligne « L1 » prend aussi entre les arrêts : pas encore pris en compte" in text


def test_a_trip_that_stops_between_its_stops_is_told(tmp_path):
    times = FILES["stop_times"].replace("stop_sequence\n", "stop_sequence,continuous_drop_off\n")
    lines = [line + ",2" if line.startswith("T1") else line + "," for line in times.splitlines()]
    lines[0] = lines[0].removesuffix(",")
    path = write(tmp_path / "a.zip", stop_times="\n".join(lines) + "\n")
    assert len(said(read(path), "hail_and_ride")) == 1


def test_what_the_driver_is_asked_is_told(tmp_path):
    times = FILES["stop_times"].replace("stop_sequence\n", "stop_sequence,pickup_type\n")
    lines = [line + ",3" if ",S2," in line else line + "," for line in times.splitlines()]
    lines[0] = lines[0].removesuffix(",")
    path = write(tmp_path / "a.zip", stop_times="\n".join(lines) + "\n")
    (text,) = said(read(path), "driver")
    assert "« L1 »" in text


def test_wheelchairs_are_read_and_not_told_as_left_aside(tmp_path):
    trips = FILES["trips"].replace("trip_id\n", "trip_id,wheelchair_accessible\n")
    trips = trips.replace(",T1\n", ",T1,1\n").replace(",T2\n", ",T2,0\n")
    feed = read(write(tmp_path / "a.zip", trips=trips))
    assert said(feed, "not_applied") == []
    assert feed.trips["wheelchair"].to_list()[:2] == [1, 0]


@pytest.mark.parametrize("source", ["drawn", "published"])
def test_getting_off_where_the_driver_is_told_goes_with_a_window(tmp_path, source):
    path = (
        published("drop-off-type-3")
        if source == "published"
        else write(
            tmp_path / "a.zip",
            stop_times="trip_id,stop_id,stop_sequence,start_pickup_drop_off_window,"
            "end_pickup_drop_off_window,pickup_type,drop_off_type\n"
            "T1,S1,1,07:00:00,19:00:00,2,1\nT1,S3,2,07:00:00,19:00:00,1,3\n"
            "T2,S3,1,07:00:00,19:00:00,2,1\nT2,S1,2,07:00:00,19:00:00,1,3\n",
        )
    )
    feed = read(path)
    assert said(feed, "bad_value") == []
    assert feed.on_demand


# -- the days a publisher answers for ---------------------------------------------------------


def test_trips_past_the_dates_of_the_feed_are_told(tmp_path):
    info = "feed_publisher_name,feed_start_date,feed_end_date\nA,20261101,20261130\n"
    (text,) = said(read(write(tmp_path / "a.zip", feed_info=info)), "outside_feed_dates")
    assert "du 01/11/2026 jusqu'au 30/11/2026" in text


def test_a_french_flex_feed_as_published():
    """Each oddity told, the rest read: 8:39:00, a short row, "ttps://", dates of another year."""
    path = DATA / "tad_bois_le_roi_flex.zip"
    if not path.exists():
        pytest.skip("the real feeds are not here")
    feed = read(path, start=date(2025, 3, 3))
    assert {finding.code for finding in feed.report.findings if finding.severity != "info"} == {
        "short_row", "one_time_blank", "outside_feed_dates", "misspelt_column", "bad_url",
    }  # fmt: skip
    assert feed.on_demand.trips.height == 2
    assert feed.on_demand.rules.select("phone", "info_url", "booking_url").rows() == [
        ("0123456789", "", "")
    ]
    assert 8 * 3600 + 39 * 60 in feed.stop_times["departure_s"].to_list()
    assert feed.report.left_out == {}


def test_the_oddities_of_a_french_flex_feed_drawn(tmp_path):
    path = write(
        tmp_path / "tad.zip",
        trips="route_id,service_id,trip_id\nR1,WK,T1\n",
        stops=FILES["stops"]
        .replace("S3,Brioude,45.2940,3.3840", "S3,Brioude,45.2940,3.3840,")
        .replace("stop_lon\n", "stop_lon,location_type\n"),
        stop_times="arrival_time,departure_time,pickup_booking_rule_id,dropoff_booking_rule_id,"
        "trip_id,stop_sequence,pickup_type,drop_off_type,start_pickup_drop_off_window,"
        "end_pickup_drop_off_window,location_group_id,stop_id\n"
        "8:00:00,8:00:00,,,T1,0,0,0,,,,S1\n,8:39:00,,,T1,1,0,0,,,,S2\n"
        ",,B,B,T1,2,2,1,08:40:00,10:37:00,G1,\n,,B,B,T1,3,1,2,08:40:00,10:37:00,G2,\n",
        location_groups="location_group_id,location_group_name\nG1,Gare\nG2,Bourg\n",
        location_group_stops="location_group_id,stop_id\nG1,S2\nG2,S3\n",
        booking_rules="booking_rule_id,booking_type,prior_notice_duration_min,phone_number,"
        "booking_url\nB,1,5,0123456789,ttps://reserver.example\n",
        feed_info="feed_publisher_name,feed_start_date,feed_end_date\nA,20240506,20240518\n",
    )
    feed = read(path)
    codes = {finding.code for finding in feed.report.findings if finding.severity != "info"}
    assert codes == {
        "short_row", "one_time_blank", "outside_feed_dates", "misspelt_column", "bad_url",
    }  # fmt: skip
    assert 8 * 3600 + 39 * 60 in feed.stop_times["departure_s"].to_list()
    assert feed.on_demand.rules.select("phone", "booking_url").rows() == [("0123456789", "")]
    assert feed.report.left_out == {}


def test_an_address_that_is_none_is_not_shown(tmp_path):
    rules = (
        "booking_rule_id,booking_type,prior_notice_duration_min,booking_url,info_url\n"
        "B,1,5,ttps://reserver.example,https://tad.example\n"
    )
    feed = read(write(tmp_path / "a.zip", booking_rules=rules))
    assert feed.on_demand.rules.select("booking_url", "info_url").rows() == [
        ("", "https://tad.example")
    ]
    assert len(said(feed, "bad_url")) == 1


# -- school and reserved services -------------------------------------------------------------


@pytest.fixture(scope="module")
def peribus():
    path = DATA / "peribus_perigueux_2025-12.zip"
    if not path.exists():
        pytest.skip("the real feeds are not here")
    return read(path, start=date(2025, 12, 22), days=70)


def test_school_lines_of_a_town_run_on_the_days_counted_by_another(peribus):
    kinds = peribus.routes["route_type"].to_numpy()[peribus.trips["route"].to_numpy()]
    runs = peribus.services[peribus.trips["service"].to_numpy()]
    with (DATA / "peribus_trips_per_day_dec_jan.csv").open() as file:
        for row in csv.DictReader(file):
            on = date.fromisoformat(row["date"])
            column = (on - peribus.start).days + 1
            counted = Counter(kinds[runs[:, column]].tolist())
            assert [counted[3], counted[712], counted[713]] == [
                int(row[name]) for name in ("trips_bus_3", "trips_school_712", "trips_special_713")
            ], on


def test_school_and_reserved_lines_of_a_town_are_told(peribus):
    types = Counter(peribus.routes["route_type"].to_list())
    assert sum(types[kind] for kind in SCHOOL) == 43
    assert sum(types[kind] for kind in RESERVED) == 1
    assert peribus.report.counts["info", "school_line"] > 0
    assert peribus.report.counts["info", "reserved_line"] == 1


def test_the_days_of_school_lines_are_recognised_as_those_of_zone_a(peribus):
    kinds = peribus.routes["route_type"].to_numpy()[peribus.trips["route"].to_numpy()]
    of_school = peribus.services[peribus.trips["service"].to_numpy()[kinds == 712]].any(axis=0)
    days = [peribus.start + timedelta(column - 1) for column in range(1, peribus.days + 1)]
    holidays = public_holidays(2025) | public_holidays(2026)
    weekdays = [on for on in days if on.weekday() < 5 and on not in holidays]
    # The feed ends on 1 March 2026: pupils of zone A are on holiday from 7 to 22 February.
    ran = [on for on in weekdays if of_school[(on - peribus.start).days + 1]]
    rest = [on for on in weekdays if on not in ran]
    assert school_zone(ran, rest) == "A"


def test_school_and_reserved_lines_drawn_are_told(tmp_path):
    routes = FILES["routes"].replace(",3\n", ",712\n") + "R2,A,S2,Handicapés,713\n"
    path = write(
        tmp_path / "a.zip", routes=routes, trips=FILES["trips"].replace("R1,WK,T2", "R2,WK,T2")
    )
    (school,), (reserved,) = (said(read(path), code) for code in ("school_line", "reserved_line"))
    assert "« L1 »" in school
    assert "« S2 »" in reserved


def test_zones_have_their_own_holidays():
    carnival = date(2026, 2, 9)
    assert [is_school_holiday(carnival, zone) for zone in "ABC"] == [True, False, False]
    assert school_zone([date(2026, 1, 12)], [carnival]) == "A"
    assert school_zone([carnival], [date(2026, 1, 12)]) is None
