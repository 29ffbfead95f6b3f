"""The cookie that holds the signed voice of a phone."""

from django.http import HttpRequest, HttpResponse

from .models import Seance

VOICE = "voix"
A_DAY_S = 24 * 3600
PATH = "/participer/"


def set_voice(request: HttpRequest, answer: HttpResponse, *, seance: Seance, token: str) -> None:
    """Give a signed voice to a phone, for the pages of this session alone."""
    answer.set_cookie(
        VOICE, token, max_age=A_DAY_S, httponly=True, samesite="Lax",
        secure=request.is_secure(), path=f"{PATH}{seance.code}/",
    )  # fmt: skip
