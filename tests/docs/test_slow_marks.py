"""What `make test-quick` leaves out is of the kinds written in `tests/slow_kinds.py`."""

from pathlib import Path

import pytest

from tests import slow_kinds
from tests.reach import naive_pareto

TESTS = Path(__file__).resolve().parents[1]


def test_each_name_of_the_list_is_a_file_of_tests():
    names = [name for files in slow_kinds.FILES.values() for name in files]
    assert len(names) == len(set(names))
    names += slow_kinds.TESTS_OF
    assert [name for name in names if not (TESTS / f"{name}.py").is_file()] == []


@pytest.mark.parametrize("name", slow_kinds.TESTS_OF)
def test_each_start_of_a_name_is_that_of_a_test(name):
    text = (TESTS / f"{name}.py").read_text("utf-8")
    assert [start for start in slow_kinds.TESTS_OF[name] if f"def {start}" not in text] == []


def test_no_test_is_marked_slow_by_hand():
    """The mark comes from a kind: a test that is only long is made cheaper instead."""
    mark = ".".join(("mark", "slow"))
    marked = [path.name for path in TESTS.rglob("*.py") if mark in path.read_text("utf-8")]
    assert marked == ["conftest.py"]


def starts_a_process():
    import subprocess

    return subprocess.run(["true"], check=True)


def compares():
    return naive_pareto.every_journey


def loads_everything():
    from traitdunion.demonstration import half_day as demonstration

    return demonstration.load_demonstration({})


def calls_another():
    return [starts_a_process() for _ in range(2)]


@pytest.mark.parametrize(
    ("function", "is_slow"),
    [
        (starts_a_process, True),
        (compares, True),
        (loads_everything, True),
        (calls_another, True),
        (len, False),
    ],
)
def test_a_process_or_a_twin_is_seen_through_the_functions_called(function, is_slow):
    assert slow_kinds.reaches(function) is is_slow


@pytest.mark.parametrize(
    ("marks", "left_out"),
    [
        ("", set()),
        ("slow", set()),
        ("not slow", {"slow"}),
        ("not browser and not slow and not databases", {"browser", "slow", "databases"}),
        ("hypothesis or not slow", set()),
        ("not slow and browser or threads", set()),
        ("not (slow or browser)", set()),
    ],
)
def test_only_marks_that_are_left_out_for_certain_leave_files_unread(marks, left_out):
    assert slow_kinds.left_out(marks) == left_out


def test_the_mark_of_a_file_is_that_of_its_name():
    assert slow_kinds.mark_of_file(TESTS / "web/desk/test_areas_in_a_browser.py") == "browser"
    assert slow_kinds.mark_of_file(TESTS / "accounts/test_links.py") == "slow"
    assert slow_kinds.mark_of_file(TESTS / "reach/test_shifts.py") is None
