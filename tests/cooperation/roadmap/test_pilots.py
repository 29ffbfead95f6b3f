"""Pilots of an action: named by those who steer, they follow it and fill its sheet."""

import pytest
from django.core.exceptions import PermissionDenied

from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap import reminders
from traitdunion.cooperation.roadmap.pilots import name_pilot


def test_a_pilot_named_on_the_page_gets_the_next_reminder(half_day, client, now):
    action = roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Loger", now=now
    )
    address = f"/cooperation/actions/{action.pk}/fiche/pilote/"
    client.force_login(half_day.steerer)
    assert client.post(address, {"courriel": "rien@x.example", "role": "pilote"}).status_code == 422
    form = {"nom": "Ana", "courriel": "ana@x.example", "role": "pilote", "organisme": "Ville"}
    assert client.post(address, form).status_code == 302
    assert client.post(address, form).status_code == 422
    # An address that belongs to an account is that person's.
    client.post(address, {"courriel": "ODILE@x.example", "role": "copilote"})
    ana, odile = action.pilotes.all()
    assert (str(ana), odile.compte) == ("Ana", half_day.partner_admin)
    assert reminders.referent(action) == ("Ana", "ana@x.example")
    client.post(f"{address}{ana.pk}/", {"faire": "retirer"})
    action.refresh_from_db()
    assert reminders.referent(action)[1] == "odile@x.example"
    assert action.evenements.last().commentaire == "Pilote retiré : Ana"
    assert "ana@x.example" not in client.get(f"/cooperation/actions/{action.pk}/").content.decode()


@pytest.fixture
def piloted(half_day, now):
    """An action that somebody of another organisation pilots, with an account."""
    by = half_day.steerer
    action = roadmap_operations.create_action(by=by, axe=half_day.axes[0], titre="Loger", now=now)
    name_pilot(by=by, action=action, courriel=half_day.partner_admin.email, role="pilote", now=now)
    return action


def test_a_pilot_of_another_organisation_follows_the_action_and_its_steps(
    half_day, client, piloted
):
    client.force_login(half_day.partner_admin)
    page = f"/cooperation/actions/{piloted.pk}/"
    assert "Dire où elle en est" in client.get(page).content.decode()
    sent = {"etat": "en_cours", "commentaire": "Deux logements trouvés"}
    assert client.post(f"{page}suivre/", sent).status_code == 302
    step = {"titre": "Visiter", "fin_prevue_le": "2026-09-01"}
    assert client.post(f"{page}fiche/etape/", step).status_code == 302
    piloted.refresh_from_db()
    visit = piloted.sous_actions.get()
    assert piloted.etat == "en_cours"
    assert client.get(f"/cooperation/actions/{visit.pk}/suivre/").status_code == 200


def test_a_pilot_names_no_pilot_removes_no_action_and_opens_no_other(
    half_day, client, piloted, now
):
    other = roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Autre", now=now
    )
    pilot = half_day.partner_admin
    client.force_login(pilot)
    page = f"/cooperation/actions/{piloted.pk}/fiche/"
    assert client.post(f"{page}pilote/", {"nom": "Bo", "role": "pilote"}).status_code == 403
    assert client.post(f"{page}essentiel/", {"faire": "retirer"}).status_code == 403
    assert client.get(f"/cooperation/actions/{other.pk}/suivre/").status_code == 403
    with pytest.raises(PermissionDenied):
        roadmap_operations.follow(by=pilot, action=other, commentaire="Non", now=now)


def test_a_pilot_whose_account_is_closed_writes_nothing(half_day, piloted, now):
    pilot = half_day.partner_admin
    pilot.is_active = False
    pilot.save()
    with pytest.raises(PermissionDenied):
        roadmap_operations.follow(by=pilot, action=piloted, commentaire="Non", now=now)
