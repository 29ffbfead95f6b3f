"""Guests: a file read before it is written, answers without account, messages, arrivals."""

from datetime import time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from icalendar import Calendar

from tests.mailbox import delivered
from traitdunion.cooperation.enums import ReponseInvitation
from traitdunion.cooperation.models import Creneau, Invite, Seance
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.sessions import guests as inviting
from traitdunion.cooperation.sessions import invitations

pytestmark = pytest.mark.django_db
PAGE = "/cooperation/seances/demi-journee/invites/"
FILE = """\ufeffNom;Organisation;Collège;Domaine;EPCI;Courriel
Ana;Mairie de Brioude;Collectivités;logement;Brioude Sud Auvergne;ana@x.example
Bob;Club des employeurs;employeurs;emploi;;
;;;;;
"""


@pytest.fixture
def guest(half_day):
    def guest_(nom, **fields):
        columns = {"organisation": "Mairie", "college": "collectivites", "seance": half_day.seance}
        return Invite.objects.create(nom=nom, **columns | fields)

    return guest_


def test_a_file_is_read_whatever_its_separator_and_accents(half_day):
    for text in (FILE, FILE.replace(";", ","), FILE.replace(";", "\t")):
        guests_read = inviting.read_guests(text, seance=half_day.seance)
        assert guests_read.mistakes == []
        assert [(row["nom"], row["college"], row["epci"]) for row in guests_read.fresh] == [
            ("Ana", "collectivites", "Brioude Sud Auvergne"), ("Bob", "employeurs", ""),
        ]  # fmt: skip


def test_every_line_to_mend_is_told(half_day):
    text = (
        "nom;organisation;college;courriel\n;A;etat;\nBo;B;martiens;\nCy;C;etat;pas une adresse\n"
    )
    guests_read = inviting.read_guests(text, seance=half_day.seance)
    assert [mistake.split(" :")[0] for mistake in guests_read.mistakes] == [
        "Ligne 2",
        "Ligne 3",
        "Ligne 4",
    ]
    assert "« martiens » inconnu" in guests_read.mistakes[1]
    lacking = inviting.read_guests("nom,organisation\nA,B\n", seance=half_day.seance)
    assert "il manque la colonne college" in lacking.mistakes[0]


@pytest.mark.parametrize("heading", ["E-mail", "Email", "Adresse électronique", "Mél", "Courriel"])
def test_the_address_is_found_under_the_usual_headings(half_day, heading):
    text = f"Nom;Structure;Collège;{heading};Téléphone\nAna;Mairie;État;a@x.example;06\n"
    guests_read = inviting.read_guests(text, seance=half_day.seance)
    assert guests_read.fresh[0]["courriel"] == "a@x.example"
    assert guests_read.notes == ["Colonne non lue : Téléphone."]


def test_an_address_shared_by_guests_is_told_and_gets_one_message(half_day, now):
    text = "nom;organisation;college;e-mail\n" + "".join(
        f"{nom};Mairie;collectivites;Secretariat@x.example\n" for nom in ("Ana", "Bob", "Cy")
    )
    guests_read = inviting.read_guests(text, seance=half_day.seance)
    assert guests_read.notes == [
        "secretariat@x.example : 3 invités, un seul message pour eux tous."
    ]
    rows = inviting.add_guests(
        by=half_day.steerer, seance=half_day.seance, rows=guests_read.fresh, now=now
    )
    invitations.send(
        by=half_day.steerer, seance=half_day.seance, guests=rows, site="https://x.example", now=now
    )
    (mail,) = delivered()
    assert all(f"https://x.example/invitation/{row.secret}/" in mail.body for row in rows)
    assert all(row.invite_le == now for row in Invite.objects.all())


def test_a_file_without_addresses_says_that_nobody_can_be_invited(half_day):
    text = "nom;organisation;college\nAna;Mairie;État\n"
    guests_read = inviting.read_guests(text, seance=half_day.seance)
    assert "personne ne pourra être invité" in guests_read.notes[0]


def test_who_is_there_already_or_twice_is_left(half_day, guest):
    guest("ANA", organisation="Mairie de Brioude")
    twice = FILE + "Bob;Club des Employeurs;employeurs;;;\n"
    guests_read = inviting.read_guests(twice, seance=half_day.seance)
    assert [row["nom"] for row in guests_read.fresh] == ["Bob"]
    assert [row["nom"] for row in guests_read.known] == ["Ana", "Bob"]


