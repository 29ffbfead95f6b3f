"""Decisions are numbered without a hole, all in the index, and name files that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "traitdunion"
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))


def test_numbers_follow_without_a_hole():
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_each_opens_with_its_number():
    for page in DECISIONS:
        assert page.read_text(encoding="utf-8").startswith(f"# {int(page.name[:4])}. "), page.name


def test_the_index_has_each_once_in_order():
    index = (ROOT / "docs" / "adr" / "index.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| \[[^]]+\]\((\S+?)\)", index, re.MULTILINE)
    assert rows == [(str(int(page.name[:4])), page.name) for page in DECISIONS]


def test_modules_named_with_their_folder_exist():
    """Pages of decisions and of reference follow the files that move."""
    pages = [*DECISIONS, *(ROOT / "docs" / "reference").glob("*.md"), ROOT / "CONTRIBUTING.md"]
    named = [
        (page.name, path)
        for page in pages
        for path in re.findall(r"`([a-z_]+/[\w/]+\.py)`", page.read_text(encoding="utf-8"))
    ]
    assert len(named) > 20
    assert [
        (page, path)
        for page, path in named
        if not (SOURCE / path).exists() and not (ROOT / path).exists()
    ] == []
