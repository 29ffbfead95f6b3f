"""Preparing a session: what is typed is read or told wrong line by line; what was said stays."""

from datetime import date, time

import pytest

from traitdunion.cooperation import operations, preparing
from traitdunion.cooperation.days import day_in_words, weekday_in_words
from traitdunion.cooperation.models import Axe, Constat, Seance
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.preparing import Aim, Slot

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


def test_every_bad_line_of_a_programme_is_told_at_once():
    with pytest.raises(CooperationError) as wrong:
        preparing.read_programme("Accueil\n9h - 10h Bien\n11h - 10h30 À rebours\n25h - 26h Quand")
    told = str(wrong.value)
    assert "ligne 1" in told
    assert "ligne 3, « 11h - 10h30 À rebours » : la fin vient après le début" in told
    assert "ligne 4" in told
    assert "ligne 2" not in told


def test_a_part_without_an_aim_is_refused():
    assert preparing.read_aims("Un\n- a\n– b\nDeux") == [Aim("Un", ("a", "b")), Aim("Deux")]
    with pytest.raises(CooperationError, match="ligne 1"):
        preparing.read_aims("- a")


def test_a_session_is_made_then_changed_by_its_pages(half_day, client):
    client.force_login(half_day.steerer)
    answered = client.post("/organisations/pilote/seances/nouvelle/", TYPED)
    seance = Seance.objects.get(titre="Coopérer à Brioude")
    assert answered.url == f"/cooperation/seances/{seance.pk}/preparer/"
    assert (seance.pk, len(seance.code), seance.etat) == ("cooperer-a-brioude-2026", 6, "preparee")
    page = client.get(answered.url)
    assert page.context["form"]["aims"].value() == TYPED["aims"]
    assert page.context["form"]["slots"].value() == "08h30 - 09h00 Accueil\n09h00 - 11h15 Tables"
    client.post(answered.url, TYPED | {"lieu": "Langeac", "aims": "Un seul"})
    seance.refresh_from_db()
    assert seance.lieu == "Langeac"
    assert [one.texte for one in seance.objectifs.all()] == ["Un seul"]
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
    told = {
        "titre": "Logement", "question": "Comment ?", "constats-TOTAL_FORMS": "2",
        "constats-INITIAL_FORMS": "0", "constats-0-texte": "Les loyers montent",
    }  # fmt: skip
    wrong = client.post(f"/cooperation/axes/{axe.pk}/", told)
    assert wrong.status_code == 422
    assert "Un constat a toujours sa source" in wrong.content.decode()
    sourced = {"constats-0-source": "Observatoire", "constats-0-constate_le": "2026-05-02"}
    client.post(f"/cooperation/axes/{axe.pk}/", told | sourced)
    assert [str(one) for one in axe.constats.all()] == ["Les loyers montent"]
    client.post(SESSION + "axes/nouveau/", told | sourced | {"titre": "Santé"})
    assert Axe.objects.get(titre="Santé").ordre == 3
    assert Constat.objects.count() == 2


def test_an_axe_somebody_spoke_of_stays(half_day, client, now):
    client.force_login(half_day.steerer)
    spoken, silent = half_day.axes
    operations.say(axe=spoken, texte="Un", now=now)
    for axe in half_day.axes:
        client.post(f"/cooperation/axes/{axe.pk}/", {"faire": "retirer"})
    assert list(Axe.objects.all()) == [spoken]
    assert silent.pk != spoken.pk
