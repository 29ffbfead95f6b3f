"""Signing in by OpenID Connect over HTTP: two providers on loopback, one that others wrote."""

import re
import warnings
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx2
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from tests.accounts import openid_provider
from tests.accounts.openid_provider import CLIENT, SECRET
from tests.mailbox import delivered
from traitdunion.accounts import operations
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Access, Invitation, Membership, ProviderIdentity, User
from traitdunion.accounts.openid import protocol as openid
from traitdunion.accounts.openid.settings import Provider, provider_from
from traitdunion.accounts.openid.views import WAITING
from traitdunion.accounts.resets import Kind, ask_reset

pytestmark = pytest.mark.django_db
START = "/compte/connexion/fournisseur/"
BACK = "/compte/connexion/fournisseur/retour/"
SUB = "un-identifiant"
there = httpx2.Client()


@pytest.fixture(scope="module")
def running():
    with openid_provider.running() as provider:
        yield provider


@pytest.fixture
def provider(running, settings, people):
    """The provider as the site knows it; it says that the adviser of `ici` signs in."""
    running.reset()
    running.claims = {
        "sub": SUB,
        "email": people["conseiller", "ici"].email,
        "email_verified": True,
        "given_name": "Camille",
        "usual_name": "Martin",
    }
    settings.TRAITDUNION_OIDC = Provider(CLIENT, SECRET, running.issuer)
    return running


@pytest.fixture
def adviser(people):
    return people["conseiller", "ici"]


def address_of(page) -> str:
    """Where a page of ours sends the browser."""
    assert page.status_code == 200, page.content.decode()
    address = page.headers["Refresh"].partition("url=")[2]
    assert f'href="{address}"' in unescape(page.content.decode())
    return address


def leave(client, **fields) -> str:
    return address_of(client.post(START, fields))


def come_back(client, address, **changed):
    """Sign in at the provider, and follow it back; `changed` stand in for what it answered."""
    answer = there.post(address)
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["location"])
    said = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
    return client.get(parts.path, said)


def sign_in(client, **fields):
    return come_back(client, leave(client, **fields))


def signed_in(client) -> str | None:
    return client.session.get("_auth_user_id")


def refused(page, words, status=403) -> None:
    assert page.status_code == status, page.content.decode()
    assert words in unescape(page.content.decode())


# What is asked, and who it opens to.


def test_the_request_has_all_that_proconnect_asks_and_nothing_it_refuses(provider, client):
    address = leave(client)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{provider.issuer}/authorize?")
    assert set(asked) == {
        "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "claims",
        "code_challenge", "code_challenge_method",
    }  # fmt: skip
    assert asked["redirect_uri"] == f"http://testserver{BACK}"
    assert len(asked["state"]) >= 32
    assert len(asked["nonce"]) >= 32
    assert asked["claims"] == '{"id_token": {"acr": null, "amr": null}}'
    again = parse_qs(urlsplit(leave(client)).query)
    assert again["state"] != [asked["state"]]
    assert again["nonce"] != [asked["nonce"]]


def test_the_level_that_the_host_asks_for_is_asked(provider, client, settings):
    settings.TRAITDUNION_OIDC = Provider(
        CLIENT, SECRET, provider.issuer, acr_values="eidas1 eidas2"
    )
    assert parse_qs(urlsplit(leave(client)).query)["acr_values"] == ["eidas1 eidas2"]


def test_the_address_to_come_back_to_is_that_of_the_site(provider, client, settings):
    settings.TRAITDUNION_SITE = "https://guichet.example"
    asked = parse_qs(urlsplit(leave(client)).query)
    assert asked["redirect_uri"] == [f"https://guichet.example{BACK}"]


