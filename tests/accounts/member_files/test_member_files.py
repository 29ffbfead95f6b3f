"""Many people invited by a table: nothing sent before a press, all taken back by another."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from traitdunion.accounts.enums import Role
from traitdunion.accounts.member_files.reading import read_people
from traitdunion.accounts.models import Invitation, OutgoingMessage
from traitdunion.sources.bounded.faults import Unreadable

pytestmark = pytest.mark.django_db
SHEET = """Courriel;Rôle;Service
Nour@Ici.example;Conseiller;A
pas une adresse;Conseiller;A
lea@ici.example;Chef;B
nour@ici.example;conseiller;A
lea@ici.example;Maison de la mobilité solidaire;B
"""


@pytest.fixture
def page(client, people, settings):
    settings.TRAITDUNION_MFA_REQUIRED = False
    client.force_login(people.admin)
    return reverse("accounts:members-file", args=["ici"])


def sent_file(client, page, text):
    return client.post(page, {"fichier": SimpleUploadedFile("equipe.csv", text.encode())})


def test_sound_rows_are_kept_and_the_others_named_by_line():
    rows, faults = read_people(SHEET.encode())
    assert [(row.email, row.role) for row in rows] == [
        ("nour@ici.example", Role.CONSEILLER), ("lea@ici.example", Role.MMS),
    ]  # fmt: skip
    assert [str(fault).split(",")[0].split(" :")[0] for fault in faults] == [
        "Ligne 3", "Ligne 4", "Ligne 5",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["nom;rôle\na;b", "", "adresse\na@b.example"])
def test_another_table_is_refused(text):
    with pytest.raises(Unreadable):
        read_people(text.encode())


def test_a_file_is_shown_then_sent_then_taken_back(client, people, page):
    text = SHEET + f"{people.admin.email};Administrateur;C\n"
    shown = sent_file(client, page, text)
    html = shown.content.decode()
    assert "2 invitations prêtes. Rien n'est encore parti." in html
    assert "1 ligne\u00a0: déjà membre." in html
    assert not Invitation.objects.exists()
    sent = client.post(page, {"faire": "inviter", "lu": shown.context["kept"]})
    assert Invitation.objects.count() == OutgoingMessage.objects.count() == 2
    after = client.get(sent.url)
    assert "2 invitations enregistrées." in after.content.decode()
    # Pressed twice, or sent again from an open page: each person is invited once.
    client.post(page, {"faire": "inviter", "lu": shown.context["kept"]})
    assert Invitation.objects.count() == 2
    client.post(page, {"faire": "annuler", "envoi": after.context["sent_at"]})
    assert Invitation.objects.filter(revoked_at=None).count() == 0


def test_the_table_shown_is_the_one_sent_and_of_this_organisation_alone(client, people, page):
    kept = sent_file(client, page, SHEET).context["kept"]
    client.post(page, {"faire": "inviter", "lu": kept + "x"})
    people.admin.memberships.create(organisation=people.ailleurs, role=Role.ADMINISTRATEUR)
    elsewhere = reverse("accounts:members-file", args=["ailleurs"])
    client.post(elsewhere, {"faire": "inviter", "lu": kept})
    client.post(page, {"faire": "annuler", "envoi": "hier"})
    assert not Invitation.objects.exists()


def test_a_file_that_is_no_table_is_refused_in_words(client, page):
    answer = sent_file(client, page, "nom\nNour\n")
    assert answer.status_code == 422
    assert "colonne «\u00a0adresse\u00a0»" in answer.content.decode()