def test_a_file_is_shown_before_it_is_written(half_day, client, tmp_path):
    client.force_login(half_day.steerer)
    path = tmp_path / "invites.csv"
    path.write_text(FILE, encoding="utf-8")
    with path.open("rb") as file:
        shown = client.post(PAGE + "importer/", {"fichier": file})
    assert "2 à ajouter" in shown.content.decode()
    assert not Invite.objects.exists()
    written = client.post(PAGE + "importer/", {"texte": shown.context["text"]})
    assert written.url == PAGE
    assert sorted(Invite.objects.values_list("nom", flat=True)) == ["Ana", "Bob"]


def test_the_balance_names_the_college_nobody_comes_from(half_day, guest):
    guest("Ana", reponse="oui")
    guest("Bob", reponse="non")
    guest("Cy", college="etat", epci="Velay", reponse="peut_etre")
    rows = {row.name: row for row in inviting.balance(half_day.seance, "college")}
    town = rows["Collectivités"]
    assert (town.invited, town.yes, town.maybe, town.no) == (2, 1, 0, 1)
    assert rows["Syndicats"].invited == 0
    assert len(rows) == 7
    by_epci = inviting.balance(half_day.seance, "epci")
    assert [(row.name, row.invited) for row in by_epci] == [("Non précisé", 2), ("Velay", 1)]


def test_an_answer_needs_no_account_and_may_change(half_day, guest, client):
    ana = guest("Ana")
    page = f"/invitation/{ana.secret}/"
    assert "Venez-vous" in client.get(page).content.decode()
    for reponse in ("oui", "peut_etre", "non"):
        client.post(page, {"reponse": reponse})
        ana.refresh_from_db()
        assert ana.reponse == reponse
    assert client.post(page, {"reponse": "demain"}).status_code == 422
    assert client.get("/invitation/inconnu/").status_code == 404


@pytest.mark.parametrize("etat", ["close", "annulee"])
def test_no_answer_changes_once_a_session_is_over(half_day, guest, client, etat):
    ana = guest("Ana")
    page = f"/invitation/{ana.secret}/"
    client.post(page, {"reponse": "oui"})
    half_day.seance.etat = etat
    half_day.seance.save()
    shown = client.post(page, {"reponse": "non"})
    assert (shown.status_code, "il n&#x27;y a plus de réponse" in shown.content.decode()) == (
        422,
        True,
    )
    ana.refresh_from_db()
    assert ana.reponse == "oui"


@pytest.mark.parametrize("etat", ["close", "annulee"])
def test_what_is_announced_once_a_session_is_over_waits_to_be_read(half_day, guest, client, etat):
    ana = guest("Ana")
    page = f"/invitation/{ana.secret}/"
    for state, words in (("ouverte", "Prêter un atelier"), (etat, "Un mot de trop")):
        half_day.seance.etat = state
        half_day.seance.save()
        client.post(page, {"faire": "annoncer", "sorte": "aide", "quoi": words})
    shown = client.get("/cooperation/annuaire/").content.decode()
    assert ("Prêter un atelier" in shown, "Un mot de trop" in shown) == (True, False)
    client.force_login(half_day.steerer)
    assert (
        "Un mot de trop"
        in client.get("/cooperation/seances/demi-journee/relecture/").content.decode()
    )


def test_the_last_seat_is_taken_once(half_day, guest, now):
    half_day.seance.places = 1
    half_day.seance.save()
    ana, bob = guest("Ana"), guest("Bob")
    for _ in range(2):  # who already has the seat may say yes again
        inviting.answer(guest=ana, reponse=ReponseInvitation.OUI, now=now)
    with pytest.raises(CooperationError, match="Les 1 places sont prises"):
        inviting.answer(guest=bob, reponse=ReponseInvitation.OUI, now=now)
    inviting.answer(guest=bob, reponse=ReponseInvitation.PEUT_ETRE, now=now)
    inviting.answer(guest=ana, reponse=ReponseInvitation.NON, now=now)
    inviting.answer(guest=bob, reponse=ReponseInvitation.OUI, now=now)


