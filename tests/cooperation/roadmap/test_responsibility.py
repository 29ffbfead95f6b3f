"""Who may write an action by piloting it, and which sessions a person finds in lists."""

import html

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from traitdunion.accounts.enums import Role
from traitdunion.accounts.permissions import Permission, may_see
from traitdunion.cooperation import visibility
from traitdunion.cooperation.enums import Visibilite
from traitdunion.cooperation.models import Action, Decision, Idee, Seance
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap.pilots import name_pilot
from traitdunion.cooperation.roadmap.responsibility import check_may_write, may_write, pilots


@pytest.fixture
def actions(half_day, now):
    """`led`, its step and another action; `half_day.partner_admin` pilots the first."""

    def created(titre, **more):
        return roadmap_operations.create_action(
            by=half_day.steerer, axe=half_day.axes[0], titre=titre, now=now, **more
        )

    led, other = created("Loger les arrivants"), created("Autre")
    step = Action.objects.create(axe=led.axe, parent=led, titre="Une étape")
    odile = half_day.partner_admin
    name_pilot(by=half_day.steerer, action=led, courriel=odile.email, role="pilote", now=now)
    return {"led": led, "step": step, "other": other}


def test_a_pilot_writes_the_action_and_its_steps_and_no_other(half_day, actions):
    pilot = half_day.partner_admin
    assert [name for name, row in actions.items() if pilots(pilot, row)] == ["led", "step"]
    assert [name for name, row in actions.items() if may_write(pilot, row)] == ["led", "step"]
    check_may_write(pilot, actions["step"])
    with pytest.raises(PermissionDenied):
        check_may_write(pilot, actions["other"])


def test_the_pilot_of_a_step_does_not_write_the_action_above(half_day, actions, now):
    email = half_day.adviser.email
    name_pilot(by=half_day.steerer, action=actions["step"], courriel=email, role="pilote", now=now)
    assert pilots(half_day.adviser, actions["step"])
    assert not pilots(half_day.adviser, actions["led"])


def test_those_who_steer_write_every_action_and_pilot_none(half_day, actions):
    assert all(may_write(half_day.steerer, row) for row in actions.values())
    assert not any(pilots(half_day.steerer, row) for row in actions.values())
    # Steering elsewhere gives nothing here.
    half_day.adviser.memberships.create(organisation=half_day.partner, role=Role.PILOTAGE)
    assert not any(may_write(half_day.adviser, row) for row in actions.values())


def test_a_closed_account_and_a_visitor_write_nothing(half_day, actions):
    for person in (half_day.partner_admin, half_day.steerer):
        person.is_active = False
        person.save()
        assert not any(may_write(person, row) for row in actions.values())
    assert not any(may_write(AnonymousUser(), row) for row in actions.values())


@pytest.mark.parametrize("state", Visibilite)
def test_lists_show_what_pages_show(half_day, state):
    """`sessions_seen_by` answers in one query what `may_see` answers row by row."""
    seance = half_day.seance
    half_day.partner_admin.memberships.create(organisation=half_day.partner, role=Role.PILOTAGE)
    closed = half_day.steerer.__class__.objects.create_user("x@x.example", "x", is_active=False)
    closed.memberships.create(organisation=half_day.steering, role=Role.PILOTAGE)
    actors = [
        half_day.steerer, half_day.partner_admin, half_day.adviser, closed, AnonymousUser(),
    ]  # fmt: skip
    lists = {
        "visibilite": visibility.sessions_seen_by,
        "visibilite_feuille": visibility.roadmaps_seen_by,
    }
    for column, seen_by in lists.items():
        # The other page of the session is open: each list looks at its own.
        Seance.objects.update(visibilite="publique", visibilite_feuille="publique")
        Seance.objects.update(**{column: state})
        for actor in actors:
            shown = seance in seen_by(actor)
            assert shown == may_see(actor, state, half_day.steering, Permission.STEER), actor


def test_a_page_looks_at_the_state_of_its_own_object(half_day, actions):
    Seance.objects.update(visibilite="privee", visibilite_feuille="membres")
    slug = half_day.seance.pk
    assert visibility._session(slug=slug) == ("privee", half_day.steering)
    assert visibility._roadmap(slug=slug) == ("membres", half_day.steering)
    assert visibility._action(pk=actions["led"].pk) == ("membres", half_day.steering)
    with pytest.raises(Http404):
        visibility._session(slug="ailleurs")


def test_the_thread_of_a_public_action_gives_nothing_of_a_private_session(
    half_day, actions, client, now
):
    idea = Idee.objects.create(axe=half_day.axes[0], texte="Mots dits", source="table", dite_le=now)
    decision = Decision.objects.create(
        seance=half_day.seance, texte="Retenu", methode="vote", par="tous", resultat="retenue",
        prise_le=now.date(),
    )  # fmt: skip
    decision.idees.add(idea)
    Action.objects.filter(pk=actions["led"].pk).update(decision=decision)
    findings = half_day.axes[0].constats.values_list("texte", flat=True)
    words = ("Mots dits", "Retenu", half_day.axes[0].question, *findings)
    for state, is_there in (("publique", True), ("privee", False)):
        Seance.objects.update(visibilite=state, visibilite_feuille="publique")
        for name in ("led", "step"):
            page = client.get(f"/cooperation/actions/{actions[name].pk}/").content.decode()
            page = html.unescape(page).replace("\u00a0", " ")
            assert [each in page for each in words] == [is_there] * len(words), name
