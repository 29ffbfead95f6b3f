"""Commitments in the room: a work mailbox confirms, no account; published once it did."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.mailbox import delivered
from traitdunion.accounts.models import OutgoingMessage
from traitdunion.cooperation import retention
from traitdunion.cooperation.models import Engagement, Evenement
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.sessions.on_the_spot import MAX_UNCONFIRMED_OF_AN_ADDRESS

pytestmark = pytest.mark.django_db
PAGE = "/participer/ABC234/engagement/"
SESSION = "/cooperation/seances/demi-journee/"
TYPED = {
    "organisation": "Garage du Pont", "courriel": "atelier@garage.example",
    "quoi": "Prêter un vélo", "quantite": "2", "unite": "vélos", "pour_le": "2099-09-30",
}  # fmt: skip


@pytest.fixture
def action(half_day, now):
    return roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Rouler", now=now
    )


def commit(action, **changes):
    """A phone commits; the path of the link that its mailbox receives."""
    client = Client()
    page = client.post(PAGE, TYPED | {"action": action.pk} | changes)
    assert "Plus qu'à confirmer" in page.content.decode()
    body = delivered()[-1].body
    return re.search(r"http://testserver(/engagement/\S+)", body)[1]


def shown(address):
    return Client().get(address).content.decode()


def test_nothing_is_published_before_the_mailbox_confirms(action):
    link = commit(action)
    public = (SESSION + "feuille-de-route/", f"/cooperation/actions/{action.pk}/",
              SESSION + "feuille-de-route.csv", SESSION + "feuille-de-route.json")  # fmt: skip
    assert all("Prêter un vélo" not in shown(address) for address in public)
    assert not Evenement.objects.filter(engagement__isnull=False).exists()
    holder, row = Client(), Engagement.objects.get()
    assert "À confirmer" in holder.get(link).content.decode()
    assert Engagement.objects.get().etat == "propose"  # opening the link confirms nothing
    holder.post(link, {"engagement": row.pk, "faire": "confirmer"})
    assert Engagement.objects.get().etat == "confirme"
    for address in public:
        page = shown(address)
        assert "Garage du Pont" in page, address
        assert "garage.example" not in page, address


def test_a_room_cannot_fill_the_mailbox_of_another(action):
    for n in range(MAX_UNCONFIRMED_OF_AN_ADDRESS):
        commit(action, quoi=f"Prêter {n}")
    more = TYPED | {"action": action.pk, "courriel": TYPED["courriel"].upper()}
    assert "attendent déjà" in Client().post(PAGE, more).content.decode()
    assert OutgoingMessage.objects.count() == MAX_UNCONFIRMED_OF_AN_ADDRESS
    commit(action, courriel="autre@garage.example")


def test_the_same_link_reports_and_withdraws(action):
    link, holder = commit(action), Client()
    first = Engagement.objects.get()
    holder.post(link, {"engagement": first.pk, "faire": "confirmer"})
    holder.post(link, {"engagement": first.pk, "faire": "dire", "etat": "tenu"})
    first.refresh_from_db()
    assert first.etat == "confirme"  # no proof was given
    holder.post(
        link, {"engagement": first.pk, "faire": "dire", "etat": "tenu", "preuve": "2 vélos dehors"}
    )
    first.refresh_from_db()
    assert first.etat == "tenu"
    commit(action, quoi="Former deux mécaniciens")
    second = Engagement.objects.latest("pk")
    page = holder.get(link).content.decode()  # the page of the mailbox lists all of its own
    assert "Former deux mécaniciens" in page
    holder.post(link, {"engagement": second.pk, "faire": "retirer"})
    second.refresh_from_db()
    assert second.etat == "retire"


def test_a_mailbox_touches_its_own_alone(action):
    link = commit(action)
    commit(action, courriel="autre@x.example", organisation="Autre", quoi="Autre chose")
    other = Engagement.objects.get(organisation_nom="Autre")
    holder = Client()
    assert "Autre chose" not in holder.get(link).content.decode()
    holder.post(link, {"engagement": other.pk, "faire": "confirmer"})
    other.refresh_from_db()
    assert other.etat == "propose"


def test_where_words_are_read_first_those_who_run_the_session_accept(half_day, action, client):
    half_day.seance.relecture = "avant"
    half_day.seance.save()
    links = [commit(action), commit(action, courriel="b@x.example", quoi="Bande d'incapables")]
    kept, insult = Engagement.objects.order_by("pk")
    for link, row in zip(links, (kept, insult), strict=True):
        Client().post(link, {"engagement": row.pk, "faire": "confirmer"})
    road = SESSION + "feuille-de-route/"
    assert "Prêter un vélo" not in shown(road)
    client.force_login(half_day.steerer)
    page = SESSION + "relecture/"
    client.post(page, {"propos": f"engagement-{kept.pk}", "faire": "montrer"})
    client.post(page, {"propos": f"engagement-{insult.pk}", "faire": "refuser", "motif": "Injure"})
    assert "Prêter un vélo" in shown(road)
    assert list(Engagement.objects.all()) == [kept]
    refused = delivered()[-1]
    assert refused.to == ["b@x.example"]
    assert "Motif : Injure" in refused.body


def test_a_telephone_number_is_refused_and_what_was_typed_stays(action):
    page = Client().post(PAGE, TYPED | {"action": action.pk, "quoi": "Appeler le 06 12 34 56 78"})
    assert page.status_code == 422
    assert "Garage du Pont" in page.content.decode()
    assert not Engagement.objects.exists()


def test_a_commitment_that_no_mailbox_confirms_is_forgotten(action, now):
    commit(action)
    Engagement.objects.update(propose_le=now)
    retention.forget_due(now=now + timedelta(days=30))
    assert Engagement.objects.exists()
    retention.forget_due(now=now + timedelta(days=31))
    assert not Engagement.objects.exists()


@pytest.mark.parametrize(
    "asked",
    [
        {"faire": "dire", "etat": "tenu", "preuve": "Comptez-les"},
        {"faire": "dire", "etat": "non_tenu", "commentaire": "Tous des incapables"},
        {"faire": "retirer"},
    ],
)
@pytest.mark.parametrize("is_confirmed", [True, False])
def test_no_button_publishes_a_commitment_before_it_is_read(half_day, action, asked, is_confirmed):
    """Reporting it as held, or withdrawing it, would publish words before they are read."""
    half_day.seance.relecture = "avant"
    half_day.seance.save()
    link, holder = commit(action, quoi="Bande d'incapables"), Client()
    row = Engagement.objects.get()
    if is_confirmed:
        holder.post(link, {"engagement": row.pk, "faire": "confirmer"})
    holder.post(link, {"engagement": row.pk} | asked)
    row.refresh_from_db()
    assert row.etat == ("retire" if asked["faire"] == "retirer" else "propose")
    for address in (SESSION + "feuille-de-route/", f"/cooperation/actions/{action.pk}/",
                    SESSION + "feuille-de-route.csv", SESSION + "feuille-de-route.json",
                    SESSION + "feuille-de-route/?depuis=2020-01-01"):  # fmt: skip
        assert "incapables" not in shown(address), address


def test_a_commitment_taken_back_before_it_is_in_force_is_forgotten(action, now):
    link = commit(action)
    Client().post(link, {"engagement": Engagement.objects.get().pk, "faire": "retirer"})
    Engagement.objects.update(propose_le=now)
    retention.forget_due(now=now + timedelta(days=31))
    assert not Engagement.objects.exists()
