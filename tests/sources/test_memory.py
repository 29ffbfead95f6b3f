"""Each kind of hostile file is read or refused in a process that never holds 500 MB.

The file is drawn here and read in a process of its own, so that what is measured is the reader:
its imports, the bytes of the file and what it makes of them.
"""

import io
import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from .hostile import archive, row, text, workbook

# The peak of `resource` counts what the process held before it became another program.
pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the peak of a process is read in /proc"
)

MAX_KB = 500_000
READ = """
import json, sys
from pathlib import Path
path = Path(sys.argv[1])
try:
    {read}
    answer = "read"
except {refusal} as refused:
    answer = str(refused)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps([answer, int(status["VmHWM"].split()[0])]))
"""
READERS = {
    "csv": (
        "from traitdunion.sources.bounded import Unreadable, read_csv",
        "read_csv(path.read_bytes())",
        "Unreadable",
    ),
    "workbook": (
        "from traitdunion.sources.bounded import Unreadable, read_workbook",
        "[sheet.table() for sheet in read_workbook(path.read_bytes())]",
        "Unreadable",
    ),
    "json": (
        "from traitdunion.sources.bounded import Unreadable, parse_json",
        "parse_json(path.read_bytes())",
        "Unreadable",
    ),
    "archive": (
        "from traitdunion.sources.bounded import Unreadable, unzipped",
        "unzipped(path.read_bytes())",
        "Unreadable",
    ),
    "feed": (
        "from datetime import date\nfrom traitdunion.reach.gtfs import FeedError, read_gtfs",
        "read_gtfs([path], start=date(2025, 3, 3), days=7)",
        "FeedError",
    ),
    "realtime": (
        "from traitdunion.reach.realtime import RealtimeError, read_realtime",
        "read_realtime(path.read_bytes())",
        "RealtimeError",
    ),
    "photograph": (
        "import django\ndjango.setup()\n"
        "from traitdunion.cooperation.operations import CooperationError\n"
        "from traitdunion.cooperation.sessions.photographs import without_metadata",
        "without_metadata(path.read_bytes())",
        "CooperationError",
    ),
}
"""Of each kind: what is imported, the call, and the refusal that it may raise."""

HEAD = row(1, text("A1", "nom"))
STOPS = "stop_id,stop_name,stop_lat,stop_lon\n"
CALLS = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
FEED = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\nA,A,https://a,Europe/Paris\n",
    "stops.txt": f"{STOPS}P,Le Puy,45.04,3.88\nV,Vorey,45.18,3.9\n",
    "routes.txt": "route_id,agency_id,route_short_name,route_type\nR,A,1,3\n",
    "trips.txt": "route_id,service_id,trip_id\nR,S,T\n",
    "stop_times.txt": f"{CALLS}T,08:00:00,08:00:00,P,1\nT,08:20:00,08:20:00,V,2\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
    "start_date,end_date\nS,1,1,1,1,1,1,1,20250101,20251231\n",
}


def feed(**changed):
    return archive(FEED | {name.replace("__", "."): content for name, content in changed.items()})


def image(kind, side, **options):
    mode = "RGB" if kind == "JPEG" else "RGBA"
    out = io.BytesIO()
    Image.new(mode, (side, side)).save(out, kind, **options)
    return out.getvalue()


def distinct(number, sign=","):
    """Lines that differ, so that an archive does not pack them a hundred times."""
    return "".join(f"{n * 7919 % 1000003}{sign}\n" for n in range(number))


def digits(number):
    """Lines of one digit in no order, so that an archive does not pack them a hundred times."""
    drawn = random.Random(13)
    return "".join(f"{drawn.randrange(10)}\n" for _ in range(number))


