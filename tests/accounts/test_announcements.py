"""Each change of what a person signs in with is announced to them."""

import inspect
import re
from importlib import import_module
from pathlib import Path

import allauth
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.accounts.test_second_factor import SECRET, confirm, enter, sign_in
from tests.accounts.totp import code_of
from tests.mailbox import delivered
from traitdunion.accounts.mails import CHANGES, announce_change

# What the site does not offer: no page leads there.
NOT_OFFERED = {
    "account/email/email_changed", "account/email/email_deleted", "account/email/email_confirm",
    "socialaccount/email/account_connected", "socialaccount/email/account_disconnected",
}  # fmt: skip


def test_every_announcement_of_django_allauth_has_its_words():
    """A new version that announces something else would otherwise end in a breakdown."""
    root = Path(inspect.getfile(allauth)).parent
    announced = set()
    for path in root.rglob("*.py"):
        if "tests" not in path.parts:
            calls = re.findall(r'send_notification_mail\(\s*"([^"]+)"', path.read_text("utf-8"))
            announced |= set(calls)
    assert "mfa/email/webauthn_added" in announced  # the calls are found
    assert announced - NOT_OFFERED <= set(CHANGES)
    offered = {name for name in CHANGES if not name.startswith("openid/")}
    assert offered <= announced


def test_no_page_changes_the_address_of_an_account_nor_links_one_unannounced():
    names = {
        pattern.name
        for pattern in import_module("traitdunion.accounts.urls").urlpatterns
        if getattr(pattern, "name", None)
    }
    assert not names & {"account_email", "account_change_email", "socialaccount_connections"}


pages = pytest.mark.django_db(transaction=True)  # announced once what was done is committed


@pytest.fixture
def adviser(people):
    return people["conseiller", "ici"]


def bodies_to(person):
    return [mail.body for mail in delivered() if mail.to == [person.email]]


@pages
def test_an_application_added_codes_drawn_and_an_application_removed_are_announced(client, adviser):
    sign_in(client, adviser)
    confirm(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert "une application de codes a été ajoutée" in bodies_to(adviser)[0]
    client.post(reverse("mfa_generate_recovery_codes"))
    assert any("de nouveaux codes de secours ont été tirés" in body for body in bodies_to(adviser))
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=adviser, type="totp").exists()
    assert any("l'application de codes a été retirée" in body for body in bodies_to(adviser))


@pages
def test_a_key_removed_is_announced(client, adviser):
    TOTP.activate(adviser, SECRET)
    key = Authenticator.objects.create(
        user=adviser, type=Authenticator.Type.WEBAUTHN, data={"name": "Bureau", "credential": {}}
    )
    enter(client, adviser)
    confirm(client)
    client.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert not Authenticator.objects.filter(pk=key.pk).exists()
    (body,) = bodies_to(adviser)
    assert "une clé a été retirée de votre compte" in body


@pages
def test_a_password_replaced_by_a_link_is_announced(client, adviser):
    client.post(reverse("account_reset_password"), {"email": adviser.email})
    link = re.search(r"https?://[^/]+(/\S+)", delivered()[0].body)[1]
    page = client.get(link, follow=True)
    new = "un autre mot de passe assez long"
    client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    adviser.refresh_from_db()
    assert adviser.check_password(new)
    assert any("remplacé par le lien d'un message" in body for body in bodies_to(adviser))


def test_a_reply_reaches_the_organisation_of_the_person(adviser, people):
    people.ici.courriel = "accueil@ici.example"
    people.ici.save()
    announce_change(adviser, "openid/linked", device="Firefox", now=timezone.now())
    Client().post(reverse("account_reset_password"), {"email": adviser.email})
    assert [mail.reply_to for mail in delivered()] == [["accueil@ici.example"]] * 2
    Client().post(reverse("account_reset_password"), {"email": "inconnue@rien.example"})
    assert len(delivered()) == 2
