"""Write to the person who agreed to it where their request stands; no one else reads it."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from tests.mailbox import delivered
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, OutgoingMessage
from traitdunion.desk.followup import operations, privacy
from traitdunion.desk.followup.forms import ACCEPT, LIST
from traitdunion.desk.models import Orientation, SentMail

pytestmark = pytest.mark.django_db
ADDRESS = "zoe@courrier.example"


@pytest.fixture
def that_day(now):
    """Have the pages read the day of the request: its link ends a month after."""
    with time_machine.travel(now, tick=True):
        yield


@pytest.fixture
def adviser(client, team, that_day):
    client.force_login(team.adviser)
    return client


@pytest.fixture
def file_of_zoe(adviser, opened, solutions):
    """A file with the agreement that the page asks for."""
    solutions.garage.structure.telephone = "04 71 00 00 02"
    solutions.garage.structure.save()
    parcours = opened()
    given = {"nom": "Zoé Quatremère", "courriel": ADDRESS, "accord": "on"}
    assert adviser.post(f"/parcours/{parcours.pk}/accord/", given).status_code == 302
    parcours.refresh_from_db()
    return parcours


def to_zoe():
    return [mail for mail in delivered() if mail.to == [ADDRESS]]


def link_of_the_structure():
    sent = [mail for mail in delivered() if mail.to == ["accueil@garage.example"]]
    return "/repondre/" + sent[-1].body.split("/repondre/")[1].split()[0]


def orient(adviser, parcours):
    page = f"/parcours/{parcours.pk}/orienter/"
    assert "reçoit un courriel" in adviser.get(page + "?q=garage").content.decode()
    sent = {"solution": "garage", "message": "Rien à dire."}
    text = adviser.post(page + "?q=garage", sent, follow=True).content.decode()
    assert "La personne est prévenue par courriel." in text
    return Orientation.objects.get()


def test_the_person_reads_that_it_left_that_it_is_accepted_and_when(
    adviser, file_of_zoe, team, now
):
    row = orient(adviser, file_of_zoe)
    assert len(to_zoe()) == 1
    mail = to_zoe()[0]
    assert mail.reply_to == [team.adviser.email]
    assert f"{team.adviser}, de {team.ici.nom}, a transmis votre demande à Garage" in mail.body
    link = link_of_the_structure()
    Client().post(link, {"reponse": ACCEPT})
    assert "Garage accepte de vous aider, pour : Prêt de garage." in to_zoe()[-1].body
    assert "l'appeler : 04 71 00 00 02" in to_zoe()[-1].body
    day = (now + timedelta(days=3)).date()
    Client().post(link, {"day": day.isoformat(), "hour": "14:00", "words": "2 rue Haute"})
    row.refresh_from_db()
    assert row.meeting_at is not None
    assert "vous propose une date" in to_zoe()[-1].body
    assert "14\N{NO-BREAK SPACE}h, 2 rue Haute." in to_zoe()[-1].body
    assert len(to_zoe()) == 3
    for mail in to_zoe():
        assert "Zoé" not in mail.subject + mail.body
        assert "Répondez à ce message." in mail.body


def test_a_link_sent_again_does_not_write_to_the_person_again(adviser, file_of_zoe):
    row = orient(adviser, file_of_zoe)
    adviser.post(f"/orientations/{row.pk}/renvoyer/", follow=True)
    assert len(to_zoe()) == 1


def test_a_refusal_is_for_the_adviser_to_say(adviser, file_of_zoe):
    orient(adviser, file_of_zoe)
    Client().post(link_of_the_structure(), {"reponse": "refuser", "motif": "zone"})
    assert Orientation.objects.get().statut == "refusee"
    assert len(to_zoe()) == 1


def test_a_place_on_a_waiting_list_is_announced(adviser, file_of_zoe):
    orient(adviser, file_of_zoe)
    Client().post(link_of_the_structure(), {"reponse": LIST})
    assert Orientation.objects.get().statut == "en_attente"
    assert "liste d'attente, pour : Prêt de garage." in to_zoe()[-1].body


@pytest.mark.parametrize("words", ["", "J'accepte que l'on note mon nom."])
def test_nothing_leaves_without_the_words_that_say_so(adviser, file_of_zoe, words):
    file_of_zoe.agreed_text = words
    file_of_zoe.save()
    page = f"/parcours/{file_of_zoe.pk}/orienter/?q=garage"
    assert "n'est pas prévenue par le site" in adviser.get(page).content.decode()
    adviser.post(page, {"solution": "garage", "message": ""})
    assert Orientation.objects.exists()
    assert to_zoe() == []


def test_the_words_of_the_agreement_say_that_one_is_written_to():
    assert operations.WRITTEN_TO in operations.AGREEMENT


def withdraw(team, parcours, now):
    operations.withdraw_agreement(by=team.adviser, parcours=parcours, now=now)


def change(team, parcours, now):
    operations.agree(
        by=team.adviser, parcours=parcours, nom="Zoé", telephone="", courriel="z@b.example", now=now
    )


def erase(team, parcours, now):
    privacy.erase(by=team.dpo, parcours=parcours, now=now)


@pytest.mark.parametrize("undo", [withdraw, change, erase])
def test_no_address_stays_once_the_agreement_ends(adviser, file_of_zoe, team, now, undo):
    orient(adviser, file_of_zoe)
    assert OutgoingMessage.objects.filter(to=ADDRESS).exists()
    undo(team, file_of_zoe, now)
    assert not OutgoingMessage.objects.filter(key__contains=ADDRESS).exists()
    assert not OutgoingMessage.objects.filter(to=ADDRESS).exists()
    assert not SentMail.objects.filter(to=ADDRESS).exists()
    assert to_zoe() == []  # nothing was delivered yet, and nothing leaves


def test_who_administers_messages_does_not_read_the_address(adviser, file_of_zoe, team):
    row = orient(adviser, file_of_zoe)
    Membership.objects.create(user=team.dpo, organisation=team.ici, role=Role.ADMINISTRATEUR)
    OutgoingMessage.objects.filter(to=ADDRESS).update(state="echec")
    browser = Client()
    browser.force_login(team.dpo)
    page = "/organisations/ici/messages/"
    text = browser.get(page).content.decode()
    assert "la personne suivie" in text
    failed = OutgoingMessage.objects.get(to=ADDRESS)
    again = browser.post(f"{page}{failed.pk}/", {"faire": "renvoyer"}, follow=True)
    of_adviser = adviser.get(f"/orientations/{row.pk}/").content.decode()
    for shown in (text, again.content.decode(), of_adviser):
        assert ADDRESS not in shown
