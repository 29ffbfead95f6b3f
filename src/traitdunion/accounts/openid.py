"""The protocol of OpenID Connect, code flow: where to send somebody, who they are when back.

OpenID Connect Core 1.0, with the checks of 3.1.3.7 (identity token) and 5.3 (userinfo, which
ProConnect signs); RFC 9207 for the issuer of an answer. It knows nothing of our accounts.
"""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import jwt

from .openid_settings import Provider

PATIENCE_S = 10
LEEWAY_S = 30
WELL_KNOWN = "/.well-known/openid-configuration"
# Signed with a key of the provider's own: a shared secret would let us forge what we check.
SIGNATURES = ("RS256", "ES256")
# ProConnect answers an error to a scope it does not know; others leave it out (Core, 3.1.2.1).
PROCONNECT_SCOPES = "openid email given_name usual_name"
USUAL_SCOPES = "openid email profile"
# Levels that say of ProConnect that a second factor was used; its MFA pages, 2026.
TWO_FACTORS = frozenset(
    {
        "eidas0-mfa",
        "eidas1-mfa",
        "eidas2",
        "eidas3",
        "https://proconnect.gouv.fr/assurance/self-asserted-2fa",
        "https://proconnect.gouv.fr/assurance/consistency-checked-2fa",
    }
)


class OpenIdError(Exception):
    """The provider does not answer as it should; the message is for the log, without identity."""


class ProviderDown(OpenIdError):
    """The provider cannot be reached, or says it is broken."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the provider publishes of itself (OpenID Connect Discovery 1.0, 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    end_session_endpoint: str = ""
    claims_parameter_supported: bool = False
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who came back. `sub` never changes at its issuer; `id_token` serves to sign out there."""

    issuer: str
    sub: str
    email: str
    email_verified: bool
    nom: str
    second_factor: bool
    id_token: str


def network() -> httpx.Client:
    """Requests that neither wait for ever nor follow a redirection elsewhere."""
    return httpx.Client(timeout=PATIENCE_S, follow_redirects=False, verify=_authorities())


@cache
def _authorities() -> ssl.SSLContext:
    """The authorities of the machine, read once: it takes longer than a request."""
    return ssl.create_default_context()


def discover(client: httpx.Client, provider: Provider) -> Configuration:
    """Read what the provider publishes; raise OpenIdError if it speaks for somebody else."""
    base = provider.discovery.removesuffix(WELL_KNOWN).rstrip("/")
    said = _json_of(_get(client, base + WELL_KNOWN))
    if str(said.get("issuer", "")).rstrip("/") != base:
        raise OpenIdError("the configuration is that of another issuer")
    known = {name: said[name] for name in Configuration.__dataclass_fields__ if name in said}
    if "token_endpoint_auth_methods_supported" in known:
        known["token_endpoint_auth_methods_supported"] = tuple(
            known["token_endpoint_auth_methods_supported"]
        )
    try:
        found = Configuration(**known)
    except TypeError as missing:
        raise OpenIdError("the configuration lacks an address") from missing
    for address in (
        found.authorization_endpoint,
        found.token_endpoint,
        found.userinfo_endpoint,
        found.jwks_uri,
    ):
        if urlsplit(address).scheme != urlsplit(base).scheme:
            raise OpenIdError("an address of the configuration is not of the same scheme")
    return found


def authorisation_address(
    provider: Provider, found: Configuration, *, back: str, state: str, nonce: str
) -> str:
    """Where to send somebody who wants to sign in (Core, 3.1.2.1); `back`: our address."""
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": PROCONNECT_SCOPES if provider.is_proconnect else USUAL_SCOPES,
        "state": state,
        "nonce": nonce,
    }
    if provider.acr_values:
        asked["acr_values"] = provider.acr_values
    if found.claims_parameter_supported:
        asked["claims"] = json.dumps({"id_token": {"acr": None, "amr": None}})
    return f"{found.authorization_endpoint}?{urlencode(asked)}"


def sign_out_address(found: Configuration, *, id_token: str, back: str, state: str) -> str:
    """Where to send somebody who signs out (RP-Initiated Logout 1.0), "" where there is none."""
    if not found.end_session_endpoint:
        return ""
    told = {"id_token_hint": id_token, "post_logout_redirect_uri": back, "state": state}
    return f"{found.end_session_endpoint}?{urlencode(told)}"


