"""Pilots of an action are named and taken off by those who steer, and the thread tells it."""

from traitdunion.cooperation import operations, reminders


def test_a_pilot_named_on_the_page_gets_the_next_reminder(half_day, client, now):
    action = operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Loger", now=now
    )
    address = f"/cooperation/actions/{action.pk}/fiche/pilote/"
    client.force_login(half_day.steerer)
    assert client.post(address, {"courriel": "rien@x.example", "role": "pilote"}).status_code == 422
    told = {"nom": "Ana", "courriel": "ana@x.example", "role": "pilote", "organisme": "Ville"}
    assert client.post(address, told).status_code == 302
    assert client.post(address, told).status_code == 422
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
