"""The command `traitdunion housing`: clocks and balances."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

TWO_HOMES = """
su: 100
works_per_m2: 1000
fees: 0.1
other: 0
carry: 0
margin: 0
vat: 0.055
land: 12000
rate: 0
term: 10
management_per_home_year: 0
buyer_rate: 0
buyer_years: 10
homes: [{type: T3, su: 60}, {type: T2, su: 40}]
"""


def run(*args):
    out = StringIO()
    call_command("housing", *args, stdout=out)
    return out.getvalue()


def test_a_clock_gives_both_dates():
    document = json.loads(run("clock", "preemption", "--from", "2026-12-31", "--json"))
    assert (document["strict"], document["extended"]) == ("2027-02-28", "2027-03-01")
    assert document["article"] == "CCH L.255-15"


def test_a_clock_of_a_text_not_read_is_to_check():
    shown = run("clock", "retractation_L271_1", "--from", "2026-12-15")
    assert "25 décembre 2026 (ou 28 décembre 2026)" in shown
    assert "À vérifier" in shown


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["clock", "nul", "--from", "2026-12-31"], "Délai inconnu"),
        (["clock", "terme_rechargeable", "--from", "2026-12-31"], "ne se compte pas"),
        (["clock", "preemption", "--from", "9999-12-31"], "ne se compte pas"),
    ],
)
def test_what_is_no_clock_is_refused(args, words):
    with pytest.raises(CommandError, match=words):
        run(*args)


def test_the_balance_of_a_file(tmp_path):
    file = tmp_path / "two.yaml"
    file.write_text(TWO_HOMES, "utf-8")
    document = json.loads(run("operation", str(file), "--json"))
    assert document["price"]["pv_ttc_m2"] == "1160.50"
    assert document["redevance"]["redevance_m2_month"] == "1.0000"
    assert [home["price_ttc"] for home in document["allocation"]] == ["69630", "46420"]
    works = next(row for row in document["sensitivity"] if row["input"] == "works_per_m2")
    # 900 × 1.1 × 1.055 and 1 100 × 1.1 × 1.055
    assert (works["pv_ttc_m2"]["low"], works["pv_ttc_m2"]["high"]) == ("1044.45", "1276.55")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("su: 100", "fees manque"),
        (TWO_HOMES.replace("margin: 0", "margin: 1"), "ne font pas une opération"),
        (TWO_HOMES.replace("su: 100", "su: 90"), "(?i)les logements font 100 m²"),
        (TWO_HOMES.replace("fees: 0.1", "fees: dix"), "n'est pas un nombre"),
        (TWO_HOMES.replace("term: 10", "term: 10.5"), "nombre entier"),
        (TWO_HOMES + "couleur: bleu", "(?i)couleur n'est pas connu"),
        ("- rien", "(?i)on attend des clés"),
        ("a: [", "YAML"),
    ],
)
def test_a_file_that_is_no_operation_is_refused(tmp_path, text, words):
    file = tmp_path / "wrong.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(CommandError, match=words):
        run("operation", str(file))
