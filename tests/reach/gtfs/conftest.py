"""A small sound feed, to be spoilt one file at a time."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from traitdunion.reach.gtfs import Feed, Finding, read_gtfs

MONDAY = date(2025, 3, 3)

# Le Puy - Lavoûte - Vorey, out at 8:00 and back at 16:00, Monday to Friday.
SOUND = {
    "agency": "agency_id,agency_name,agency_url,agency_timezone\n"
    "A,Cars du Velay,https://example.org,Europe/Paris\n",
    "stops": "stop_id,stop_name,stop_lat,stop_lon\n"
    "P,Le Puy,45.0439,3.8800\n"
    "L,Lavoûte,45.1180,3.9060\n"
    "V,Vorey,45.1870,3.9090\n",
    "routes": "route_id,agency_id,route_short_name,route_long_name,route_type,route_color\n"
    "R,A,12,Le Puy - Vorey,3,0A64C8\n",
    "trips": "route_id,service_id,trip_id,trip_headsign,direction_id,block_id\n"
    "R,S,out,Vorey,0,b1\n"
    "R,S,back,Le Puy,1,b1\n",
    "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "out,08:00:00,08:00:00,P,1\n"
    "out,08:10:00,08:11:00,L,2\n"
    "out,08:20:00,08:20:00,V,3\n"
    "back,16:00:00,16:00:00,V,1\n"
    "back,16:10:00,16:11:00,L,2\n"
    "back,16:20:00,16:20:00,P,3\n",
    "calendar": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
    "start_date,end_date\n"
    "S,1,1,1,1,1,0,0,20250101,20251231\n",
}

Content = str | bytes | None


def contents(**files: Content) -> dict[str, bytes]:
    """The sound feed with these files instead; None takes a file away.

    A name without an extension is that of a table: "stops" is stops.txt.
    """
    chosen = {name: text for name, text in (SOUND | files).items() if text is not None}
    return {
        (name if "." in name else f"{name}.txt"): text.encode() if isinstance(text, str) else text
        for name, text in chosen.items()
    }


@pytest.fixture
def write_feed(tmp_path: Path) -> Callable[..., Path]:
    """Write a feed as a folder: `write_feed(stops="…", name="a")`."""

    def write(name: str = "feed", **files: Content) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for file, data in contents(**files).items():
            (folder / file).write_bytes(data)
        return folder

    return write


@pytest.fixture
def write_zip(tmp_path: Path) -> Callable[..., Path]:
    """Write a feed as a zip: `write_zip(inside="gtfs/", stops="…")`."""

    def write(name: str = "feed.zip", inside: str = "", **files: Content) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, data in contents(**files).items():
                archive.writestr(inside + file, data)
        return path

    return write


@pytest.fixture
def read(write_feed: Callable[..., Path]) -> Callable[..., Feed]:
    """Read the sound feed with some files changed, for the week of Monday 2025-03-03."""

    def read_changed(**files: Content) -> Feed:
        return read_gtfs([write_feed(**files)], start=MONDAY, days=7)

    return read_changed


@pytest.fixture
def calls() -> Callable[[Feed], list[tuple[str, str, str, str]]]:
    """Give a feed's calls as (trip_id, stop_id, arrival, departure), easy to write by hand."""

    def readable(feed: Feed) -> list[tuple[str, str, str, str]]:
        return [
            (
                feed.trips["trip_id"][trip],
                feed.stops["stop_id"][stop],
                clock(arrival_s),
                clock(departure_s),
            )
            for trip, stop, arrival_s, departure_s in feed.stop_times.select(
                "trip", "stop", "arrival_s", "departure_s"
            ).iter_rows()
        ]

    return readable


@pytest.fixture
def where() -> Callable[[Feed, str], list[tuple]]:
    """Give the place of each finding of a code: (severity, file, line, field, value)."""

    def places(feed: Feed, code: str) -> list[tuple]:
        fs: list[Finding] = [f for f in feed.report.findings if f.code == code]
        return [(f.severity, f.file, f.line, f.field, f.value) for f in fs]

    return places


def clock(seconds_s: int) -> str:
    """Write 29400 as "8:10", or "8:10:05" where there are seconds."""
    hours, rest = divmod(seconds_s, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")
