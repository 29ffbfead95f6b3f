"""An OpenID Connect provider on loopback that signs as ProConnect does, and lies when asked.

Written from the papers (OpenID Connect Core 1.0, Discovery 1.0, RP-Initiated Logout 1.0), apart
from the code it tries: keys are made and tokens signed here with `cryptography` alone.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT = "guichet"
SECRET = "le secret du guichet"


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@dataclass
class Lies:
    """What the next answers say instead of the truth."""

    id_token: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    signature: str = "right"  # or "other key", "none", "HS256", "broken"
    userinfo_as: str = "application/jwt"
    discovery: dict[str, Any] = field(default_factory=dict)
    status: int = 200


class Provider:
    """`claims`: what is told of whoever signs in; `seen`: requests to each address, as given."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.issuer = ""
        self.reset()

    @cached_property
    def other_key(self) -> rsa.RSAPrivateKey:
        """A key that the provider does not publish."""
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def reset(self) -> None:
        self.claims: dict[str, Any] = {}
        self.lies = Lies()
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, dict[str, str]] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []

    def asked(self, path: str) -> dict[str, str]:
        """The latest request to an address."""
        return next(given for seen, given in reversed(self.seen) if seen == path)

    def signed(self, claims: dict[str, Any]) -> str:
        how = self.lies.signature
        head = {"alg": {"none": "none", "HS256": "HS256"}.get(how, "RS256"), "kid": "k1"}
        body = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(claims).encode())}"
        if how == "none":
            return f"{body}."
        if how == "HS256":  # signed with what is public: the classical confusion
            mac = hmac.HMAC(
                number(self.key.public_key().public_numbers().n).encode(), hashes.SHA256()
            )
            mac.update(body.encode())
            return f"{body}.{b64(mac.finalize())}"
        key = self.other_key if how == "other key" else self.key
        signature = key.sign(body.encode(), padding.PKCS1v15(), hashes.SHA256())
        if how == "broken":
            signature = bytes([signature[0] ^ 1]) + signature[1:]
        return f"{body}.{b64(signature)}"

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/session/end",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "claims_parameter_supported": True,
        } | self.lies.discovery

    def keys(self) -> dict[str, Any]:
        public = self.key.public_key().public_numbers()
        key = {"kty": "RSA", "kid": "k1", "use": "sig", "alg": "RS256"}
        return {"keys": [key | {"n": number(public.n), "e": number(public.e)}]}

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """A code serves once, to the client and the address it was drawn for."""
        asked = self.codes.pop(form.get("code", ""), None)
        if (
            asked is None
            or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET)
            or form.get("redirect_uri") != asked["redirect_uri"]
            or asked["code_challenge_method"] != "S256"
            or s256(form.get("code_verifier", "")) != asked["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(16)
        self.tokens[access] = asked
        now = int(time.time())
        fields = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": self.claims["sub"],
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 60,
            **{name: self.claims[name] for name in ("acr", "amr") if name in self.claims},
        } | self.lies.id_token
        fields = {name: value for name, value in fields.items() if value is not None}
        return 200, {
            "access_token": access,
            "token_type": "Bearer",
            "id_token": self.signed(fields),
        }

    def userinfo(self) -> dict[str, Any]:
        form_fields = {name: v for name, v in self.claims.items() if name not in ("acr", "amr")}
        return form_fields | {"iss": self.issuer, "aud": CLIENT} | self.lies.userinfo


def s256(verifier: str) -> str:
    """The challenge of a verifier (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def handler_of(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def answer(self, body: str, status: int = 200, nature: str = "application/json") -> None:
            raw = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", nature)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def go(self, address: str) -> None:
            self.send_response(302)
            self.send_header("Location", address)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            given = {name: values[0] for name, values in parse_qs(parts.query).items()}
            provider.seen.append((parts.path, given))
            if provider.lies.status != 200:
                self.answer("{}", provider.lies.status)
            elif parts.path == "/.well-known/openid-configuration":
                self.answer(json.dumps(provider.discovery()))
            elif parts.path == "/jwks":
                self.answer(json.dumps(provider.keys()))
            elif parts.path == "/authorize":
                self.answer(
                    "<!doctype html><html lang=fr><title>Fournisseur</title><h1>Qui va là ?</h1>"
                    f'<form method=post action="/authorize?{parts.query}">'
                    "<button>Je suis la conseillère</button></form>",
                    nature="text/html; charset=utf-8",
                )
            elif parts.path == "/session/end":
                back = given["post_logout_redirect_uri"]
                self.go(f"{back}?{urlencode({'state': given['state']})}")
            elif parts.path == "/userinfo":
                self.tell()
            else:  # the icon that a browser asks for
                self.answer("", 204)

        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            form = {name: values[0] for name, values in parse_qs(raw).items()}
            provider.seen.append((parts.path, form))
            if parts.path == "/token":
                status, body = provider.token(form)
                self.answer(json.dumps(body), status)
                return
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            code = secrets.token_urlsafe(16)
            provider.codes[code] = asked
            back = urlencode({"code": code, "state": asked["state"]})
            self.go(f"{asked['redirect_uri']}?{back}")

        def tell(self) -> None:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            if token not in provider.tokens:
                self.answer("{}", 401)
                return
            nature = provider.lies.userinfo_as
            signed = nature == "application/jwt"
            said = provider.userinfo()
            self.answer(provider.signed(said) if signed else json.dumps(said), nature=nature)

    return Handler


@contextmanager
def running():
    """The provider, answering on a port of loopback."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(provider))
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
