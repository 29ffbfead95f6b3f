"""A second factor: asked of whoever reads files, set up once, lost, and vouched for."""

import base64
import re
from urllib.parse import urlsplit

import httpx2
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse

from tests.accounts import openid_provider
from tests.accounts.totp import code_of
from traitdunion.accounts.models import Access, Membership
from traitdunion.accounts.openid.settings import Provider
from traitdunion.accounts.operations import AccountsError
from traitdunion.accounts.resets import Kind, ask_reset

pytestmark = pytest.mark.django_db
PASSWORD = "un mot de passe assez long"  # that of `people`
SECRET = base64.b32encode(b"vingt octets, pas un").decode()
FILES = "/organisations/ici/parcours/"
SET_UP = "/compte/double-verification/"


@pytest.fixture(autouse=True)
def asked(settings):
    settings.TRAITDUNION_MFA_REQUIRED = True


@pytest.fixture
def adviser(people):
    return people["conseiller", "ici"]


@pytest.fixture
def equipped(adviser):
    TOTP.activate(adviser, SECRET)
    return adviser


def sign_in(client, person):
    return client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})


def give(client, code):
    return client.post(reverse("mfa_authenticate"), {"code": code})


def confirm(client):
    """Give the password again, as every page that changes the security of an account asks."""
    return client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def enter(client, person):
    """A session that gave both."""
    sign_in(client, person)
    give(client, code_of(SECRET))


def files_open(client):
    return client.get(FILES).status_code == 200


@pytest.mark.django_db(transaction=True)  # what is set up is told once it is committed
def test_the_first_sign_in_leads_to_the_set_up_and_no_file_opens_before(client, adviser):
    assert sign_in(client, adviser).url == SET_UP
    assert client.get(FILES).url == SET_UP
    confirm(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'id="secret">(\w+)<', page)[1]
    done = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}, follow=True)
    assert len(re.findall(r"<li><code>\d{8}</code>", done.content.decode())) == 10
    assert files_open(client)


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn"])
def test_an_open_session_is_not_enough_to_change_how_one_signs_in(name, client, adviser):
    sign_in(client, adviser)
    assert client.get(reverse(name)).url.startswith("/compte/confirmation/")


def test_a_wrong_code_sets_nothing_up(client, adviser):
    sign_in(client, adviser)
    confirm(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'id="secret">(\w+)<', page)[1]
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret, steps_ahead=40)})
    assert not Authenticator.objects.exists()


def test_a_password_alone_does_not_sign_in(client, equipped):
    assert sign_in(client, equipped).url == reverse("mfa_authenticate")
    assert client.get("/mon-espace/").url.startswith("/compte/connexion/")
    assert "incorrect" in give(client, code_of(SECRET, steps_ahead=40)).content.decode()
    assert client.get("/mon-espace/").url.startswith("/compte/connexion/")
    assert give(client, code_of(SECRET)).status_code == 302
    assert files_open(client)


def test_a_code_that_was_read_over_a_shoulder_serves_no_more(client, equipped):
    code = code_of(SECRET)
    sign_in(client, equipped)
    give(client, code)
    client.post(reverse("account_logout"))
    sign_in(client, equipped)
    assert give(client, code).status_code == 200
    assert not files_open(client)


def test_a_recovery_code_serves_once(client, equipped):
    sign_in(client, equipped)
    give(client, code_of(SECRET))
    confirm(client)
    client.post(reverse("mfa_generate_recovery_codes"))
    codes = client.get(reverse("mfa_download_recovery_codes")).content.decode().split()
    assert len(codes) == 10
    for served in (True, False):
        client.post(reverse("account_logout"))
        sign_in(client, equipped)
        give(client, codes[0])
        assert files_open(client) is served


def test_guessing_stops_after_five_codes_even_with_the_right_one(client, equipped):
    sign_in(client, equipped)
    for ahead in range(40, 45):
        assert "incorrect" in give(client, code_of(SECRET, steps_ahead=ahead)).content.decode()
    assert give(client, code_of(SECRET)).status_code == 200
    assert not files_open(client)


def test_guessing_a_password_stops_even_with_the_right_one(client, adviser):
    for _ in range(5):
        client.post(reverse("account_login"), {"login": adviser.email, "password": "faux, faux"})
    assert sign_in(client, adviser).status_code == 200
    assert "_auth_user_id" not in client.session


def test_the_setting_leaves_it_to_each(client, adviser, settings):
    settings.TRAITDUNION_MFA_REQUIRED = False
    assert sign_in(client, adviser).url == reverse(settings.LOGIN_REDIRECT_URL)
    assert files_open(client)


@pytest.mark.parametrize("role", ["editeur_catalogue", "contributeur"])
def test_whoever_sees_no_file_is_not_asked(client, people, role, settings):
    assert sign_in(client, people[role, "ici"]).url == reverse(settings.LOGIN_REDIRECT_URL)


def test_fictitious_people_are_exempt_among_fictitious_organisations_only(client, adviser):
    adviser.demonstration = True
    adviser.save()
    assert sign_in(client, adviser).url == SET_UP
    adviser.organisations.update(demonstration=True)
    assert files_open(client)


