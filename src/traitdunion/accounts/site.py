"""The address of the site, for links that leave it: in mails, on paper, at an identity provider."""

from django.conf import settings
from django.http import HttpRequest

LOCAL = "http://127.0.0.1:8000"


def site_address(request: HttpRequest | None = None) -> str:
    """Return the address without a last slash: TRAITDUNION_SITE, else that of the request.

    A request names the host its sender likes; where the site has an address, that one is used.
    """
    if settings.TRAITDUNION_SITE:
        return str(settings.TRAITDUNION_SITE)
    return f"{request.scheme}://{request.get_host()}" if request else LOCAL
