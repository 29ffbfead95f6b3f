"""Rule files are read whole, and every fault is told with its file, line, field and remedy."""
# ruff: noqa: E501 - the table of faults reads by the line

import shutil
from datetime import date
from decimal import Decimal

import pytest

from traitdunion.rules.marked_yaml import RulesError
from traitdunion.rules.reading import CRITERIA, PARAMETERS, RULES, check_rules, read_rules

GOOD = """\
regle: essai
version: 1
nom: Essai
resume: Un essai.
organisme: Personne
valide_du: 2026-01-01
sources:
  page: {titre: Une page, confiance: B}
conditions:
  tous:
    - {critere: age, au_moins: 18, source: page}
    - non: {critere: permis, est: b, source: page}
montants:
  - {libelle: Somme, periode: mois, calcul: 2 * abonnement_mois_eur}
"""


@pytest.fixture
def folder(tmp_path):
    for name in (CRITERIA, PARAMETERS):
        shutil.copy(RULES / name, tmp_path / name)
    (tmp_path / "essai.yaml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def faults(folder, old, new):
    (folder / "essai.yaml").write_text(GOOD.replace(old, new), encoding="utf-8")
    return check_rules(folder)[1]


def test_a_good_file_is_read(folder):
    book = read_rules(folder)
    rule = book.rule("essai", date(2026, 5, 15))
    assert (rule.nom, rule.version, rule.is_aid) == ("Essai", 1, True)
    age = rule.conditions.nodes[0]
    assert (age.criterion.name, age.value, age.confiance, age.line) == ("age", Decimal(18), "B", 11)
    assert age.valid_from == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("au_moins: 18", "au_moins: dix", "ligne 11, champ « au_moins » : « dix » n'est pas un nombre. Écrivez par exemple 12.5."),
        ("critere: age", "critere: aje", "ligne 11, champ « critere » : « aje » n'est pas au registre. Vouliez-vous dire « age » ?"),
        ("au_moins: 18", "au_mons: 18", "ligne 11, champ « au_mons » : ce champ n'existe pas. Vouliez-vous dire « au_moins » ?"),
        ("au_moins: 18", "comprend: [18]", "ligne 11, champ « comprend » : « age » ne se compare pas ainsi."),
        ("au_moins: 18", "au_moins: 18, au_plus: 20", "ligne 11, champ « critere » : 2 comparaisons."),
        ("est: b", "est: z", "ligne 12, champ « est » : « z » n'est pas une valeur de « permis »."),
        ("source: page}\n    - non", "source: livre}\n    - non", "ligne 11, champ « source » : « livre » n'est pas dans « sources »."),
        ("au_moins: 18, source: page", "au_moins: 18", "ligne 11, champ « source » : il manque."),
        ("confiance: B", "confiance: D", "ligne 8, champ « confiance » : « D » n'est pas une valeur possible. Au choix : A, B, C."),
        ("confiance: B", "confiance: B, url: ftp://x", "ligne 8, champ « url » : ce n'est pas une adresse. Commencez par https://."),
        ("2 * abonnement_mois_eur", "2 * abonement", "ligne 14, champ « calcul » : « abonement » n'est ni un paramètre ni un nombre du registre. Vouliez-vous dire « abonnement_mois_eur » ?"),
        ("2 * abonnement_mois_eur", "open(1)", "ligne 14, champ « calcul » : « open(1) » n'est pas permis"),
        ("periode: mois", "periode: lune", "ligne 14, champ « periode » : « lune » n'est pas une valeur possible."),
        ("nom: Essai", "nom: 'Essai'\nnon: rien", "ligne 4, champ « non » : ce champ n'existe pas."),
        ("nom: Essai\n", "", "ligne 1, champ « nom » : il manque. Écrivez-le."),
        ("valide_du: 2026-01-01", "valide_du: demain", "ligne 6, champ « valide_du » : « demain » n'est pas une date. Écrivez AAAA-MM-JJ."),
        ("valide_du: 2026-01-01", "valide_du: 2026-01-01\nvalide_au: 2025-01-01", "ligne 7, champ « valide_au » : il est avant « valide_du ». Inversez-les."),
        ("regle: essai", "regle: autre", "ligne 1, champ « regle » : le fichier s'appelle « essai ». Nommez-le autre.yaml"),
        ("tous:", "tous: oui\n  autre:", "ligne 10, champ « tous » : il est écrit avec d'autres champs."),
        ("nom: Essai", "nom: Essai\nnom: Essai", "ligne 4 : YAML mal formé (« nom » est écrit deux fois)."),
        ("organisme: Personne", "organisme: Personne\nexclusif: [{regle: rien, source: page}]", "champ « exclusif » : pas de règle « rien »."),
        ("organisme: Personne", "organisme: Personne\nexclusif: [{regle: essai, source: livre}]", "ligne 6, champ « source » : « livre » n'est pas dans les sources."),
        ("organisme: Personne", "organisme: Personne\nexclusif: [essai]", "ligne 6, champ « exclusif » : ce n'est pas une suite de champs."),
        ("au_moins: 18", "au_moins: {parametre: smic}", "ligne 11, champ « parametre » : « smic » n'est pas un paramètre."),
        ("critere: age, au_moins: 18", "critere: contrat_debut, demande_dans: 7 jours", "ligne 11, champ « a_faire » : il manque."),
        ("critere: age, au_moins: 18", "critere: contrat_debut, a_faire: x, demande_dans: 7", "ligne 11, champ « demande_dans » : « 7 » n'est pas une durée"),
    ],
)  # fmt: skip
def test_a_fault_says_where_why_and_what_to_do(folder, old, new, message):
    assert old in GOOD
    messages = faults(folder, old, new)
    assert any(
        message in each_message and each_message.startswith("essai.yaml")
        for each_message in messages
    ), messages


