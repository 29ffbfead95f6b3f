"""Template variables of every page: whether it stands on demonstration data."""

from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from traitdunion.desk import queries


def demonstration(request: HttpRequest) -> dict[str, object]:
    """Return `demonstration`: true when the network or a solution is one; read only if used."""
    return {"demonstration": SimpleLazyObject(stands_on_demonstration)}


def stands_on_demonstration() -> bool:
    """Return whether the active network or a published solution is a demonstration."""
    try:
        return queries.is_demonstration()
    except (queries.NoNetworkError, DatabaseError):
        return False
