"""Preparing a session: what is typed is read or told wrong line by line; what was said stays."""

from datetime import date, time

import pytest
from django.utils import timezone
from icalendar import Calendar

from traitdunion.cooperation.dates import day_in_words, weekday_in_words
from traitdunion.cooperation.models import Axe, Constat, Seance
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.sessions import ideas as idea_operations
from traitdunion.cooperation.sessions import preparing
from traitdunion.cooperation.sessions.invitations import calendar_of
from traitdunion.cooperation.sessions.preparing import Aim, Slot

pytestmark = pytest.mark.django_db
SESSION = "/cooperation/seances/demi-journee/"
TYPED = {
    "titre": "Coopérer à Brioude", "tenue_le": "2026-08-01", "lieu": "Brioude", "pilote": "DDETSPP",
    "aims": "Bâtir la feuille de route\n- partir des constats\n- trois actions\nSe connaître",
    "slots": "8h30 - 9h Accueil\n9h00-11h15 Tables", "places": "80", "n_tables": "10",
    "n_manches": "3", "gommettes": "3",
}  # fmt: skip


def test_the_first_of_a_month_is_said_as_it_is_read():
    assert day_in_words(date(2026, 8, 1)) == "1er août 2026"
    assert day_in_words(date(2026, 8, 2)) == "2 août 2026"
    assert weekday_in_words(date(2026, 8, 1)) == "samedi 1er août 2026"
    assert day_in_words(None) == ""


def test_a_programme_is_read_as_people_write_it():
    read = preparing.read_programme("8h30 - 9h Accueil\n\n9:00 – 11:15 : Tables tournantes\n")
    assert read == [
        Slot(time(8, 30), time(9), "Accueil"), Slot(time(9), time(11, 15), "Tables tournantes")
    ]  # fmt: skip


def test_a_slot_without_an_end_ends_where_the_next_begins():
    read = preparing.read_programme("8h30 Accueil\n9h - 11h Tables\n11h30 Clôture")
    assert read == [
        Slot(time(8, 30), time(9), "Accueil"), Slot(time(9), time(11), "Tables"),
        Slot(time(11, 30), time(12, 30), "Clôture"),
    ]  # fmt: skip


def test_a_programme_passes_midnight():
    read = preparing.read_programme("21h Accueil\n23h00 - 1h00 Ronde\n1h - 2h30 Retour")
    assert read == [
        Slot(time(21), time(23), "Accueil"), Slot(time(23), time(1), "Ronde"),
        Slot(time(1), time(2, 30), "Retour", lendemain=True),
    ]  # fmt: skip
    assert preparing.read_programme("22h - 24h Bal") == [Slot(time(22), time(0), "Bal")]
    assert preparing.read_programme("23h30 Bal") == [Slot(time(23, 30), time(0, 30), "Bal")]
    with pytest.raises(CooperationError, match="la fin vient après le début"):
        preparing.read_programme("9h - 1h Trop")


def test_a_session_that_passes_midnight_ends_the_next_day(half_day, client):
    client.force_login(half_day.steerer)
    slots = "23h00 - 1h00 Ronde\n1h - 2h30 Retour"
    answered = client.post("/organisations/pilote/seances/nouvelle/", TYPED | {"slots": slots})
    seance = Seance.objects.get(titre="Coopérer à Brioude")
    page = client.get(answered.url)
    assert page.context["form"]["slots"].value() == "23h00 - 01h00 Ronde\n01h00 - 02h30 Retour"
    assert timezone.localtime(seance.end_of_programme).isoformat() == "2026-08-02T02:30:00+02:00"
    event = Calendar.from_ical(calendar_of(seance, now=timezone.now())).walk("VEVENT")[0]
    assert event.decoded("dtstart").isoformat() == "2026-08-01T23:00:00+02:00"
    assert event.decoded("dtend").isoformat() == "2026-08-02T02:30:00+02:00"
    assert "(le lendemain)" in client.get(f"/cooperation/seances/{seance.pk}/").content.decode()