def test_faults_are_gathered(folder):
    messages = faults(
        folder, GOOD, GOOD.replace("critere: age", "critere: aje").replace("est: b", "est: z")
    )
    assert len(messages) == 2
    with pytest.raises(RulesError) as refused:
        read_rules(folder)
    assert refused.value.problems == messages


def test_versions_follow_each_other(folder):
    older = GOOD.replace("2026-01-01", "2025-01-01").replace("version: 1", "version: 2")
    (folder / "essai-v1.yaml").write_text(older, encoding="utf-8")
    assert any("Finissez celle-ci la veille" in fault for fault in check_rules(folder)[1])
    ended = older.replace("valide_du: 2025-01-01", "valide_du: 2025-01-01\nvalide_au: 2025-12-31")
    (folder / "essai-v1.yaml").write_text(ended, encoding="utf-8")
    book, problems = check_rules(folder)
    assert problems == []
    assert book.rule("essai", date(2025, 12, 31)).version == 2
    assert book.rule("essai", date(2026, 1, 1)).version == 1
    assert book.rule("essai", date(2024, 1, 1)).version == 2


@pytest.mark.parametrize("content", [b"\xff\xfe", b"- 1", b"", b"a: [", b"a: 2026-02-30"])
def test_a_file_that_makes_no_sense_is_told(folder, content):
    (folder / "essai.yaml").write_bytes(content)
    assert [fault for fault in check_rules(folder)[1] if fault.startswith("essai.yaml")]


def test_registry_faults_are_told(folder):
    (folder / CRITERIA).write_text("age: {nom: âge, nature: nombr}\nx: 3\n", encoding="utf-8")
    (folder / PARAMETERS).write_text(
        "p: {nom: p, unite: €, valeurs: [{depuis: hier}, {depuis: 2026-01-01}]}\n", encoding="utf-8"
    )
    text = "\n".join(check_rules(folder)[1])
    assert "criteres.yaml, ligne 1, champ « nature » : « nombr »" in text
    assert "criteres.yaml, ligne 2, champ « x » : ce n'est pas une suite de champs." in text
    assert "parametres.yaml, ligne 1, champ « depuis » : « hier » n'est pas une date." in text
    assert "parametres.yaml, ligne 1, champ « valeur » : il manque." in text


def test_every_criterion_of_the_registry_is_worded():
    criteria = read_rules(RULES).criteria
    assert len(criteria) > 70
    assert all(
        criterion.question.endswith("?") for criterion in criteria.values() if criterion.asked
    )
    assert all(criterion.aide.endswith((".", "…")) for criterion in criteria.values())


def test_nobody_is_asked_about_justice():
    criteria = read_rules(RULES).criteria
    assert not criteria["permis_detention_judiciaire"].asked
