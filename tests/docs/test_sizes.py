"""A folder of the source and of the tests holds 25 modules at most, a file 600 lines."""

from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "traitdunion"
MAX_MODULES, MAX_LINES = 25, 600


def modules() -> list[Path]:
    source = (path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
    return [*source, *(ROOT / "tests").rglob("*.py")]


def test_no_folder_is_a_heap():
    counts = Counter(path.parent for path in modules() if path.name != "__init__.py")
    assert {str(folder): n for folder, n in counts.items() if n > MAX_MODULES} == {}


def test_no_file_is_too_long():
    longer = {
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if len(path.read_text(encoding="utf-8").splitlines()) > MAX_LINES
    }
    assert longer == set()