def test_a_verified_address_links_once_then_sub_alone_tells_who_it_is(provider, adviser, client):
    assert sign_in(client).status_code == 302
    assert signed_in(client) == str(adviser.pk)
    assert provider.asked("/token")["grant_type"] == "authorization_code"
    assert [line.action for line in Access.objects.filter(target_id=str(adviser.pk))] == ["relier"]
    (mail,) = delivered()
    assert mail.to == [adviser.email]
    assert "un compte du fournisseur d'identité a été relié au vôtre" in mail.body
    client.logout()
    provider.claims |= {"email": "autre@ailleurs.example", "email_verified": False}
    sign_in(client)
    assert delivered() == [mail]  # announced once, to the address that was known before
    assert signed_in(client) == str(adviser.pk)
    assert ProviderIdentity.objects.count() == 1


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": "true"}, {}])
def test_an_address_nobody_verified_links_nothing(claims, provider, client):
    del provider.claims["email_verified"]
    provider.claims |= claims
    refused(sign_in(client), "n'a pas vérifié")
    assert not ProviderIdentity.objects.exists()
    assert signed_in(client) is None


def test_a_letter_that_becomes_ours_in_lower_case_is_another_address(provider, client):
    User.objects.create_user("mike@ici.example")
    provider.claims["email"] = "mi\N{KELVIN SIGN}e@ici.example"
    assert provider.claims["email"].lower() == "mike@ici.example"
    refused(sign_in(client), "n'a pas vérifié")


def test_a_stranger_gets_no_account_and_is_told_what_to_do(provider, people, client):
    provider.claims["email"] = "inconnue@rien.example"
    n_people = User.objects.count()
    refused(sign_in(client), "demandez à un administrateur de votre organisation d'inviter")
    assert User.objects.count() == n_people
    assert signed_in(client) is None


def test_whoever_is_invited_gets_an_account_without_a_password(provider, people, client, now):
    provider.claims["email"] = "Nouvelle@Rien.example"
    for organisation in (people.ici, people.ailleurs):
        operations.invite(
            by=None, organisation=organisation, email="nouvelle@rien.example",
            role=Role.CONSEILLER, now=now.replace(year=2099),
        )  # fmt: skip
    sign_in(client)
    user = User.objects.get(email="nouvelle@rien.example")
    assert signed_in(client) == str(user.pk)
    assert (user.nom, user.has_usable_password()) == ("Camille Martin", False)
    assert {row.organisation_id for row in user.memberships.all()} == {"ici", "ailleurs"}
    assert not Invitation.objects.filter(accepted_at=None).exists()


@pytest.mark.parametrize("change", [{"revoked_at": "now"}, {"expires_at": "now"}])
def test_an_invitation_withdrawn_or_out_of_date_opens_nothing(
    change, provider, people, client, now
):
    provider.claims["email"] = "nouvelle@rien.example"
    operations.invite(
        by=None, organisation=people.ici, email="nouvelle@rien.example",
        role=Role.CONSEILLER, now=now.replace(year=2000),
    )  # fmt: skip
    Invitation.objects.update(**dict.fromkeys(change, now.replace(year=2001)))
    refused(sign_in(client), "demandez à un administrateur")


def test_another_identity_with_a_linked_address_waits_for_an_administrator(
    provider, people, adviser, client, now
):
    sign_in(client)
    client.logout()
    provider.claims["sub"] = "recree"
    refused(sign_in(client), "détacher le vôtre")
    assert signed_in(client) is None
    membership = Membership.objects.get(user=adviser)
    client.force_login(people.admin)
    page = client.get("/organisations/ici/membres/").content.decode()
    client.post(re.search(r'action="([^"]+/detacher/)"', page)[1])
    assert Access.objects.filter(action="detacher", target_id=str(adviser.pk)).exists()
    with pytest.raises(operations.AccountsError, match="rien à faire"):
        ask_reset(by=people.admin, membership=membership, kind=Kind.IDENTITY, now=now)
    client.logout()
    sign_in(client)
    assert signed_in(client) == str(adviser.pk)
    assert ProviderIdentity.objects.get().sub == "recree"