def identity_of(
    client: httpx.Client,
    provider: Provider,
    found: Configuration,
    *,
    code: str,
    back: str,
    nonce: str,
) -> Identity:
    """Who the code stands for, once every check has passed; raises OpenIdError."""
    tokens = _tokens_of(client, provider, found, code, back)
    keys = _keys_of(client, found)
    id_token = str(tokens.get("id_token") or "")
    told = _checked(id_token, keys, provider, found, required=["iss", "aud", "exp", "iat", "sub"])
    if told.get("nonce") != nonce:
        raise OpenIdError("the nonce is that of another request")
    if told.get("azp", provider.client_id) != provider.client_id:
        raise OpenIdError("the identity token is for another client")
    said = _userinfo_of(client, provider, found, keys, str(tokens.get("access_token") or ""))
    if said.get("sub") != told["sub"]:
        raise OpenIdError("the two answers are about two people")
    return Identity(
        issuer=found.issuer,
        sub=str(told["sub"]),
        email=str(said.get("email") or ""),
        email_verified=said.get("email_verified") is True,
        nom=_name_in(said),
        second_factor=used_two_factors(told),
        id_token=id_token,
    )


def used_two_factors(told: Mapping[str, Any]) -> bool:
    """Whether an identity token says that two factors were used (`amr`: RFC 8176)."""
    methods = told.get("amr")
    return told.get("acr") in TWO_FACTORS or (isinstance(methods, list) and "mfa" in methods)


def _name_in(said: Mapping[str, Any]) -> str:
    parts = [said.get("given_name"), said.get("usual_name") or said.get("family_name")]
    return " ".join(str(part) for part in parts if part)[:100]


def _get(client: httpx.Client, address: str, **headers: str) -> httpx.Response:
    try:
        answer = client.get(address, headers=headers)
    except httpx.HTTPError as down:
        raise ProviderDown(type(down).__name__) from down
    return _sound(answer)


def _sound(answer: httpx.Response) -> httpx.Response:
    if answer.status_code >= 500:
        raise ProviderDown(f"status {answer.status_code}")
    if answer.status_code != 200:
        raise OpenIdError(f"status {answer.status_code}")
    return answer


def _json_of(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError as wrong:
        raise OpenIdError("an answer is not JSON") from wrong
    if not isinstance(said, dict):
        raise OpenIdError("an answer is not an object")
    return said


def _tokens_of(
    client: httpx.Client, provider: Provider, found: Configuration, code: str, back: str
) -> dict[str, Any]:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
    methods = found.token_endpoint_auth_methods_supported
    by_form = "client_secret_post" in methods
    if by_form:
        form |= {"client_id": provider.client_id, "client_secret": provider.secret}
    basic = None if by_form else httpx.BasicAuth(provider.client_id, provider.secret)
    try:
        answer = client.post(found.token_endpoint, data=form, auth=basic)
    except httpx.HTTPError as down:
        raise ProviderDown(type(down).__name__) from down
    return _json_of(_sound(answer))


def _keys_of(client: httpx.Client, found: Configuration) -> jwt.PyJWKSet:
    try:
        return jwt.PyJWKSet.from_dict(_json_of(_get(client, found.jwks_uri)))
    except jwt.PyJWTError as wrong:
        raise OpenIdError("the provider publishes no key that can be used") from wrong


def _checked(
    token: str,
    keys: jwt.PyJWKSet,
    provider: Provider,
    found: Configuration,
    *,
    required: list[str],
) -> dict[str, Any]:
    """What a signed token says, if it is signed by the provider, for us, and still valid."""
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in SIGNATURES:
            raise OpenIdError("a token is not signed as we ask")
        key = _key_named(header.get("kid"), keys)
        return jwt.decode(
            token,
            key,
            algorithms=[header["alg"]],
            audience=provider.client_id,
            issuer=found.issuer,
            leeway=LEEWAY_S,
            options={"require": required},
        )
    except jwt.PyJWTError as wrong:
        raise OpenIdError(type(wrong).__name__) from wrong


def _key_named(name: str | None, keys: jwt.PyJWKSet) -> jwt.PyJWK:
    """The key of that name; a token may leave it out where there is only one (Core, 10.1)."""
    if name is None and len(keys.keys) == 1:
        return keys.keys[0]
    for key in keys.keys:
        if name is not None and key.key_id == name:
            return key
    raise OpenIdError("a token is signed with a key the provider does not publish")


def _userinfo_of(
    client: httpx.Client,
    provider: Provider,
    found: Configuration,
    keys: jwt.PyJWKSet,
    access_token: str,
) -> dict[str, Any]:
    answer = _get(client, found.userinfo_endpoint, Authorization=f"Bearer {access_token}")
    nature = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if nature == "application/jwt":
        return _checked(answer.text.strip(), keys, provider, found, required=["iss", "aud", "sub"])
    if provider.is_proconnect:
        raise OpenIdError("ProConnect signs its answers, and this one is not")
    return _json_of(answer)
