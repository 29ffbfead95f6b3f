"""The independent cases of ../shared/cases/rules, where that folder is beside the project.

`data/rules/cas` draws the same worlds for a public clone.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from traitdunion.rules import Periode, entitlement, rule_book

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "cases" / "rules"
BOOK = rule_book()
COUNTED = (Periode.MOIS, Periode.PREMIER_MOIS, Periode.UNE_FOIS, Periode.AN)


def read():
    for path in sorted(FOLDER.glob("*.cases.yaml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")):
            for case in block["cases"]:
                yield pytest.param(block, case, id=f"{block['rule']} : {case['name']}")


def day_of(block, case):
    given = case.get("day", block.get("day"))
    return given if isinstance(given, date) else date.fromisoformat(given)


def facts_of(block, case):
    raw = {**block.get("facts", {}), **case.get("with", {})}
    texts = {
        name: [str(item) for item in value] if isinstance(value, list) else value
        for name, value in raw.items()
        if name not in case.get("without", [])
    }
    return {name: BOOK.criteria[name].read(value) for name, value in texts.items()}


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder of independent cases is not here")
def test_the_folder_holds_its_cases():
    assert len(list(read())) >= 111


@pytest.mark.parametrize(("block", "case"), list(read()))
def test_case(block, case):
    on = day_of(block, case)
    right = entitlement(BOOK.rule(block["rule"], on), facts_of(block, case), on=on, book=BOOK)
    expected = case["expect"]
    assert right.reponse.value in (expected if isinstance(expected, list) else [expected])
    sums = {amount.line.libelle: amount.eur for amount in right.sums}
    for label, euros in (case.get("sums") or {}).items():
        # A sum of unknown amount (None) is not a sum that is not there.
        awaited = euros if euros in (None, "absent") else Decimal(str(euros))
        assert sums.get(label, "absent") == awaited
    if "total" in case:
        total = sum(amount.eur or 0 for amount in right.sums if amount.line.periode in COUNTED)
        assert total == Decimal(str(case["total"]))
    if "last_day" in case:
        assert case["last_day"] in [
            str(step.before) for step in right.to_do if step.leaf is not None
        ]
