"""The pictures of the guides: each is taken by the command, and each is shown."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"


def taken() -> set[str]:
    """Return the pictures that `scripts/pages --docs` takes."""
    listed = (ROOT / "scripts" / "pages").read_text("utf-8").split("\nDOCS = (")[1]
    return set(re.findall(r'^    \("([a-z-]+)", "[a-z-]+", \d+, \d+\),$', listed, re.MULTILINE))


def shown() -> dict[str, str]:
    """Return the pictures that the README and the pages show, and the words beside each."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    images = re.compile(r"!\[([^\]]*)\]\([^)]*images/([^)]+)\.png\)")
    return {
        name: words for page in pages for words, name in images.findall(page.read_text("utf-8"))
    }


def test_every_picture_is_taken_by_the_command_kept_and_shown():
    kept = {path.stem for path in IMAGES.glob("*.png")}
    assert taken() == kept == set(shown())


def test_every_picture_has_words_for_who_does_not_see_it():
    assert all(len(words.split()) >= 4 for words in shown().values())


def test_pictures_are_light():
    assert all(path.stat().st_size < 120_000 for path in IMAGES.iterdir())
