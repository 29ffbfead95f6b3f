"""No page shows « fiche(s) »: `traitdunion.french` makes the plural of what is counted."""

import re
from pathlib import Path

import traitdunion

ROOT = Path(traitdunion.__file__).parent
# The terminal, and the reports of feeds that it prints, are read by those who run the site.
OF_THE_TERMINAL = {"management", "reach", "rendering.py", "demonstration", "networks", "outbox"}
SUMMARY = "catalogue/operations.py"  # what `traitdunion catalogue` prints
MACHINE = re.compile(r"[a-zé](?<!http)\((?:s|e|es|x|nt)\)")


def spoken():
    """Yield each line of the templates, and of the strings of the code that pages show."""
    for path in sorted(ROOT.rglob("*")):
        name = path.relative_to(ROOT)
        if path.suffix in (".html", ".txt") and "templates" in name.parts:
            for n, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
                yield f"{name}:{n}", line
        elif path.suffix == ".py" and not (
            OF_THE_TERMINAL & set(name.parts) or name.as_posix() == SUMMARY
        ):
            for n, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
                for text in re.findall(r'"([^"]*)"', line):
                    yield f"{name}:{n}", text


def test_no_sentence_of_a_page_has_a_plural_in_brackets():
    assert [place for place, text in spoken() if MACHINE.search(text)] == []


def test_the_form_looked_for_is_recognised():
    assert MACHINE.search("2 fiche(s) créée(s)")
    assert not MACHINE.search("lambda s: signatures (s)")
