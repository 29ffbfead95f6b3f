"""What the probes and `traitdunion check` answer, each need missing in its turn."""

import json
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from traitdunion.accounts.outbox.models import LATE_AFTER
from traitdunion.accounts.outbox.operations import queue_mail
from traitdunion.web import health

pytestmark = pytest.mark.django_db


def runs_from(start: date, days: int) -> list[SimpleNamespace]:
    """Return the one version kept, in use, of `days` days."""
    return [SimpleNamespace(current=True, start=start, days=days)]


@pytest.fixture(autouse=True)
def started(settings, tmp_path, monkeypatch):
    """A folder, a mail server and timetables that run for a week more."""
    settings.TRAITDUNION_DATA_DIR = tmp_path
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    versions = runs_from(timezone.localdate(), 7)
    monkeypatch.setattr(health, "version_in_use", lambda root: versions[0])
    monkeypatch.setattr(
        health.shutil, "disk_usage", lambda path: SimpleNamespace(free=5_000_000_000)
    )


@pytest.fixture
def asked(client):
    """Function that returns the status and the body of the probe."""

    def ask():
        answer = client.get("/sante/")
        return answer.status_code, answer.json()

    return ask


def states(body):
    return {name: state for name, state in body["controles"].items() if state != "ok"}


def test_a_site_that_has_all_it_needs_is_ready(asked):
    code, body = asked()
    assert (code, body["etat"], states(body)) == (200, "ok", {})
    assert set(body["controles"]) == {
        "base",
        "dossier",
        "horaires",
        "messages",
        "horloge",
        "travaux",
    }


def test_a_process_that_serves_is_alive_whatever_the_database_does(client, monkeypatch):
    monkeypatch.setattr(health.connection, "cursor", no_database)
    answer = client.get("/sante/vivant/")
    assert (answer.status_code, answer.content) == (200, b"vivant\n")


def no_database(*_):
    raise OperationalError("the server closed the connection at 10.0.0.7")


def test_a_database_that_stopped_makes_the_site_not_ready_and_nothing_leaks(client, monkeypatch):
    monkeypatch.setattr(health.connection, "cursor", no_database)
    answer = client.get("/sante/")
    assert answer.status_code == 503
    assert states(answer.json()) == {"base": "panne"}
    assert b"10.0.0.7" not in answer.content


def test_a_database_to_update_makes_the_site_not_ready(asked, monkeypatch, capsys):
    monkeypatch.setattr(health, "_migrations_to_run", lambda: 2)
    code, body = asked()
    assert (code, states(body)) == (503, {"base": "panne"})
    with pytest.raises(CommandError, match="corrigez"):
        call_command("check")
    assert "2 mises à jour de la base à faire. Lancez : traitdunion migrate." in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("free_bytes", "code", "state"), [(49_000_000, 503, "panne"), (900_000_000, 200, "a_voir")]
)
def test_a_disk_that_fills_is_seen_before_it_is_full(asked, monkeypatch, free_bytes, code, state):
    usage = SimpleNamespace(free=free_bytes)
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: usage)
    answered, body = asked()
    assert (answered, states(body)) == (code, {"dossier": state})


def test_a_folder_that_is_not_there_makes_the_site_not_ready(asked, settings, tmp_path, capsys):
    settings.TRAITDUNION_DATA_DIR = tmp_path / "parti"
    code, body = asked()
    assert (code, states(body)) == (503, {"dossier": "panne"})
    with pytest.raises(CommandError):
        call_command("check")
    assert f"PANNE  dossier : {tmp_path / 'parti'} n'existe pas." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("days_ago", "days", "code", "state"), [(8, 8, 200, "a_voir"), (7, 8, 200, None)]
)
def test_timetables_that_ended_are_to_be_seen_to(asked, monkeypatch, days_ago, days, code, state):
    versions = runs_from(timezone.localdate() - timedelta(days_ago), days)
    monkeypatch.setattr(health, "version_in_use", lambda root: versions[0])
    answered, body = asked()
    assert (answered, states(body).get("horaires")) == (code, state)


def test_without_timetables_nothing_is_answered(asked, monkeypatch):
    monkeypatch.setattr(health, "version_in_use", lambda root: None)
    code, body = asked()
    assert (code, states(body)) == (503, {"horaires": "panne"})


def queued(at):
    return queue_mail(key=f"essai {at}", to="a@example.org", subject="x", text="x", now=at)


def test_a_message_that_waits_for_a_quarter_of_an_hour_is_to_be_seen_to(asked):
    queued(timezone.now() - LATE_AFTER)
    assert states(asked()[1]) == {"messages": "a_voir"}


def test_a_clock_that_jumped_back_is_to_be_seen_to(asked):
    queued(timezone.now() + timedelta(hours=2))
    assert states(asked()[1]) == {"horloge": "a_voir"}


def test_the_command_gives_a_line_for_each_need_and_json(capsys):
    call_command("check")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" : ")[0].split()[-1] for line in lines] == [
        "base", "dossier", "horaires", "messages", "horloge", "travaux", "réglages",
    ]  # fmt: skip
    call_command("check", "--json")
    assert {row["etat"] for row in json.loads(capsys.readouterr().out)} == {"ok"}


def test_a_real_message_shows_that_the_site_can_write(capsys):
    call_command("check", "--mail", "informatique@example.org")
    assert [message.to for message in mail.outbox] == [["informatique@example.org"]]
    assert "Le serveur a pris le message" in capsys.readouterr().out


def test_a_mail_server_that_does_not_answer_is_named(settings, capsys):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with pytest.raises(CommandError):
        call_command("check", "--mail", "informatique@example.org")
    assert "PANNE  courriel : Message refusé : l'essai a échoué" in capsys.readouterr().out
