"""A call taken from the keyboard, from the first ring to its end."""

import pytest
from playwright.sync_api import expect

from tests.web.page_steps import check_page, enter_session, focused
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.desk.models import Call

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signed(site, open_page, client, db):
    """Opens a page as an adviser."""
    user = User.objects.create(email="conseiller@ici.example", nom="Camille")
    organisation = Organisation.objects.create(slug="ici", nom="Agence d'ici")
    for role in (Role.CONSEILLER, Role.PILOTAGE):
        Membership.objects.create(user=user, organisation=organisation, role=role)

    def open_(path, **how):
        page = open_page(site + "/compte/connexion/", **how)
        enter_session(page, site, client, user)
        page.goto(site + path)
        return page

    return open_


def test_a_call_is_taken_searched_and_ended_without_a_mouse(signed):
    page = signed("/organisations/ici/telephone/")
    expect(focused(page)).to_have_text("La personne")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Appel en cours : la personne")).to_be_visible()
    expect(focused(page)).to_have_attribute("name", "domicile")
    page.keyboard.type("Langeac (43)")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.keyboard.type("Le Puy-en-Velay (43)")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator("#titre-reponses")).to_be_focused()
    page.keyboard.press("Tab")
    expect(focused(page)).to_have_text("Renseigné")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Appel noté")
    expect(focused(page)).to_have_text("La personne")  # ready for the next one
    assert Call.objects.values_list("appelant", "issue", "n_searches").get() == (
        "personne", "oriente", 1
    )  # fmt: skip


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_on_the_pages_of_the_phone(signed, site, width):
    page = signed("/organisations/ici/telephone/", width=width)
    page.get_by_role("button", name="Un proche").click()
    for path in ("/", "/organisations/ici/telephone/", "/organisations/ici/suivi/"):
        page.goto(site + path)
        check_page(page)
