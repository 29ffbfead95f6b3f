"""Steps that tests of cooperation share: the session of demonstration, signing in, joining."""

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from traitdunion.accounts.models import User
from traitdunion.accounts.operations import load_demonstration as load_accounts
from traitdunion.cooperation.demonstration import load_demonstration
from traitdunion.sources.demo_network import DEMO

PASSWORD = "un mot de passe assez long"
AXE_OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4"],
    }
}


@pytest.fixture
def half_day(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    people = yaml.safe_load(DEMO.with_name("accounts.yaml").read_text("utf-8"))
    load_accounts(people, password=PASSWORD)
    content = yaml.safe_load(DEMO.with_name("cooperation.yaml").read_text("utf-8"))
    return load_demonstration(content, now=timezone.localtime())


def sign_in(page, site, email):
    page.goto(site + "/compte/connexion/")
    page.get_by_label("E-mail").fill(User.objects.get(email=email).email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mon espace")


def is_sound(page):
    """No fault for axe, nothing wider than the screen."""
    found = Axe().run(page, options=AXE_OPTIONS)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def declare(page, site, college):
    page.goto(site + "/participer/")
    page.get_by_label("Code de la séance").fill("velay2")
    page.get_by_role("button", name="Entrer").click()
    page.get_by_label(college, exact=True).check(force=True)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_text(f"au titre de : {college}")).to_be_visible()
