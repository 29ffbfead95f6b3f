"""Template variables of every page: whether it stands on demonstration data, and its tour."""

from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from traitdunion.demonstration.tour import place_at
from traitdunion.desk import queries


def demonstration(request: HttpRequest) -> dict[str, object]:
    """Return what the pages of a demonstration say.

    `demonstration`: true when the network or a solution is one; read only if used.
    `tour`: where the visitor stands in the tour, None out of it.
    """
    return {
        "demonstration": SimpleLazyObject(stands_on_demonstration),
        "tour": place_at(request.path, request.GET.get("visite", "")),
    }


def stands_on_demonstration() -> bool:
    """Return whether the active network or a published solution is a demonstration."""
    try:
        return queries.is_demonstration()
    except (queries.NoNetworkError, DatabaseError):
        return False
