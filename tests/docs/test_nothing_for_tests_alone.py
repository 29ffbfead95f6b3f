"""Each function, class and method of the product is named by the product, not by tests alone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import traitdunion

ROOT = Path(traitdunion.__file__).parent
PROJECT = ROOT.parents[1]
FILES_OF_NAMES = (".html", ".txt", ".yaml")
"""Templates and data, which name filters, tags, attributes and ways of the code."""

PLAIN = {
    "property",
    "cached_property",
    "staticmethod",
    "classmethod",
    "cache",
    "dataclass",
    "atomic",
}
"""Decorators that register a function nowhere."""

HOOKS = {"process_exception"}
"""Names that Django looks for in a class without a base."""

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
WORD = re.compile(r"\w+")


def defined(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield what a module defines and nothing uses but what names it, with its line.

    Left out: what a decorator registers, and the methods of a class that has a base, which the
    base may call.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            if not node.bases:
                yield from defined(node)
        elif not isinstance(node, FUNCTIONS):
            continue
        if not decorators(node) <= PLAIN or node.name.startswith("__"):
            continue
        if not (isinstance(node, ast.ClassDef) and node.bases):
            yield node.name, node.lineno


def decorators(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    written = [ast.unparse(decorator).partition("(")[0] for decorator in node.decorator_list]
    return {name.rpartition(".")[2] for name in written}


def named(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a module uses, those that its texts are or lead to included.

    A call by `getattr(self, f"_{kind}")` names `_x` for each text "x".
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value.rpartition(".")[2]
            if name.isidentifier():
                yield from (name, f"_{name}")


def unused(modules: dict[str, str], others: str = "") -> list[str]:
    """Return "file:line: name" of what neither modules, by their name, nor other texts name."""
    known = HOOKS | set(WORD.findall(others))
    written = []
    for path, text in modules.items():
        tree = ast.parse(text)
        known.update(named(tree))
        written += [(path, line, name) for name, line in defined(tree)]
    return [f"{path}:{line}: {name}" for path, line, name in written if name not in known]


def test_all_is_named_by_the_product():
    modules = {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for path in sorted(ROOT.rglob("*.py"))
    }
    others = [path for path in ROOT.rglob("*") if path.suffix in FILES_OF_NAMES]
    others += [PROJECT / "pyproject.toml", *PROJECT.glob("benchmarks/**/*.py")]
    others += [path for path in (PROJECT / "scripts").iterdir() if path.is_file()]
    assert unused(modules, " ".join(path.read_text("utf-8") for path in others)) == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def price(): pass", ["price"]),
        ("def price(): pass\nprice()", []),
        ("class Bill:\n    def total(self): pass\nBill()", ["total"]),
        ("class Bill:\n    @property\n    def total(self): pass\nprint(Bill().total)", []),
        ("class Form(Base):\n    def clean_total(self): pass\nForm()", []),
        ("@router.get('/x')\ndef page(): pass", []),
        ("@dataclass(frozen=True)\nclass Bill:\n    total: int", ["Bill"]),
        ("MIDDLEWARE = ['site.Headers']\nclass Headers: pass", []),
        ("KINDS = ['line']\nclass Draw:\n    def _line(self): pass\nDraw()", []),
    ],
)
def test_what_is_named_and_what_is_not(source, names):
    assert [line.rpartition(" ")[2] for line in unused({"a.py": source})] == names
