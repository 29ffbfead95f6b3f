"""What the files lack as a whole: unread parameters, idle ceilings, untried families, days."""

from dataclasses import replace

from traitdunion.rules import rule_book
from traitdunion.rules.cases import cases_from, read_cases
from traitdunion.rules.lint import idle_ceilings, lint, undated, untried_families
from traitdunion.rules.parameters import Dated, Parameter
from traitdunion.rules.reading import CASES, RULES

BOOK = rule_book()
CASES_READ, _ = read_cases(RULES / CASES, BOOK)


def test_the_rules_of_the_product_lack_nothing():
    assert lint(BOOK, CASES_READ) == []


def test_a_ceiling_compared_with_but_never_bounding_is_reported():
    """The ceiling of the mobility aid stays in its condition, and leaves its sums."""
    rule = BOOK.rules["aide-mobilite"][-1]
    unbounded = BOOK.with_rules([replace(rule, plafonds=())])
    assert idle_ceilings(BOOK) == []
    assert [ceiling.split(" : ")[0] for ceiling in idle_ceilings(unbounded)] == [
        "parametres.yaml, champ « mobilite_plafond_eur »"
    ]


def test_a_contract_without_a_case_is_reported():
    kept = [
        case
        for case in CASES_READ
        if case.rule != "aide-mobilite" or case.facts.get("contrat") != "cddi"
    ]
    assert untried_families(BOOK, CASES_READ) == []
    assert untried_families(BOOK, kept) == [
        "aide-mobilite.yaml : aucun cas où « contrat » est « contrat d'insertion (CDDI) » (cddi). "
        "Ajoutez-en un dans cas/aide-mobilite.yaml, ou une ligne « chaque: contrat »."
    ]


def test_each_source_amount_and_file_of_cases_needs_its_day():
    bare = Parameter("p", "p", "€", (replace(_first_value(), lu_le=None),))
    book = replace(BOOK, parameters={"p": bare})
    cases = [replace(case, read_on=None) for case in CASES_READ if case.rule == "visale"]
    assert [message.split(" : ")[0] for message in undated(book, cases)] == [
        "parametres.yaml, champ « p », valeur du 2024-05-01", "cas/visale.yaml",
    ]  # fmt: skip


def _first_value() -> Dated:
    return BOOK.parameters["garde_15h_eur"].values[0]


def test_one_line_of_cases_tries_each_value_of_a_criterion():
    document = {
        "regle": "fastt-voiture",
        "personne": {"permis": "b"},
        "cas": [{"chaque": "contrat", "le": "2026-05-15", "a_verifier": ["interim"],
                 "non": ["cdi", "cdd"]}],
    }  # fmt: skip
    document["cas"][0]["le"] = CASES_READ[0].on
    cases = cases_from(document, BOOK)
    assert [(case.facts["contrat"], case.reponse.value) for case in cases] == [
        ("interim", "a_verifier"), ("cdi", "non"), ("cdd", "non"),
    ]  # fmt: skip
    assert cases[1].nom == "contrat : CDI"
    assert all(case.differences(BOOK) == [] for case in cases)
