"""Real feeds load, and every fault reported about them is one that they have."""

import csv
import io
import zipfile
from datetime import date

import pytest

from traitdunion.reach.gtfs import read_gtfs

TER = ("transit/sncf_ter_france_2025-01-22.zip", date(2025, 3, 3))
CASES = [
    TER,
    ("transit/sncf_ter_2025_subset_43.zip", date(2025, 3, 3)),
    ("transit/benchmark/laurentides_exo_2025.zip", date(2025, 10, 6)),
    ("transit/benchmark/montpellier_tam_2024.zip", date(2024, 1, 15)),
    ("transit/benchmark/porto_alegre_trensurb.zip", date(2019, 5, 6)),
    ("transit/benchmark/porto_alegre_eptc.zip", date(2019, 5, 6)),
]


def table(path, file):
    """Read a file of a zip the slow way."""
    with zipfile.ZipFile(path) as archive:
        text = archive.read(file).decode("utf-8-sig")
    return [
        {key.strip(): (value or "").strip() for key, value in row.items()}
        for row in csv.DictReader(io.StringIO(text))
    ]


@pytest.mark.parametrize(("name", "start"), CASES, ids=[name for name, _ in CASES])
def test_a_sound_feed_loads_without_error(shared, name, start):
    feed = read_gtfs([shared / name], start=start, days=7)
    codes = {finding.code for finding in feed.report.findings if finding.severity != "info"}
    # Coaches at 174 km/h from Marvejols, buses at 700 km/h in Porto Alegre: true of these files.
    assert codes <= {"outside_feed_dates", "too_fast"}
    assert not feed.report.left_out
    assert feed.trips.height > 100
    assert feed.services.any(axis=1).all()


def test_the_times_of_ter_are_those_of_its_file(shared):
    """The slow twin: the same calls, read row by row with the standard library."""
    name, start = TER
    path = shared / name
    wanted = {f"{start.year}{start.month:02d}{day:02d}" for day in range(2, 11)}
    services = {
        row["service_id"]
        for row in table(path, "calendar_dates.txt")
        if row["date"] in wanted and row["exception_type"] == "1"
    }
    trips = {row["trip_id"] for row in table(path, "trips.txt") if row["service_id"] in services}
    expected = sorted(
        (row["trip_id"], int(row["stop_sequence"]), row["stop_id"], row["departure_time"])
        for row in table(path, "stop_times.txt")
        if row["trip_id"] in trips
    )
    feed = read_gtfs([path], start=start, days=7)
    ids, stops = feed.trips["trip_id"].to_list(), feed.stops["stop_id"].to_list()
    rows = sorted(
        (ids[trip], sequence, stops[stop], f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}")
        for sequence, (trip, stop, s) in enumerate(
            feed.stop_times.select("trip", "stop", "departure_s").iter_rows()
        )
    )
    assert [(t, stop, at) for t, _, stop, at in rows] == [
        (t, stop, at) for t, _, stop, at in expected
    ]


def test_the_two_feeds_of_porto_alegre_load_together(shared):
    paths = [
        shared / "transit/benchmark/porto_alegre_eptc.zip",
        shared / "transit/benchmark/porto_alegre_trensurb.zip",
    ]
    together = read_gtfs(paths, start=date(2019, 5, 6), days=7)
    alone = [read_gtfs([path], start=date(2019, 5, 6), days=7) for path in paths]
    assert together.timezone == "America/Sao_Paulo"
    for name in ("stops", "routes", "trips", "stop_times"):
        heights = [getattr(feed, name).height for feed in alone]
        assert getattr(together, name).height == sum(heights), name
    assert together.stop_times["stop"].max() == together.stops.height - 1
    assert {f.code for f in together.report.findings} == {
        "outside_feed_dates",
        "too_fast",
    }
    assert len(together.inputs) == 2


def test_blank_times_of_porto_alegre_are_filled_in_order(shared):
    path = shared / "transit/benchmark/porto_alegre_eptc.zip"
    assert any(row["arrival_time"] == "" for row in table(path, "stop_times.txt"))
    feed = read_gtfs([path], start=date(2019, 5, 6), days=7)
    times = feed.stop_times
    same_trip = times["trip"][1:] == times["trip"][:-1]
    assert (times["arrival_s"][1:] >= times["departure_s"][:-1]).filter(same_trip).all()


def test_car_pool_benches_have_one_sequence_number_for_all_stops(shared, where):
    # All six rows of that file say stop_sequence 1: one call a trip is left, which is no trip.
    path = shared / "transit/mitfahrbank_covoiturage_gtfs.zip"
    assert {row["stop_sequence"] for row in table(path, "stop_times.txt")} == {"1"}
    feed = read_gtfs([path], start=date(2019, 5, 6), days=7)
    assert [place[2] for place in where(feed, "duplicate_key")] == [3, 4, 6, 7]
    assert feed.stops.height == 3
    assert feed.trips.is_empty()
