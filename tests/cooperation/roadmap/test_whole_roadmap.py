"""The roadmap of the département gathers those of sessions; a blocked action is reported."""

import pytest

from tests.mailbox import delivered
from traitdunion.cooperation.models import Action, Axe, Pilote, Seance
from traitdunion.cooperation.roadmap import operations as roadmap_operations

PAGE = "/cooperation/feuille-de-route/"


@pytest.fixture
def two_sessions(half_day, now):
    """« Le logement » in one session, « LOGEMENT » in a later one, an action in each."""
    first = half_day.axes[0]
    Axe.objects.filter(pk=first.pk).update(titre="Le logement")
    later = Seance.objects.create(
        slug="deux", code="BBBBBB", titre="Deuxième séance", organisation=half_day.steering,
        tenue_le=half_day.seance.tenue_le.replace(year=2027),
    )  # fmt: skip
    second = Axe.objects.create(seance=later, ordre=1, titre="LOGEMENT", question="Comment ?")
    Seance.objects.update(visibilite="publique", visibilite_feuille="publique")
    for axe, title in ((first, "Loger"), (second, "Héberger")):
        axe.refresh_from_db()
        roadmap_operations.create_action(by=half_day.steerer, axe=axe, titre=title, now=now)
    return later


def test_two_writings_of_an_axis_are_one_section(two_sessions, client):
    page = client.get(PAGE).content.decode()
    assert page.count("<h2 ") >= 1
    assert page.count(">LOGEMENT<") == 1
    assert ">Le logement<" not in page
    assert "Loger" in page
    assert "Héberger" in page


def test_a_roadmap_that_one_does_not_see_is_left_out(two_sessions, client):
    Seance.objects.filter(pk=two_sessions.pk).update(visibilite_feuille="privee")
    page = client.get(PAGE).content.decode()
    assert "Héberger" not in page


def test_actions_without_pilot_are_listed_and_taken_away_in_csv(two_sessions, client):
    Pilote.objects.create(action=Action.objects.get(titre="Loger"), nom="Ana Fictive")
    text = client.get("/cooperation/feuille-de-route.csv?sans-pilote=oui").content.decode(
        "utf-8-sig"
    )
    lines = text.splitlines()
    assert lines[0].startswith("axe;action;seance")
    assert [line.split(";")[1] for line in lines[1:]] == ["Héberger"]


def test_nothing_published_is_said(client, db):
    assert "Aucune feuille de route" in client.get(PAGE).content.decode()


def test_a_blocked_action_is_written_to_those_who_steer(half_day, now):
    half_day.steering.courriel = "pilotage@x.example"
    half_day.steering.save()
    action = roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Loger", now=now
    )
    for _ in range(2):
        roadmap_operations.follow(
            by=half_day.steerer, action=action, blocage="Pas de bailleur", now=now
        )
    (message,) = [mail for mail in delivered() if mail.subject == "Action bloquée : Loger"]
    assert message.to == ["pilotage@x.example"]
    assert "Pas de bailleur" in message.body
