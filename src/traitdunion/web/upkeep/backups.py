"""Backups: one archive of the database and of the data folder, consistent while the site runs.

The keys of the site are never in it: they are written apart, so that an archive that goes astray
opens no sealed secret. `manifest.json` gives the size and the digest of each file, the target of
each link and the number of rows of each table; restoring compares all of them.
"""

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from traitdunion.accounts.sealing import KEY_FILE as SECOND_FACTOR_KEY

from ..database import SQLITE_FILE
from ..deployment import KEY_FILE as SITE_KEY

VERSION = 1
KEY_FILES = (SITE_KEY, SECOND_FACTOR_KEY)
MANIFEST, DATA = "manifest.json", "donnees"
POSTGRESQL_DUMP = "base.dump"
NAME = re.compile(r"traitdunion-\d{8}-\d{6}\.tar")
CHUNK = 1 << 20
LONGEST_DUMP_S = 3600


class BackupError(Exception):
    """What stops a backup or a restoration, in French."""


def write_backup(folder: Path, *, data_dir: Path, now: datetime) -> Path:
    """Write an archive named after the moment in `folder`, readable by its owner alone."""
    if folder.resolve().is_relative_to(data_dir.resolve()):
        raise BackupError(f"{folder} est dans le dossier des données : choisissez-en un ailleurs.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"traitdunion-{now:%Y%m%d-%H%M%S}.tar"
    if path.exists():
        raise BackupError(f"{path} existe déjà.")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        database, tables = _dump_database(Path(scratch), data_dir)
        partial = Path(scratch) / "partiel.tar"
        manifest: dict[str, Any] = {
            "version": VERSION,
            "moteur": connection.vendor,
            "le": now.isoformat(),
            "tables": tables,
            "fichiers": {},
            "liens": {},
        }
        with tarfile.open(partial, "w") as archive:
            for name, source in [(database.name, database), *_kept_files(data_dir)]:
                if source.is_symlink():
                    archive.add(source, arcname=name)
                    manifest["liens"][name] = os.readlink(source)
                    continue
                copied = Path(scratch) / "copie"
                try:
                    shutil.copyfile(source, copied)
                except FileNotFoundError:  # an old version of the timetables left meanwhile
                    continue
                manifest["fichiers"][name] = {
                    "octets": copied.stat().st_size, "sha256": _digest(copied),
                }  # fmt: skip
                archive.add(copied, arcname=name)
            described = Path(scratch) / MANIFEST
            described.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")
            archive.add(described, arcname=MANIFEST)
        partial.chmod(0o600)
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.rename(path)
    return path


def write_keys(folder: Path, *, data_dir: Path) -> list[str]:
    """Copy the keys kept in the data folder apart, for their owner alone; return their names.

    Raises BackupError where the folder holds another key of that name.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = [name for name in KEY_FILES if (data_dir / name).exists()]
    for name in names:
        key, path = (data_dir / name).read_text("ascii"), folder / name
        if not path.exists():
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(key)
        elif path.read_text("ascii") != key:
            raise BackupError(f"{path} est une autre clé : choisissez un autre dossier.")
    return names


def rotate(folder: Path, *, keep: int) -> list[Path]:
    """Delete the oldest archives of a folder but `keep`; return those deleted."""
    archives = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))
    old = archives[:-keep]
    for path in old:
        path.unlink()
    return old


def restore(archive: Path, *, data_dir: Path, keys: Path | None) -> dict[str, int]:
    """Put a backup in place of an empty site, and compare; return the number of rows by table.

    `keys`: folder of the keys kept apart. Raises BackupError where a site is already there, where a
    file differs from the manifest, or where a table has not its rows.
    """
    _refuse_a_site_in_use(data_dir)
    if keys is not None and not any((keys / name).is_file() for name in KEY_FILES):
        raise BackupError(f"{keys} ne contient aucune clé ({', '.join(KEY_FILES)}).")
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data_dir) as scratch:
        unpacked = Path(scratch)
        manifest = _unpack(archive, unpacked)
        _load_database(unpacked, data_dir)
        kept = unpacked / DATA
        for source in sorted(kept.iterdir()) if kept.is_dir() else ():
            shutil.move(source, data_dir / source.name)
    if keys is not None:
        for name in KEY_FILES:
            if (keys / name).exists():
                shutil.copyfile(keys / name, data_dir / name)
                (data_dir / name).chmod(0o600)
    connection.close()
    counted = count_rows()
    wanted: Mapping[str, int] = manifest["tables"]
    if counted != wanted:
        wrong = sorted(
            name for name in {*counted, *wanted} if counted.get(name) != wanted.get(name)
        )
        raise BackupError(f"Lignes différentes de la sauvegarde : {', '.join(wrong)}.")
    return counted


def count_rows(database: Any = connection) -> dict[str, int]:
    """Return the number of rows of each table of ours in a database, by default the site's."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    tables = sorted({model._meta.db_table for model in models if not model._meta.proxy})
    with database.cursor() as cursor:
        counted = {}
        for table in tables:
            cursor.execute(f"SELECT COUNT(*) FROM {database.ops.quote_name(table)}")  # noqa: S608
            counted[table] = int(cursor.fetchone()[0])
    return counted


def _dump_database(folder: Path, data_dir: Path) -> tuple[Path, dict[str, int]]:
    """Write the database as it is at one moment; return the file, and its rows by table."""
    if connection.vendor == "sqlite":
        copy = folder / SQLITE_FILE
        with closing(sqlite3.connect(data_dir / SQLITE_FILE)) as source:
            source.execute("VACUUM INTO ?", [str(copy)])
        return copy, _rows_of_file(copy)
    dump = folder / POSTGRESQL_DUMP
    # The rows are counted in the snapshot that is dumped: the site may write meanwhile.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={dump}")
        return dump, count_rows()


def _rows_of_file(path: Path) -> dict[str, int]:
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    with closing(sqlite3.connect(path)) as copy:
        return {
            table: copy.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]  # noqa: S608
            for table in sorted({model._meta.db_table for model in models})
        }


