"""The table of OWASP ASVS 5.0.0: every requirement of levels 1 and 2 once, and no claim alone."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "asvs.md").read_text("utf-8")
ROW = re.compile(r"^\| V(\d+)\.(\d+)\.(\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE)
# Requirements of levels 1 and 2 in each chapter of the standard, in order.
COUNTED = [27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7]
STATES = {"tenu", "à vérifier", "non tenu", "sans objet"}


def test_every_requirement_of_levels_1_and_2_is_there_once_in_order():
    keys = [tuple(map(int, row[:3])) for row in ROWS]
    assert keys == sorted(set(keys))
    counted = Counter(chapter for chapter, _, _ in keys)
    assert [counted[chapter] for chapter in range(1, 18)] == COUNTED


def test_nothing_is_held_without_a_file_that_exists_and_nothing_else_claims_one():
    for *key, state, subject, proof in ROWS:
        assert state in STATES, key
        assert subject.strip(), key
        if state == "tenu":
            assert (ROOT / proof.strip("`")).is_file(), proof
        else:
            assert proof == "–", key


def test_the_summary_counts_the_rows():
    counted = Counter(row[3] for row in ROWS)
    (line,) = re.findall(r"^Aujourd'hui : (.+)\.$", PAGE, re.MULTILINE)
    assert line == (
        f"{counted['tenu']} tenues, {counted['à vérifier']} à vérifier, {counted['non tenu']} non "
        f"tenues, {counted['sans objet']} sans objet"
    )