def test_nobody_detaches_their_own_account_nor_one_elsewhere(people, adviser, now):
    own = Membership.objects.get(user=people.admin)
    with pytest.raises(operations.AccountsError, match="autre administrateur"):
        ask_reset(by=people.admin, membership=own, kind=Kind.IDENTITY, now=now)
    theirs = Membership.objects.get(user=adviser)
    with pytest.raises(Exception, match="inviter et retirer"):
        ask_reset(
            by=people["administrateur", "ailleurs"], membership=theirs, kind=Kind.IDENTITY, now=now
        )


def test_a_closed_account_stays_closed(provider, adviser, client):
    sign_in(client)
    client.logout()
    User.objects.filter(pk=adviser.pk).update(is_active=False)
    refused(sign_in(client), "Ce compte est fermé")
    assert signed_in(client) is None


# Attacks.


def test_a_state_of_nobody_s_is_refused_and_the_provider_not_even_asked(provider, client):
    address = leave(client)
    provider.seen.clear()
    refused(come_back(client, address, state="s" * 43), "pas celle attendue")
    assert [path for path, _ in provider.seen] == ["/authorize"]
    assert signed_in(client) is None


def test_the_state_of_another_browser_signs_nobody_in(provider, client, client_of_another):
    address = leave(client_of_another)
    refused(come_back(client, address), "pas celle attendue")
    assert signed_in(client) is None


@pytest.fixture
def client_of_another():
    from django.test import Client

    return Client()


def test_an_answer_serves_once(provider, client):
    answer = there.post(leave(client))
    back = answer.headers["location"].removeprefix("http://testserver")
    assert client.get(back).status_code == 302
    client.logout()
    refused(client.get(back), "pas celle attendue")
    assert signed_in(client) is None


def test_a_code_that_already_served_signs_nobody_in(provider, client):
    first = there.post(leave(client)).headers["location"]
    code = parse_qs(urlsplit(first).query)["code"][0]
    client.get(first.removeprefix("http://testserver"))
    client.logout()
    refused(come_back(client, leave(client), code=code), "pas celle attendue")
    assert signed_in(client) is None


def test_the_nonce_of_another_request_is_refused(provider, client):
    parts = urlsplit(leave(client))
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    address = urlunsplit(parts._replace(query=urlencode(asked | {"nonce": "n" * 43})))
    refused(come_back(client, address), "pas celle attendue")
    assert signed_in(client) is None


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "un autre service"},
        {"aud": [CLIENT, "un autre"], "azp": "un autre"},
        {"iss": "https://ailleurs.example"},
        {"exp": 1_700_000_000},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"exp": None},
        {"aud": None},
        {"iss": None},
        {"nonce": None},
    ],
    ids=str,
)
def test_an_identity_token_that_is_not_ours_or_not_now_is_refused(claims, provider, client):
    provider.lies.id_token = claims
    refused(sign_in(client), "pas celle attendue")
    assert signed_in(client) is None
    assert not ProviderIdentity.objects.exists()


@pytest.mark.parametrize("signature", ["other key", "none", "HS256", "broken"])
def test_a_token_that_the_provider_did_not_sign_is_refused(signature, provider, client):
    provider.lies.signature = signature
    refused(sign_in(client), "pas celle attendue")
    assert signed_in(client) is None


@pytest.mark.parametrize(
    "claims",
    [{"sub": "une autre personne"}, {"aud": "un autre"}, {"iss": "https://ailleurs.example"}],
    ids=str,
)
def test_what_is_said_of_another_is_refused(claims, provider, client):
    provider.lies.userinfo = claims
    refused(sign_in(client), "pas celle attendue")
    assert signed_in(client) is None


def test_an_answer_that_names_another_issuer_is_refused(provider, client):
    page = come_back(client, leave(client), iss="https://ailleurs.example")
    refused(page, "pas celle attendue")


