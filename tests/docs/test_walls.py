"""Walls between modules that a layer cannot draw: only addresses import pages."""

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "traitdunion"


def modules_imported(path: Path) -> Iterator[str]:
    """Yield the full names a module imports; each name of a `from` import counts as a module."""
    package = ["traitdunion", *path.relative_to(SOURCE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = [*above, *(node.module or "").split(".")]
            yield from (".".join([*filter(None, base), alias.name]) for alias in node.names)


def is_of_views(name: str) -> bool:
    """Return whether a full name is a module of pages, or something inside one."""
    parts = name.split(".")
    return parts[0] == "traitdunion" and any(
        part == "views" or part.endswith("_views") for part in parts
    )


def test_only_addresses_import_pages():
    importers = {
        f"{path.relative_to(SOURCE)} imports {name}"
        for path in SOURCE.rglob("*.py")
        if path.name != "urls.py"
        for name in modules_imported(path)
        if is_of_views(name)
    }
    assert importers == set()


def test_the_reader_of_imports_sees_pages():
    urls = SOURCE / "cooperation" / "urls.py"
    assert "traitdunion.cooperation.views.steering" in set(modules_imported(urls))
