from datetime import date, timedelta

import pytest
from django.core.management import call_command

from traitdunion.accounts.enums import Role
from traitdunion.catalogue.entries import content_of
from traitdunion.catalogue.models import LienVerifie, Solution
from traitdunion.catalogue.operations import edit_solution
from traitdunion.catalogue.quality import quality_of
from traitdunion.catalogue.upkeep.tasks import ask_web, check_links, reminders

ON = date(2026, 11, 23)
BROKEN = "https://casse.example/"


def answers(url):
    return "le serveur répond 404" if url == BROKEN else ""


def test_links_that_do_not_answer_are_told_and_weigh_on_quality(published, now):
    published("a", lien_mobilisation=BROKEN, source_url="https://bon.example/")
    published("b", nom="B", lien_mobilisation=BROKEN)
    asked = []

    def ask(url):
        asked.append(url)
        return answers(url)

    checked = check_links(now=now, ask=ask)
    assert sorted(asked) == ["https://bon.example/", BROKEN]  # each address once
    assert checked.asked == 2
    assert {row.solution_id for row in checked.broken} == {"a", "b"}
    assert {row.reason for row in checked.broken} == {"le serveur répond 404"}
    failing = {
        criterion.name for criterion in quality_of(Solution.objects.get(pk="a"), on=ON).failing
    }
    assert "liens" in failing


def test_a_link_stays_broken_since_the_first_day_and_is_forgotten_once_mended(
    published, editor, now
):
    published("a", lien_mobilisation=BROKEN)
    check_links(now=now, ask=answers)
    later = now + timedelta(days=7)
    check_links(now=later, ask=answers)
    row = LienVerifie.objects.get()
    assert (row.broken_since, row.checked_at) == (now, later)
    content = content_of(Solution.objects.get()) | {"lien_mobilisation": ""}
    edit_solution(by=editor, key="a", content=content, version=2, now=later)
    assert check_links(now=later, ask=answers).asked == 0
    assert not LienVerifie.objects.exists()


def test_a_draft_is_not_asked(made, now):
    made(lien_mobilisation=BROKEN)
    assert check_links(now=now, ask=answers).asked == 0


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://169.254.169.254/latest/"])
def test_inner_addresses_are_never_asked(url):
    assert "publique" in ask_web(url)


def test_editors_are_reminded_of_what_is_due_and_of_nothing_else(published, person):
    published("due", nom="À revoir", verifie_le="2025-01-01")
    published("fresh", nom="Fraîche")
    person(Role.CONTRIBUTEUR)
    (reminder,) = reminders(on=ON, site="https://x.example")
    assert reminder.to == ["editeur_catalogue-ici@x.example"]
    assert reminder.subject == "1 fiche à vérifier dans le catalogue"
    assert (
        "À revoir (vérifiée le 01/01/2025) : https://x.example/catalogue/fiches/due/"
        in reminder.text
    )
    assert "Fraîche" not in reminder.text


def test_nobody_is_reminded_of_nothing(published):
    published("fresh")
    assert reminders(on=ON, site="https://x.example") == []


@pytest.mark.filterwarnings("ignore:In Typer, only the parameter:DeprecationWarning")
def test_the_commands_answer(published, mailoutbox, capsys):
    published("due", verifie_le="2025-01-01")
    call_command("catalogue", "remind")
    assert "1 rappel(s)" in capsys.readouterr().out
    assert len(mailoutbox) == 1
    call_command("catalogue", "check-links", "--json")
    assert '"asked": 0' in capsys.readouterr().out
