"""Commitments that fall due: their bearer is written to before the day, and once after it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.mailbox import delivered
from traitdunion.cooperation.enums import EtatEngagement
from traitdunion.cooperation.models import Engagement
from traitdunion.cooperation.roadmap import due_commitments
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap.operations import Pledge

SITE = "https://coop.example"
DUE = date(2026, 9, 15)


@pytest.fixture
def promised(half_day, now):
    """A commitment of an organisation with an account, for 15 September."""
    action = roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Loger", now=now
    )
    partner = half_day.partner_admin.memberships.get().organisation
    partner.courriel = "accueil@x.example"
    partner.save()
    row = roadmap_operations.propose_commitment(
        by=half_day.steerer,
        action=action,
        organisation=partner,
        now=now,
        pledge=Pledge(quoi="Deux chambres", quantite=Decimal(2), unite="chambres", pour_le=DUE),
    )
    return roadmap_operations.confirm(by=half_day.partner_admin, commitment=row, now=now)


def run(now, on):
    """Run as on a day; return the messages delivered."""
    at = now.replace(year=on.year, month=on.month, day=on.day)
    due_commitments.run(now=at, site=SITE)
    return delivered()


def test_its_bearer_is_written_to_a_week_before_and_the_day_after(promised, now):
    for days, subjects in (
        (-8, []),
        (-7, ["Dans une semaine"]),
        (-6, []),
        (1, ["Échéance passée"]),
    ):
        before = len(delivered())
        messages = run(now, DUE + timedelta(days))[before:]
        assert [message.subject.split(" :")[0] for message in messages] == subjects
        assert all(message.to == ["accueil@x.example"] for message in messages)


def test_run_twice_it_writes_once(promised, now):
    first = len(run(now, DUE))
    assert len(run(now, DUE)) == first == 1


def test_nothing_is_asked_of_what_is_answered_or_not_in_force(promised, now):
    Engagement.objects.update(etat=EtatEngagement.NON_TENU)
    assert run(now, DUE) == []


def test_an_organisation_without_account_gets_a_link_of_its_own(promised, now, client):
    Engagement.objects.filter(pk=promised.pk).update(
        organisation=None, organisation_nom="Garage", courriel="garage@x.example", empreinte="0"
    )
    (message,) = run(now, DUE)
    link = next(word for word in message.body.split() if word.startswith(SITE))
    assert client.get(link.removeprefix(SITE)).status_code == 200