def stored(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


# A stop update without a field in a trip update in an entity, as protobuf encodes it.
EMPTY_STOPS = b"\x1a\x08" + b"\x12\x00" * 4
HEADER = b"\x0a\x05\x0a\x032.0"
FAR = "".join(row(n, f'<c r="XFD{n}"><v>1</v></c>') for n in range(2, 19_000))
MERGED = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
HOSTILE = {
    "csv of one long field": ("csv", lambda: b"nom\r\n" + b"x" * 9_900_000),
    "csv of separators": ("csv", lambda: b"nom\r\n" + b";" * 9_900_000),
    "csv of ends of line": ("csv", lambda: b"nom\r\n" + b"\n" * 9_900_000),
    "csv of quotes": ("csv", lambda: b'nom\r\n' + b'"' * 9_900_001),
    "csv of wide rows": ("csv", lambda: (b";" * 299 + b"\n") * 33_000),
    "csv in UTF-32": ("csv", lambda: ("nom\r\n" + "é;é\r\n" * 400_000).encode("utf-32")),
    "workbook merged whole": ("workbook", lambda: workbook(HEAD, after=MERGED)),
    "workbook of far cells": ("workbook", lambda: workbook(HEAD + FAR)),
    "workbook of wide rows": (
        "workbook",
        lambda: workbook(HEAD + "".join(row(n, "<c/>" * 300) for n in range(2, 20_000))),
    ),
    "workbook nested": ("workbook", lambda: workbook("<row>" + "<x>" * 5_000_000)),
    "workbook of one long text": (
        "workbook", lambda: workbook(row(1, text("A1", "x" * 50_000_000))),
    ),
    "json nested": ("json", lambda: b"[" * 9_900_000),
    "json of many values": ("json", lambda: b"[" + b"{}," * 3_000_000 + b"1]"),
    "json of many keys": (
        "json", lambda: b"{" + b",".join(b'"%d":1' % n for n in range(900_000)) + b"}",
    ),
    "json of one number": ("json", lambda: b"[" + b"1" * 9_900_000 + b"]"),
    "json of one text": ("json", lambda: json.dumps(["\U0001f6b2" * 800_000]).encode()),
    "archive that inflates": ("archive", lambda: archive({"a": b"0" * 400_000_000})),
    "archive of many parts": ("archive", lambda: archive({str(n): "" for n in range(50_000)})),
    "archive of sixty million bytes": (
        "archive", lambda: archive({str(n): b"0" * 999_000 for n in range(80)}),
    ),
    "feed that inflates": ("feed", lambda: feed(stops__txt=STOPS + "0" * 400_000_000)),
    "feed of short rows": ("feed", lambda: feed(stop_times__txt=CALLS + distinct(700_000))),
    "feed of rows of one sign": (
        "feed", lambda: feed(stop_times__txt=CALLS + digits(5_500_000)),
    ),
    "feed of eighty million rows of one sign": (
        "feed", lambda: stored(**FEED | {"stop_times.txt": CALLS.encode() + b"1\n" * 80_000_000}),
    ),
    "feed of as many, one of them quoted, in cp1252": (
        "feed",
        lambda: stored(
            **FEED | {"stop_times.txt": CALLS.encode() + b'"\xe9"\n' + b"\xe9\n" * 80_000_000}
        ),
    ),
    "feed of 1.4 million whole rows of a trip that is not there": (
        "feed", lambda: feed(stop_times__txt=CALLS + distinct(1_400_000, ",,,,")),
    ),
    "feed of stray quotes": (
        "feed", lambda: feed(stop_times__txt=CALLS + distinct(700_000, ',"a"b')),
    ),
    "feed of an open quote": ("feed", lambda: feed(stops__txt=STOPS + '"' + distinct(700_000))),
    "feed of many columns": (
        "feed", lambda: feed(stops__txt=STOPS.strip() + "".join(f",c{n}" for n in range(300_000))),
    ),
    "feed of areas nested": ("feed", lambda: feed(locations__geojson="[" * 3_000_000)),
    "message of empty entities": ("realtime", lambda: HEADER + b"\x12\x00" * (32 << 20)),
    "message of empty stops": (
        "realtime", lambda: HEADER + (b"\x12\x0a" + EMPTY_STOPS) * 190_000,
    ),
    "message of one huge entity": (
        "realtime", lambda: HEADER + b"\x12\x80\x80\x80\x10" + b"\x00" * (32 << 20),
    ),
    "message of a long text": ("realtime", lambda: b"\x0a\x80\x80\x80\x10" + b"a" * (32 << 20)),
    "message of no field": ("realtime", lambda: b"\xff" * (32 << 20)),
    "photograph of 110 million pixels": ("photograph", lambda: image("PNG", 10_480)),
    "photograph in WebP": ("photograph", lambda: image("WEBP", 4_000)),
    "photograph in WebP beyond": ("photograph", lambda: image("WEBP", 10_480)),
    "photograph in PNG": ("photograph", lambda: image("PNG", 4_000)),
    "photograph, progressive": (
        "photograph", lambda: image("JPEG", 7_000, progressive=True, subsampling=0),
    ),
    "photograph, progressive beyond": (
        "photograph", lambda: image("JPEG", 10_000, progressive=True, subsampling=0),
    ),
    "photograph of a telephone": ("photograph", lambda: image("JPEG", 9_000, subsampling=0)),
}  # fmt: skip
"""Each file by what it does: its kind, and what draws it."""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_read_in_little_memory(name, tmp_path):
    kind, draw = HOSTILE[name]
    imports, call, refusal = READERS[kind]
    path = tmp_path / "sent.zip"
    path.write_bytes(draw())
    program = imports + READ.format(read=call, refusal=refusal)
    ran = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stderr[-2_000:]
    answer, peak_kb = json.loads(ran.stdout.splitlines()[-1])
    print(f"{name}: {path.stat().st_size} bytes, {peak_kb // 1000} MB, {answer[:100]}")
    assert peak_kb < MAX_KB, answer


def test_a_photograph_too_large_says_so():
    from traitdunion.cooperation.operations import CooperationError
    from traitdunion.cooperation.sessions.photographs import without_metadata

    with pytest.raises(CooperationError, match="trop grande"):
        without_metadata(image("PNG", 4_001))
