"""The index of addresses: files read, searches answered, a commune replaced."""

import gzip
import json
import subprocess
import sys
import zipfile
from datetime import date
from io import StringIO
from time import perf_counter, thread_time

import pytest
from django.core.management import call_command
from drawn_addresses import Address, drawn, write_ban
from geocoder_cases import measured

from traitdunion.sources.addresses import AddressFile, open_addresses, read_addresses
from traitdunion.sources.bounded import Unreadable
from traitdunion.territory.addresses.index import FILE, import_addresses
from traitdunion.territory.addresses.searching import AddressIndex, Preference, address_index

TODAY = date(2026, 11, 30)
LANGEAC = ("43300", "43112", "Langeac")
LE_PUY = ("43000", "43157", "Le Puy-en-Velay")
FEW = [
    Address(12, "", "Rue de la Paix", *LANGEAC, 45.10, 3.50),
    Address(12, "bis", "Rue de la Paix", *LANGEAC, 45.1001, 3.50),
    Address(20, "", "Rue de la Paix", *LANGEAC, 45.11, 3.50),
    Address(3, "", "Boulevard du Maréchal Foch", *LE_PUY, 45.04, 3.88),
    Address(1, "", "Rue de la Paix", *LE_PUY, 45.05, 3.88),
    Address(1, "", "Rue de la Paix", "48000", "48095", "Mende", 44.52, 3.50),
    Address(99999, "", "Le Mazel", *LANGEAC, 45.12, 3.55, "Ancien-Bourg"),
]


@pytest.fixture(scope="module")
def few(tmp_path_factory) -> AddressIndex:
    folder = tmp_path_factory.mktemp("few")
    made = import_addresses([write_ban(folder / "43.csv", FEW)], folder, on=TODAY)
    assert (made.addresses, made.places, made.communes) == (7, 5, 3)
    return AddressIndex(folder / FILE)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("12 rue de la paix langeac", "12 Rue de la Paix, 43300 Langeac"),
        ("12bis r de la paix 43300", "12 bis Rue de la Paix, 43300 Langeac"),
        ("langeac rue paix", "Rue de la Paix, 43300 Langeac"),
        ("3 bd du mal foch", "3 Boulevard du Maréchal Foch, 43000 Le Puy-en-Velay"),
        ("3 bd marechal fo", "3 Boulevard du Maréchal Foch, 43000 Le Puy-en-Velay"),
        ("3 boulvard maréchal foche", "3 Boulevard du Maréchal Foch, 43000 Le Puy-en-Velay"),
        ("le mazel", "Le Mazel, 43300 Langeac"),
        ("mazel ancien bourg", "Le Mazel, 43300 Langeac"),
        ("1 rue de la paix mende", "1 Rue de la Paix, 48000 Mende"),
    ],
)
def test_an_address_is_found_as_it_is_typed(few, text, label):
    assert few.search(text)[0].label == label


def test_the_addresses_of_a_commune_stand_together_by_cells(few):
    """Three numbers and a hamlet: 12 and 12 bis are some ten metres apart, the others far."""
    spread = sorted((round(lat, 5), round(lon, 5), n) for lat, lon, n in few.spread_of("43112"))
    assert spread == [(45.10005, 3.5, 2), (45.11, 3.5, 1), (45.12, 3.55, 1)]
    assert few.spread_of("43999") == []


def test_the_territory_served_comes_first(few):
    for home in ("43", "48"):
        results = few.search("1 rue de la paix", preference=Preference((home,)))
        assert results[0].code_insee.startswith(home)


def test_a_number_that_the_street_lacks_is_the_nearest_and_says_so(few):
    results = few.search("14 rue de la paix langeac")[0]
    assert (results.numero, results.asked_numero, results.lat) == ("12", "14", 45.10)


def test_a_text_like_no_street_finds_nothing(few):
    assert few.search("zzzzqqq") == []
    assert few.search("!!!") == []
    assert few.search('rue " OR (paix)')[0].name == "Rue de la Paix"


def test_a_bal_replaces_its_commune_only(tmp_path):
    import_addresses([write_ban(tmp_path / "43.csv", FEW)], tmp_path, on=TODAY)
    bal = tmp_path / "langeac.csv"
    bal.write_text(
        "\ufeffcle_interop;commune_insee;commune_nom;toponyme;numero;suffixe;long;lat\n"
        "43112_0001_00005;43112;Langeac;Rue Neuve;5;ter;3.5;45.1\n"
        "43112_0002_99999;43112;Langeac;Les Cabanes;99999;;3.6;45.1\n"
        "43112_0003_00001;43112;Langeac;Rue sans point;1;;;\n",
        encoding="utf-8",
    )
    made = import_addresses([bal], tmp_path, on=TODAY)
    assert (made.addresses, made.left_out) == (2, 1)
    assert made.faults == ("langeac.csv, ligne 4 : la position manque (long, lat).",)
    index = address_index(tmp_path)
    assert {address.commune for address in index.search("rue de la paix")} == {
        "Le Puy-en-Velay", "Mende",
    }  # fmt: skip
    assert index.search("5 ter rue neuve")[0].numero == "5 ter"
    assert index.search("cabanes")[0].is_lieu_dit


