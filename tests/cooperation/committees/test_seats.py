"""Seats of a committee: created, corrected, vacant, followed; votes tried; members called."""

from datetime import date, time, timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from icalendar import Calendar
from pypdf import PdfReader

from tests.cooperation.committee_cases import READ_AT, committee, meeting
from tests.mailbox import delivered
from traitdunion.cooperation.committees import notices as convoking
from traitdunion.cooperation.committees import operations
from traitdunion.cooperation.committees import queries as committees
from traitdunion.cooperation.enums import Visibilite
from traitdunion.cooperation.models.committees import (
    Convocation,
    Instance,
    Membre,
    Occupant,
    ProcesVerbal,
    Reunion,
)
from traitdunion.cooperation.operations import CooperationError

VACANT = date(2026, 7, 1)


@pytest.fixture
def cdpe(half_day, now, client):
    with time_machine.travel(READ_AT, tick=True):
        client.force_login(half_day.steerer)
        yield committee(half_day, now)


def called(cdpe, **fields):
    """A meeting to come, whose notice has not left."""
    return meeting(cdpe, **{"tenue_le": date(2026, 7, 3), "convoquee_le": None} | fields)


def words(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode().replace("&#x27;", "'")


# -- seats ---------------------------------------------------------------------------------------


def test_a_committee_is_created_on_a_page_and_two_of_a_name_have_their_own(cdpe, client):
    sent = {"nature": "local", "nom": "Comité local du Velay", "arrete": "Arrêté n° 12"}
    for _ in range(2):
        assert client.post("/organisations/pilote/comites/nouveau/", sent).status_code == 302
    made = Instance.objects.exclude(pk="cdpe")
    assert {committee.pk for committee in made} == {
        "comite-local-du-velay",
        "comite-local-du-velay-2",
    }
    empty = words(client, "/cooperation/comites/comite-local-du-velay/")
    assert "Aucun siège pour le moment" in empty
    assert client.post("/organisations/pilote/comites/nouveau/", {"nom": ""}).status_code == 422


def test_who_follows_sits_for_what_is_left_of_the_term(cdpe):
    seat, by, now = cdpe.cgt, cdpe.by, cdpe.now
    with pytest.raises(CooperationError, match="vacant"):
        operations.name_successor(by=by, member=seat, mandat_du=VACANT, titulaire="Nora", now=now)
    operations.end_mandate(by=by, member=seat, vacant_le=VACANT, now=now)
    all_ = list(cdpe.instance.membres.all())
    assert committees.vacant_seats(all_, VACANT) == [seat]
    assert committees.vacant_seats(all_, VACANT - timedelta(1)) == []
    assert seat in committees.members_on(cdpe.instance, VACANT - timedelta(1))
    assert seat not in committees.members_on(cdpe.instance, VACANT)
    for day in (VACANT - timedelta(1), date(2028, 1, 16)):
        with pytest.raises(CooperationError, match="R5311-36"):
            operations.name_successor(by=by, member=seat, mandat_du=day, titulaire="Nora", now=now)
    row = operations.name_successor(
        by=by, member=seat, mandat_du=date(2026, 9, 1), titulaire="Nora", now=now
    )
    assert (row.college, row.voix, row.siege) == (seat.college, seat.voix, seat.siege)
    assert (row.mandat_du, row.mandat_au) == (date(2026, 9, 1), date(2028, 1, 15))
    assert committees.vacant_seats(list(cdpe.instance.membres.all()), VACANT) == []
    with pytest.raises(CooperationError, match="déjà nommé"):
        operations.name_successor(by=by, member=seat, mandat_du=VACANT, titulaire="Encore", now=now)


def test_between_the_vacancy_and_the_successor_the_seat_counts_nowhere(cdpe):
    operations.end_mandate(by=cdpe.by, member=cdpe.cgt, vacant_le=VACANT, now=cdpe.now)
    operations.name_successor(
        by=cdpe.by, member=cdpe.cgt, mandat_du=date(2026, 9, 1), titulaire="Nora", now=cdpe.now
    )
    voting = [
        committees.quorum_of(called(cdpe, tenue_le=on)).quorum.n_voting
        for on in (date(2026, 6, 30), date(2026, 7, 15), date(2026, 9, 1))
    ]
    assert voting == [10, 9, 10]


def test_a_seat_of_an_office_or_one_that_sat_after_does_not_fall_vacant(cdpe):
    with pytest.raises(CooperationError, match="va avec une fonction"):
        operations.end_mandate(by=cdpe.by, member=cdpe.prefet, vacant_le=VACANT, now=cdpe.now)
    with pytest.raises(CooperationError, match="finit de lui-même"):
        operations.end_mandate(
            by=cdpe.by, member=cdpe.cgt, vacant_le=date(2028, 2, 1), now=cdpe.now
        )
    held = meeting(cdpe)
    operations.note_attendance(
        by=cdpe.by, meeting=held, came=[(cdpe.cgt, Occupant.TITULAIRE, False)], proxies={},
        now=cdpe.now,
    )  # fmt: skip
    with pytest.raises(CooperationError, match="compté dans une réunion"):
        operations.end_mandate(by=cdpe.by, member=cdpe.cgt, vacant_le=held.tenue_le, now=cdpe.now)


def test_what_a_meeting_counted_of_a_seat_does_not_change_and_a_name_is_corrected(cdpe):
    held = meeting(cdpe)
    operations.change_seat(by=cdpe.by, member=cdpe.cgt, voix=4, now=cdpe.now)
    operations.note_attendance(
        by=cdpe.by, meeting=held, came=[(cdpe.cgt, Occupant.TITULAIRE, False)], proxies={},
        now=cdpe.now,
    )  # fmt: skip
    with pytest.raises(CooperationError, match="déjà été compté"):
        operations.change_seat(by=cdpe.by, member=cdpe.cgt, voix=9, now=cdpe.now)
    operations.change_seat(by=cdpe.by, member=cdpe.cgt, voix=4, titulaire="Nora", now=cdpe.now)
    row = Membre.objects.get(pk=cdpe.cgt.pk)
    assert (row.voix, row.titulaire) == (4, "Nora")


def test_a_seat_on_its_page_from_correction_to_successor(cdpe, client):
    seat = cdpe.cfdt
    address = f"/cooperation/sieges/{seat.pk}/"
    sent = {
        "faire": "corriger", "siege": "cfdt", "college": "syndicats", "titulaire": "Nora",
        "courriel": "nora@x.example", "voix": 2, "mandat_du": "2025-01-15",
        "mandat_au": "2029-01-15",
    }  # fmt: skip
    refused = client.post(address, sent)
    assert refused.status_code == 422
    assert "R5311-36" in refused.content.decode()
    assert client.post(address, sent | {"mandat_au": "2028-01-15"}).status_code == 302
    assert Membre.objects.get(pk=seat.pk).courriel == "nora@x.example"
    client.post(address, {"faire": "vacant", "vacant_le": "2026-03-01"})
    assert "Sièges vacants" in words(client, "/cooperation/comites/cdpe/")
    named = {"faire": "nommer", "titulaire": "Omar", "mandat_du": "2026-03-02"}
    assert client.post(address, named).status_code == 302
    follows = Membre.objects.get(succede_a=seat)
    assert "Succède à Nora" in words(client, f"/cooperation/sieges/{follows.pk}/")
    page_words = words(client, "/cooperation/comites/cdpe/")
    assert "Sièges vacants" not in page_words
    assert "1 siège dont le mandat est passé" in page_words
    Instance.objects.filter(pk="cdpe").update(visibilite=Visibilite.PUBLIQUE)
    client.logout()
    assert "nora@x.example" not in words(client, "/cooperation/comites/cdpe/")


# -- votes ---------------------------------------------------------------------------------------


def test_votes_are_tried_against_the_rules_as_one_types(cdpe, client):
    address = "/cooperation/comites/cdpe/voix/"
    Instance.objects.filter(pk="cdpe").update(visibilite=Visibilite.PUBLIQUE)
    client.logout()
    # The committee as it is: État 10 = 2 + 5 + 3 = 5 + 5.
    assert "Répartition régulière" in words(client, address)
    tried = {"etat": 10, "region": 2, "departement": 4, "communes": 4, "syndicats": 5,
             "employeurs": 5}  # fmt: skip
    content = client.get(address, tried).content.decode()
    assert "R5311-38, 5°" in content
    assert "4 voix, il en faut au moins 5" in content
    # The vectors of the law: A 2, B 1, C 1, D 1, E 0; X 3, Y 2, Z 0.
    tried |= {"departement": 5, "communes": 3, "audience": "A 30\nB: 25 %\nC 20\nD 15,0\nE 10",
              "organisations": "X 30 65\nY ; 50 ; 25\nZ 20 10 %"}  # fmt: skip
    shared = client.get(address, tried).context["shared"]
    assert [dict(ballot.votes) for _, _, ballot in shared] == [
        {"A": 2, "B": 1, "C": 1, "D": 1, "E": 0}, {"X": 3, "Y": 2, "Z": 0},
    ]  # fmt: skip


def test_lines_of_audience_that_cannot_be_read_are_told_together(cdpe, client):
    tried = {"etat": 10, "region": 2, "departement": 5, "communes": 3, "syndicats": 5,
             "employeurs": 5, "audience": "A 30\nsans chiffre\nA 2"}  # fmt: skip
    answer = client.get("/cooperation/comites/cdpe/voix/", tried)
    content = answer.content.decode()
    assert answer.status_code == 422
    assert "Ligne 2, «\u00a0sans chiffre\u00a0»" in content
    assert "Ligne 3\u00a0: «\u00a0A\u00a0» est là deux fois" in content


def test_a_tie_of_averages_is_told_and_not_drawn(cdpe, client):
    tried = {"etat": 2, "region": 0, "departement": 1, "communes": 1, "syndicats": 1,
             "employeurs": 1, "audience": "A 50\nB 50"}  # fmt: skip
    (seat,) = client.get("/cooperation/comites/cdpe/voix/", tried).context["shared"]
    assert "ne départage pas" in seat[2].why_not


# -- notices -------------------------------------------------------------------------------------


def give_addresses(cdpe):
    for key in ("cgt", "cfdt"):
        row = cdpe.members[key]
        row.courriel, row.courriel_suppleant = f"{key}@x.example", f"{key}.s@x.example"
        row.save()


def test_members_and_substitutes_are_called_once_each_with_the_agenda(cdpe):
    give_addresses(cdpe)
    held = called(cdpe, visio="https://visio.example/cdpe", lieu="Préfecture")
    queued = convoking.send(by=cdpe.by, meeting=held, now=cdpe.now)
    assert len(queued) == len(delivered()) == 4
    assert {tuple(mail.to) for mail in delivered()} == {
        ("cgt@x.example",), ("cgt.s@x.example",), ("cfdt@x.example",), ("cfdt.s@x.example",),
    }  # fmt: skip
    first = delivered()[0]
    for said in ("1. Feuille de route", "2. Règlement intérieur", "R5311-40", "visio.example"):
        assert said in first.body
    assert "Aucun quorum" not in first.body
    (_, content, _) = first.attachments[0]
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert event.start.isoformat() == "2026-07-03T09:00:00+02:00"
    held.refresh_from_db()
    assert held.convoquee_le == date(2026, 6, 19)
    assert committees.notice_of(held).in_order
    convoking.send(by=cdpe.by, meeting=held, now=cdpe.now + timedelta(1))
    assert len(delivered()) == 4
    # Whoever gets an address later is called then, and the day of the notice stays.
    cdpe.medef.courriel = "medef@x.example"
    cdpe.medef.save()
    convoking.send(by=cdpe.by, meeting=held, now=cdpe.now + timedelta(2))
    held.refresh_from_db()
    assert (len(delivered()), held.convoquee_le) == (5, date(2026, 6, 19))


def test_the_second_notice_tells_that_no_quorum_is_asked(cdpe):
    give_addresses(cdpe)
    first = meeting(cdpe)
    operations.note_attendance(by=cdpe.by, meeting=first, came=[], proxies={}, now=cdpe.now)
    again = operations.call_again(
        by=cdpe.by, first=first, tenue_le=date(2026, 7, 3), heure=time(9), now=cdpe.now
    )
    convoking.send(by=cdpe.by, meeting=again, now=cdpe.now)
    mail = delivered()[0]
    assert mail.subject.startswith("Seconde convocation")
    assert "Aucun quorum ne sera exigé (code du travail, R5311-40)" in mail.body
    assert "1. Feuille de route" in mail.body


def test_a_notice_waits_for_the_mail_server_and_is_made_once(cdpe, settings):
    give_addresses(cdpe)
    held = called(cdpe)
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    assert len(convoking.send(by=cdpe.by, meeting=held, now=cdpe.now)) == 4
    assert convoking.send(by=cdpe.by, meeting=held, now=cdpe.now) == []
    assert (delivered(), Convocation.objects.count()) == ([], 4)
    settings.EMAIL_BACKEND = working
    assert len(delivered()) == 4


def test_nobody_is_called_to_a_meeting_that_was_held_nor_by_others(cdpe, half_day):
    give_addresses(cdpe)
    with pytest.raises(CooperationError, match="passée"):
        convoking.send(by=cdpe.by, meeting=meeting(cdpe), now=cdpe.now)
    with pytest.raises(PermissionDenied):
        convoking.send(by=half_day.partner_admin, meeting=called(cdpe), now=cdpe.now)
    assert delivered() == []


def test_the_page_sends_and_names_who_has_no_address(cdpe, client):
    give_addresses(cdpe)
    on = timezone.localdate() + timedelta(20)
    held = called(cdpe, tenue_le=on)
    address = f"/cooperation/reunions/{held.pk}/"
    page_words = words(client, address)
    assert "Envoyer 4 convocations par courriel" in page_words
    assert "Titulaire medef (medef)" in page_words
    assert client.get(address + "convoquer/").status_code == 405
    client.post(address + "convoquer/")
    assert len(delivered()) == 4
    page_words = words(client, address)
    assert "4 messages partent dans les minutes qui viennent." in page_words
    assert "par courriel" not in page_words


# -- minutes -------------------------------------------------------------------------------------


def text_of(client, held):
    answer = client.get(f"/cooperation/reunions/{held.pk}/proces-verbal.pdf")
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split()).replace("’", "'")


