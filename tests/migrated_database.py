"""A migrated SQLite database kept between runs: applying every migration takes ten seconds.

The copy is keyed by the migrations themselves; a change of one makes another copy.
"""

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.backends.sqlite3.creation import DatabaseCreation

FOLDER = Path(__file__).resolve().parents[1] / ".pytest_cache" / "migrated"


def digest() -> str:
    """Return what identifies the tables: migrations, their triggers, and Django's version."""
    known = hashlib.sha256(version("django").encode())
    for app in sorted(apps.get_app_configs(), key=lambda config: config.label):
        folder = Path(app.path)
        for path in sorted([*folder.glob("migrations/*.py"), *folder.rglob("triggers.py")]):
            known.update(f"{app.label}/{path.name}".encode())
            known.update(path.read_bytes())
    return known.hexdigest()[:24]


def kept_copy() -> Path:
    """Return the file where the migrated database is kept, which may not be there yet."""
    return FOLDER / f"{digest()}.sqlite3"


def use_file(database: dict[str, Any], folder: Path) -> None:
    """Have the tests use an SQLite file of `folder`, which need not outlive a power cut."""
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(folder / "tests.sqlite3")
        database["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"


def create_from_copy(migrate: Callable[..., str]) -> Callable[..., str]:
    """Return a `create_test_db` that copies the migrated database, and keeps it if it is new."""

    def create_test_db(
        self: DatabaseCreation,
        verbosity: int = 1,
        autoclobber: bool = False,
        serialize: bool = True,
        keepdb: bool = False,
    ) -> str:
        copy = kept_copy()
        if not copy.exists():
            name = migrate(self, verbosity, autoclobber, serialize, keepdb)
            self.connection.ensure_connection()
            _keep(self.connection.connection, copy)
            return name
        name = self._create_test_db(verbosity, autoclobber, keepdb)
        self.connection.close()
        settings.DATABASES[self.connection.alias]["NAME"] = name
        self.connection.settings_dict["NAME"] = name
        self.connection.ensure_connection()
        _copy(sqlite3.connect(copy), self.connection.connection)
        return name

    return create_test_db


def _keep(connection: sqlite3.Connection, copy: Path) -> None:
    """Write the database beside, then rename: another run may be doing the same."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=FOLDER)
    os.close(handle)
    kept = sqlite3.connect(beside)
    connection.backup(kept)
    kept.close()
    Path(beside).rename(copy)


def _copy(kept: sqlite3.Connection, connection: Any) -> None:
    kept.backup(connection)
    kept.close()
