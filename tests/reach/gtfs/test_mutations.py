"""Whatever is done to a small feed, it is read or refused in French: nothing else is raised."""

import csv
import io
import os
import random
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
import shapely

from traitdunion.reach import Modes, OnDemand, Point, Timetable, When, journeys
from traitdunion.reach.gtfs import Feed, FeedError, read_gtfs
from traitdunion.reach.gtfs import feed as schemas
from traitdunion.reach.gtfs.on_demand import tables as on_demand_tables

N_FEEDS = int(os.environ.get("FUZZ_FEEDS", "300"))
FIRST = int(os.environ.get("FUZZ_FROM", "0"))
"""`make fuzz` asks for ten thousand; FUZZ_FROM draws others, or a run in several parts."""
N_TEXTS, N_ARCHIVES, N_CELLS = (N_FEEDS * share // 100 for share in (60, 15, 25))

LE_PUY, VOREY = Point(45.0439, 3.88), Point(45.06, 3.9)

RICH = {
    "frequencies": "trip_id,start_time,end_time,headway_secs,exact_times\n"
    "back,6:00:00,9:00:00,600,0\nback,9:00:00,12:00:00,1200,1\n",
    "transfers": "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_trip_id,to_trip_id\n"
    "P,L,2,120,,\nV,V,4,,out,back\n",
    "calendar_dates": "service_id,date,exception_type\nS,20250304,2\nS,20250308,1\n",
    "stops": "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
    'G,"Le Puy, gare",45.04,3.88,1,\nP,Le Puy,45.0439,3.8800,0,G\n'
    "L,Lavoûte,45.1180,3.9060,0,\nV,Vorey,45.1870,3.9090,0,\nN,,,,3,G\n",
    "trips": "route_id,service_id,trip_id,trip_headsign,direction_id,block_id,"
    "safe_duration_factor,safe_duration_offset\nR,S,out,Vorey,0,b1,,\nR,S,back,Le Puy,1,b1,,\n"
    "R,S,tad,,0,,1.5,300\nR,S,virtuelle,,0,,,\n",
    "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,"
    "drop_off_type,timepoint,shape_dist_traveled,location_id,location_group_id,"
    "start_pickup_drop_off_window,end_pickup_drop_off_window,pickup_booking_rule_id,"
    "drop_off_booking_rule_id\n"
    "out,08:00:00,08:00:00,P,1,0,1,1,0,,,,,,\nout,,,L,2,0,0,0,4.5,,,,,,\n"
    "out,08:20:00,08:20:00,V,3,1,0,1,9,,,,,,\nback,16:00:00,16:00:00,V,1,,,,,,,,,,\n"
    "back,16:10:00,16:11:00,L,2,,,,,,,,,,\nback,25:20:00,25:20:00,P,3,,,,,,,,,,\n"
    "tad,,,,1,2,1,,,pays,,07:00:00,09:00:00,veille,\n"
    "tad,,,,2,1,2,,,pays,,07:00:00,09:00:00,veille,veille\n"
    "virtuelle,,,,1,2,1,,,,nord,07:00:00,09:00:00,,\n"
    "virtuelle,,,P,2,1,2,,,,,07:00:00,10:00:00,heures,heures\n",
    "locations.geojson": '{"type":"FeatureCollection","features":[\n{"type":"Feature","id":"pays",'
    '"properties":{"stop_name":"Le pays"},\n"geometry":{"type":"Polygon","coordinates":'
    "[[[3.8,45.0],[4.0,45.0],[4.0,45.1],[3.8,45.1],[3.8,45.0]]]}}\n]}",
    "location_groups": "location_group_id,location_group_name\nnord,Nord\n",
    "location_group_stops": "location_group_id,stop_id\nnord,V\nnord,L\n",
    "booking_rules": "booking_rule_id,booking_type,prior_notice_duration_min,"
    "prior_notice_last_day,prior_notice_last_time,prior_notice_service_id,phone_number\n"
    "veille,2,,1,17:00:00,S,04 00 00 00 00\nheures,1,120,,,,\n",
    "fare_attributes": "fare_id,price,currency_type,payment_method,transfers,transfer_duration\n"
    "plein,2.50,EUR,0,1,3600\n",
    "fare_rules": "fare_id,route_id\nplein,R\n",
}
NASTY = [
    "", " ", '"', '""', ",", "\n", "\r", "\r\n", "\t", "\0", "-1", "0", "9" * 20, "1e400", "nan",
    "inf", "25:61:00", "24:00:00", "000:00:00", "99999999", "00000101", "99991231", "{value}", "{",
    "«é»", "pays", "nord", "veille", "\ufeff", "\u2028", "💡", "out", "P", "G",
    "a" * 200_000, "../../etc/passwd",
]  # fmt: skip


def swap_cells(rng: random.Random, text: bytes) -> bytes:
    lines = [line.split(b",") for line in text.split(b"\n")]
    line = rng.choice(lines)
    line[rng.randrange(len(line))] = rng.choice(NASTY).encode()
    return b"\n".join(b",".join(cells) for cells in lines)


def insert_text(rng: random.Random, text: bytes) -> bytes:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(NASTY).encode() + text[at:]


def change_byte(rng: random.Random, text: bytes) -> bytes:
    at = rng.randrange(max(len(text), 1))
    return text[:at] + bytes([rng.randrange(256)]) + text[at + 1 :]


def cut(rng: random.Random, text: bytes) -> bytes:
    start, end = sorted(rng.randrange(len(text) + 1) for _ in range(2))
    return text[:start] + text[end:]


def mix_lines(rng: random.Random, text: bytes) -> bytes:
    lines = text.split(b"\n")
    action = rng.choice(("shuffle", "double", "drop"))
    if action == "shuffle":
        rng.shuffle(lines)
    elif action == "double":
        lines += rng.choices(lines, k=3)
    else:
        lines.pop(rng.randrange(len(lines)))
    return b"\n".join(lines)


def recode(rng: random.Random, text: bytes) -> bytes:
    encoding = rng.choice(("cp1252", "utf-16", "utf-32", "utf-8-sig", "utf-7"))
    return text.decode(errors="replace").encode(encoding, errors="replace")


MUTATIONS: list[Callable[[random.Random, bytes], bytes]] = [
    swap_cells, swap_cells, swap_cells, insert_text, change_byte, cut, mix_lines, recode,
]  # fmt: skip


def mutated(rng: random.Random, files: dict[str, bytes]) -> dict[str, bytes]:
    files = dict(files)
    for _ in range(rng.choice((1, 1, 2, 5))):
        name = rng.choice(sorted(files))
        if rng.random() < 0.03:
            del files[name]
        else:
            files[name] = rng.choice(MUTATIONS)(rng, files[name])
    return files


def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def assert_coherent(feed: Feed) -> None:
    """Hold what every reader of a `Feed` relies on."""
    for name in ("stops", "routes", "trips", "stop_times", "frequencies", "transfers"):
        table = getattr(feed, name)
        assert table.schema == getattr(schemas, name.upper())
        assert table.null_count().sum_horizontal().sum() == 0, name
    stops, routes, trips = feed.stops.height, feed.routes.height, feed.trips.height
    calls = feed.stop_times
    assert calls["stop"].is_between(0, stops - 1).all()
    assert calls["trip"].is_sorted()
    assert (np.bincount(calls["trip"].to_numpy(), minlength=trips) >= 2).all()
    assert calls["arrival_s"].min() is None or calls["arrival_s"].min() >= 0
    assert (calls["arrival_s"] <= calls["departure_s"]).all()
    same_trip = calls["trip"][1:] == calls["trip"][:-1]
    assert (calls["arrival_s"][1:] >= calls["departure_s"][:-1]).filter(same_trip).all()
    assert feed.trips["route"].is_between(0, routes - 1).all()
    assert feed.trips["service"].is_between(0, len(feed.service_ids) - 1).all()
    assert feed.services.shape == (len(feed.service_ids), feed.days + 2)
    assert feed.stops["parent"].is_between(-1, stops - 1).all()
    assert feed.stops["lat"].is_between(-90, 90).all()
    for table, column in (("stops", "stop_id"), ("routes", "route_id"), ("trips", "trip_id")):
        assert getattr(feed, table)[column].is_unique().all()
    assert feed.frequencies["trip"].is_between(0, trips - 1).all()
    assert (feed.frequencies["end_s"] > feed.frequencies["start_s"]).all()
    assert_coherent_on_demand(feed)
    for end in ("from", "to"):
        assert feed.transfers[f"{end}_stop"].is_between(-1, stops - 1).all()
        assert feed.transfers[f"{end}_trip"].is_between(-1, trips - 1).all()
        assert feed.transfers[f"{end}_route"].is_between(-1, routes - 1).all()


def assert_coherent_on_demand(feed: Feed) -> None:
    tables = feed.on_demand
    for name, schema in on_demand_tables.SCHEMAS.items():
        table = getattr(tables, name)
        assert table.schema == schema
        assert table.null_count().sum_horizontal().sum() == 0, name
    heights = {name: getattr(tables, name).height for name in on_demand_tables.SCHEMAS}
    assert tables.place_stops["place"].is_between(0, heights["places"] - 1).all()
    assert tables.place_stops["stop"].is_between(0, feed.stops.height - 1).all()
    assert tables.trips["route"].is_between(0, feed.routes.height - 1).all()
    assert tables.trips["service"].is_between(0, len(feed.service_ids) - 1).all()
    assert tables.trips["factor"].is_finite().all()
    assert tables.calls["place"].is_between(0, heights["places"] - 1).all()
    assert tables.calls["pickup_rule"].is_between(-1, heights["rules"] - 1).all()
    assert (tables.calls["start_s"] <= tables.calls["end_s"]).all()
    assert set(tables.calls["trip"]) == set(range(heights["trips"]))
    for wkb in tables.places["wkb"]:
        assert not wkb or shapely.from_wkb(wkb).is_valid


def assert_answers(feed: Feed) -> None:
    """What was taken in compiles, and answers: journeys end after they begin, nothing is raised."""
    tt = Timetable.from_feed(feed)
    asked = OnDemand(asked_at=datetime(2025, 3, 2, 12))  # noqa: DTZ001 - the clock of the feed
    for arrive_s in (9 * 3600, 17 * 3600):
        trips = journeys(
            tt,
            LE_PUY,
            VOREY,
            When(date(2025, 3, 3), arrive_s=arrive_s),
            modes=Modes(on_demand=asked),
        )
        for journey in trips:
            assert journey.departure_s <= journey.arrival_s <= arrive_s
            assert all(leg.departure_s <= leg.arrival_s for leg in journey.legs)


@pytest.fixture
def rich_files(write_feed):
    folder = write_feed("rich", **RICH)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_mutated_files_are_read_or_refused(tmp_path, rich_files):
    refusals: list[str] = []
    for seed in range(FIRST, FIRST + N_TEXTS):
        rng = random.Random(seed)
        files = mutated(rng, rich_files)
        path = write_zip(tmp_path / f"{seed}.zip", files)
        try:
            feed = read_gtfs([path], start=date(2025, 3, 3), days=7)
        except FeedError as error:
            refusals.append(str(error))
            continue
        except BaseException as error:
            raise AssertionError(f"seed {seed} raised {error!r}") from error
        assert_coherent(feed)
        assert_answers(feed)
        assert feed.report.to_json()["errors"] == feed.report.number_of("error")
    # Both happen a lot, or the mutations are not worth much.
    assert N_TEXTS // 10 < len(refusals) < N_TEXTS // 2
    assert all(re.match(r"\d+\.zip : ", refusal) for refusal in refusals)


def test_mutated_archives_are_read_or_refused(tmp_path, rich_files):
    sound = write_zip(tmp_path / "sound.zip", rich_files).read_bytes()
    refused = 0
    for seed in range(FIRST, FIRST + N_ARCHIVES):
        rng = random.Random(seed)
        data = sound
        for _ in range(rng.choice((1, 3, 10))):
            data = rng.choice((change_byte, change_byte, cut))(rng, data)
        path = tmp_path / f"{seed}.zip"
        path.write_bytes(data)
        try:
            assert_coherent(read_gtfs([path], start=date(2025, 3, 3), days=7))
        except FeedError:
            refused += 1
        except BaseException as error:
            raise AssertionError(f"seed {seed} raised {error!r}") from error
    assert refused > N_ARCHIVES // 2


# What each column cannot hold, and must be spoken of, at its line where the fault has one.
IMPOSSIBLE = {
    "agency.txt": {"agency_timezone": ["Europe/Lepuy", ""]},
    "stops.txt": {
        "stop_id": [""],
        "stop_lat": ["abc", "95", "nan", ""],
        "stop_lon": ["x", "181", ""],
        "location_type": ["7", "x"],
        "parent_station": ["ailleurs"],
    },
    "routes.txt": {"route_id": [""], "agency_id": ["personne"], "route_type": ["x", "", "-3"]},
    "trips.txt": {
        "route_id": ["", "nulle"],
        "service_id": ["", "jamais"],
        "trip_id": [""],
        "direction_id": ["2", "x"],
        "safe_duration_factor": ["x", "-1"],
        "safe_duration_offset": ["x"],
    },
    "stop_times.txt": {
        "trip_id": ["", "fantôme"],
        "stop_sequence": ["", "x", "-1"],
        "pickup_type": ["9", "x"],
        "drop_off_type": ["9", "x"],
        "arrival_time": ["25:61:00", "huit heures"],
        "departure_time": ["25:61:00", "x"],
        "start_pickup_drop_off_window": ["x", "99:99:99"],
        "end_pickup_drop_off_window": ["x", "00:00:01"],
        "location_id": ["ailleurs"],
        "location_group_id": ["personne"],
        "pickup_booking_rule_id": ["demain"],
    },
    "calendar.txt": {
        "monday": ["2", "x", ""],
        "start_date": ["demain", "20250230", ""],
        "end_date": ["20240101", ""],
    },
    "calendar_dates.txt": {"date": ["x", "20250230", ""], "exception_type": ["3", ""]},
    "frequencies.txt": {
        "trip_id": ["fantôme"],
        "start_time": ["x", ""],
        "end_time": ["5:00:00", ""],
        "headway_secs": ["0", "x", ""],
        "exact_times": ["2"],
    },
    "transfers.txt": {
        "from_stop_id": ["ailleurs"],
        "to_stop_id": ["ailleurs"],
        "transfer_type": ["9"],
        "min_transfer_time": ["-5", "x"],
    },
    "location_groups.txt": {"location_group_id": [""]},
    "location_group_stops.txt": {"location_group_id": ["", "sud"], "stop_id": ["", "ailleurs"]},
    "booking_rules.txt": {
        "booking_rule_id": [""],
        "booking_type": ["", "5", "x"],
        "prior_notice_service_id": ["jamais"],
        "prior_notice_last_time": ["17h", "99:99:99"],
        "prior_notice_last_day": ["x", "-1", "1000000"],
        "prior_notice_duration_min": ["x", "-5"],
    },
    "fare_attributes.txt": {"fare_id": [""], "price": ["", "cher"], "currency_type": ["", "sous"]},
    "fare_rules.txt": {"fare_id": ["", "gratuit"], "route_id": ["nulle"]},
}


OF_SERVICES_ON_DEMAND = {
    "safe_duration_factor",
    "safe_duration_offset",
    "pickup_booking_rule_id",
}
"""Columns that say nothing of trips at their hours."""


def test_an_impossible_cell_is_never_taken_in_silence(tmp_path, rich_files):
    """Each is either refused, or told of the file it stands in, whatever is drawn beside it."""
    for seed in range(FIRST, FIRST + N_CELLS):
        rng = random.Random(seed)
        file = rng.choice(sorted(IMPOSSIBLE))
        column = rng.choice(sorted(IMPOSSIBLE[file]))
        value = rng.choice(IMPOSSIBLE[file][column])
        lines = list(csv.reader(io.StringIO(rich_files[file].decode())))
        row, cell = rng.randrange(1, len(lines)), lines[0].index(column)
        timed = {"out", "back"} & set(lines[row])
        if lines[row][cell] == value or (timed and column in OF_SERVICES_ON_DEMAND):
            continue
        lines[row][cell] = value
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(lines)
        spoilt = rich_files | {file: text.getvalue().encode()}
        path = write_zip(tmp_path / f"{seed}.zip", spoilt)
        try:
            feed = read_gtfs([path], start=date(2025, 3, 3), days=7)
        except FeedError:
            continue
        assert_coherent(feed)
        named_files = {f.file for f in feed.report.findings} | set(feed.report.left_out)
        assert file in named_files, f"seed {seed}: {file}, line {row + 1}, {column} = {value!r}"
