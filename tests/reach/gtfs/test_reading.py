"""A sound feed gives exactly the tables of the contract."""

from datetime import date

import numpy as np
import pytest

from traitdunion.reach.gtfs import FeedError, read_gtfs
from traitdunion.reach.gtfs import feed as schemas


def test_a_sound_feed_has_nothing_to_report(read):
    report = read().report
    assert report.findings == []
    assert report.left_out == {}
    assert report.lines() == ["Rien à signaler."]


def test_tables_hold_what_the_files_say(read):
    feed = read()
    assert feed.timezone == "Europe/Paris"
    assert feed.stops.rows() == [
        ("P", "Le Puy", 45.0439, 3.88, -1, 0, 0),
        ("L", "Lavoûte", 45.118, 3.906, -1, 0, 0),
        ("V", "Vorey", 45.187, 3.909, -1, 0, 0),
    ]
    assert feed.routes.rows() == [("R", "12", "Le Puy - Vorey", 3, "Cars du Velay", "#0a64c8")]
    assert feed.trips.rows() == [
        ("out", 0, 0, "Vorey", "b1", 0, 0, 0),
        ("back", 0, 0, "Le Puy", "b1", 1, 0, 0),
    ]
    # 8:00 = 28800 s, 8:10 = 29400 s, 8:20 = 30000 s; 16:00 = 57600 s
    assert feed.stop_times.rows() == [
        (0, 0, 28800, 28800, 0, 0, 1, -1, -1),
        (0, 1, 29400, 29460, 0, 0, 2, -1, -1),
        (0, 2, 30000, 30000, 0, 0, 3, -1, -1),
        (1, 2, 57600, 57600, 0, 0, 1, -1, -1),
        (1, 1, 58200, 58260, 0, 0, 2, -1, -1),
        (1, 0, 58800, 58800, 0, 0, 3, -1, -1),
    ]


def test_every_table_has_the_types_of_its_schema(read):
    feed = read()
    for name in ("stops", "routes", "trips", "stop_times", "frequencies", "transfers"):
        assert getattr(feed, name).schema == getattr(schemas, name.upper()), name


def test_columns_of_services_run_from_the_day_before_to_the_day_after(read):
    feed = read()
    # Sunday 2 March, then Monday 3 to Sunday 9, then Monday 10.
    expected = [False, True, True, True, True, True, False, False, True]
    assert feed.services.dtype == np.bool_
    assert feed.services.tolist() == [expected]
    assert feed.service_ids == ["S"]


def test_trips_that_run_only_outside_the_needed_days_are_not_kept(write_feed):
    folder = write_feed(
        trips="route_id,service_id,trip_id\nR,before,a\nR,eve,b\nR,after,c\nR,later,d\n",
        stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        + "".join(f"{t},8:00:00,8:00:00,P,1\n{t},9:00:00,9:00:00,V,2\n" for t in "abcd"),
        calendar=None,
        calendar_dates="service_id,date,exception_type\n"
        "before,20250301,1\neve,20250302,1\nafter,20250304,1\nlater,20250305,1\n",
    )
    feed = read_gtfs([folder], start=date(2025, 3, 3), days=1)
    assert feed.trips["trip_id"].to_list() == ["b", "c"]
    assert feed.service_ids == ["eve", "after"]
    assert feed.services.tolist() == [[True, False, False], [False, False, True]]
    assert feed.report.findings == []
    assert feed.report.left_out == {}


def test_a_feed_whose_calendar_is_over_says_which_days_it_covers(write_feed):
    feed = read_gtfs([write_feed()], start=date(2026, 3, 2), days=7)
    (finding,) = feed.report.findings
    assert (finding.severity, finding.code) == ("warning", "nothing_runs")
    assert "du 02/03/2026 au 08/03/2026" in finding.message
    assert "du 01/01/2025 au 31/12/2025" in finding.message
    assert feed.trips.is_empty()
    assert feed.stop_times.is_empty()
    assert feed.services.shape == (0, 9)


def test_progress_goes_from_zero_to_one(write_feed):
    seen = []
    read_gtfs(
        [write_feed()],
        start=date(2025, 3, 3),
        days=7,
        progress=lambda what, share: seen.append((what, share)),
    )
    shares = [share for _, share in seen]
    assert shares[0] == 0
    assert shares[-1] == 1
    assert shares == sorted(shares)
    assert seen[0][0] == "feed : calendriers"


def test_inputs_tell_the_file_and_its_hash(write_zip):
    import hashlib

    path = write_zip()
    feed = read_gtfs([path], start=date(2025, 3, 3), days=7)
    assert feed.inputs == (("feed.zip", hashlib.sha256(path.read_bytes()).hexdigest()),)


def test_no_feed_at_all_is_refused():
    with pytest.raises(FeedError, match="Aucun fichier GTFS donné"):
        read_gtfs([], start=date(2025, 3, 3), days=7)


def test_less_than_one_day_is_refused(write_feed):
    with pytest.raises(ValueError, match="at least 1"):
        read_gtfs([write_feed()], start=date(2025, 3, 3), days=0)


def test_unknown_files_and_columns_are_ignored(read):
    feed = read(
        attributions="attribution_id\nx\n",
        agency="agency_fax,agency_timezone,agency_id,agency_name\n0,Europe/Paris,A,Cars du Velay\n",
    )
    assert feed.report.findings == []
    assert feed.routes["agency"].to_list() == ["Cars du Velay"]
