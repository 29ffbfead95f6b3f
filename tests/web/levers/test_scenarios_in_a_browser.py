"""A scenario made in a browser: titled, given changes by its form and on its map, compared; axe."""

import re
from types import SimpleNamespace

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.levers.test_territory import DAY, territory
from tests.matching.straight_road import latitude
from tests.web.page_steps import check_page, enter_session
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.levers.models import Scenario
from traitdunion.levers.scenarios import views

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def day():
    """The drawn road, made before the samples of pages take the place of the engine."""
    return territory(*DAY)


@pytest.fixture
def adviser(db, monkeypatch, day):
    organisation = Organisation.objects.create(slug="ici", nom="Agence d'ici")
    user = User.objects.create(email="conseil@ici.example", nom="Camille")
    Membership.objects.create(user=user, organisation=organisation, role=Role.PILOTAGE)
    network = SimpleNamespace(version="1", label="Route dessinée", demonstration=False)
    monkeypatch.setattr(views, "current_network", lambda _root: network)
    monkeypatch.setattr(views, "baseline", lambda _network, _profile, *, on: day)
    return user


@pytest.mark.parametrize("width", [1280, 360])
def test_a_coach_is_added_and_compared(open_page, site, client, adviser, width):
    page = open_page(site + "/")
    enter_session(page, site, client, adviser)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site + "/leviers/ici/scenarios/")
    check_page(page)
    page.get_by_label("Titre", exact=True).fill("Un car à 4 h 40")
    page.get_by_role("button", name="Créer le scénario").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Un car à 4 h 40")
    check_page(page)
    page.get_by_label("Changement", exact=True).select_option("ajouter_course")
    page.get_by_role("button", name="Choisir").click()
    page.get_by_label("Passages").fill("4:40 C\n4:55 Nulle part")
    page.get_by_role("button", name="Ajouter et comparer").click()
    expect(page.get_by_role("alert").or_(page.locator(".field__error")).first).to_contain_text(
        "Nulle part"
    )
    check_page(page)
    page.get_by_label("Passages").fill("4:40 C\n4:55 B")
    page.get_by_role("button", name="Ajouter et comparer").click()
    result = page.get_by_role("complementary", name="Ce que cela change")
    expect(result).to_contain_text("Gamma")
    expect(result).to_contain_text("ne ferme rien à personne")
    check_page(page)


def test_points_of_car_pooling_are_placed_on_the_map_or_by_keys(open_page, site, client, adviser):
    """A click far from stops writes a point and the next hour; one on a stop, that stop; Enter puts
    the middle of the map. The form is sent as if it had been typed.
    """
    row = Scenario.objects.create(
        titre="Covoiturage", organisation=Organisation.objects.get(), cree_le=timezone.now()
    )
    page = open_page(site + "/")
    enter_session(page, site, client, adviser)
    page.goto(f"{site}/leviers/ici/scenarios/{row.pk}/")
    page.get_by_role("link", name="des points de covoiturage").click()
    expect(page.locator("[data-drawn]")).to_be_visible()
    calls = page.get_by_label("Passages")
    put = "([lat, lng]) => window.traitdunionScenario.put({ lat, lng })"
    page.get_by_label("Heure du prochain passage").fill("04:00")
    page.evaluate(put, [latitude(60_000), 3.1])
    expect(calls).to_have_value(f"04:00 {latitude(60_000):.5f},3.10000 Seul")
    page.evaluate(put, [latitude(20_000), 3.0])
    expect(calls).to_have_value(f"04:00 {latitude(60_000):.5f},3.10000 Seul\n04:10 B")
    expect(page.locator("[data-note]")).to_contain_text("B, à 04:10")
    page.locator(".scenario-place__canvas canvas").press("Enter")
    expect(calls).to_have_value(re.compile(r"\n04:20 \S+ \w+$"))
    check_page(page)
    calls.fill(f"04:00 {latitude(60_000):.5f},3.00000 Chez Seul\n04:50 B")
    page.get_by_label("Un départ toutes les").fill("30")
    page.get_by_label("Dernier départ").fill("7:00")
    page.get_by_role("button", name="Ajouter et comparer").click()
    expect(page.get_by_role("main")).to_contain_text("Chez Seul 4 h")
    page.get_by_role("button", name="Agrandir la carte").click()
    expect(page.locator("[data-drawn]")).to_be_visible()
    check_page(page)


def test_a_zone_is_placed_on_the_commune_pressed(open_page, site, client, adviser):
    row = Scenario.objects.create(
        titre="Zone", organisation=Organisation.objects.get(), cree_le=timezone.now()
    )
    page = open_page(site + "/")
    enter_session(page, site, client, adviser)
    page.set_viewport_size({"width": 320, "height": 900})
    page.goto(f"{site}/leviers/ici/scenarios/{row.pk}/?nature=ouvrir_tad&carte=1")
    expect(page.locator("[data-drawn]")).to_be_visible()
    page.evaluate(
        "lat => window.traitdunionScenario.put({ lat, lng: 3 })", latitude(12_500)
    )  # fmt: skip
    expect(page.get_by_label("Commune", exact=True)).to_have_value("43003")
    check_page(page)
    page.get_by_label("Jusqu'à combien de kilomètres").fill("12")
    page.get_by_role("button", name="Ajouter et comparer").click()
    expect(page.get_by_role("complementary", name="Ce que cela change")).to_contain_text("Gamma")
