"""Keys and the pages of the second factor, in a browser with an authenticator of its own."""

import pytest
from django.core.cache import cache

from tests.web.page_steps import EVERY_RULE, PASSWORD, check_axe, check_width
from traitdunion.accounts.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def here(live_server, settings):
    """Address of the site as `localhost`: a key is tied to a name, and refuses a bare address."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # the live server speaks plain HTTP
    cache.clear()
    User.objects.create_user("nour@ici.example", PASSWORD, nom="Nour")
    return live_server.url.replace("127.0.0.1", "localhost")


def plug_in_a_key(page):
    """An authenticator that keeps passkeys and sees its owner at once."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in(page, here):
    page.goto(f"{here}/compte/connexion/")
    page.fill("#id_login", "nour@ici.example")
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()


def sign_out(page, here):
    page.goto(f"{here}/compte/deconnexion/")
    page.get_by_role("button", name="Se déconnecter").click()


def test_a_key_is_added_then_asked_then_signs_in_alone(here, open_page):
    page = open_page(f"{here}/compte/connexion/")
    plug_in_a_key(page)
    check_axe(page, EVERY_RULE)
    sign_in(page, here)
    page.get_by_role("link", name="Double vérification").click()
    check_axe(page, EVERY_RULE)
    page.get_by_role("link", name="Ajouter une clé").click()
    page.fill("#id_password", PASSWORD)
    check_axe(page, EVERY_RULE)
    page.get_by_role("button", name="Continuer").click()
    page.fill("#id_name", "Ordinateur du bureau")
    page.check("#id_passwordless")
    check_axe(page, EVERY_RULE)
    page.get_by_role("button", name="Enregistrer la clé").click()
    page.get_by_role("heading", name="Codes de secours").wait_for()
    check_axe(page, EVERY_RULE)
    sign_out(page, here)

    sign_in(page, here)
    page.get_by_role("heading", name="Double vérification").wait_for()
    check_axe(page, EVERY_RULE)
    page.get_by_role("button", name="Utiliser ma clé").click()
    page.get_by_role("heading", name="Mon espace").wait_for()
    sign_out(page, here)

    page.goto(f"{here}/compte/connexion/")
    page.get_by_role("button", name="Utiliser une clé d'accès").click()
    page.get_by_role("heading", name="Mon espace").wait_for()
    page.goto(f"{here}/compte/double-verification/cles/")
    page.get_by_text("Ordinateur du bureau").first.wait_for()
    check_axe(page, EVERY_RULE)


def test_the_square_to_scan_is_clear_at_every_width(here, open_page):
    page = open_page(f"{here}/compte/connexion/", width=320)
    sign_in(page, here)
    page.goto(f"{here}/compte/double-verification/application/")
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("heading", name="Régler une application").wait_for()
    check_axe(page, EVERY_RULE)
    check_width(page)
