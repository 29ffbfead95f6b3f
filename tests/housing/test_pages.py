"""Pages of housing: the balance tried and kept, references ticked, a lease and its delays."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from traitdunion.housing.enums import Confiance, NatureOperation, NatureReference
from traitdunion.housing.enums import EvenementRevente as E
from traitdunion.housing.feasibility.studies import START, create_operation
from traitdunion.housing.leases.resales import open_resale, record_event
from traitdunion.housing.models import Bilan, Reference, Verification

pytestmark = pytest.mark.django_db
NEW_BUILD = {
    **START, "homes": "12", "su": "780", "sample_m2": "65", "works_per_m2": "2150", "margin": "5",
    "land": "216000", "management": "1440", "market_price": "1900",
}  # fmt: skip


@pytest.fixture(autouse=True)
def stopped(ofs):
    with time_machine.travel(ofs.now, tick=False):
        yield


@pytest.fixture
def keeper(client, ofs):
    client.force_login(ofs.keeper)
    return client


@pytest.fixture
def study(ofs):
    Reference.objects.create(
        nature=NatureReference.ZONE_ABC, cle="43112", depuis=date(2024, 7, 5), valeur="C",
        source="zonage", confiance=Confiance.SECONDAIRE, ecrite_le=ofs.now,
    )  # fmt: skip
    return create_operation(
        by=ofs.keeper, organisation=ofs.organisation, nom="Rue du Pont", commune=ofs.commune,
        nature=NatureOperation.NEUF, now=ofs.now,
    )  # fmt: skip


def test_tried_hypotheses_are_shown_and_kept_only_when_asked(keeper, study):
    url = reverse("housing:operation", kwargs={"pk": study.pk})
    first = keeper.get(url).content.decode().replace("\xa0", " ").replace("\u202f", " ")
    assert "prix du marché non renseigné" in first
    page = keeper.post(url, NEW_BUILD).content.decode()
    assert "À vérifier, et plus cher que le marché" in page
    assert "plafond non renseigné (zone C), à saisir" in page
    assert "Essai non enregistré" in page
    assert Bilan.objects.count() == 1
    kept = keeper.post(url, {**NEW_BUILD, "enregistrer": "1"})
    assert kept.status_code == 302
    assert Bilan.objects.get(version=2).hypotheses["works_per_m2"] == "2150"
    assert (
        "Rien n&#x27;a changé"
        in keeper.post(url, {**NEW_BUILD, "enregistrer": "1"}, follow=True).content.decode()
    )


def test_a_wrong_hypothesis_is_named_beside_its_field(keeper, study):
    url = reverse("housing:operation", kwargs={"pk": study.pk})
    page = keeper.post(url, {**NEW_BUILD, "su": "zéro", "term": "81"}).content.decode()
    assert "2 points à corriger" in page
    assert Bilan.objects.count() == 1


def test_the_ticks_of_an_administrator_open_a_favourable_verdict(client, ofs, study):
    for nature, key, value in (
        (NatureReference.PLAFOND_PRIX, "C", "2800"),
        (NatureReference.PRIX_APPARTEMENT, "43112", "3000"),
        (NatureReference.LOYER_APPARTEMENT, "43112", "9.50"),
    ):
        Reference.objects.create(
            nature=nature, cle=key, depuis=date(2026, 1, 1), valeur=value, source="arrêté",
            confiance=Confiance.SECONDAIRE, ecrite_le=ofs.now,
        )  # fmt: skip
    asked = {name: value for name, value in NEW_BUILD.items() if name != "market_price"}
    asked["households"] = "12"
    client.force_login(ofs.keeper)
    url = reverse("housing:operation", kwargs={"pk": study.pk})
    assert ">À vérifier<" in client.post(url, asked).content.decode()
    client.force_login(ofs.admin)
    references = reverse("housing:references", kwargs={"organisation": "ofs"})
    for row in Reference.objects.all():
        client.post(references, {"reference": row.pk, "source": "Journal officiel"})
    assert Verification.objects.count() == 4
    assert "Journal officiel" in client.get(references).content.decode()
    client.force_login(ofs.keeper)
    assert ">Oui<" in client.post(url, asked).content.decode()


def test_an_operation_is_created_in_a_known_commune(keeper, ofs):
    url = reverse("housing:new-operation", kwargs={"organisation": "ofs"})
    wrong = keeper.post(url, {"nom": "A", "commune": "99999", "nature": "neuf"})
    assert "Aucune commune" in wrong.content.decode()
    made = keeper.post(url, {"nom": "A", "commune": "43112", "nature": "neuf"})
    assert made.status_code == 302
    desk = keeper.get(reverse("housing:desk", kwargs={"organisation": "ofs"})).content.decode()
    assert "Langeac, construction neuve" in desk
    compared = keeper.get(reverse("housing:compare", kwargs={"organisation": "ofs"}))
    assert "Redevance au m²" in compared.content.decode()


@pytest.fixture
def resale(ofs):
    ofs.index()
    ofs.tick()
    row = open_resale(
        by=ofs.keeper, bail=ofs.lease(), acquereur="Malik P.", prix=Decimal("160000.00"),
        now=ofs.now,
    )  # fmt: skip
    for nature, le in (
        (E.OFFRE_RECUE, date(2026, 11, 2)), (E.ACCEPTATION, date(2026, 11, 20)),
        (E.TRANSMISSION, date(2026, 11, 24)),
    ):  # fmt: skip
        record_event(
            by=ofs.keeper, revente=row, nature=nature, le=le, preuve="recommandé", now=ofs.now
        )
    return row


def test_the_page_of_a_lease_gives_the_next_decision_and_the_days_left(keeper, resale):
    url = reverse("housing:lease", kwargs={"pk": resale.bail_id})
    page = keeper.get(url).content.decode()
    assert "avant la fin du 24 janvier 2027" in page
    assert "<strong>55 jours</strong>" in page
    assert "Date de départ non établie" in page  # the withdrawal: no letter shown yet
    assert "Ni agrément ni refus tacite" in page


def test_events_and_checks_are_sent_from_the_page(keeper, resale):
    event = reverse("housing:event", kwargs={"pk": resale.pk})
    given = {"nature": "agrement", "le": "2026-11-28", "preuve": "décision"}
    refused = keeper.post(event, given, follow=True).content.decode()
    assert "ne sont pas vérifiées" in refused
    checks = reverse("housing:checks", kwargs={"pk": resale.pk})
    keeper.post(checks, {"ressources": "oui", "financement": "oui", "non_proprietaire": "oui"})
    agreed = keeper.post(event, given, follow=True).content.decode()
    assert "fait le 28 novembre 2026" in agreed.replace("Fait", "fait")
    assert "Votre prochaine décision" not in agreed
    assert keeper.post(event, {"nature": "acte"}, follow=True).status_code == 200


def test_the_accounts_say_that_they_hold(keeper, resale):
    page = keeper.get(reverse("housing:accounts", kwargs={"organisation": "ofs"}))
    assert "rien ne s'efface" in page.content.decode()


def test_another_organisation_sees_nothing(client, ofs, resale, study):
    client.force_login(ofs.stranger)
    for name, given in (
        ("desk", {"organisation": "ofs"}), ("compare", {"organisation": "ofs"}),
        ("references", {"organisation": "ofs"}), ("leases", {"organisation": "ofs"}),
        ("accounts", {"organisation": "ofs"}), ("operation", {"pk": study.pk}),
        ("lease", {"pk": resale.bail_id}),
    ):  # fmt: skip
        assert client.get(reverse(f"housing:{name}", kwargs=given)).status_code == 403, name
