"""A rehearsal runs as a session does, with robots, and leaves nothing behind it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from tests.mailbox import delivered
from traitdunion.cooperation import rehearsal
from traitdunion.cooperation.enums import Etape
from traitdunion.cooperation.models import AvisIdee, Idee, Invite, Seance
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.sessions import ideas, lifecycle
from traitdunion.cooperation.sessions.ideas import Taken
from traitdunion.cooperation.sessions.queries import turnout


@pytest.fixture
def copy(half_day, now):
    return rehearsal.rehearse(by=half_day.steerer, seance=half_day.seance, now=now)


def test_the_copy_has_the_axes_and_robots_and_is_private(half_day, copy):
    assert [axe.question for axe in copy.axes.all()] == [axe.question for axe in half_day.axes]
    assert copy.axes.first().constats.count() == 1
    assert (copy.visibilite, copy.visibilite_feuille, copy.demonstration) == (
        "privee", "privee", True,
    )  # fmt: skip
    assert copy.code != half_day.seance.code
    assert turnout(copy)["present"] == rehearsal.N_ROBOTS
    assert not copy.invites.exclude(courriel="").exists()


def test_robots_say_opine_and_are_counted_once(half_day, copy, client, now):
    by = half_day.steerer
    client.force_login(by)
    n = rehearsal.let_robots_act(by=by, seance=copy, now=now)
    assert Idee.objects.filter(axe__seance=copy).count() == n == rehearsal.IDEAS_A_PRESS
    lifecycle.change_step(by=by, seance=copy, etape=Etape.AVIS, now=now)
    for _ in range(2):
        rehearsal.let_robots_act(by=by, seance=copy, now=now)
    assert AvisIdee.objects.filter(idee=copy.idee_montree).count() == rehearsal.N_ROBOTS
    assert not Idee.objects.filter(axe__seance=half_day.seance).exists()
    lifecycle.reveal_idea(by=by, seance=copy, now=now)
    page = client.get(f"/cooperation/seances/{copy.pk}/ecran/").content.decode()
    assert "Employeurs\u00a0: 22 d'accord, 11 pas d'accord, 11 sans avis" in page


def test_robots_have_nothing_to_do_once_all_is_said_or_at_a_break(half_day, copy, now):
    by = half_day.steerer
    for _ in range(len(rehearsal.SAID) // rehearsal.IDEAS_A_PRESS):
        rehearsal.let_robots_act(by=by, seance=copy, now=now)
    for etape in (Etape.IDEES, Etape.PAUSE, Etape.GOMMETTES):
        copy.etape = etape
        with pytest.raises(CooperationError, match="rien à faire"):
            rehearsal.let_robots_act(by=by, seance=copy, now=now)


def test_a_real_session_has_no_robot_and_is_not_deleted_so(half_day, now):
    for act in (rehearsal.let_robots_act, rehearsal.end_rehearsal):
        with pytest.raises(CooperationError, match="Seule une répétition"):
            act(by=half_day.steerer, seance=half_day.seance, now=now)


def test_ending_it_deletes_all_that_was_decided_and_a_second_replaces_the_first(
    half_day, copy, now
):
    by = half_day.steerer
    rehearsal.let_robots_act(by=by, seance=copy, now=now)
    first, second = Idee.objects.filter(axe=copy.axes.first())
    merged = ideas.merge_ideas(by=by, ideas=[first, second], texte="Loger", now=now)
    ideas.decide(
        by=by,
        seance=copy,
        ideas=[merged],
        now=now,
        taken=Taken(
            texte="Oui", methode="vote", par="la salle", resultat="retenue", prise_le=now.date()
        ),
    )
    action = roadmap_operations.create_action(by=by, axe=copy.axes.first(), titre="A", now=now)
    roadmap_operations.create_action(
        by=by, axe=copy.axes.first(), titre="B", parent=action, now=now
    )
    again = rehearsal.rehearse(by=by, seance=half_day.seance, now=now + timedelta(1))
    assert set(Seance.objects.all()) == {half_day.seance, again}
    assert rehearsal.end_rehearsal(by=by, seance=again, now=now) == half_day.seance
    assert Seance.objects.get() == half_day.seance
    assert not Invite.objects.exists()
    assert not delivered()


def test_a_rehearsal_is_not_rehearsed_and_belongs_to_those_who_steer(half_day, copy, now):
    with pytest.raises(CooperationError, match="déjà une répétition"):
        rehearsal.rehearse(by=half_day.steerer, seance=copy, now=now)
    with pytest.raises(PermissionDenied):
        rehearsal.rehearse(by=half_day.adviser, seance=half_day.seance, now=now)


def test_it_is_run_from_the_pages(half_day, client):
    client.force_login(half_day.steerer)
    page = "/cooperation/seances/demi-journee/"
    assert "Répéter avec des invités robots" in client.get(f"{page}preparer/").content.decode()
    steer = client.post(f"{page}gerer/", {"faire": "repeter"}).url
    assert "Faire parler les robots" in client.get(steer).content.decode()
    said = client.post(steer, {"faire": "robots"}, follow=True).content.decode()
    assert "Les robots ont parlé\u00a0: 4 fois." in said
    done = client.post(steer, {"faire": "end-rehearsal"}, follow=True)
    assert done.redirect_chain[-1][0] == f"{page}preparer/"
    assert Seance.objects.count() == 1
    assert "invités robots" not in client.get(f"{page}animer/").content.decode()


def test_what_waits_is_published_from_the_remote_but_not_with_a_name(half_day, client, now):
    half_day.seance.relecture = "avant"
    half_day.seance.save()
    client.force_login(half_day.steerer)
    copy = rehearsal.rehearse(by=half_day.steerer, seance=half_day.seance, now=now)
    ideas.add_idea(axe=copy.axes.first(), texte="Une chambre chez l'habitant", now=now)
    ideas.add_idea(axe=copy.axes.first(), texte="Monsieur Untel dort", now=now)
    steer = f"/cooperation/seances/{copy.pk}/animer/"
    page = client.get(steer)
    (key, words, names), (_, other, others_names) = page.context["to_read"]
    assert (words, names, other) == ("Une chambre chez l'habitant", [], "Monsieur Untel dort")
    assert others_names
    text = page.content.decode()
    assert text.count('value="montrer"') == 1
    assert "Publier sans le nom, ou masquer" in text
    shown = client.post(
        f"/cooperation/seances/{copy.pk}/relecture/",
        {"propos": key, "faire": "montrer", "retour": "regie"},
    )
    assert shown.url == steer
    assert Idee.objects.current().get().texte == words


def test_a_rehearsal_is_in_no_roadmap_of_the_departement(half_day, copy, client, now):
    roadmap_operations.create_action(
        by=half_day.steerer, axe=copy.axes.first(), titre="Pour de faux", now=now
    )
    client.force_login(half_day.steerer)
    for page in ("/cooperation/feuille-de-route/", "/cooperation/feuille-de-route/2026/"):
        assert "Pour de faux" not in client.get(page).content.decode()
