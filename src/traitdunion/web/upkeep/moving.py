"""Moving a site from its SQLite file to an empty PostgreSQL, and comparing every table."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.serializers.base import DeserializationError
from django.db import DatabaseError, connection, connections, transaction

from traitdunion.housing.triggers import lifted

from ..database import VARIABLE, database_settings
from .backups import count_rows

TARGET = "arrivee"
# Rights are made by the migrations of the other side; sessions and counters do not move.
NOT_MOVED = (
    "contenttypes", "auth.permission", "sessions", "accounts.opensession", "accounts.counter",
)  # fmt: skip
NOT_COMPARED = {
    "django_content_type", "auth_permission", "django_session", "accounts_opensession",
    "accounts_counter",
}  # fmt: skip
Report = Callable[[str], None]


class MoveError(Exception):
    """What stops a move, in French."""


def move_to_postgresql(url: str, *, data_dir: Path, report: Report) -> int:
    """Copy every row of the SQLite of this site to the PostgreSQL of an address; return how many.

    Nobody may write meanwhile: the file is locked while it is read. Raises MoveError where the
    other side is not empty, or does not hold the same rows afterwards; the file never changes.
    """
    if connection.vendor != "sqlite":
        raise MoveError(f"Ce site est déjà sur PostgreSQL ({VARIABLE}).")
    _refuse_unless_empty(url, data_dir)
    with tempfile.TemporaryDirectory(dir=data_dir, prefix=".depart-") as scratch:
        dump = Path(scratch) / "tout.jsonl"
        with transaction.atomic():
            report("Lecture de la base SQLite…")
            counted = count_rows()
            excluded = [word for name in NOT_MOVED for word in ("--exclude", name)]
            call_command("dumpdata", "--format=jsonl", *excluded, f"--output={dump}")
            report("Création des tables…")
            _migrate_there(url, data_dir)
            report("Écriture dans PostgreSQL…")
            _load_there(dump)
    there = count_rows(connections[TARGET])
    connections[TARGET].close()
    wrong = sorted(name for name in counted.keys() - NOT_COMPARED if counted[name] != there[name])
    if wrong:
        raise MoveError(f"Lignes différentes à l'arrivée : {', '.join(wrong)}.")
    return sum(n for name, n in there.items() if name not in NOT_COMPARED)


def _refuse_unless_empty(url: str, data_dir: Path) -> None:
    try:
        there = database_settings(url, data_dir=data_dir) if url else {}
    except ImproperlyConfigured as wrong:
        raise MoveError(str(wrong)) from wrong
    if not there:
        raise MoveError("Donnez l'adresse du PostgreSQL : --to postgresql://…")
    connections.settings[TARGET] = {**connections.settings["default"], **there}
    try:
        names = connections[TARGET].introspection.table_names()
    except DatabaseError as refused:
        reason = str(refused).splitlines()[0]
        raise MoveError(f"PostgreSQL ne répond pas : {reason}") from refused
    if names:
        raise MoveError(f"Cette base a déjà {len(names)} tables : donnez une base vide.")


def _migrate_there(url: str, data_dir: Path) -> None:
    """Create the tables of the other side, in a process whose migrations know no other database."""
    ran = subprocess.run(
        [sys.executable, "-m", "traitdunion.web.command_line", "migrate", "--verbosity=0"],
        env={**os.environ, VARIABLE: url, "TRAITDUNION_DATA_DIR": str(data_dir)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or ["sans motif"])[-1]
        raise MoveError(f"migrate : {last}")


def _load_there(dump: Path) -> None:
    """Load the rows; an entry of accounts is refused before its lines, which come after it."""
    try:
        with transaction.atomic(using=TARGET), lifted(connections[TARGET]):
            call_command("loaddata", str(dump), database=TARGET, verbosity=0)
            # Deferred constraints would forbid to put the triggers back.
            connections[TARGET].check_constraints()
    except (DatabaseError, DeserializationError, CommandError) as refused:
        raise MoveError(f"Écriture : {str(refused).splitlines()[0]}") from refused
