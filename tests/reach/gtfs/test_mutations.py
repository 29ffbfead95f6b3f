"""Whatever is done to a small feed, it is read or refused in French: nothing else is raised."""

import random
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from traitdunion.reach.gtfs import Feed, FeedError, read_gtfs
from traitdunion.reach.gtfs import feed as schemas

N_FEEDS = 320

RICH = {
    "frequencies": "trip_id,start_time,end_time,headway_secs,exact_times\n"
    "back,6:00:00,9:00:00,600,0\nback,9:00:00,12:00:00,1200,1\n",
    "transfers": "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_trip_id,to_trip_id\n"
    "P,L,2,120,,\nV,V,4,,out,back\n",
    "calendar_dates": "service_id,date,exception_type\nS,20250304,2\nS,20250308,1\n",
    "stops": "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
    'G,"Le Puy, gare",45.04,3.88,1,\nP,Le Puy,45.0439,3.8800,0,G\n'
    "L,Lavoûte,45.1180,3.9060,0,\nV,Vorey,45.1870,3.9090,0,\nN,,,,3,G\n",
    "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,"
    "drop_off_type,timepoint,shape_dist_traveled\n"
    "out,08:00:00,08:00:00,P,1,0,1,1,0\nout,,,L,2,0,0,0,4.5\nout,08:20:00,08:20:00,V,3,1,0,1,9\n"
    "back,16:00:00,16:00:00,V,1,,,,\nback,16:10:00,16:11:00,L,2,,,,\nback,25:20:00,25:20:00,P,3,,,,\n",
}
NASTY = [
    "", " ", '"', '""', ",", "\n", "\r", "\r\n", "\t", "\0", "-1", "0", "9" * 20, "1e400", "nan",
    "inf", "25:61:00", "24:00:00", "000:00:00", "99999999", "00000101", "99991231", "{value}", "{",
    "«é»", "\ufeff", "\u2028", "💡", "out", "P", "G", "a" * 200_000, "../../etc/passwd",
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
    for end in ("from", "to"):
        assert feed.transfers[f"{end}_stop"].is_between(-1, stops - 1).all()
        assert feed.transfers[f"{end}_trip"].is_between(-1, trips - 1).all()
        assert feed.transfers[f"{end}_route"].is_between(-1, routes - 1).all()


@pytest.fixture
def rich_files(write_feed):
    folder = write_feed("rich", **RICH)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_mutated_files_are_read_or_refused(tmp_path, rich_files):
    refusals: list[str] = []
    for seed in range(N_FEEDS):
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
        assert feed.report.to_json()["errors"] == feed.report.number_of("error")
    # Both happen a lot, or the mutations are not worth much.
    assert N_FEEDS // 10 < len(refusals) < N_FEEDS // 2
    assert all(re.match(r"\d+\.zip : ", refusal) for refusal in refusals)


def test_mutated_archives_are_read_or_refused(tmp_path, rich_files):
    sound = write_zip(tmp_path / "sound.zip", rich_files).read_bytes()
    refused = 0
    for seed in range(N_FEEDS):
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
    assert refused > N_FEEDS // 2
