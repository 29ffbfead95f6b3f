"""Pages of the statutory meetings in a real browser: sound for axe, narrow and wide."""

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from traitdunion.accounts.operations import load_demonstration as load_accounts
from traitdunion.cooperation.demonstration import load_demonstration
from traitdunion.cooperation.models.committees import Reunion
from traitdunion.sources.demo_network import DEMO

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "un mot de passe assez long"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4"]


def is_sound(page):
    """No fault for axe, nothing wider than the screen."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def test_every_page_of_a_committee_is_sound(site, open_page, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    people = yaml.safe_load(DEMO.with_name("accounts.yaml").read_text("utf-8"))
    load_accounts(people, password=PASSWORD)
    content = yaml.safe_load(DEMO.with_name("cooperation.yaml").read_text("utf-8"))
    load_demonstration(content, now=timezone.localtime())
    third, second, first = Reunion.objects.order_by("-tenue_le")
    page = open_page(site + "/compte/connexion/", width=1280)
    page.get_by_label("E-mail").fill("pilotage@demo.example")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mon espace")
    for address in (
        "/cooperation/comites/",
        "/cooperation/comites/cdpe-demo/",
        "/cooperation/comites/cdpe-demo/reunions/nouvelle/",
        "/cooperation/comites/cdpe-demo/sieges/nouveau/",
        f"/cooperation/reunions/{first.pk}/",
        f"/cooperation/reunions/{first.pk}/proces-verbal/",
        f"/cooperation/reunions/{second.pk}/presences/",
        f"/cooperation/reunions/{third.pk}/",
        f"/cooperation/reunions/{third.pk}/votes/nouveau/",
        f"/cooperation/reunions/{third.pk}/proces-verbal/",
    ):
        page.goto(site + address)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 800})
            is_sound(page)
