"""What a session gives back to its room: 2 and 90 days after, once, to those who came."""

from datetime import date, timedelta

import pytest
from django.core import mail

from tests.mailbox import delivered
from traitdunion.cooperation.evaluation import echo
from traitdunion.cooperation.models import Invite, Seance
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.sessions import ideas

SITE = "https://coop.example"


@pytest.fixture
def held(half_day, now):
    """The session of 19 June: an idea, an action late at the end of August, Ana who came."""
    ideas.add_idea(axe=half_day.axes[0], texte="Ouvrir un foyer", now=now)
    roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Loger", now=now,
        fin_prevue_le=date(2026, 8, 31),
    )  # fmt: skip
    guest(half_day.seance, "ana", now)
    return half_day.seance


def guest(seance, nom, arrived, **fields):
    return Invite.objects.create(
        seance=seance, nom=nom, organisation="O", college="etat", arrive_le=arrived,
        **{"courriel": f"{nom}@x.example"} | fields,
    )  # fmt: skip


def run(at):
    mail.outbox = []
    return echo.run(now=at, site=SITE), delivered()


def test_two_messages_leave_and_no_more(held, now):
    days = [n for n in range(200) for _ in run(now + timedelta(n))[1]]
    assert days == [2, 90]


def test_each_message_says_what_is_true_on_its_day(held, now):
    _, (first,) = run(now + timedelta(2))
    assert first.subject == "Ce que la salle a dit : Coopérer"
    for words in (
        "Idées montrées à la salle : 1\n", "Actions retenues : 1\n", "- Loger (à venir)",
        f"{SITE}/cooperation/seances/demi-journee/feuille-de-route/", "/bilan/",
    ):  # fmt: skip
        assert words in first.body
    _, (last,) = run(now + timedelta(90))
    assert "en retard : 1" in last.body
    assert "- Loger (à venir, en retard)" in last.body


def test_a_private_roadmap_is_given_as_figures_only(held, now):
    Seance.objects.update(visibilite_feuille="privee", visibilite="privee")
    _, (message,) = run(now + timedelta(2))
    assert "Actions retenues : 1" in message.body
    assert "Loger" not in message.body
    assert "feuille-de-route/" not in message.body
    assert "/bilan/" not in message.body


def test_only_those_who_came_and_once_an_address(held, now):
    guest(held, "absent", None)
    guest(held, "sans", now, courriel="")
    guest(held, "double", now, courriel="ANA@x.example")
    n, left = run(now + timedelta(2))
    assert (n, len(left)) == (1, 1)


@pytest.mark.parametrize(
    "state", [{"demonstration": True}, {"etat": "annulee"}, {"echos_prevus": False}]
)
def test_nothing_leaves_where_it_should_not(held, now, state):
    Seance.objects.update(**state)
    assert run(now + timedelta(2))[0] == 0


def test_news_too_old_does_not_leave(held, now):
    assert run(now + timedelta(16))[0] == 0
    assert run(now + timedelta(15))[0] == 1


def test_those_who_run_it_see_the_days_and_stop_them(held, half_day, client, now):
    assert echo.coming(held, on=now.date()) == [(date(2026, 6, 21), 1), (date(2026, 9, 17), 1)]
    assert echo.coming(held, on=date(2026, 6, 22)) == [(date(2026, 9, 17), 1)]
    client.force_login(half_day.steerer)
    address = "/cooperation/seances/demi-journee/invites/"
    client.post(address, {"faire": "taire"})
    assert "Arrêtées pour cette séance" in client.get(address).content.decode()
    client.post(address, {"faire": "donner"})
    held.refresh_from_db()
    assert held.echos_prevus


def test_a_guest_erases_their_address_from_the_message(held, client, now):
    _, (message,) = run(now + timedelta(2))
    page = message.body.split(SITE)[-1].split("#")[0]
    assert "Effacer mon adresse" in client.get(page).content.decode()
    assert Invite.objects.get().courriel, "a mail scanner that opens the link changes nothing"
    client.post(page, {"faire": "oublier"})
    assert Invite.objects.get().courriel == ""
    assert run(now + timedelta(90))[0] == 0
