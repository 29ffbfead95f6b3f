"""Files mutated at random: each is read, or refused in words, and no record is lost in silence.

Three hundred of each kind here; `make fuzz` asks for ten thousand (FUZZ_FILES). FUZZ_FROM, any
number, draws others: a run in several parts asks for them.
"""

import io
import json
import logging
import os
import random
import re
import zipfile
from contextlib import suppress
from types import SimpleNamespace

import pytest

from traitdunion.catalogue.enums import FormatFichier
from traitdunion.catalogue.exchange.batch import Batch, FileError
from traitdunion.catalogue.exchange.reading import read_file
from traitdunion.catalogue.exchange.sheets import write_xlsx
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.roadmap.plan_import.grid import read_workbook
from traitdunion.cooperation.roadmap.plan_import.reading import read_lines
from traitdunion.cooperation.roadmap.plan_import.template import template
from traitdunion.cooperation.sessions.guests import read_guests
from traitdunion.sources.bounded import Unreadable, decoded, read_csv

from .test_imports import FLEX, HEAD, NEW, PLACE, holder, service, table

N_FILES = int(os.environ.get("FUZZ_FILES", "300"))
N_WORKBOOKS = int(os.environ.get("FUZZ_FILES", "100"))
"""A workbook takes longer to read: fewer of them, unless a number is asked for."""
ODD = [b'"', b"\x00", b"\r", b"\n", b";", b",", b"\t", b"1e999", b"[", b"{", b"}", b"\xe9", b"'",
       b"\xef\xbb\xbf", b"\xff\xfe", b"=HYPERLINK(1)", b"#N/A", b"9" * 400, b"\xed\xa0\x80", b"NaN",
       b"\\u0000", b"\\ud800", b"-1", b"<", b"&", b"\xe2\x80\xae"]  # fmt: skip
VALUES = [None, [], {}, [[]], "", "x" * 700, 1e300, -1, 0, True, "\u0000", "\ud800", ["a", None],
          {"a": 1}, 10**30, "2042-13-45", "🚲" * 50, "=1+1"]  # fmt: skip


def mutated(content, rng):
    """The same bytes with a few of them changed, cut, repeated or replaced by odd ones."""
    data = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(5):
            case 0 if data:
                data[min(at, len(data) - 1)] = rng.randrange(256)
            case 1:
                data[at:at] = rng.choice(ODD)
            case 2:
                del data[at : at + rng.randint(1, 30)]
            case 3:
                data[at:at] = data[at : at + rng.randint(1, 200)] * rng.randint(1, 20)
            case 4:
                data[at : at + 3] = rng.choice(ODD)
    return bytes(data)


def repacked(content, rng):
    """An archive one part of which is mutated, or now and then the bytes of the archive."""
    if rng.random() < 0.15:
        return mutated(content, rng)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    chosen = rng.choice(sorted(parts))
    parts[chosen] = mutated(parts[chosen], rng)
    if rng.random() < 0.1:
        del parts[rng.choice(sorted(parts))]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def odd_document(document, rng):
    """A copy of a document with one value replaced by one of another kind, or a key taken away."""
    copy = json.loads(json.dumps(document))
    node = copy
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = rng.choice(keys)
        if isinstance(node[key], dict | list) and node[key] and rng.random() < 0.85:
            node = node[key]
            continue
        if rng.random() < 0.3 and isinstance(node, dict):
            del node[key]
        else:
            node[key] = rng.choice(VALUES)
        return copy


def zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


GBFS = {
    "system_information": {"data": {"system_id": "a", "name": [{"text": "Vélo", "language": "fr"}],
                                    "operator": "Régie", "opening_hours": "Mo-Fr 08:00-19:00",
                                    "phone_number": "+33471000000", "url": "https://x.fr"}},
    "vehicle_types": {"data": {"vehicle_types": [
        {"vehicle_type_id": "v", "form_factor": "bicycle", "propulsion_type": "electric",
         "max_range_meters": 60000, "default_pricing_plan_id": "p", "min_age": 16}]}},
    "station_information": {"data": {"stations": [
        {"station_id": "1", "name": "Gare", "lat": 45.04, "lon": 3.89},
        {"station_id": "2", "name": "Place", "lat": 45.05, "lon": 3.88}]}},
    "system_pricing_plans": {"data": {"plans": [
        {"plan_id": "p", "name": "Jour", "currency": "EUR", "price": "1.5", "is_taxable": False,
         "per_min_pricing": [{"start": 0, "rate": 0.1, "interval": 1}]}]}},
}  # fmt: skip


