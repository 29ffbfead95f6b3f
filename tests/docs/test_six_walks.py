"""The six walks of a new contributor name files that exist, and names that stand in them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "traitdunion"
PAGE = ROOT / "docs" / "reference" / "where-to-put-a-file.md"
IS_PATH = re.compile(r"(?:[a-z0-9_-]+/)+[a-z0-9_.-]*|\w+\.(?:py|css|js|md)")


def walks() -> dict[str, str]:
    """Return the steps of each walk, by its request."""
    table = PAGE.read_text(encoding="utf-8").split("## Six walks")[1]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| ")]
    return {request.strip(): steps.strip() for request, steps in rows[1:]}


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def files_at(path: str) -> list[Path]:
    """Return the files a quoted path names: from the source, or from the top of the project."""
    return [top / path for top in (SOURCE, ROOT) if (top / path).exists()]


def test_there_are_six():
    assert len(walks()) == 6


@pytest.mark.parametrize("request_", walks())
def test_the_steps_of_a_walk_exist(request_):
    """Each name stands in one of the files that its walk names."""
    words = quoted(walks()[request_])
    paths = [word for word in words if IS_PATH.fullmatch(word)]
    assert paths
    assert [path for path in paths if not files_at(path)] == []
    texts = [
        file.read_text(encoding="utf-8")
        for path in paths
        for file in files_at(path)[:1]
        if file.is_file()
    ]
    names = [word for word in words if word not in paths]
    assert [name for name in names if not any(stands_in(name, text) for text in texts)] == []


def stands_in(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def test_paths_of_the_table_exist():
    table = PAGE.read_text(encoding="utf-8").split("\n## ")[0].split("Within a Django app")[0]
    cells = [line.strip("|").split("|")[1] for line in table.splitlines() if line.startswith("| ")]
    paths = [word for cell in cells[1:] for word in quoted(cell) if IS_PATH.fullmatch(word)]
    assert len(paths) > 30
    assert [path for path in paths if not is_laid(path)] == []


def is_laid(path: str) -> bool:
    """Return whether a path of the table exists; one name alone may stand in any package."""
    return bool(files_at(path)) or (
        "/" not in path.rstrip("/") and any(SOURCE.rglob(path.rstrip("/")))
    )