def test_minutes_are_printed_as_a_draft_then_as_they_were_frozen(cdpe, client):
    held = meeting(cdpe)
    operations.note_attendance(
        by=cdpe.by, meeting=held, proxies={}, now=cdpe.now,
        came=[(member, Occupant.TITULAIRE, False) for member in cdpe.members.values()],
    )  # fmt: skip
    operations.write_minutes(by=cdpe.by, meeting=held, texte="Débat #nourri [1].", now=cdpe.now)
    draft = text_of(client, held)
    assert "PROJET" in draft
    assert "n'est pas approuvé" in draft
    assert "Débat #nourri [1]." in draft
    operations.approve_minutes(
        by=cdpe.by, meeting=held, approuve_le=date(2026, 6, 19), approuve_par="les deux présidents",
        now=cdpe.now,
    )  # fmt: skip
    # What changes afterwards changes nothing of them.
    Membre.objects.filter(pk=cdpe.cgt.pk).update(titulaire="Autre nom")
    approved = text_of(client, held)
    assert "PROJET" not in approved
    assert "Approuvé le 19 juin 2026 par les deux présidents." in approved
    assert "Titulaire cgt" in approved
    assert "Autre nom" not in approved
    assert ProcesVerbal.objects.get().is_frozen
    assert Reunion.objects.count() == 1
