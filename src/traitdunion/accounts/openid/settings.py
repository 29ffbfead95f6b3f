"""Which OpenID Connect provider the site signs in with, read from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

NEEDED = {
    "client_id": "TRAITDUNION_OIDC_CLIENT_ID",
    "secret": "TRAITDUNION_OIDC_SECRET",
    "discovery": "TRAITDUNION_OIDC_DISCOVERY",
}
# Its production only: on its test bed anybody gives themselves any address.
PROCONNECT_DOMAINS = (".proconnect.gouv.fr", ".agentconnect.gouv.fr")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Provider:
    """`discovery`: address of the configuration; `acr_values`: levels asked for, or nothing."""

    client_id: str
    secret: str
    discovery: str
    name: str = "ProConnect"
    acr_values: str = ""

    def __repr__(self) -> str:
        return f"Provider({self.name}, {self.discovery})"

    @property
    def is_proconnect(self) -> bool:
        """Return whether it is ProConnect itself, which gives only addresses it verified."""
        parts = urlsplit(self.discovery)
        host = parts.hostname or ""
        return parts.scheme == "https" and f".{host}".endswith(PROCONNECT_DOMAINS)


def provider_from(environ: Mapping[str, str]) -> Provider | None:
    """Return the provider that the environment names, None where it names none.

    Raises ImproperlyConfigured, with everything that is wrong, where it is half named.
    """
    settings_given = {field: environ.get(name, "").strip() for field, name in NEEDED.items()}
    if not any(settings_given.values()):
        return None
    problems = [f"{name} manque" for field, name in NEEDED.items() if not settings_given[field]]
    if settings_given["discovery"]:
        problems += _problems_of(settings_given["discovery"])
    if problems:
        raise ImproperlyConfigured(
            "Connexion par OpenID Connect : "
            + " ; ".join(problems)
            + ". Les trois réglages "
            + ", ".join(NEEDED.values())
            + " vont ensemble : donnez-les tous, ou aucun."
        )
    return Provider(
        **settings_given,
        name=environ.get("TRAITDUNION_OIDC_NAME", "").strip() or "ProConnect",
        acr_values=environ.get("TRAITDUNION_OIDC_ACR_VALUES", "").strip(),
    )


def _problems_of(address: str) -> list[str]:
    parts = urlsplit(address)
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if parts.scheme == "https" or local:
        return []
    return [f"TRAITDUNION_OIDC_DISCOVERY doit commencer par https:// (lu : {address})"]
