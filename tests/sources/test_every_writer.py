"""No table leaves the project but through `sources.bounded`: nothing in it runs as a formula."""

import ast
from pathlib import Path

import traitdunion

SOURCE = Path(traitdunion.__file__).parent
BY_THEMSELVES = {
    "sources/bounded/csv_files.py",
    "sources/bounded/large_csv.py",
    "sources/bounded/writing.py",
    "reach/gtfs/tables/csv_text.py",  # reads feeds, within limits of its own
    "demonstration/network.py",  # writes constants
    "levers/world_network.py",  # writes a feed that it reads at once and deletes
    "sources/school_holidays.py",  # reads a file of the package itself
    "web/management/commands/matrix.py",  # writes numbers, and identifiers through `neutral`
}
READERS = {"json.load", "json.loads", "zipfile.ZipFile", "openpyxl.load_workbook"}


def imports():
    """Each module of the project with the names that it imports."""
    for path in sorted(SOURCE.rglob("*.py")):
        names = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                names |= {f"{node.module}.{name.name}" for name in node.names}
        yield str(path.relative_to(SOURCE)), names


def test_only_one_room_knows_the_csv_module():
    assert {path for path, names in imports() if "csv" in names} <= BY_THEMSELVES


def test_whoever_makes_a_workbook_fills_it_through_the_one_function():
    makers = {path: names for path, names in imports() if "openpyxl.Workbook" in names}
    assert makers
    for path, names in makers.items():
        written = {"traitdunion.sources.bounded.append_row", "traitdunion.sources.bounded.set_cell"}
        assert names & written or "traitdunion.sources.bounded" in {
            *names,
            "traitdunion.sources",
        }, path
        text = (SOURCE / path).read_text("utf-8")
        assert ".append([" not in text, f"{path} appends a row by itself"
        assert "cell.value =" not in text, f"{path} sets a cell by itself"


def test_workbooks_are_opened_by_the_bounded_reader_only():
    readers = {path for path, names in imports() if "openpyxl.load_workbook" in names}
    assert readers == {"sources/bounded/workbooks.py"}
