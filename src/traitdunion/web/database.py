"""Settings of the database: SQLite in the data folder, or the PostgreSQL of an address."""

import os
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

VARIABLE = "TRAITDUNION_DATABASE_URL"
EXAMPLE = "postgresql://utilisateur:mot-de-passe@serveur:5432/base"
SIGNS = "(dans un mot de passe, « / » s'écrit %2F, « # » %23, « @ » %40, « % » %25)"
SCHEMES = ("postgresql", "postgres")
# A writer waits for the one before it this long; the whole of a load is far shorter.
SQLITE_WAIT_S = 30
POSTGRESQL_KEPT_S = 60
# A page that waits longer than this keeps a thread from others; commands have no such limit.
WEB_LIMITS = "-c statement_timeout=10s -c lock_timeout=5s"
SQLITE_FILE = "traitdunion.sqlite3"


def database_settings(url: str, *, data_dir: Path) -> dict[str, Any]:
    """Return the settings of Django for `url`; for the SQLite file of `data_dir` if it is empty.

    Raises ImproperlyConfigured, in French, with all that is wrong in the address; its password is
    never repeated.
    """
    return _postgresql(url) if url else _sqlite(data_dir / SQLITE_FILE)


def _sqlite(path: Path) -> dict[str, Any]:
    """Return the settings of one file, which a connection opens but never creates (`create_file`).

    A transaction takes the right to write as it begins, so that two never wait for each other, and
    readers never wait (WAL). FULL: what a page acknowledged outlives a power cut.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"file:{quote(str(path))}?mode=rw",
        "OPTIONS": {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
            "PRAGMA cache_size=-32768; PRAGMA mmap_size=268435456;",
            "transaction_mode": "IMMEDIATE",
            "timeout": SQLITE_WAIT_S,
        },
        # Opening the file again costs three milliseconds, a third of what a phone asks for.
        "CONN_MAX_AGE": None,
    }


def create_file(data_dir: Path) -> None:
    """Create the SQLite file of a data folder, readable by its owner alone; keep one that exists.

    The files that SQLite puts beside it (journal, shared memory) take the same mode.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data_dir / SQLITE_FILE
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def close_to_others(data_dir: Path) -> None:
    """Take away from other accounts of the machine the right to read an existing file."""
    for path in data_dir.glob(f"{SQLITE_FILE}*"):
        with suppress(OSError):
            path.chmod(0o600)


def limit_web_statements(databases: dict[str, Any]) -> None:
    """Make PostgreSQL end statements of 10 s and waits for a lock of 5 s on new connections."""
    for database in databases.values():
        if database["ENGINE"].endswith("postgresql"):
            options = database.setdefault("OPTIONS", {})
            given = options.get("options", "").removeprefix(WEB_LIMITS).strip()
            options["options"] = f"{WEB_LIMITS} {given}".strip()


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
    """Return the names of the parameters of a connection, as libpq lists them."""
    from psycopg.pq import Conninfo

    return {option.keyword.decode() for option in Conninfo.get_defaults()}