def test_messages_leave_once_then_a_reminder_to_who_did_not_answer(
    half_day, guest, client, mailoutbox, now
):
    client.force_login(half_day.steerer)
    ana, _, cy = (
        guest("Ana", courriel="ana@x.example"),
        guest("Bob"),
        guest("Cy", courriel="c@x.example"),
    )
    for _ in range(2):
        client.post(PAGE, {"faire": "inviter"})
    assert sorted(mail.to[0] for mail in mailoutbox) == ["ana@x.example", "c@x.example"]
    (mail,) = [mail for mail in mailoutbox if mail.to == ["ana@x.example"]]
    assert f"http://testserver/invitation/{ana.secret}/" in mail.body
    assert "Vendredi 19 juin 2026, Le Puy-en-Velay" in mail.body
    (name, text, kind) = mail.attachments[0]
    assert (name, kind) == ("demi-journee.ics", "text/calendar")
    assert Calendar.from_ical(text).events[0]["summary"] == "Coopérer"

    seance = half_day.seance
    ana.refresh_from_db()
    assert inviting.to_remind(seance, now=ana.invite_le + timedelta(days=2)) == []
    inviting.answer(guest=Invite.objects.get(pk=cy.pk), reponse=ReponseInvitation.NON, now=now)
    later = ana.invite_le + timedelta(days=3)
    assert inviting.to_remind(seance, now=later) == [ana]
    invitations.send(
        by=half_day.steerer, seance=seance, guests=[ana], site="https://x.example", now=later
    )
    assert (mailoutbox[-1].to, mailoutbox[-1].subject) == ([ana.courriel], "Rappel : Coopérer")
    assert mailoutbox[-1].reply_to == [half_day.steerer.email]
    assert inviting.to_remind(seance, now=later + timedelta(days=2)) == []


def test_a_button_pressed_twice_at_once_invites_once(half_day, guest, mailoutbox, now):
    """Both presses read the guest before either wrote."""
    guest("Ana", courriel="ana@x.example")
    read = [inviting.to_invite(half_day.seance) for _ in range(2)]
    queued = [
        invitations.send(
            by=half_day.steerer, seance=half_day.seance, guests=rows, site="https://x", now=now
        )
        for rows in read
    ]
    assert [len(mail) for mail in queued] == [1, 0]
    assert [mail.subject for mail in mailoutbox] == ["Invitation : Coopérer"]


def test_the_calendar_tells_the_hours_where_the_session_is(half_day, now):
    seance = half_day.seance
    Creneau.objects.create(seance=seance, debut="08:30", fin="09:00", titre="Accueil; café, thé")
    Creneau.objects.create(seance=seance, debut="09:00", fin="12:15", titre="Tables")
    written = invitations.calendar_of(seance, now=now, address="https://x.example/i/")
    (event,) = Calendar.from_ical(written).events
    # Summer time in Paris is two hours ahead.
    assert event.start.isoformat() == "2026-06-19T08:30:00+02:00"
    assert event.end.isoformat() == "2026-06-19T12:15:00+02:00"
    assert event["uid"] == "demi-journee@trait-d-union"
    assert "8\xa0h\xa030 Accueil; café, thé" in str(event["description"])
    assert max(len(line) for line in written.split(b"\r\n")) <= 75
    assert b"BEGIN:VTIMEZONE" in written


def test_arrivals_by_the_list_and_by_the_badge(half_day, guest, client):
    ana, bob = guest("Ana"), guest("Bob")
    badge = f"/badge/{bob.badge}/"
    # Whoever holds the badge does not note their own arrival.
    assert client.post(badge).status_code == 403
    assert not Invite.objects.present().exists()
    client.force_login(half_day.steerer)
    client.post("/cooperation/seances/demi-journee/arrivees/", {"present": [ana.pk]})
    client.post(badge)
    assert Invite.objects.present().count() == 2
    first = Invite.objects.get(pk=ana.pk).arrive_le
    client.post("/cooperation/seances/demi-journee/arrivees/", {"present": [ana.pk]})
    assert Invite.objects.get(pk=ana.pk).arrive_le == first
    assert Invite.objects.get(pk=bob.pk).arrive_le is None


def test_a_badge_that_is_worn_opens_nothing_private(half_day, guest, client):
    ana = guest("Ana Perrin", organisation="Mairie de Brioude", courriel="ana@x.example")
    card = f"/badge/{ana.badge}/"
    shown = client.get(card).content.decode()
    for private in ("Ana Perrin", "Mairie de Brioude", ana.secret, ana.courriel, "<form"):
        assert private not in shown.split("<main")[1]
    # The code of the badge is not the one of the page, and the page is not told by the card.
    assert client.get(f"/invitation/{ana.badge}/").status_code == 404
    client.post(f"/invitation/{ana.secret}/", {"faire": "montrer"})
    agreed = client.get(card).content.decode()
    assert "Ana Perrin" in agreed
    assert "Mairie de Brioude" in agreed
    for private in (ana.secret, ana.courriel, "Oui, je viens"):
        assert private not in agreed
    client.post(f"/invitation/{ana.secret}/", {"faire": "cacher"})
    assert "Ana Perrin" not in client.get(card).content.decode()


