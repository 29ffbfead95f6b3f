"""Calendar files of a club: read once, followed when they change, what cannot be read is listed."""

from datetime import UTC, date, datetime, time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.employers.clubs.calendar_files import read_calendar
from traitdunion.employers.models import Club, Rencontre
from traitdunion.sources.bounded.faults import Unreadable

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
FILE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//essai//fr
BEGIN:VEVENT
UID:un@club.example
DTSTART:20261201T080000Z
SUMMARY:Petit déjeuner
LOCATION:Le Puy-en-Velay
END:VEVENT
BEGIN:VEVENT
UID:deux@club.example
DTSTART;VALUE=DATE:20261215
SUMMARY:Assemblée
END:VEVENT
BEGIN:VEVENT
UID:trois@club.example
DTSTART:20261216T080000
RRULE:FREQ=WEEKLY
SUMMARY:Chaque semaine
END:VEVENT
BEGIN:VEVENT
UID:quatre@club.example
DTSTART:20261217T080000
END:VEVENT
END:VCALENDAR
"""


def test_times_are_those_of_the_place_and_what_repeats_is_listed():
    meetings, faults = read_calendar(FILE.encode())
    assert [(row.title, row.on, row.at) for row in meetings] == [
        ("Petit déjeuner", date(2026, 12, 1), time(9)), ("Assemblée", date(2026, 12, 15), None),
    ]  # fmt: skip
    assert [fault.where for fault in faults] == [
        "événement 3 « Chaque semaine »", "événement 4",
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"employeur;site", b"x" * 1_000_001])
def test_what_is_no_calendar_is_refused(content):
    with pytest.raises(Unreadable):
        read_calendar(content)


@pytest.mark.django_db
def test_a_file_is_followed_until_a_meeting_is_recorded(client):
    body = Organisation.objects.create(slug="asso", nom="Association fictive")
    user = User.objects.create_user("h@x.example", "un mot de passe assez long")
    Membership.objects.create(user=user, organisation=body, role=Role.ADMINISTRATEUR)
    Club.objects.create(slug="club", nom="Club", organisation=body)
    client.force_login(user)
    url = reverse("employers:club-desk", args=["club"])

    def sent(text):
        file = SimpleUploadedFile("agenda.ics", text.encode())
        page = client.post(url, {"importer": "agenda", "agenda": file}, follow=True)
        return page.content.decode()

    assert "2 rencontres ajoutées, 0 modifiée" in sent(FILE)
    assert not Rencontre.objects.filter(publique=True).exists()
    assert "0 rencontre ajoutée, 0 modifiée" in sent(FILE)
    assert "0 rencontre ajoutée, 1 modifiée" in sent(FILE.replace("Assemblée", "Bilan"))
    cancelled = FILE.replace("SUMMARY:Petit", "STATUS:CANCELLED\nSUMMARY:Petit")
    assert "0 rencontre ajoutée, 1 modifiée" in sent(cancelled.replace("Assemblée", "Bilan"))
    assert Rencontre.objects.get(uid="un@club.example").annulee_le is not None
    Rencontre.objects.filter(titre="Bilan").update(bloc="tenu", enregistree_le=NOW, paroles=[])
    assert "0 rencontre ajoutée, 0 modifiée" in sent(FILE)
    assert Rencontre.objects.get(uid="deux@club.example").titre == "Bilan"
    assert "pas un agenda" in sent("rien")
