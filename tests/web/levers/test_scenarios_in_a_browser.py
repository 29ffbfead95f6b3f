"""A scenario made in a browser: titled, given a change by its form, compared; axe in each state."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.levers.test_territory import DAY, territory
from tests.web.page_steps import check_page, enter_session
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
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
