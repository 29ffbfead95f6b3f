"""What every template may ask of the accounts: the provider one may sign in with."""

from django.conf import settings
from django.http import HttpRequest


def openid_provider(request: HttpRequest) -> dict[str, str]:
    """`openid_provider`: its name, "" where none is set."""
    provider = settings.TRAITDUNION_OIDC
    return {"openid_provider": provider.name if provider else ""}