def test_what_is_no_file_of_addresses_is_refused_and_changes_nothing(tmp_path):
    import_addresses([write_ban(tmp_path / "43.csv", FEW)], tmp_path, on=TODAY)
    before = (tmp_path / FILE).read_bytes()
    for content in (b"a;b\n1;2\n", b"", b"\x1f\x8bnothing", b"\xff\xfe\x00", b"nom_voie;x\n"):
        wrong = tmp_path / "wrong.csv"
        wrong.write_bytes(content)
        with pytest.raises(Unreadable):
            import_addresses([wrong], tmp_path, on=TODAY)
    assert (tmp_path / FILE).read_bytes() == before
    assert [path.name for path in (tmp_path / FILE).parent.iterdir()] == ["addresses.sqlite"]


def test_every_version_of_the_bal_is_read(tmp_path, shared):
    archive = shared / "addresses/bal_validator_samples.zip"
    with zipfile.ZipFile(archive) as samples:
        samples.extractall(tmp_path)
    read = {}
    for path in sorted(tmp_path.rglob("*.csv")):
        try:
            made = open_addresses(path)
        except Unreadable:
            continue
        list(read_addresses(made))
        assert made.kind == AddressFile.BAL
        read[path.name] = made.taken
    assert {"1.3-valid.csv", "1.4-valid.csv", "1.5-valid.csv", "sample.csv"} <= read.keys()
    assert read["sample.csv"] > 10
    assert "junk.ascii.csv" not in read


COMMUNES = [
    (f"{dep}{n:03}", f"{dep}{n % 40:03}", f"Bourg{n} {dep}", lat + n / 300, lon)
    for dep, lat, lon in (("43", 45.0, 3.8), ("48", 44.5, 3.4), ("15", 45.0, 2.6))
    for n in range(1, 90)
]


def test_150_000_addresses_are_imported_and_found_in_time(tmp_path):
    rows = drawn(150_000, COMMUNES, seed=21)
    path = write_ban(tmp_path / "all.csv", rows)
    packed = tmp_path / "all.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes(), 1))
    program = (
        "import re, sys; from datetime import date; from pathlib import Path;"
        "from traitdunion.territory.addresses.index import import_addresses;"
        "import_addresses([Path(sys.argv[1])], Path(sys.argv[2]), on=date(2026, 11, 30));"
        # Not ru_maxrss, which a process takes over from the one that started it.
        "status = Path('/proc/self/status').read_text();"
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) // 1024)"
    )
    began = perf_counter()
    ran = subprocess.run(
        [sys.executable, "-c", program, packed, tmp_path],
        capture_output=True,
        text=True,
        check=True,
    )
    assert perf_counter() - began < 30
    assert int(ran.stdout) < 500, "MB"
    index = AddressIndex(tmp_path / FILE)
    index.search("rue de la paix")
    taken = []
    count = 0
    asked = rows[:: len(rows) // 200]
    for row in asked:
        for text in (
            f"{row.numero} {row.street} {row.commune}",
            f"{row.numero} {row.street} {row.postcode}",
            f"{row.street[:-2]}",
        ):
            began = thread_time()
            hits = index.search(text, limit=5, preference=Preference(("43", "48", "15")))
            taken.append(thread_time() - began)
        hits = index.search(f"{row.numero} {_mistyped(row.street)} {row.commune}", limit=5)
        count += any(hit.name == row.street and hit.code_insee == row.code_insee for hit in hits)
    assert sorted(taken)[int(0.95 * len(taken))] < 0.010, "s"
    assert count / len(asked) >= 0.9


def _mistyped(street: str) -> str:
    """Return a street with the last letter but two of its last word left out."""
    return street[:-3] + street[-2:]


def test_the_cases_of_geocoders_are_found_among_decoys(tmp_path, shared):
    cases = shared / "addresses/geocoder_cases_france.csv"
    shares = measured(cases, tmp_path, on=TODAY)
    assert shares["address"] >= 0.95
    assert shares["typo"] >= 0.90
    assert shares["abbreviation"] >= 0.90
    assert shares["user_input"] >= 0.90


@pytest.mark.django_db
def test_the_command_imports_and_searches(tmp_path, settings, capsys):
    settings.TRAITDUNION_DATA_DIR = tmp_path
    out = StringIO()
    call_command("addresses", "import", str(write_ban(tmp_path / "43.csv", FEW)), stdout=out)
    assert out.getvalue().startswith("7 adresses, 5 voies et lieux-dits, 3 communes, en ")
    out = StringIO()
    call_command("addresses", "search", "12 rue de la paix langeac", "--json", stdout=out)
    first = json.loads(out.getvalue())[0]
    assert (first["label"], first["lat"]) == ("12 Rue de la Paix, 43300 Langeac", 45.10)
