"""Announce on the next page what was done, or why it was refused."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest

from .errors import HousingError

PAGE = ["GET", "HEAD", "POST"]
BY_PAGE = 50


def announce(request: HttpRequest, deed: Callable[[], object], message: str) -> None:
    """Do a deed, then announce it, or why it is refused."""
    try:
        deed()
    except HousingError as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(request, message)