@pytest.mark.parametrize(
    "said",
    [{"issuer": "https://ailleurs.example"}, {"token_endpoint": "https://ailleurs.example/t"}],
    ids=str,
)
def test_a_configuration_of_somebody_else_is_refused(said, provider, client):
    provider.lies.discovery = said
    refused(client.post(START), "pas celle attendue")


@pytest.mark.parametrize(
    "asked", ["https://ailleurs.example/", "//ailleurs.example", "javascript:alert(1)", "\\\\a.b"]
)
def test_one_is_never_sent_elsewhere_afterwards(asked, provider, client):
    page = sign_in(client, next=asked)
    assert page.status_code == 302
    assert urlsplit(page.url).netloc == ""
    assert page.url.startswith("/compte/") or page.url == reverse("followup:first")


def test_one_is_sent_to_the_page_one_wanted(provider, client):
    assert sign_in(client, next="/mon-espace/?x=1").url == "/mon-espace/?x=1"


def test_leaving_is_never_by_a_link_of_another_site(provider, client, client_of_another):
    assert client.get(START).status_code == 405
    client_of_another.handler.enforce_csrf_checks = True
    assert client_of_another.post(START).status_code == 403


def test_the_key_of_the_session_changes_when_somebody_signs_in(provider, client):
    address = leave(client)
    before = client.session.session_key
    come_back(client, address)
    assert signed_in(client)
    assert client.session.session_key != before


def test_nothing_of_whoever_was_signed_in_is_left_to_the_next(provider, people, adviser, client):
    client.force_login(people.admin)
    session = client.session
    session["kept_answer"] = "celle d'une autre"
    session.save()
    sign_in(client)
    assert signed_in(client) == str(adviser.pk)
    assert "kept_answer" not in client.session


def test_no_more_than_a_few_requests_wait_and_none_for_long(provider, client):
    first = leave(client)
    for _ in range(5):
        leave(client)
    assert len(client.session[WAITING]) == 5
    refused(come_back(client, first), "pas celle attendue")
    late = leave(client)
    session = client.session
    for waiting in session[WAITING].values():
        waiting["at"] -= 601
    session.save()
    refused(come_back(client, late), "elle a trop tardé")


def test_two_tabs_both_come_back(provider, client):
    first, second = leave(client), leave(client)
    assert come_back(client, first).status_code == 302
    assert come_back(client, second).status_code == 302
    assert signed_in(client)


# What goes wrong.


def test_giving_up_is_said_as_such(provider, client):
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    refused(client.get(BACK, {"error": "access_denied", "state": state}), "avant la fin")


def test_a_provider_that_is_down_is_said_as_such(provider, client, settings):
    provider.lies.status = 500
    refused(client.post(START), "ne répond pas", status=503)
    settings.TRAITDUNION_OIDC = Provider(CLIENT, SECRET, "http://127.0.0.1:9")
    refused(client.post(START), "ne répond pas", status=503)


def test_the_log_tells_the_reason_and_never_who(provider, client, caplog):
    provider.claims["email"] = "inconnue@rien.example"
    sign_in(client)
    assert "openid: refused: unknown" in caplog.text
    assert "inconnue" not in caplog.text
    assert SUB not in caplog.text


def test_nothing_is_there_where_it_is_not_set(people, client):
    assert client.post(START).status_code == 404
    assert client.get(BACK).status_code == 404
    assert "S’identifier avec" not in client.get(reverse("account_login")).content.decode()


def test_the_button_is_there_where_it_is_set(provider, client):
    page = client.get(reverse("account_login"), {"next": "/mon-espace/"}).content.decode()
    assert "S’identifier avec</span> <strong>ProConnect</strong>" in page
    assert "Qu’est-ce que ProConnect\u00a0?" in page
    assert '<input type="hidden" name="next" value="/mon-espace/">' in page


# Signing out.