def test_every_bad_line_of_a_programme_is_told_at_once():
    with pytest.raises(CooperationError) as wrong:
        preparing.read_programme("Accueil\n9h - 10h Bien\n11h - 10h30 À rebours\n25h - 26h Quand")
    text = str(wrong.value)
    assert "ligne 1" in text
    assert "ligne 3, « 11h - 10h30 À rebours » : la fin vient après le début" in text
    assert "ligne 4" in text
    assert "ligne 2" not in text


def test_a_part_without_an_aim_is_refused():
    assert preparing.read_aims("Un\n- a\n– b\nDeux") == [Aim("Un", ("a", "b")), Aim("Deux")]
    with pytest.raises(CooperationError, match="ligne 1"):
        preparing.read_aims("- a")


def test_a_session_is_made_then_changed_by_its_pages(half_day, client):
    client.force_login(half_day.steerer)
    answered = client.post("/organisations/pilote/seances/nouvelle/", TYPED)
    seance = Seance.objects.get(titre="Coopérer à Brioude")
    assert answered.url == f"/cooperation/seances/{seance.pk}/preparer/"
    assert (seance.pk, len(seance.code), seance.etat) == ("cooperer-a-brioude-2026", 8, "preparee")
    page = client.get(answered.url)
    assert page.context["form"]["aims"].value() == TYPED["aims"]
    assert page.context["form"]["slots"].value() == "08h30 - 09h00 Accueil\n09h00 - 11h15 Tables"
    client.post(answered.url, TYPED | {"lieu": "Langeac", "aims": "Un seul"})
    seance.refresh_from_db()
    assert seance.lieu == "Langeac"
    assert [aim.texte for aim in seance.objectifs.all()] == ["Un seul"]
    shown = client.get(f"/cooperation/seances/{seance.pk}/").content.decode()
    assert "Samedi 1er août 2026" in shown


def test_two_sessions_of_a_title_have_their_own_address(half_day, client):
    client.force_login(half_day.steerer)
    for _ in range(2):
        client.post("/organisations/pilote/seances/nouvelle/", TYPED)
    assert set(Seance.objects.values_list("pk", flat=True)) == {
        "demi-journee", "cooperer-a-brioude-2026", "cooperer-a-brioude-2026-2",
    }  # fmt: skip


def test_bad_lines_come_back_with_what_was_typed(half_day, client):
    client.force_login(half_day.steerer)
    wrong = client.post(SESSION + "preparer/", TYPED | {"slots": "Accueil", "tenue_le": ""})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"slots", "tenue_le"}
    assert Seance.objects.get().titre == "Coopérer"


def test_a_finding_has_its_source_and_its_date(half_day, client):
    client.force_login(half_day.steerer)
    axe = half_day.axes[0]
    form = {
        "titre": "Logement", "question": "Comment ?", "constats-TOTAL_FORMS": "2",
        "constats-INITIAL_FORMS": "0", "constats-0-texte": "Les loyers montent",
    }  # fmt: skip
    wrong = client.post(f"/cooperation/axes/{axe.pk}/", form)
    assert wrong.status_code == 422
    assert "Un constat a toujours sa source" in wrong.content.decode()
    sourced = {"constats-0-source": "Observatoire", "constats-0-constate_le": "2026-05-02"}
    client.post(f"/cooperation/axes/{axe.pk}/", form | sourced)
    assert [str(finding) for finding in axe.constats.all()] == ["Les loyers montent"]
    client.post(SESSION + "axes/nouveau/", form | sourced | {"titre": "Santé"})
    assert Axe.objects.get(titre="Santé").ordre == 3
    assert Constat.objects.count() == 2


def test_an_axe_somebody_spoke_of_stays(half_day, client, now):
    client.force_login(half_day.steerer)
    spoken, silent = half_day.axes
    idea_operations.add_idea(axe=spoken, texte="Un", now=now)
    for axe in half_day.axes:
        client.post(f"/cooperation/axes/{axe.pk}/", {"faire": "retirer"})
    assert list(Axe.objects.all()) == [spoken]
    assert silent.pk != spoken.pk
