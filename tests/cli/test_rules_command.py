"""`traitdunion rules`: what an adviser who writes a rule is told."""

import json
import shutil

import pytest
from django.core.management import CommandError, call_command

from traitdunion.rules.reading import RULES


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(RULES, tmp_path / "rules")


def test_the_rules_of_the_product_are_good(capsys):
    call_command("rules", "lint")
    assert capsys.readouterr().out.endswith("cas : tout est bon.\n")


def test_a_wrong_threshold_is_told_by_the_cases_and_the_gaps(folder, capsys):
    path = folder / "aides" / "aide-mobilite.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("plus_de: 60,", "plus_de: 50,"), encoding="utf-8")
    with pytest.raises(CommandError, match=r"défauts"):
        call_command("rules", "lint", str(folder))
    told = capsys.readouterr().err
    assert "« 59,9 km » attend non, la règle donne oui." in told
    assert "aucun cas où « plus de 60 km aller-retour par la route » est" in told


def test_one_fault_is_one_line(folder):
    path = folder / "aides" / "visale.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("logement_loue, est: oui", "logement_louer, est: oui"), "utf-8")
    with pytest.raises(CommandError) as refused:
        call_command("rules", "lint", str(folder))
    assert str(refused.value).startswith(
        "visale.yaml, ligne 11, champ « critere » : « logement_louer » n'est pas au registre. "
        "Vouliez-vous dire « logement_loue » ?"
    )


def test_faults_of_cases_are_told(folder, capsys):
    path = folder / "cas" / "visale.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("reponse: non", "reponse: peut-être"), encoding="utf-8")
    with pytest.raises(CommandError, match="ligne 6, champ « reponse » : « peut-être » n'est pas"):
        call_command("rules", "lint", str(folder))


def test_lint_answers_in_json(folder, capsys):
    (folder / "aides" / "x.yaml").write_text("- 1\n", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("rules", "lint", str(folder), "--json")
    assert json.loads(capsys.readouterr().out) == [
        "x.yaml : le fichier doit être une suite de « clé : valeur »."
    ]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CommandError, match="dossier introuvable"):
        call_command("rules", "lint", str(tmp_path / "rien"))


def test_list_names_each_rule(capsys):
    call_command("rules", "list")
    shown = capsys.readouterr().out
    assert "aide-mobilite" in shown
    assert "France" in shown
