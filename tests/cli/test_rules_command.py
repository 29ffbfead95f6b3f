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
    err = capsys.readouterr().err
    assert "« 59,9 km » attend non, la règle donne oui." in err
    assert "aucun cas où « plus de 60 km aller-retour par la route » est" in err


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
    with pytest.raises(CommandError, match="ligne 7, champ « reponse » : « peut-être » n'est pas"):
        call_command("rules", "lint", str(folder))


def test_lint_answers_in_json(folder, capsys):
    (folder / "aides" / "x.yaml").write_text("- 1\n", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("rules", "lint", str(folder), "--json")
    assert json.loads(capsys.readouterr().out) == [
        "x.yaml : le fichier doit être une suite de « clé : valeur »."
    ]


def test_a_parameter_that_no_rule_reads_is_reported(folder, capsys):
    with (folder / "parametres.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "oublie_eur: {nom: oublié, unite: €, valeurs: [{depuis: 2026-01-01, valeur: 1, "
            'confiance: A, lu_le: 2026-11-01, reference: "loi"}]}\n'
        )
    with pytest.raises(CommandError, match="« oublie_eur » : aucune règle ne lit ce paramètre"):
        call_command("rules", "lint", str(folder))


@pytest.mark.django_db
def test_to_read_lists_what_is_too_old_on_a_day(capsys, settings):
    settings.TRAITDUNION_RULES_FRESH_DAYS = 90
    call_command("rules", "to-read", "--on", "2040-01-01")
    shown = capsys.readouterr().out
    assert "Aide à la mobilité" in shown
    assert "SMIC" in shown
    assert "24/11/2026" in shown


@pytest.mark.django_db
def test_to_read_is_empty_while_every_reading_is_fresh(capsys, settings):
    settings.TRAITDUNION_RULES_FRESH_DAYS = 90
    call_command("rules", "to-read", "--on", "2026-11-30")
    assert "Rien à relire" in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CommandError, match="dossier introuvable"):
        call_command("rules", "lint", str(tmp_path / "rien"))


def test_list_names_each_rule(capsys):
    call_command("rules", "list")
    shown = capsys.readouterr().out
    assert "aide-mobilite" in shown
    assert "France" in shown
