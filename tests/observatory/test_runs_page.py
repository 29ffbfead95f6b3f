"""Runs from a page: started in a process of their own, followed, stopped, taken up again."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.observatory.models import SILENT_AFTER, Run
from traitdunion.observatory.operations import set_poles
from traitdunion.observatory.running import background, parts
from traitdunion.observatory.running import run as running
from traitdunion.observatory.running.gathering import NothingToCompute

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def asked(db, client, monkeypatch):
    """A facilitator signed in, and the words of the processes that would be started."""
    organisation = Organisation.objects.create(slug="ici", nom="Agence d'ici")
    user = User.objects.create(email="pilote@ici.example", nom="Camille")
    Membership.objects.create(user=user, organisation=organisation, role=Role.PILOTAGE)
    client.force_login(user)
    words = []
    monkeypatch.setattr(background, "_start", words.append)
    return words


PAGE = "/observatoire/ici/calculs/"


def run_of(**changed):
    values = {"code": "a", "created_at": timezone.now(), "week": NOW.date(), "departement": "43",
              "etat": "en_cours"}  # fmt: skip
    return Run.objects.create(**(values | changed))


def test_a_run_is_started_stopped_and_resumed_from_the_page(client, asked):
    assert reverse("observatory:runs", args=["ici"]) == PAGE
    assert "Aucun calcul pour l'instant" in client.get(PAGE).content.decode()
    client.post(PAGE, {"faire": "lancer"})
    assert asked.pop()[-3:] == ["observatory", "run", "--json"]
    run = run_of(progress=0.45)
    page = client.get(PAGE).content.decode()
    assert 'value="45"' in page
    client.post(PAGE, {"faire": "lancer"})
    assert asked == [], "one at a time"
    client.post(PAGE, {"faire": "arreter", "calcul": run.code})
    run.refresh_from_db()
    assert run.etat == "arrete"
    client.post(PAGE, {"faire": "reprendre", "calcul": run.code})
    assert asked.pop()[-2:] == ["--resume", "a"]


def test_a_button_pressed_twice_starts_one_process_and_an_unknown_one_none(client, asked):
    for act in ("", "autre", "reprendre"):
        client.post(PAGE, {"faire": act})
    assert asked == []
    for _ in range(2):
        client.post(PAGE, {"faire": "lancer"})
    assert len(asked) == 1


def test_of_two_who_take_a_run_up_at_once_one_does(asked):
    run_of(etat="arrete")
    first, second = Run.objects.get(), Run.objects.get()
    assert running._taken_up(first, {}, NOW).etat == "en_cours"
    with pytest.raises(NothingToCompute, match="pas arrêté"):
        running._taken_up(second, {}, NOW)


def test_a_run_without_a_sign_is_shown_as_interrupted_and_may_be_resumed(client, asked):
    run_of(seen_at=timezone.now() - SILENT_AFTER - timedelta(seconds=1))
    page = client.get(PAGE).content.decode()
    assert "Interrompu" in page
    assert "Reprendre" in page
    assert "Arrêter" not in page


def test_a_run_that_ended_is_neither_stopped_nor_resumed(client, asked):
    run = run_of(etat="fini", digest="x")
    for act in ("arreter", "reprendre"):
        client.post(PAGE, {"faire": act, "calcul": run.code})
    run.refresh_from_db()
    assert (run.etat, asked) == ("fini", [])


def test_a_run_stopped_between_two_chunks_resumes_to_the_same_figures(site, monkeypatch):
    """One home a chunk: stopped after the second of four, the two others alone are computed."""
    set_poles(names=["Langeac"])
    monkeypatch.setattr(parts, "BYTES_A_CHUNK", 1)
    whole = running.run_observatory(running.prepare(now=NOW), now=NOW)
    computed = []
    of_chunk = parts.compute

    def counted(question, week, rows, *more):
        computed.append(rows.start)
        if len(computed) == 2:
            Run.objects.filter(etat="en_cours").update(etat="arrete")
        return of_chunk(question, week, rows, *more)

    monkeypatch.setattr(parts, "compute", counted)
    with pytest.raises(running.RunStopped):
        running.run_observatory(running.prepare(now=NOW), now=NOW + timedelta(seconds=1))
    assert computed == [0, 1]
    stopped = Run.objects.get(etat="arrete")
    resumed = running.run_observatory(running.prepare(now=NOW), now=NOW, resumed=stopped)
    assert computed == [0, 1, 2, 3]
    assert (resumed.pk, resumed.etat, resumed.digest) == (stopped.pk, "fini", whole.digest)
    with pytest.raises(NothingToCompute, match="pas arrêté"):
        running.run_observatory(running.prepare(now=NOW), now=NOW, resumed=resumed)
    Run.objects.filter(pk=whole.pk).update(etat="arrete")
    set_poles(names=["Langeac", "Chanteuges"])
    with pytest.raises(NothingToCompute, match="a changé"):
        running.run_observatory(running.prepare(now=NOW), now=NOW,
                                resumed=Run.objects.get(pk=whole.pk))  # fmt: skip
