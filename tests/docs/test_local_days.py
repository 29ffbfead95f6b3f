"""A moment is a day only on the clock of the site: at 0:30 in Paris, UTC is still on the eve."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.template import Context, Template

import traitdunion

ROOT = Path(traitdunion.__file__).parent
LOCAL_ALREADY = {
    # Their moments are given on the clock of the site: `localtime` in who calls them.
    "reach", "matching", "networks", "web", "demonstration", "levers/person.py",
    # Read from a file, where a day is written without its clock.
    "sources", "employers/clubs/calendar_files.py", "cooperation/roadmap/plan_import/values.py",
    "catalogue/upkeep/watching.py",
    "cooperation/sessions/preparing.py",
}  # fmt: skip
LOCALISED = {"localtime", "parsedate_to_datetime"}


def test_the_day_of_a_moment_is_that_of_the_site():
    """`moment.date()` is the day in UTC where the moment comes from `timezone.now()` or a row."""
    wrong = []
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name in LOCAL_ALREADY or name.partition("/")[0] in LOCAL_ALREADY:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr != "date" or node.args or node.keywords:
                continue
            of = node.func.value
            made_by = getattr(getattr(of, "func", None), "attr", "")
            if made_by not in LOCALISED:
                wrong.append(f"{name}:{node.lineno}: {ast.unparse(node)}")
    assert wrong == []


@pytest.mark.parametrize(
    ("library", "name", "words"),
    [
        ("cooperation_wording", "hour", "0 h 30"),
        ("catalogue_wording", "oclock", "0 h 30"),
        ("cooperation_wording", "day", "1er juillet 2026"),
        ("cooperation_wording", "weekday", "mercredi 1er juillet 2026"),
        ("housing_wording", "day", "1er juillet 2026"),
        ("desk_wording", "french_day", "1er juillet 2026"),
    ],
)
def test_a_page_writes_the_hour_and_the_day_of_the_site(library, name, words):
    """At 22:30 in UTC on 30 June, Paris is half past midnight on 1 July."""
    page = Template(f"{{% load {library} %}}{{{{ at|{name} }}}}")
    text = page.render(Context({"at": datetime(2026, 6, 30, 22, 30, tzinfo=UTC)}))
    assert text.replace("\xa0", " ") == words