def test_an_administrator_lets_somebody_who_lost_their_telephone_start_again(
    client, people, equipped, mails, now
):
    Membership.objects.create(user=equipped, organisation=people.ailleurs, role="contributeur")
    client.force_login(people.admin)
    assert client.get("/organisations/ici/membres/").url == SET_UP
    client.logout()
    TOTP.activate(people.admin, SECRET)
    enter(client, people.admin)
    page = client.get("/organisations/ici/membres/").content.decode()
    action = re.search(r'action="([^"]+/double-verification/)"', page)[1]
    client.post(action)
    assert not Authenticator.objects.filter(user=equipped).exists()
    assert [mail.to for mail in mails.all] == [[equipped.email]]
    access = Access.objects.filter(action="remettre", target_id=str(equipped.pk))
    assert {line.organisation_id for line in access} == {"ici", "ailleurs"}
    client.logout()
    assert sign_in(client, equipped).url == SET_UP


def test_nobody_vouches_for_themselves_nor_for_another_organisation(people, equipped, now):
    TOTP.activate(people.admin, SECRET)
    own = Membership.objects.get(user=people.admin)
    with pytest.raises(AccountsError, match="un autre administrateur"):
        ask_reset(by=people.admin, membership=own, kind=Kind.SECOND_FACTOR, now=now)
    theirs = Membership.objects.get(user=equipped)
    with pytest.raises(Exception, match="inviter et retirer"):
        ask_reset(
            by=people["administrateur", "ailleurs"],
            membership=theirs,
            kind=Kind.SECOND_FACTOR,
            now=now,
        )
    assert Authenticator.objects.count() == 2


def test_what_is_not_set_up_is_not_reset(people, adviser, now):
    row = Membership.objects.get(user=adviser)
    with pytest.raises(AccountsError, match="rien à faire"):
        ask_reset(by=people.admin, membership=row, kind=Kind.SECOND_FACTOR, now=now)


def test_a_session_older_than_the_second_factor_has_to_give_it(client, adviser):
    sign_in(client, adviser)
    TOTP.activate(adviser, SECRET)  # on another device
    asked = client.get(FILES)
    assert asked.url == f"{reverse('mfa_reauthenticate')}?next=%2Forganisations%2Fici%2Fparcours%2F"
    assert not files_open(client)
    confirm(client)  # the password once more proves nothing more
    assert not files_open(client)
    assert client.post(asked.url, {"code": code_of(SECRET)}).url == FILES
    assert files_open(client)


def test_whoever_has_only_a_key_is_asked_for_the_key(client, adviser):
    sign_in(client, adviser)
    key = Authenticator.Type.WEBAUTHN
    Authenticator.objects.create(user=adviser, type=key, data={"name": "clé", "credential": {}})
    assert client.get(FILES).url.startswith(reverse("mfa_reauthenticate_webauthn") + "?next=")


def test_what_was_being_sent_is_not_lost_elsewhere(client, equipped):
    client.force_login(equipped)
    sent = client.post("/organisations/ici/parcours/nouveau/", {})
    assert sent.url.endswith("?next=%2Fmon-espace%2F")


def test_a_second_factor_taken_away_closes_the_sessions_that_gave_it(client, equipped):
    enter(client, equipped)
    assert files_open(client)
    Authenticator.objects.all().delete()
    assert client.get(FILES).url == SET_UP


@pytest.mark.parametrize("claims", [{"amr": ["pwd", "mfa"]}, {"acr": "eidas2"}], ids=str)
def test_two_factors_given_to_the_provider_count_here(claims, client, provider, equipped):
    provider.claims |= claims
    come_back(client, provider, equipped)
    assert files_open(client)


def test_one_factor_given_to_the_provider_is_one_factor(client, provider, adviser):
    provider.claims["amr"] = ["pwd"]
    assert come_back(client, provider, adviser).url == SET_UP
    assert client.get(FILES).url == SET_UP


def test_whoever_has_a_second_factor_here_gives_it_after_one_factor_there(
    client, provider, equipped
):
    assert come_back(client, provider, equipped).url == reverse("mfa_authenticate")
    assert not files_open(client)
    give(client, code_of(SECRET))
    assert files_open(client)


@pytest.fixture
def provider(settings):
    with openid_provider.running() as running:
        settings.TRAITDUNION_OIDC = Provider(
            openid_provider.CLIENT, openid_provider.SECRET, running.issuer
        )
        yield running


def come_back(client, provider, person):
    provider.claims |= {"sub": "s", "email": person.email, "email_verified": True}
    address = client.post(reverse("openid_start")).headers["Refresh"].partition("url=")[2]
    back = urlsplit(httpx2.post(address, trust_env=False).headers["location"])
    return client.get(f"{back.path}?{back.query}")


@pytest.mark.parametrize(
    "name",
    ["mfa_index", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_add_webauthn",
     "mfa_list_webauthn", "mfa_generate_recovery_codes", "mfa_reauthenticate",
     "account_reauthenticate"],
)  # fmt: skip
def test_every_page_is_ours_and_in_french(name, client, equipped):
    sign_in(client, equipped)
    give(client, code_of(SECRET))
    confirm(client)
    client.post(reverse("mfa_generate_recovery_codes"))
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert '<html lang="fr"' in page
    for word in ("Two-Factor", "Authenticator", "Security Key", "Passwordless", "Recovery"):
        assert word not in page
