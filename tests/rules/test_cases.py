"""The worked cases of advisers hold, and every condition and threshold has its cases."""

from dataclasses import replace
from decimal import Decimal

import pytest

from traitdunion.rules.aids import Reponse
from traitdunion.rules.cases import gaps, read_cases
from traitdunion.rules.reading import CASES, RULES, rule_book

BOOK = rule_book()
CASES_READ, PROBLEMS = read_cases(RULES / CASES, BOOK)


def test_the_files_of_cases_have_no_fault():
    assert PROBLEMS == []


@pytest.mark.parametrize("case", CASES_READ, ids=lambda case: f"{case.rule} : {case.nom}")
def test_case(case):
    assert case.differences(BOOK) == []


def test_every_condition_decides_both_ways_and_every_threshold_has_a_case_on_either_side():
    assert gaps(BOOK, CASES_READ) == []


@pytest.mark.parametrize(
    ("rule", "lost", "message"),
    [
        ("aide-mobilite", ("60,1 km", "70 km aller", "35 km l'aller"), "plus de 60 km"),
        ("aide-mobilite", ("60 km tout juste", "59,9 km"), "plus de 60 km"),
        ("aide-mobilite", ("2 h 00",), "plus de 2 h de trajet"),
        ("aide-mobilite", ("2 h 01",), "plus de 2 h de trajet"),
        ("aide-mobilite", ("entretien il y a 8 jours",), "dans les 7 jours"),
        ("aide-garde-enfants", ("27 jours",), "durée du contrat : au moins 28 jours"),
        ("aide-garde-enfants", ("un centime de plus",), "1,3 fois ARE minimale"),
        ("aide-permis-france-travail", ("17 ans et 364 jours",), "âge : au moins 18 ans"),
        ("microcredit", ("seule",), "accompagné par un service social"),
        ("employeur-abonnement", ("17 h :", "15 h sur"), "17,5 h"),
    ],
)
def test_a_case_taken_away_is_missed(rule, lost, message):
    kept = [case for case in CASES_READ if case.rule != rule or not case.nom.startswith(lost)]
    assert len(kept) < len(CASES_READ)
    missed = gaps(BOOK, kept)
    assert any(
        message.replace(" ", "") in each_message.replace("\u00a0", "").replace(" ", "")
        for each_message in missed
    )


def test_a_case_next_to_a_threshold_where_something_else_decides_does_not_count():
    """59,9 km matters no more when two hours of travel already open the aid."""
    elsewhere = [
        replace(case, facts={**case.facts, "duree_aller_retour_min": Decimal(180)})
        for case in CASES_READ
        if case.rule == "aide-mobilite"
    ]
    assert any("plus de 60 km" in gap for gap in gaps(BOOK, elsewhere))


def test_a_case_that_expects_otherwise_is_told_with_its_place():
    case = next(each_case for each_case in CASES_READ if each_case.nom == "60,1 km")
    wrong = replace(case, reponse=Reponse.NON, place="aide-mobilite.yaml, ligne 12")
    assert wrong.differences(BOOK) == [
        "aide-mobilite.yaml, ligne 12 : « 60,1 km » attend non, la règle donne oui."
    ]


def test_a_fact_that_no_criterion_names_is_a_fault_with_its_line_and_the_rest_is_read(tmp_path):
    (tmp_path / "visale.yaml").write_text(
        "regle: visale\nlu_le: 2026-11-29\nle: 2026-05-15\n"
        "personne:\n  agee: 25\n  age: 25\n  rqth: peut-être\n"
        "cas:\n  - {nom: jeune, reponse: oui}\n"
    )
    cases, problems = read_cases(tmp_path, BOOK)
    written = [str(problem) for problem in problems]
    assert len(written) == 2
    assert "ligne 5, champ « agee » : il n'est pas au registre" in written[0]
    assert "« age »" in written[0]
    assert "ligne 7" in written[1]
    assert [case.facts for case in cases] in ([{"age": Decimal(25)}], [])
