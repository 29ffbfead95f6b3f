"""One line, Le Puy 8:00 → Langeac → Brioude 9:20 and back at 17:00, Monday to Friday.

The same world as the published cases of feeds, where that folder is present: a test asks both.
"""

import zipfile
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from traitdunion import reach

MONDAY, DAYS = date(2026, 11, 23), 35
"""Compiled from the Monday before the question to Sunday 27 December 2026."""

NOW = datetime(2026, 11, 29, 12, tzinfo=ZoneInfo("Europe/Paris"))
CASES = Path(__file__).parents[3] / "shared" / "cases" / "feeds"
LE_PUY, LANGEAC, BRIOUDE = (
    reach.Point(45.0430, 3.8850),
    reach.Point(45.1000, 3.4960),
    reach.Point(45.2940, 3.3840),
)
FILES = {
    "agency": "agency_id,agency_name,agency_url,agency_timezone\n"
    "A,Cars A,https://a.example,Europe/Paris\n",
    "stops": "stop_id,stop_name,stop_lat,stop_lon\n"
    "S1,Le Puy,45.0430,3.8850\nS2,Langeac,45.1000,3.4960\nS3,Brioude,45.2940,3.3840\n",
    "routes": "route_id,agency_id,route_short_name,route_long_name,route_type\n"
    "R1,A,L1,Le Puy - Brioude,3\n",
    "trips": "route_id,service_id,trip_id\nR1,WK,T1\nR1,WK,T2\n",
    "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "T1,08:00:00,08:00:00,S1,1\nT1,08:50:00,08:51:00,S2,2\nT1,09:20:00,09:20:00,S3,3\n"
    "T2,17:00:00,17:00:00,S3,1\nT2,17:40:00,17:40:00,S2,2\nT2,18:20:00,18:20:00,S1,3\n",
    "calendar": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
    "start_date,end_date\nWK,1,1,1,1,1,0,0,20260101,20271231\n",
}


def write(path: Path, **changed: str | None) -> Path:
    """Write the feed as a zip; `changed` replaces or adds files, named without ".txt"."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in (FILES | changed).items():
            if text is not None:
                archive.writestr(name if "." in name else f"{name}.txt", text)
    return path


def published(case: str, name: str = "feed.zip") -> Path:
    """Return a published case; the test is skipped where the folder is absent."""
    path = CASES / case / name
    if not path.exists():
        pytest.skip("the published cases are not here")
    return path


def compiled(*paths: Path, start: date = MONDAY, days: int = DAYS, **options) -> reach.Timetable:
    return reach.Timetable.from_gtfs(paths, start=start, days=days, **options)


def codes(timetable: reach.Timetable) -> set[str]:
    """Codes of what the report says."""
    return {finding.code for finding in timetable.report.findings}


def at(seconds: int) -> str:
    """Write seconds as "8:05"."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}"
