"""The product serves any département: Haute-Loire is named by demonstrations and examples alone."""

import ast
import re
from pathlib import Path

import pytest

import traitdunion

SOURCE = Path(traitdunion.__file__).parent
NAMES = re.compile(
    r"(?<![\dA-Z-])43\d{3}(?!\d)|^43$|[(/]43\)|-43\b|haute.loire|langeac|brioude|puy-en-velay", re.I
)
LAW = re.compile(r"R5311-43|R5311-37 to -43")
EXAMPLE = "shows what to type, in a message or a help"
EXCUSED = {
    "web/settings.py": "the département served where none is given, as the guide says",
    "web/management/commands/demo.py": "loads the demonstration",
    "desk/question/views.py": "the question of the demonstration",
    "desk/templates/desk/parts/asking.html": "that question, shown on demonstration data alone",
    "web/components.py": "shown on demonstration data alone",
    "web/templates/web/components_page.html": "shown on demonstration data alone",
    "catalogue/exchange/yaml_file.py": EXAMPLE,
    "cooperation/sessions/names.py": "names of places that look like names of people",
    "accounts/management/commands/accounts.py": EXAMPLE,
}


def texts_of(path):
    """What a module shows or compares: its strings, docstrings apart; the whole of other files."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        yield text
        return
    tree = ast.parse(text)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    # Bare strings under a constant are its documentation.
    docs |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def naming():
    for path in sorted(SOURCE.rglob("*")):
        name = str(path.relative_to(SOURCE))
        if path.suffix not in (".py", ".html", ".js", ".txt") or "/migrations/" in name:
            continue
        if name.startswith(("demonstration/", "data/")) or "/static/django" in name:
            continue
        if any(NAMES.search(LAW.sub("", text)) for text in texts_of(path)):
            yield name


def test_no_page_and_no_command_names_a_place_of_haute_loire():
    assert set(naming()) == set(EXCUSED)


def test_no_rule_of_an_aid_is_told_as_that_of_a_place():
    for path in sorted((SOURCE / "data" / "rules").rglob("*.yaml")):
        if path.parent.name != "cas":
            text = path.read_text("utf-8")
            assert not re.search(r"haute.loire|langeac|brioude|puy-en-velay", text, re.I), path.name


@pytest.mark.parametrize(
    ("text", "names"),
    [("?code=43157", True), ("Langeac (43)", True), ("43", True), ("R5311-43", False),
     ("EPSG:4326", False), ("43 km", False), ("06 43 12", False)],
)  # fmt: skip
def test_a_place_of_haute_loire_is_recognised(text, names):
    assert bool(NAMES.search(LAW.sub("", text))) is names
