"""Signing in, one's own space and inviting, as people meet them."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.accounts.operations import invite

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "un mot de passe assez long"
AXE_OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4"],
    }
}


@pytest.fixture
def admin(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = User.objects.create_user("admin@ici.example", PASSWORD, nom="Aline")
    organisation = Organisation.objects.create(slug="ici", nom="Guichet d'ici")
    Membership.objects.create(user=user, organisation=organisation, role=Role.ADMINISTRATEUR)
    return user


def sign_in(page, site):
    page.goto(site + "/compte/connexion/")
    page.get_by_label("E-mail").fill("admin@ici.example")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mon espace")


def assert_clean(page, width):
    results = Axe().run(page, options=AXE_OPTIONS)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_on_the_pages_of_accounts(
    site, open_page, admin, width, dark, mailoutbox
):
    page = open_page(site + "/compte/connexion/", width=width, dark=dark)
    for path in ("/compte/connexion/", "/compte/mot-de-passe/oubli/", "/compte/creation/"):
        page.goto(site + path)
        assert_clean(page, width)
    sign_in(page, site)
    for path in (
        "/mon-espace/",
        "/organisations/ici/membres/",
        "/organisations/ici/journal/",
        "/compte/mot-de-passe/",
        "/compte/deconnexion/",
    ):
        page.goto(site + path)
        assert_clean(page, width)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_administrator_invites_somebody_who_joins(site, open_page, admin, mailoutbox, scripts):
    page = open_page(site + "/compte/connexion/", scripts=scripts)
    sign_in(page, site)
    page.get_by_role("link", name="Membres et invitations").click()
    page.get_by_label("Adresse électronique").fill("nouvelle@ici.example")
    page.get_by_label("Contributeur").check()
    page.get_by_role("button", name="Envoyer l'invitation").click()
    expect(page.get_by_role("status")).to_contain_text("Invitation envoyée")
    link = next(word for word in mailoutbox[-1].body.split() if word.startswith("http"))
    other = open_page(link)
    assert_clean(other, 1280)
    other.get_by_label("Votre nom").fill("Nour")
    other.get_by_label("Mot de passe").fill("une phrase qui ne se devine pas")
    other.get_by_role("button", name="Créer mon compte").click()
    expect(other.get_by_role("status")).to_contain_text("Vous avez rejoint")
    assert User.objects.get(nom="Nour").memberships.get().role == "contributeur"


def test_mistakes_on_an_invitation_are_told_and_clean(site, open_page, admin):
    from django.utils import timezone

    sent = invite(
        by=admin,
        organisation=Organisation.objects.get(),
        email="b@ici.example",
        role=Role.EDITEUR,
        now=timezone.now(),
    )
    page = open_page(f"{site}/invitations/{sent.token}/", complains=False)
    page.get_by_role("button", name="Créer mon compte").click()
    expect(page.get_by_role("heading", name="2 points à corriger")).to_be_visible()
    assert_clean(page, 1280)