def test_signing_out_here_signs_out_there(provider, client):
    sign_in(client)
    address = address_of(client.post(reverse("account_logout")))
    assert signed_in(client) is None
    assert address.startswith(f"{provider.issuer}/session/end?")
    parameters = parse_qs(urlsplit(address).query)
    assert parameters["post_logout_redirect_uri"] == ["http://testserver/"]
    assert parameters["id_token_hint"][0].count(".") == 2
    assert len(parameters["state"][0]) >= 32


@pytest.mark.parametrize("said", [{"discovery": {"end_session_endpoint": ""}}, {"status": 500}])
def test_a_provider_that_cannot_sign_out_keeps_nobody_signed_in_here(said, provider, client):
    sign_in(client)
    for name, value in said.items():
        setattr(provider.lies, name, value)
    assert client.post(reverse("account_logout")).url == "/"
    assert signed_in(client) is None


def test_whoever_came_by_password_signs_out_here_alone(provider, adviser, client):
    client.force_login(adviser)
    assert client.post(reverse("account_logout")).url == "/"


# Settings.

GIVEN = {
    "TRAITDUNION_OIDC_CLIENT_ID": "guichet",
    "TRAITDUNION_OIDC_SECRET": "secret",
    "TRAITDUNION_OIDC_DISCOVERY": "https://auth.agentconnect.gouv.fr/api/v2",
}


def test_the_three_settings_go_together():
    assert provider_from({}) is None
    assert provider_from(GIVEN).is_proconnect
    for left_out in GIVEN:
        with pytest.raises(ImproperlyConfigured, match=f"{left_out} manque"):
            provider_from({name: value for name, value in GIVEN.items() if name != left_out})


def test_all_that_is_wrong_is_told_at_once_and_a_provider_in_clear_is_refused():
    with pytest.raises(ImproperlyConfigured, match=r"CLIENT_ID manque ; .* manque ; .*https://"):
        provider_from({"TRAITDUNION_OIDC_DISCOVERY": "http://auth.example/"})


@pytest.mark.parametrize(
    "discovery",
    [
        "https://proconnect.gouv.fr.ailleurs.example/",
        "https://notproconnect.gouv.fr/",
        "http://auth.proconnect.gouv.fr/",
        "https://fca.integ01.dev-agentconnect.fr/api/v2",
    ],
)
def test_only_proconnect_itself_vouches_for_every_address(discovery):
    assert not Provider("a", "b", discovery).is_proconnect


def test_the_secret_is_not_shown_with_the_settings():
    assert "secret" not in repr(provider_from(GIVEN))


@pytest.mark.parametrize(
    ("claims", "used"),
    [
        ({}, False),
        ({"acr": "eidas1"}, False),
        ({"acr": "eidas2"}, True),
        ({"acr": "https://proconnect.gouv.fr/assurance/consistency-checked-2fa"}, True),
        ({"acr": "eidas1", "amr": ["pwd"]}, False),
        ({"acr": "eidas1", "amr": ["pwd", "totp", "mfa"]}, True),
        ({"amr": "mfa"}, False),
        ({"amr": ["pop"]}, False),
    ],
    ids=str,
)
def test_what_says_that_two_factors_were_used(claims, used):
    assert openid.used_two_factors(claims) is used


# A provider that others wrote.


@pytest.fixture(scope="module")
def foreign():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import oidc_provider_mock

        with oidc_provider_mock.run_server_in_thread() as server:
            yield f"http://localhost:{server.server_port}"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_provider_of_others_signs_in_too(foreign, settings, adviser, client):
    settings.TRAITDUNION_OIDC = Provider(CLIENT, SECRET, foreign)
    claims = {"email": adviser.email, "email_verified": True}
    there.put(f"{foreign}/users/camille", json=claims).raise_for_status()
    answer = there.post(leave(client), data={"sub": "camille"})
    back = urlsplit(answer.headers["location"])
    assert client.get(f"{back.path}?{back.query}").status_code == 302
    assert signed_in(client) == str(adviser.pk)
    assert ProviderIdentity.objects.get().sub == "camille"
