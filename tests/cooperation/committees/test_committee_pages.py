"""Pages of the statutory meetings, from the notice to the minutes."""

from datetime import date

import pytest
import time_machine
import yaml
from django.utils import timezone

from tests.cooperation.committee_cases import READ_AT, committee, meeting
from traitdunion.accounts.operations import load_demonstration as load_accounts
from traitdunion.cooperation.committees import queries as committees
from traitdunion.cooperation.models.committees import Instance, ProcesVerbal, Reunion
from traitdunion.demonstration.half_day import load_demonstration
from traitdunion.demonstration.network import DEMO


@pytest.fixture
def cdpe(half_day, now, client):
    with time_machine.travel(READ_AT, tick=True):
        client.force_login(half_day.steerer)
        yield committee(half_day, now)


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_everybody_sees_the_seats_and_nobody_else_the_names(cdpe, client):
    meeting(cdpe)
    address = "/cooperation/comites/cdpe/"
    assert "Comité départemental" in page(client, "/cooperation/comites/")
    assert "Titulaire cgt" in page(client, address)
    published = client.post(f"{address}publier/", {"visibilite": "publique"})
    assert published.url == address
    client.logout()
    page_text = page(client, address)
    assert "cgt" in page_text
    assert "Titulaire cgt" not in page_text
    assert "/cooperation/reunions/" not in page_text
    assert "R5311-40" in page_text
    assert "à vérifier" in page_text


def test_a_meeting_from_its_notice_to_its_frozen_minutes(cdpe, client):
    client.post(
        "/cooperation/comites/cdpe/reunions/nouvelle/",
        {"tenue_le": "2025-06-12", "heure": "09:00", "convoquee_le": "2025-06-01",
         "ordre_du_jour": "Feuille de route"},
    )  # fmt: skip
    held = Reunion.objects.get()
    address = f"/cooperation/reunions/{held.pk}/"
    assert "Ne peut pas délibérer" in page(client, address)
    there = {f"qui_{cdpe.members[key].pk}": "titulaire" for key in ("prefet", "cd", "etat", "cgt")}
    there |= {f"pouvoir_{cdpe.cfdt.pk}": cdpe.cgt.pk}
    assert client.post(address + "presences/", there).status_code == 302
    page_text = page(client, address)
    assert "1/2 × 10 membres" in page_text
    assert "Peut délibérer" in page_text
    ballots = {f"voix_{cdpe.cgt.pk}": "pour", f"voix_{cdpe.cfdt.pk}": "contre"}
    client.post(address + "votes/nouveau/", {"question": "Adopter ?", **ballots})
    assert "Adopté\u00a0: 3 voix pour, 2 contre" in page(client, address)
    client.post(address + "proces-verbal/", {"faire": "ecrire", "texte": "Débat."})
    client.post(
        address + "proces-verbal/",
        {"faire": "approuver", "approuve_le": "2025-06-12", "approuve_par": "Les présidents"},
    )
    assert ProcesVerbal.objects.get().approuve_le == date(2025, 6, 12)
    page_text = page(client, address + "proces-verbal/")
    assert "ne changent plus" in page_text
    assert "<form" not in page_text.partition("<main")[2].partition("</main")[0]
    refused = client.post(address + "proces-verbal/", {"faire": "ecrire", "texte": "Autre"})
    assert (refused.status_code, ProcesVerbal.objects.get().texte) == (422, "Débat.")


def test_a_proxy_across_colleges_is_not_offered_and_is_refused(cdpe, client):
    held = meeting(cdpe)
    address = f"/cooperation/reunions/{held.pk}/presences/"
    sent = {f"qui_{cdpe.medef.pk}": "titulaire", f"pouvoir_{cdpe.cgt.pk}": cdpe.medef.pk}
    assert client.post(address, sent).status_code == 422
    assert not held.pouvoirs.exists()


def test_the_second_notice_is_offered_where_the_quorum_is_missed(cdpe, client):
    held = meeting(cdpe)
    address = f"/cooperation/reunions/{held.pk}/"
    assert "Convoquer de nouveau" not in page(client, address)
    client.post(address + "presences/", {f"qui_{cdpe.cgt.pk}": ""})  # no member came
    assert "Convoquer de nouveau" in page(client, address)
    client.post(
        address + "seconde/",
        {"tenue_le": "2026-06-26", "heure": "09:00", "convoquee_le": "2026-06-15"},
    )
    second = Reunion.objects.get(premiere=held)
    page_text = page(client, f"/cooperation/reunions/{second.pk}/")
    assert "aucun quorum n&#x27;est exigé" in page_text
    assert "Convoquer de nouveau" not in page_text


def test_a_seat_that_breaks_the_rule_of_mandates_is_refused_in_words(cdpe, client):
    sent = {"siege": "r", "college": "region", "titulaire": "Ana", "voix": 1,
            "mandat_du": "2026-01-15", "mandat_au": "2029-01-16"}  # fmt: skip
    answer = client.post("/cooperation/comites/cdpe/sieges/nouveau/", sent)
    assert answer.status_code == 422
    assert "R5311-36" in answer.content.decode()


def test_the_demonstration_holds_a_sound_committee_with_its_three_meetings(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    people = yaml.safe_load(DEMO.with_name("accounts.yaml").read_text("utf-8"))
    load_accounts(people, password="un mot de passe assez long")
    content = yaml.safe_load(DEMO.with_name("cooperation.yaml").read_text("utf-8"))
    load_demonstration(content, now=timezone.localtime())
    cdpe = Instance.objects.get()
    today = timezone.localdate()
    assert committees.broken_rules(cdpe, today) == []
    ending = committees.mandates_ending(list(cdpe.membres.all()), today)
    assert [mandate.siege for mandate in ending] == ["Région"]
    third, second, first = cdpe.reunions.all()
    assert first.proces_verbal.is_frozen
    # Préfet 1 + département 3 against 2 + 1 + 1: the State decides.
    result = committees.result_of(first.scrutins.last())
    assert (result.votes_for, result.votes_against, result.by_casting_vote) == (4, 4, True)
    assert [committees.notice_of(held).in_order for held in (first, second, third)] == [
        True,
        False,
        True,
    ]
    assert not committees.quorum_of(second).deliberates
    assert committees.quorum_of(third).deliberates


def test_a_vote_is_corrected_and_cancelled_on_pages_with_its_reason(cdpe, client):
    held = meeting(cdpe)
    address = f"/cooperation/reunions/{held.pk}/"
    everybody = {f"qui_{member.pk}": "titulaire" for member in cdpe.members.values()}
    client.post(address + "presences/", everybody)
    client.post(
        address + "votes/nouveau/", {"question": "Adopter ?", f"voix_{cdpe.cgt.pk}": "pour"}
    )
    wrong = held.scrutins.get()
    refused = client.post(
        f"/cooperation/votes/{wrong.pk}/corriger/", {f"voix_{cdpe.cgt.pk}": "contre"}
    )
    assert refused.status_code == 422
    client.post(
        f"/cooperation/votes/{wrong.pk}/corriger/",
        {f"voix_{cdpe.cgt.pk}": "contre", "pourquoi": "Mal recopié"},
    )
    right = held.scrutins.get(annule_le=None)
    client.post(f"/cooperation/votes/{right.pk}/annuler/", {"pourquoi": "Question retirée"})
    shown = page(client, address)
    assert "Mal recopié" in shown
    assert "Question retirée" in shown
    assert "Aucun vote noté" in shown
