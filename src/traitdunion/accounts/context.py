"""Template variables of the accounts: the provider to sign in with."""

from django.conf import settings
from django.http import HttpRequest


def openid_provider(request: HttpRequest) -> dict[str, str]:
    """Return `openid_provider`, the name of the provider, "" where none is set."""
    provider = settings.TRAITDUNION_OIDC
    return {"openid_provider": provider.name if provider else ""}
