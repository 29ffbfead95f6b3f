"""The pages of the observatory in a browser: axe, no page wider than its window, keys alone."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from tests.observatory.conftest import network_folder, site
from tests.web.page_steps import check_page

__all__ = ["network_folder", "site"]

pytestmark = pytest.mark.browser


@pytest.fixture
def published(transactional_db, site, tmp_path):
    """The small site, with two runs published."""
    for poles in (["Le Puy-en-Velay"], ["Langeac"]):
        call_command("observatory", "poles", *poles, "--json")
        call_command("observatory", "run", "--json")
        call_command("observatory", "publish", "dernier", "-o", str(tmp_path / "o"), "--json")


def test_axe_finds_nothing_at_any_width_on_any_page(published, live_server, open_page):
    for width, dark in ((1280, False), (360, True)):
        for address in (
            "/observatoire/?horaire=nuit", "/observatoire/commune/43112/",
            "/observatoire/departement/43/tableau/", "/observatoire/methode/", "/statistiques/",
        ):  # fmt: skip
            check_page(open_page(live_server.url + address, width=width, dark=dark))


def test_a_territory_is_chosen_and_two_runs_compared_without_scripts(
    published, live_server, open_page
):
    page = open_page(live_server.url + "/observatoire/", scripts=False)
    page.get_by_text("Choisir un autre territoire").click()
    page.get_by_role("link", name="Chanteuges").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Chanteuges")
    page.get_by_label("Horaire", exact=True).select_option("nuit")
    page.get_by_role("button", name="Voir cet horaire").click()
    expect(page.get_by_role("heading", name="Avant, après : poste de nuit")).to_be_visible()
