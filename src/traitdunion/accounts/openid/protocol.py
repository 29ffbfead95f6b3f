"""OpenID Connect, authorization code flow: leave for the provider, identify who comes back.

OpenID Connect Core 1.0, with the checks of 3.1.3.7 (identity token) and 5.3 (userinfo, which
ProConnect signs); RFC 9207 for the issuer of an answer. It knows nothing of our accounts.
"""

import base64
import hashlib
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
import jwt

from .settings import Provider

PATIENCE_S = 10
LEEWAY_S = 30
WELL_KNOWN = "/.well-known/openid-configuration"
# Signed with a key of the provider's own: a shared secret would let us forge what we check.
SIGNATURES = ("RS256", "ES256")
# ProConnect answers an error to a scope it does not know; others leave it out (Core, 3.1.2.1).
PROCONNECT_SCOPES = "openid email given_name usual_name"
USUAL_SCOPES = "openid email profile"
# Levels of ProConnect that mean a second factor was used; its MFA pages, 2026.
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
    """The provider cannot be reached, or answers an error of its own."""


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


def network() -> httpx2.Client:
    """Return an HTTP client with a timeout and redirects disabled."""
    return httpx2.Client(timeout=PATIENCE_S, follow_redirects=False, verify=_authorities())


@cache
def _authorities() -> ssl.SSLContext:
    """Return the certificate authorities of the machine, read once: it takes long."""
    return ssl.create_default_context()


def discover(client: httpx2.Client, provider: Provider) -> Configuration:
    """Read what the provider publishes; raise OpenIdError if the issuer differs."""
    base = provider.discovery.removesuffix(WELL_KNOWN).rstrip("/")
    published = _json_of(_get(client, base + WELL_KNOWN))
    if str(published.get("issuer", "")).rstrip("/") != base:
        raise OpenIdError("the configuration is that of another issuer")
    fields = {
        name: published[name] for name in Configuration.__dataclass_fields__ if name in published
    }
    if "token_endpoint_auth_methods_supported" in fields:
        fields["token_endpoint_auth_methods_supported"] = tuple(
            fields["token_endpoint_auth_methods_supported"]
        )
    try:
        configuration = Configuration(**fields)
    except TypeError as missing:
        raise OpenIdError("the configuration lacks an address") from missing
    for address in (
        configuration.authorization_endpoint,
        configuration.token_endpoint,
        configuration.userinfo_endpoint,
        configuration.jwks_uri,
    ):
        if urlsplit(address).scheme != urlsplit(base).scheme:
            raise OpenIdError("an address of the configuration is not of the same scheme")
    return configuration


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier, shown before the verifier is sent (RFC 7636)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def authorisation_address(
    provider: Provider,
    configuration: Configuration,
    *,
    back: str,
    state: str,
    nonce: str,
    verifier: str,
) -> str:
    """Return where to send a person who wants to sign in (Core, 3.1.2.1). `back`: our address."""
    parameters = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": PROCONNECT_SCOPES if provider.is_proconnect else USUAL_SCOPES,
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    if provider.acr_values:
        parameters["acr_values"] = provider.acr_values
    if configuration.claims_parameter_supported:
        parameters["claims"] = json.dumps({"id_token": {"acr": None, "amr": None}})
    return f"{configuration.authorization_endpoint}?{urlencode(parameters)}"


def sign_out_address(configuration: Configuration, *, id_token: str, back: str, state: str) -> str:
    """Return where to send a person who signs out (RP-Initiated Logout 1.0); "" without one."""
    if not configuration.end_session_endpoint:
        return ""
    parameters = {"id_token_hint": id_token, "post_logout_redirect_uri": back, "state": state}
    return f"{configuration.end_session_endpoint}?{urlencode(parameters)}"


def identity_of(
    client: httpx2.Client,
    provider: Provider,
    configuration: Configuration,
    *,
    code: str,
    back: str,
    nonce: str,
    verifier: str,
) -> Identity:
    """Return who the code stands for, once every check has passed; raises OpenIdError."""
    tokens = _tokens_of(client, provider, configuration, code=code, back=back, verifier=verifier)
    keys = _keys_of(client, configuration)
    id_token = str(tokens.get("id_token") or "")
    claims = _verified_claims(
        id_token, keys, provider, configuration, required=["iss", "aud", "exp", "iat", "sub"]
    )
    if claims.get("nonce") != nonce:
        raise OpenIdError("the nonce is that of another request")
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise OpenIdError("the identity token is for another client")
    userinfo = _userinfo_of(
        client, provider, configuration, keys, str(tokens.get("access_token") or "")
    )
    if userinfo.get("sub") != claims["sub"]:
        raise OpenIdError("the two answers are about two people")
    return Identity(
        issuer=configuration.issuer,
        sub=str(claims["sub"]),
        email=str(userinfo.get("email") or ""),
        email_verified=userinfo.get("email_verified") is True,
        nom=_display_name(userinfo),
        second_factor=used_two_factors(claims),
        id_token=id_token,
    )


