"""A test reads the clock while it runs, never while its module is read.

A value taken at import is of the day the run began: it is wrong after midnight. A fixture kept for
a module or longer may be from the eve as well.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
CLOCKS = {"localdate", "localtime", "today", "now", "utcnow", "time", "time_ns", "gmtime"}
OWNERS = {"timezone", "date", "datetime", "time", "dt", ""}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def reads_of_the_clock(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls that read the clock under a node, the bodies of functions included."""
    for inner in ast.walk(node):
        if not isinstance(inner, ast.Call) or (inner.args and _attribute(inner) != "now"):
            continue
        name, owner = _attribute(inner), _owner(inner)
        if name in CLOCKS and owner in OWNERS and (owner or name in {"localdate", "localtime"}):
            yield inner


def _attribute(call: ast.Call) -> str:
    return getattr(call.func, "attr", "") or getattr(call.func, "id", "")


def _owner(call: ast.Call) -> str:
    value = getattr(call.func, "value", None)
    return getattr(value, "attr", "") or getattr(value, "id", "") if value is not None else ""


def read_at_import(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls made while a module is read: its level, classes, decorators, defaults."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, FUNCTIONS):
            outside = [*getattr(node, "decorator_list", ()), node.args]
            for part in outside:
                yield from reads_of_the_clock(part)
            if not isinstance(node, ast.Lambda) and _lives_long(node):
                for part in node.body:
                    yield from reads_of_the_clock(part)
        elif isinstance(node, ast.Call) and node in reads_of_the_clock(node):
            yield node
        else:
            yield from read_at_import(node)


def _lives_long(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a function is a fixture kept for longer than a test."""
    return any(
        keyword.arg == "scope" and ast.unparse(keyword.value) != "'function'"
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call)
        for keyword in decorator.keywords
    )


def test_no_test_takes_today_at_import():
    wrong = [
        f"{path.relative_to(TESTS)}:{call.lineno}: {ast.unparse(call)}"
        for path in sorted(TESTS.rglob("*.py"))
        for call in read_at_import(ast.parse(path.read_text("utf-8")))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "source",
    [
        "TODAY = timezone.localdate()",
        "TODAY = date.today()",
        "ENDS = [datetime.now(UTC) + DAY]",
        "START = time.time()",
        "class Case:\n    today = django.utils.timezone.now()",
        "def drawn(on=localdate()): pass",
        "drawn = lambda on=localdate(): on",
        "@pytest.mark.parametrize('on', [timezone.localdate()])\ndef test_x(on): pass",
        "@pytest.fixture(scope='module')\ndef world():\n    return draw(timezone.now())",
        "if True:\n    for n in range(2):\n        DAYS.append(timezone.localdate())",
    ],
)
def test_each_way_to_take_it_is_seen(source):
    assert len(list(read_at_import(ast.parse(source)))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "def today(): return timezone.localdate()",
        "today = lambda: timezone.localdate()",
        "@pytest.fixture\ndef today(): return timezone.localdate()",
        "NOW = datetime(2026, 11, 25, 5, 30, tzinfo=UTC)",
        "AT = datetime.time(8, 30)",
        "AT = time(8, 30)",
        "class Case:\n    def today(self): return timezone.now()",
    ],
)
def test_what_is_read_in_the_test_is_allowed(source):
    assert list(read_at_import(ast.parse(source))) == []
