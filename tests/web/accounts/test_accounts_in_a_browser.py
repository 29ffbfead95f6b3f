"""Signing in, one's own space and inviting, as people meet them."""

import pytest
from playwright.sync_api import expect

from tests.web.page_steps import PASSWORD, check_page, sign_in
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.accounts.operations import invite

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def admin(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = User.objects.create_user("admin@ici.example", PASSWORD, nom="Aline")
    organisation = Organisation.objects.create(slug="ici", nom="Guichet d'ici")
    Membership.objects.create(user=user, organisation=organisation, role=Role.ADMINISTRATEUR)
    return user


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_on_the_pages_of_accounts(
    site, open_page, admin, width, dark, mailoutbox
):
    page = open_page(site + "/compte/connexion/", width=width, dark=dark)
    for path in ("/compte/connexion/", "/compte/mot-de-passe/oubli/", "/compte/creation/"):
        page.goto(site + path)
        check_page(page)
    sign_in(page, site, admin.email)
    for path in (
        "/mon-espace/",
        "/organisations/ici/membres/",
        "/organisations/ici/journal/",
        "/compte/mot-de-passe/",
        "/compte/deconnexion/",
    ):
        page.goto(site + path)
        check_page(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_administrator_invites_somebody_who_joins(site, open_page, admin, mailoutbox, scripts):
    page = open_page(site + "/compte/connexion/", scripts=scripts)
    sign_in(page, site, admin.email)
    page.get_by_role("link", name="Membres et invitations").click()
    page.get_by_label("Adresse électronique").fill("nouvelle@ici.example")
    page.get_by_label("Contributeur").check()
    page.get_by_role("button", name="Envoyer l'invitation").click()
    expect(page.get_by_role("status")).to_contain_text("Invitation enregistrée")
    link = next(word for word in mailoutbox[-1].body.split() if word.startswith("http"))
    other = open_page(link)
    check_page(other)
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
    check_page(page)