def used_two_factors(claims: Mapping[str, Any]) -> bool:
    """Return whether two factors were used, by `acr` and `amr` (RFC 8176)."""
    methods = claims.get("amr")
    return claims.get("acr") in TWO_FACTORS or (isinstance(methods, list) and "mfa" in methods)


def _display_name(userinfo: Mapping[str, Any]) -> str:
    parts = [userinfo.get("given_name"), userinfo.get("usual_name") or userinfo.get("family_name")]
    return " ".join(str(part) for part in parts if part)[:100]


def _get(client: httpx2.Client, address: str, **headers: str) -> httpx2.Response:
    try:
        answer = client.get(address, headers=headers)
    except httpx2.HTTPError as down:
        raise ProviderDown(type(down).__name__) from down
    return _successful(answer)


def _successful(answer: httpx2.Response) -> httpx2.Response:
    if answer.status_code >= 500:
        raise ProviderDown(f"status {answer.status_code}")
    if answer.status_code != 200:
        raise OpenIdError(f"status {answer.status_code}")
    return answer


def _json_of(answer: httpx2.Response) -> dict[str, Any]:
    try:
        content = answer.json()
    except ValueError as wrong:
        raise OpenIdError("an answer is not JSON") from wrong
    if not isinstance(content, dict):
        raise OpenIdError("an answer is not an object")
    return content


def _tokens_of(
    client: httpx2.Client,
    provider: Provider,
    configuration: Configuration,
    *,
    code: str,
    back: str,
    verifier: str,
) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": verifier,
    }
    methods = configuration.token_endpoint_auth_methods_supported
    by_form = "client_secret_post" in methods
    if by_form:
        form |= {"client_id": provider.client_id, "client_secret": provider.secret}
    basic = None if by_form else httpx2.BasicAuth(provider.client_id, provider.secret)
    try:
        answer = client.post(configuration.token_endpoint, data=form, auth=basic)
    except httpx2.HTTPError as down:
        raise ProviderDown(type(down).__name__) from down
    return _json_of(_successful(answer))


def _keys_of(client: httpx2.Client, configuration: Configuration) -> jwt.PyJWKSet:
    try:
        return jwt.PyJWKSet.from_dict(_json_of(_get(client, configuration.jwks_uri)))
    except jwt.PyJWTError as wrong:
        raise OpenIdError("the provider publishes no key that can be used") from wrong


def _verified_claims(
    token: str,
    keys: jwt.PyJWKSet,
    provider: Provider,
    configuration: Configuration,
    *,
    required: list[str],
) -> dict[str, Any]:
    """Verify the signature, audience, issuer and dates of a token, and return its claims."""
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in SIGNATURES:
            raise OpenIdError("a token is not signed as we ask")
        key = _key_of(header.get("kid"), keys)
        return jwt.decode(
            token,
            key,
            algorithms=[header["alg"]],
            audience=provider.client_id,
            issuer=configuration.issuer,
            leeway=LEEWAY_S,
            options={"require": required},
        )
    except jwt.PyJWTError as wrong:
        raise OpenIdError(type(wrong).__name__) from wrong


def _key_of(name: str | None, keys: jwt.PyJWKSet) -> jwt.PyJWK:
    """Return the key of that name, or the only one where a token names none (Core, 10.1)."""
    if name is None and len(keys.keys) == 1:
        return keys.keys[0]
    for key in keys.keys:
        if name is not None and key.key_id == name:
            return key
    raise OpenIdError("a token is signed with a key the provider does not publish")


def _userinfo_of(
    client: httpx2.Client,
    provider: Provider,
    configuration: Configuration,
    keys: jwt.PyJWKSet,
    access_token: str,
) -> dict[str, Any]:
    answer = _get(client, configuration.userinfo_endpoint, Authorization=f"Bearer {access_token}")
    nature = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if nature == "application/jwt":
        return _verified_claims(
            answer.text.strip(), keys, provider, configuration, required=["iss", "aud", "sub"]
        )
    if provider.is_proconnect:
        raise OpenIdError("ProConnect signs its answers, and this one is not")
    return _json_of(answer)
