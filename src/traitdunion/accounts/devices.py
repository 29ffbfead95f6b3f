"""Devices on which a person signed in before: guesses made elsewhere do not lock them out.

A signed cookie records who signed in with this browser. Wrong passwords are then counted for that
browser alone; those of unknown browsers are counted together, by account and by address ("device
cookies", OWASP, Slow Down Online Guessing Attacks).
"""

import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from .models import User

SALT = "traitdunion.devices"
KEPT_S = 400 * 24 * 3600
# A desk computer is shared; beyond this many people, the oldest is forgotten.
MAX_PEOPLE = 10


def device_of(request: HttpRequest, email: str) -> str:
    """Return the number of a browser in which the person of `email` signed in, else ""."""
    number, people = _parse_cookie(request)
    return number if _mark(email) in people else ""


def remember_device(request: HttpRequest, user: User, **_: Any) -> None:
    """Note, at a sign-in or a password reset, that the answer must carry the cookie."""
    request.signed_in_here = user.email  # type: ignore[attr-defined]


class RememberDevices:
    """Middleware that gives the cookie to a browser in which a person has just signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if email := getattr(request, "signed_in_here", ""):
            number, people = _parse_cookie(request)
            others = [mark for mark in people if mark != _mark(email)]
            response.set_cookie(
                settings.TRAITDUNION_DEVICE_COOKIE,
                signing.dumps([number, [_mark(email), *others][:MAX_PEOPLE]], salt=SALT),
                max_age=KEPT_S,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Strict",
            )
        return response


BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """Return the browser and system of a User-Agent, "navigateur inconnu" where it names none."""
    names_found = [
        next((name for mark, name in names if mark in user_agent), "")
        for names in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, names_found)) or "navigateur inconnu"


def _parse_cookie(request: HttpRequest) -> tuple[str, list[str]]:
    """Return the number of this browser, drawn if it has none, and the marks of its people."""
    cookie = request.COOKIES.get(settings.TRAITDUNION_DEVICE_COOKIE, "")
    try:
        number, people = signing.loads(cookie, salt=SALT, max_age=KEPT_S)
    except signing.BadSignature:
        return secrets.token_hex(16), []
    return number, people


def _mark(email: str) -> str:
    return salted_hmac(SALT, email.strip().lower(), algorithm="sha256").hexdigest()[:24]