def test_the_directory_names_the_organisation_and_nobody(half_day, guest, client):
    ana = guest("Ana Perrin", organisation="Mairie de Brioude", epci="Brioude Sud Auvergne")
    page = f"/invitation/{ana.secret}/"
    said = {
        "faire": "annoncer",
        "sorte": "aide",
        "quoi": "Prêter une salle équipée",
        "ou": "Brioude",
    }
    client.post(page, said)
    client.post(page, said)  # once only
    client.post(page, said | {"sorte": "cherche", "quoi": "Des formateurs"})
    refused = client.post(page, said | {"quoi": "Appeler le 06 12 34 56 78"})
    assert refused.status_code == 422
    shown = client.get("/cooperation/annuaire/").content.decode()
    assert shown.count("Prêter une salle équipée") == 1
    assert "Ana Perrin" not in shown
    assert ana.secret not in shown
    for asked, n in (("q=salle+EQUIPEE", 1), ("q=brioude&sorte=cherche", 1), ("q=vélo", 0)):
        assert len(client.get(f"/cooperation/annuaire/?{asked}").context["found"]) == n
    (help_,) = client.get("/cooperation/annuaire/?sorte=aide").context["found"]
    assert [announcement.quoi for announcement in help_.announced] == ["Prêter une salle équipée"]


def test_only_those_who_steer_touch_the_list(half_day, guest, now):
    ana = guest("Ana")
    for person in (half_day.adviser, half_day.partner_admin):
        with pytest.raises(PermissionDenied):
            inviting.add_guests(by=person, seance=half_day.seance, rows=[], now=now)
        with pytest.raises(PermissionDenied):
            inviting.arrive(by=person, guests=[ana], now=now)
        with pytest.raises(PermissionDenied):
            invitations.send(
                by=person, seance=half_day.seance, guests=[ana], site="https://x.example", now=now
            )


def test_arrivals_of_another_organisation_are_not_noted(half_day, guest, now):
    """Each guest's own organisation is asked, not the first one's for all."""
    elsewhere = Seance.objects.create(
        slug="ailleurs", titre="Ailleurs", organisation=half_day.partner, code="XYZ234",
        tenue_le=half_day.seance.tenue_le,
    )  # fmt: skip
    guests = [guest("Ana"), guest("Bob", seance=elsewhere)]
    with pytest.raises(PermissionDenied):
        inviting.arrive(by=half_day.steerer, guests=guests, now=now)
    assert not Invite.objects.present().exists()


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_a_file_of_excel_is_read_whatever_its_machine(half_day, client, encoding, end):
    lines = ["nom;organisation;collège;courriel", "Zoé Béal;Mairie;État;zoe@x.example", ""]
    client.force_login(half_day.steerer)
    sent = SimpleUploadedFile("invites.csv", end.join(lines).encode(encoding))
    page = client.post("/cooperation/seances/demi-journee/invites/importer/", {"fichier": sent})
    assert (page.status_code, len(page.context["preview"].fresh)) == (200, 1)
    assert page.context["preview"].fresh[0]["nom"] == "Zoé Béal"


def test_an_invitation_asks_our_own_engine_how_to_come(half_day, client, now):
    seance = half_day.seance
    guest = Invite.objects.create(seance=seance, nom="Ana", organisation="O", college="etat")
    page = f"/invitation/{guest.secret}/"
    assert "Comment venir" not in client.get(page).content.decode()
    seance.commune = "43157"
    seance.save()
    assert invitations.way_there(seance) == [], "its hours are not known"
    Creneau.objects.create(seance=seance, debut=time(13, 30), fin=time(17), titre="Tables")
    text = client.get(page).content.decode()
    assert 'action="/"' in text
    for name, value in (
        ("travail", "43157"), ("jours", "ven"), ("debut", "13:30"), ("fin", "17:00"),
    ):  # fmt: skip
        assert f'<input type="hidden" name="{name}" value="{value}">' in text
    Seance.objects.update(etat="close")
    assert "Comment venir" not in client.get(page).content.decode()