@pytest.fixture
def rng(request):
    return random.Random(request.node.name + os.environ.get("FUZZ_FROM", ""))


@pytest.fixture(autouse=True)
def quiet(caplog):
    """Refusals of last resort are logged with their traceback: not thousands of them here."""
    caplog.set_level(logging.CRITICAL)


def read(content, kind):
    """What a file gives, None where it is refused in words."""
    try:
        batch = read_file(content, kind)
    except FileError:
        return None
    kept = batch.as_json()
    assert Batch.from_json(json.loads(json.dumps(kept))) == batch
    text = repr(kept).encode()  # refuses lone surrogates, as databases do
    assert b"\\x00" not in text.replace(b"\\\\", b"")
    return batch


def test_no_row_of_a_csv_is_lost_in_silence(rng):
    for _ in range(N_FILES):
        rows = [
            [rng.choice(["a", "b c", "é", "1,5", ""]) + "x" for _ in range(3)] for _ in range(6)
        ]
        content = table(*(dict(zip("pqr", row, strict=True)) for row in rows))
        changed = mutated(content, rng)
        try:
            given, _ = decoded(changed)
            result = read_csv(changed)
        except Unreadable:
            continue
        # Each row that still stands whole between two ends of line is read, or named.
        kept = {tuple(record.cells.values()) for record in result.records}
        for row in rows:
            line = ";".join(f'"{cell}"' for cell in row)
            whole = re.search(rf"(^|[\r\n]){re.escape(line)}([\r\n]|$)", given)
            if whole and not result.faults and result.headings == ["p", "q", "r"]:
                assert tuple(row) in kept, changed


@pytest.mark.parametrize("kind", [FormatFichier.CSV, FormatFichier.BNLC])
def test_tables_of_the_catalogue(structure, rng, kind):
    seeds = {
        FormatFichier.CSV: table(
            NEW | {"par_jour_eur": "2,5", "zones": "", "detail.age_min": "18"}
        ),
        FormatFichier.BNLC: table(PLACE, PLACE | {"id_lieu": "43157-C-002"}),
    }
    for _ in range(N_FILES):
        read(mutated(seeds[kind], rng), kind)


def test_workbooks_of_the_catalogue(structure, rng):
    seed = write_xlsx([], [structure])
    for _ in range(N_WORKBOOKS):
        read(repacked(seed, rng), FormatFichier.XLSX)


def test_public_feeds_keep_or_name_each_service(structure, rng):
    document = {"structures": [holder()], "services": [service(n) for n in range(1, 5)]}
    for _ in range(N_FILES):
        changed = odd_document(document, rng)
        if (batch := read(json.dumps(changed).encode(), FormatFichier.INCLUSION)) is None:
            continue
        kept = {solution.place.rpartition(" ")[2] for solution in batch.solutions}
        named = set(re.findall(r"services, n° (\d+)", " ".join(batch.refused)))
        assert {str(n) for n, _ in enumerate(changed["services"], start=1)} == kept | named
        read(mutated(json.dumps(document).encode(), rng), FormatFichier.INCLUSION)


def test_shared_fleets_and_services_on_demand(structure, rng):
    flex = FLEX | {"stop_times.txt": HEAD + "t,1,07:00:00,08:00:00,b\r\nt,2,07:00:00,08:00:00,b"}
    archive = zipped(flex)
    for _ in range(N_FILES):
        changed = odd_document(GBFS, rng)
        parts = {f"{name}.json": json.dumps(content) for name, content in changed.items()}
        read(zipped(parts), FormatFichier.GBFS)
        read(repacked(archive, rng), FormatFichier.FLEX)


def test_lists_of_guests_and_plans(rng):
    seance = SimpleNamespace(invites=SimpleNamespace(all=list))
    guests = b"nom;organisation;college;courriel\r\nAna;Mairie;collectivites;a@x.fr\r\n"
    plan = template()
    for _ in range(N_FILES):
        try:
            text, _ = decoded(mutated(guests, rng))
        except Unreadable:
            continue
        read_guests(text, seance=seance)
    for _ in range(N_WORKBOOKS):
        with suppress(CooperationError):
            read_lines(read_workbook(repacked(plan, rng)))
