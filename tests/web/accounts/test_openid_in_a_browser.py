"""A whole sign-in by a provider, in Chromium, over HTTP: leave, come back, sign out there too."""

import pytest
from playwright.sync_api import expect

from tests.accounts import openid_provider
from tests.web.page_steps import EVERY_RULE, check_axe, check_width
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.accounts.openid.settings import Provider

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def provider(settings):
    with openid_provider.running() as running:
        settings.TRAITDUNION_OIDC = Provider(
            openid_provider.CLIENT, openid_provider.SECRET, running.issuer
        )
        running.claims = {"sub": "nour", "email": "nour@ici.example", "email_verified": True}
        yield running


@pytest.fixture
def nour(db):
    user = User.objects.create_user("nour@ici.example", nom="Nour")
    ici = Organisation.objects.create(slug="ici", nom="Guichet d'ici")
    Membership.objects.create(user=user, organisation=ici, role=Role.CONSEILLER)
    return user


def check(page):
    check_axe(page, EVERY_RULE)
    check_width(page)


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (320, False)])
def test_one_signs_in_there_works_here_and_signs_out_of_both(
    width, scripts, live_server, open_page, provider, nour
):
    page = open_page(f"{live_server.url}/mon-espace/", width=width, scripts=scripts)
    if scripts:
        check(page)
    page.get_by_role("button", name="S’identifier avec ProConnect").click()
    page.get_by_role("button", name="Je suis la conseillère").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mon espace")
    expect(page).to_have_url(f"{live_server.url}/mon-espace/")
    page.get_by_role("link", name="Se déconnecter").click()
    page.get_by_role("main").get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url(f"{live_server.url}/?state=*")
    assert "id_token_hint" in provider.asked("/session/end")
    page.goto(f"{live_server.url}/mon-espace/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")


def test_a_stranger_reads_what_to_do(live_server, open_page, provider, nour):
    provider.claims |= {"sub": "x", "email": "inconnue@rien.example"}
    page = open_page(f"{live_server.url}/compte/connexion/", width=320, complains=False)
    page.get_by_role("button", name="S’identifier avec ProConnect").click()
    page.get_by_role("button", name="Je suis la conseillère").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Connexion impossible")
    check(page)
