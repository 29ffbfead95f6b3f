"""The call under way, kept in the session until it ends."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest

from ..enums import IssueAppel
from .operations import Line

HELD = "call"


def line_of(request: HttpRequest) -> Line | None:
    """Return the call of the person signed in, if any."""
    held = request.session.get(HELD) if request.user.is_authenticated else None
    return Line(**held) if held else None


def attach_line(request: HttpRequest, line: Line) -> None:
    """Keep a call, as it now stands, until the next page."""
    request.session[HELD] = asdict(line)


def hang_up(request: HttpRequest) -> None:
    """Forget the call."""
    request.session.pop(HELD, None)


def line_context(line: Line | None) -> dict[str, Any]:
    """Return what a page draws of a call."""
    return {"line": line, "call_outcomes": IssueAppel.choices} if line else {}
