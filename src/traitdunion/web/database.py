"""Which database the site keeps: SQLite in its data folder, or the PostgreSQL of an address."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

VARIABLE = "TRAITDUNION_DATABASE_URL"
EXAMPLE = "postgresql://utilisateur:mot-de-passe@serveur:5432/base"
SIGNS = "(dans un mot de passe, « / » s'écrit %2F, « # » %23, « @ » %40, « % » %25)"
SCHEMES = ("postgresql", "postgres")
# A writer waits for the one before it this long; the whole of a load is far shorter.
SQLITE_WAIT_S = 30
POSTGRESQL_KEPT_S = 60


def database_settings(url: str, *, data_dir: Path) -> dict[str, Any]:
    """Settings of Django for `url`, or for the SQLite file of `data_dir` where it is empty.

    Raises ImproperlyConfigured, in French, with all that is wrong in the address; its password is
    never repeated.
    """
    return _postgresql(url) if url else _sqlite(data_dir / "traitdunion.sqlite3")


def _sqlite(path: Path) -> dict[str, Any]:
    """One file. A transaction takes the right to write as it begins, so that two never wait for
    each other, and readers never wait (WAL)."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
            "PRAGMA cache_size=-32768; PRAGMA mmap_size=268435456;",
            "transaction_mode": "IMMEDIATE",
            "timeout": SQLITE_WAIT_S,
        },
        # Opening the file again costs three milliseconds, a third of what a phone asks for.
        "CONN_MAX_AGE": None,
    }


def _postgresql(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _refused(["l'adresse du serveur n'est pas fermée par un crochet"]) from None
    options = dict(parse_qsl(parts.query))
    if wrong := _mistakes(parts, options):
        raise _refused(wrong)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": options.pop("port", str(parts.port or "")),
        "OPTIONS": options,
        "CONN_MAX_AGE": POSTGRESQL_KEPT_S,
        "CONN_HEALTH_CHECKS": True,
    }


def _refused(wrong: list[str]) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{VARIABLE} : {' ; '.join(wrong)}. Modèle : {EXAMPLE}")


def _mistakes(parts: SplitResult, options: dict[str, str]) -> list[str]:
    if parts.scheme not in SCHEMES:
        return ["l'adresse commence par « postgresql:// »"]
    wrong = []
    try:
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        wrong.append(f"le port est un nombre de 1 à 65535 {SIGNS}")
    if parts.fragment:
        wrong.append(f"un « # » coupe l'adresse {SIGNS}")
    if not parts.path.removeprefix("/"):
        wrong.append("il manque le nom de la base, après la dernière barre")
    if find_spec("psycopg") is None:
        wrong.append("il manque le pilote : pip install 'traitdunion[postgresql]'")
    elif unknown := sorted(options.keys() - _known_options()):
        wrong.append(f"option inconnue de PostgreSQL : {', '.join(unknown)}")
    return wrong


def _known_options() -> set[str]:
    """Names of the parameters of a connection, as libpq lists them."""
    from psycopg.pq import Conninfo

    return {option.keyword.decode() for option in Conninfo.get_defaults()}
