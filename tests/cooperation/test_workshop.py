"""Consent, dots, photographs, situations, decisions never rewritten, what a phone sends twice."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from traitdunion.cooperation import operations, workshop
from traitdunion.cooperation.enums import CollegeDeclare, Critere, Reponse, ResultatDecision
from traitdunion.cooperation.models import Decision, Gommette, Idee, Regard
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.photographs import without_metadata

pytestmark = pytest.mark.django_db
SESSION = "/cooperation/seances/demi-journee/"
PHONE = "/participer/ABC234/"


@pytest.fixture
def idea(half_day, now):
    """Function that says an idea and, unless told otherwise, lets it through the gates."""

    def idea_(text, *, reponse=Reponse.OUI):
        row = operations.say(axe=half_day.axes[0], texte=text, now=now)
        answers = dict.fromkeys(Critere, (reponse, "parce que"))
        operations.assess(by=half_day.steerer, idea=row, answers=answers, now=now)
        return row

    return idea_


@pytest.fixture
def voting(half_day, now):
    workshop.open_vote(by=half_day.steerer, seance=half_day.seance, opened=True, now=now)


def test_an_idea_is_ready_through_its_gates_and_without_objection(half_day, idea, now):
    by = half_day.steerer
    bare = operations.say(axe=half_day.axes[0], texte="Sans filtre", now=now)
    stopped = idea("Arrêtée", reponse=Reponse.NON)
    partly = idea("En partie", reponse=Reponse.EN_PARTIE)
    ready = {one.idea: one.ready for one in workshop.progress(half_day.seance)}
    assert ready == {bare: False, stopped: False, partly: True}
    objection = workshop.object_to(by=by, idea=partly, texte="Trop cher", now=now)
    assert not workshop.progress_of(Idee.objects.get(pk=partly.pk)).ready
    with pytest.raises(CooperationError, match="a eu sa réponse"):
        workshop.answer_objection(by=by, objection=objection, reponse=" ", levee=True)
    workshop.answer_objection(by=by, objection=objection, reponse="Sans achat", levee=False)
    assert not workshop.progress_of(Idee.objects.get(pk=partly.pk)).ready
    workshop.answer_objection(by=by, objection=objection, reponse="Sans achat", levee=True)
    assert workshop.progress_of(Idee.objects.get(pk=partly.pk)).ready


def test_dots_stay_under_the_cap_wherever_they_are_put(half_day, idea, voting):
    one, two = idea("Un"), idea("Deux")
    assert workshop.put_dots(idea=one, voix="a", nombre=2) == 1
    with pytest.raises(CooperationError, match="3 gommettes en tout, dont 2"):
        workshop.put_dots(idea=two, voix="a", nombre=2)
    assert workshop.put_dots(idea=one, voix="a", nombre=1) == 2  # replaced, not added
    assert workshop.put_dots(idea=two, voix="a", nombre=2) == 0
    workshop.put_dots(idea=two, voix="b", nombre=3)
    found = {p.idea: (p.dots, p.voters) for p in workshop.progress(half_day.seance)}
    assert found == {one: (1, 1), two: (5, 2)}
    workshop.put_dots(idea=one, voix="a", nombre=0)
    assert Gommette.objects.count() == 2
    with pytest.raises(CooperationError):
        workshop.put_dots(idea=one, voix="a", nombre=-1)


def test_no_dot_before_the_vote_opens_nor_on_an_idea_objected_to(half_day, idea, now):
    row = idea("Un")
    with pytest.raises(CooperationError, match="n'est pas ouvert"):
        workshop.put_dots(idea=row, voix="a", nombre=1)
    workshop.open_vote(by=half_day.steerer, seance=half_day.seance, opened=True, now=now)
    workshop.object_to(by=half_day.steerer, idea=row, texte="Non", now=now)
    with pytest.raises(CooperationError, match="tour de consentement"):
        workshop.put_dots(idea=row, voix="a", nombre=1)


@pytest.mark.databases
def test_a_decision_is_never_rewritten(half_day, idea, now):
    def decide(texte, **told):
        return operations.decide(
            by=half_day.steerer, seance=half_day.seance, ideas=[row], texte=texte, par="tous",
            methode="consentement", resultat=ResultatDecision.RETENUE, prise_le=date(2026, 6, 19),
            revue_le=date(2026, 12, 19), now=now, **told,
        )  # fmt: skip

    row = idea("Un")
    first = decide("Nous le ferons")
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.filter(pk=first.pk).update(texte="Finalement non")
    first.texte = "Finalement non"
    with pytest.raises(DatabaseError), transaction.atomic():
        first.save()
    second = decide("Nous le ferons à Brioude", remplace=first)
    assert Decision.objects.get(pk=first.pk).texte == "Nous le ferons"
    assert Decision.objects.get(pk=first.pk).remplacee_par == second
    with pytest.raises(CooperationError):
        decide("Encore", remplace=first)


def test_a_phone_that_sends_twice_is_heard_once(half_day, client):
    client.post(PHONE, {"college": "etat"})
    sent = {"axe": half_day.axes[0].pk, "texte": "Une navette", "cle": "a" * 32}
    for _ in range(2):
        answered = client.post(PHONE, sent, headers={"accept": "application/json"})
        assert answered.json() == {"message": "Votre idée est enregistrée. Merci."}
    client.post(PHONE, sent | {"cle": "b" * 32})
    client.post(PHONE, sent | {"cle": "ce n'est pas une clé"})
    assert Idee.objects.count() == 3
    refused = client.post(
        PHONE, sent | {"cle": "c" * 32, "texte": "Le 06 12 34 56 78"},
        headers={"accept": "application/json"},
    )  # fmt: skip
    assert refused.status_code == 422
    assert "numéro ou une adresse" in refused.json()["message"]


def test_a_look_sent_twice_is_kept_once_and_forms_have_their_own_key(half_day, client, now):
    told = workshop.tell_situation(
        by=half_day.steerer, seance=half_day.seance, prenom="Sam", recit="Sans bus.", now=now
    )
    client.post(PHONE, {"college": "etat"})
    sent = {"situation": told.pk, "organisation": "DDETSPP", "vu": "Trop loin", "cle": "a" * 32}
    for _ in range(2):
        assert client.post(PHONE, sent, headers={"accept": "application/json"}).status_code == 200
    assert Regard.objects.count() == 1
    client.post(PHONE, sent | {"cle": "b" * 32, "vu": "Et trop tôt"})
    assert Regard.objects.count() == 2
    keys = re.findall(r'name="cle" value="(\w+)"', client.get(PHONE).content.decode())
    assert len(keys) == len(set(keys)) == 3


def test_phones_put_dots_by_the_page(half_day, idea, voting, client):
    row = idea("Un")
    client.post(PHONE, {"college": "etat"})
    client.post(PHONE, {"idee": row.pk, "gommettes": "2"})
    assert Gommette.objects.get().nombre == 2
    page = client.get(PHONE)
    assert page.context["dots_left"] == 1
    assert client.post(PHONE, {"idee": row.pk, "gommettes": "4"}).status_code == 422


def segment(marker, content):
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def test_a_photograph_loses_where_and_when_it_was_taken():
    quantisation, scan = segment(0xDB, b"\x00" * 65), b"\xff\xda\x00\x04ab\x12\x34\xff\xd9"
    exif, comment = segment(0xE1, b"Exif\0\0GPS 45.29"), segment(0xFE, b"chez Jeanne")
    jfif = segment(0xE0, b"JFIF\0" + b"\x00" * 9)
    told = b"\xff\xd8" + jfif + exif + comment + quantisation + scan + b"apres"
    assert without_metadata(told) == ("image/jpeg", b"\xff\xd8" + jfif + quantisation + scan)


def chunk(kind, content=b""):
    return len(content).to_bytes(4, "big") + kind + content + b"crc!"


def test_a_png_keeps_what_draws():
    head = b"\x89PNG\r\n\x1a\n"
    drawn = [chunk(b"IHDR", b"\x00" * 13), chunk(b"IDAT", b"xx"), chunk(b"IEND")]
    told = head + drawn[0] + chunk(b"eXIf", b"GPS") + chunk(b"tEXt", b"a") + drawn[1] + drawn[2]
    assert without_metadata(told) == ("image/png", head + b"".join(drawn))


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"\xff\xd8\xff", b"\xff\xd8\xff\xe1\xff\xff", b"\x89PNG\r\n\x1a\n",
     b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIDAT", b"\xff\xd8\xff\xe0\x00\x00\x00\x00"],
)  # fmt: skip
def test_what_is_no_photograph_is_refused_in_french(content):
    with pytest.raises(CooperationError, match="photo"):
        without_metadata(content)


def test_a_sheet_is_kept_and_shown_to_who_steers(half_day, client, tmp_path):
    head = b"\x89PNG\r\n\x1a\n"
    path = tmp_path / "feuille.png"
    path.write_bytes(head + chunk(b"IHDR", b"\x00" * 13) + chunk(b"IDAT", b"x") + chunk(b"IEND"))
    client.force_login(half_day.steerer)
    with path.open("rb") as photo:
        told = {"axe": half_day.axes[0].pk, "table": 4, "photo": photo}
        assert client.post(SESSION + "feuilles/", told).status_code == 302
    kept = half_day.axes[0].feuilles.get()
    shown = client.get(f"/cooperation/feuilles/{kept.pk}/")
    assert shown["Content-Type"] == "image/png"
    assert shown.content == path.read_bytes()


def test_a_lever_becomes_a_commitment_its_organisation_confirms(half_day, client, now):
    by = half_day.steerer
    situation = workshop.tell_situation(
        by=by, seance=half_day.seance, prenom="Lina", recit="Sans permis, à 12 km.", now=now
    )
    client.post(PHONE, {"college": "employeurs"})
    told = {"situation": situation.pk, "organisation": "OFS", "vu": "Des horaires décalés"}
    client.post(PHONE, told | {"levier": "Deux vélos à assistance"})
    client.post(PHONE, told | {"vu": "Rien de plus"})
    lever, mute = Regard.objects.order_by("pk")
    sides = dict(workshop.by_side(situation))
    assert sides["Employeurs"] == [lever, mute]
    assert sides["État"] == []
    action = operations.create_action(by=by, axe=half_day.axes[0], titre="Rouler", now=now)
    promised = {
        "by": by, "action": action, "organisation": half_day.partner, "quantite": Decimal(2),
        "unite": "vélos", "pour_le": date(2026, 9, 1), "now": now,
    }  # fmt: skip
    pledge = workshop.pledge_from(regard=lever, **promised)
    assert (pledge.quoi, pledge.etat) == ("Deux vélos à assistance", "propose")
    with pytest.raises(CooperationError, match="déjà devenu"):
        workshop.pledge_from(regard=lever, **promised)
    with pytest.raises(CooperationError, match="Personne n'a dit de levier"):
        workshop.pledge_from(regard=mute, **promised)
    operations.confirm(by=half_day.partner_admin, commitment=pledge, now=now)
    client.force_login(by)
    assert "Confirmé" in client.get(SESSION + "situations/").content.decode()


def test_a_lever_is_pledged_by_the_page(half_day, client, now):
    by = half_day.steerer
    situation = workshop.tell_situation(
        by=by, seance=half_day.seance, prenom="Lina", recit="Sans permis.", now=now
    )
    lever = workshop.look_at(
        situation=situation, organisation="OFS", college=CollegeDeclare.EMPLOYEURS, vu="Vu",
        levier="Deux vélos", now=now,
    )  # fmt: skip
    action = operations.create_action(by=by, axe=half_day.axes[0], titre="Rouler", now=now)
    client.force_login(by)
    told = {"regard": lever.pk, "action": action.pk, "organisation": "ofs", "quantite": "2",
            "unite": "vélos", "pour_le": "2026-09-01"}  # fmt: skip
    assert client.post(SESSION + "situations/", told | {"unite": ""}).status_code == 422
    assert client.post(SESSION + "situations/", told).status_code == 302
    lever.refresh_from_db()
    assert lever.engagement.action == action


def test_only_those_who_steer_run_the_room(half_day, idea, now):
    row = idea("Un")
    for person in (half_day.adviser, half_day.partner_admin):
        with pytest.raises(PermissionDenied):
            workshop.object_to(by=person, idea=row, texte="Non", now=now)
        with pytest.raises(PermissionDenied):
            workshop.open_vote(by=person, seance=half_day.seance, opened=True, now=now)


def test_the_screen_shows_how_to_join_then_the_dots(half_day, idea, client, now):
    row = idea("Une navette")
    client.force_login(half_day.steerer)
    shown = client.get(SESSION + "ecran/").content.decode()
    for words in ("ABC234", "http://testserver/participer/", "Une navette", "<strong>1</strong>"):
        assert words in shown
    client.post(SESSION + "consentement/", {"vote": "1"})
    workshop.put_dots(idea=row, voix="a", nombre=3)
    shown = client.get(SESSION + "ecran/").content.decode()
    assert '<span class="room__dots">3</span> Une navette' in shown
