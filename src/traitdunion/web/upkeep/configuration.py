"""The configuration file `traitdunion.toml`: every setting of the environment, in one place.

A key is the name of the variable without its prefix, in small letters: `site` is TRAITDUNION_SITE.
The environment wins over the file, so that a secret may stay out of it.
"""

import tomllib
from collections.abc import Mapping, MutableMapping
from difflib import get_close_matches
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

PREFIX = "TRAITDUNION_"
VARIABLE = f"{PREFIX}CONFIG"
PLACES = (Path("traitdunion.toml"), Path("/etc/traitdunion/traitdunion.toml"))
KEYS = (
    "site", "proxies", "debug", "secret_key", "data_dir", "database_url", "departement", "feeds",
    "map_style", "network_days", "kept_versions", "rules_fresh_days", "feed_alert_days",
    "before_work_min", "after_work_min", "transfer_min", "access_percent", "files_kept_days",
    "publisher", "director", "hosting", "contact", "dpo", "mfa_required", "mfa_keys", "scheduled",
    "smtp_host", "smtp_port", "smtp_user", "smtp_password", "smtp_tls", "mail_from",
    "security_contact", "oidc_discovery", "oidc_client_id", "oidc_secret", "oidc_name",
    "oidc_acr_values", "log_format", "access_log", "metrics_token",
)  # fmt: skip
"""Every key, in the order of the documentation; a test holds them against the settings."""


def load(environ: MutableMapping[str, str], *, places: tuple[Path, ...] = PLACES) -> Path | None:
    """Add what the file gives and the environment does not; return the file, None without one.

    Raises ImproperlyConfigured, in one French line, with every mistake of the file.
    """
    named = environ.get(VARIABLE, "")
    path = Path(named) if named else next((place for place in places if place.is_file()), None)
    if path is None:
        return None
    for key, value in read(path).items():
        environ.setdefault(f"{PREFIX}{key.upper()}", value)
    return path


def read(path: Path) -> Mapping[str, str]:
    """Return the settings of a file as the environment would give them, by key."""
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except OSError as refused:
        raise ImproperlyConfigured(f"{path} ne se lit pas : {refused.strerror}.") from refused
    except ValueError as wrong:
        raise ImproperlyConfigured(f"{path} n'est pas du TOML : {wrong}.") from wrong
    mistakes = []
    for key, value in given.items():
        if key not in KEYS:
            near = get_close_matches(key, KEYS, n=1)
            mistakes.append(f"« {key} » inconnu" + (f", essayez « {near[0]} »" if near else ""))
        elif not isinstance(value, str | int | bool):
            mistakes.append(f"« {key} » : un texte, un nombre entier, true ou false")
    if mistakes:
        raise ImproperlyConfigured(f"{path} : {' ; '.join(mistakes)}.")
    return {key: _written(value) for key, value in given.items()}


def _written(value: str | int | bool) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
