"""Every published case of a feed, beside the project, is asked by some test."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
CASES = TESTS.parents[1] / "shared" / "cases" / "feeds"


@pytest.mark.skipif(not CASES.is_dir(), reason="the published cases are not here")
def test_each_case_of_a_feed_is_asked_by_a_test():
    written = "".join(path.read_text("utf-8") for path in TESTS.rglob("test_*.py"))
    cases = sorted(path.name for path in CASES.iterdir() if path.is_dir())
    assert len(cases) >= 24
    assert [case for case in cases if not re.search(rf'"{case}["/]', written)] == []
