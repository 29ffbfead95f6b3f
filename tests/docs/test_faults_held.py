"""Every fault that was met has its tests, and what breaks each of them (`tests/faults_held.yaml`).

`scripts/break-mends` breaks each mend and sees its test fail. Here: the words that it breaks are
still those of the file, so that whoever changes them writes the break again.
"""

import ast
from functools import cache
from pathlib import Path

import pytest
import yaml

TESTS = Path(__file__).parents[1]
FAULTS = yaml.safe_load((TESTS / "faults_held.yaml").read_text("utf-8"))
COUNTED = {
    "security": list(range(1, 23)),
    "room": [*range(1, 21), 22],
    "desk": list(range(2, 9)),
    "another_departement": list(range(1, 13)),
}
ROWS = [(lot, number, row) for lot, rows in FAULTS.items() for number, row in rows.items()]


@cache
def names_in(path: Path) -> set[str]:
    """Return the names of the tests of a module."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, functions)}


def test_no_fault_is_left_out():
    assert {lot: list(rows) for lot, rows in FAULTS.items()} == COUNTED


@pytest.mark.parametrize(("lot", "number", "row"), ROWS)
def test_each_fault_is_held_by_tests_that_exist(lot, number, row):
    assert set(row) == {"fault", "held"}
    assert row["fault"].strip()
    assert row["held"]
    for held in row["held"]:
        file, _, name = held["test"].partition("::")
        names = names_in(TESTS / file)
        assert name in names or (name == "*" and names), f"{lot} {number}: {held['test']}"


@pytest.mark.parametrize(("lot", "number", "row"), ROWS)
def test_each_test_has_a_break_that_can_still_be_made(lot, number, row):
    for held in row["held"]:
        assert set(held) == {"test", "in", "mend", "broken"}
        assert held["mend"] != held["broken"]
        text = (TESTS.parent / held["in"]).read_text("utf-8")
        assert text.count(held["mend"]) == 1, (
            f"{lot} {number}: {held['in']} changed: write its break again, then run "
            f"scripts/break-mends {lot} {number}"
        )
