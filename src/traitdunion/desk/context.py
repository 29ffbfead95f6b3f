"""What every page may ask of the desk: where the person signed in follows people."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from traitdunion.accounts.permissions import Permission, organisations_where


def follows_people(request: HttpRequest) -> dict[str, Callable[[], list[Any]]]:
    """Return `follows_in`, the organisations where the person follows people, read when asked."""
    return {"follows_in": lambda: organisations_where(request.user, Permission.FOLLOW)}