def _load_database(unpacked: Path, data_dir: Path) -> None:
    copy, dump = unpacked / SQLITE_FILE, unpacked / POSTGRESQL_DUMP
    if connection.vendor == "sqlite" and copy.exists():
        connection.close()
        copy.chmod(0o600)
        copy.rename(data_dir / SQLITE_FILE)
    elif connection.vendor == "postgresql" and dump.exists():
        _run("pg_restore", "--exit-on-error", "--no-owner", "--single-transaction",
             f"--dbname={connection.settings_dict['NAME']}", str(dump))  # fmt: skip
    else:
        raise BackupError(
            "La sauvegarde vient de l'autre moteur de base : restaurez-la sur le même "
            "(TRAITDUNION_DATABASE_URL), puis changez de base : traitdunion move."
        )


def _run(tool: str, *arguments: str) -> None:
    """Run a tool of PostgreSQL on the database in use; its password goes by the environment."""
    path = shutil.which(tool) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{tool}"))),
        None,
    )
    if path is None:
        raise BackupError(f"Il manque {tool}, du paquet postgresql-client.")
    given = connection.settings_dict
    names = {"PGDATABASE": "NAME", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGHOST": "HOST",
             "PGPORT": "PORT"}  # fmt: skip
    known = {name: str(given[key]) for name, key in names.items() if given[key]}
    ran = subprocess.run(  # noqa: S603 - a tool of PostgreSQL, and paths of this process
        [path, *arguments], env={**os.environ, **known}, capture_output=True, text=True,
        timeout=LONGEST_DUMP_S, check=False,
    )  # fmt: skip
    if ran.returncode:
        raise BackupError(f"{tool} : {' '.join(ran.stderr.split())[:500]}")


def _kept_files(data_dir: Path) -> Iterator[tuple[str, Path]]:
    """Yield files and links of the data folder but the database and keys, with their names."""
    for path in sorted(data_dir.rglob("*")):
        name = path.relative_to(data_dir)
        # A key being drawn, and the journal of the database, have names that begin alike.
        is_apart = str(name).startswith((SQLITE_FILE, *KEY_FILES))
        if (path.is_symlink() or path.is_file()) and not is_apart:
            yield f"{DATA}/{name.as_posix()}", path


def _unpack(archive: Path, folder: Path) -> dict[str, Any]:
    """Unpack an archive and compare each file with the manifest, which is returned."""
    try:
        with tarfile.open(archive) as packed:
            _extract(packed, folder)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        files = manifest["fichiers"]
    except (tarfile.TarError, OSError, ValueError, KeyError) as wrong:
        raise BackupError(f"{archive} n'est pas une sauvegarde entière : {wrong}.") from wrong
    if manifest.get("version") != VERSION:
        raise BackupError("Cette sauvegarde vient d'une autre version du logiciel.")
    for name, described in files.items():
        path = folder / name
        if not path.is_file() or _digest(path) != described["sha256"]:
            raise BackupError(f"{name} manque ou a changé depuis la sauvegarde.")
    for name, target in manifest["liens"].items():
        path = folder / name
        if not path.is_symlink() or os.readlink(path) != target:
            raise BackupError(f"{name} manque ou a changé depuis la sauvegarde.")
    return manifest


def _extract(packed: tarfile.TarFile, folder: Path) -> None:
    """Write the files, folders and links of an archive; TarError for one that leaves the folder.

    As `extractall(filter="data")`, which the Python 3.11.2 of Debian 12 does not have.
    """
    inside = folder.resolve()
    for member in packed:
        path = inside / member.name
        aim = path.parent / member.linkname if member.issym() else path
        if not (path.parent.resolve() / path.name).is_relative_to(inside) or not (
            aim.resolve().is_relative_to(inside)
        ):
            raise tarfile.TarError(f"{member.name} sort de l'archive")
        path.parent.mkdir(parents=True, exist_ok=True)
        if member.issym():
            path.symlink_to(member.linkname)
        elif member.isdir():
            path.mkdir(exist_ok=True)
        elif (content := packed.extractfile(member)) is not None:
            with content, path.open("xb") as written:
                shutil.copyfileobj(content, written)
            path.chmod(member.mode & 0o755 | 0o600)
        else:
            raise tarfile.TarError(f"{member.name} n'est ni un fichier, ni un dossier, ni un lien")


def _refuse_a_site_in_use(data_dir: Path) -> None:
    if connection.vendor == "sqlite":
        in_use = (data_dir / SQLITE_FILE).exists()
    else:
        in_use = bool(connection.introspection.table_names())
    if in_use:
        raise BackupError(
            "Un site est déjà là. Restaurez dans un dossier vide (TRAITDUNION_DATA_DIR) ou une "
            "base vide (TRAITDUNION_DATABASE_URL)."
        )


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
