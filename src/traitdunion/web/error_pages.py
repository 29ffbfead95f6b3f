"""The page that answers a request no page can read."""

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read, or that names a host the site does not answer for."""
    context = {
        "foreign_host": isinstance(exception, DisallowedHost),
        "site": settings.TRAITDUNION_SITE,
    }
    return HttpResponse(render_to_string("400.html", context), status=400)
