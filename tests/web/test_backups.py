"""A backup restored elsewhere is the same site; what was changed or is in use is refused."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from datetime import UTC, datetime, timedelta

import pytest

from tests import migrated_database
from traitdunion.web.upkeep import backups

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


def traitdunion(*words, data_dir, **environ):
    """Run a command on the SQLite site of a folder."""
    given = {k: v for k, v in os.environ.items() if not k.startswith("TRAITDUNION_")}
    return subprocess.run(
        [sys.executable, "-m", "traitdunion.web.command_line", *map(str, words)],
        env={**given, "TRAITDUNION_DATA_DIR": str(data_dir), **environ},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory, django_db_setup):
    """A site with an organisation, a file of a network, its key; backed up while another writes."""
    root = tmp_path_factory.mktemp("site")
    data, kept = root / "data", root / "kept"
    data.mkdir(mode=0o700)
    shutil.copyfile(migrated_database.kept_copy(), data / "traitdunion.sqlite3")
    assert traitdunion("accounts", "organisation", "ici", "Ici", data_dir=data).returncode == 0
    (data / "networks").mkdir(exist_ok=True)
    (data / "networks" / "un.bin").write_bytes(b"horaires")
    (data / "networks" / "current").symlink_to("un.bin")
    (data / "double-verification.cle").write_text("abracadabra")
    writing = sqlite3.connect(data / "traitdunion.sqlite3")
    writing.execute("BEGIN IMMEDIATE")
    writing.execute("DELETE FROM accounts_organisation")
    ran = traitdunion("backup", kept, "--keys", root / "cles", data_dir=data)
    writing.rollback()
    writing.close()
    assert ran.returncode == 0, ran.stderr
    (archive,) = kept.iterdir()
    return root, data, archive


def test_a_backup_restored_elsewhere_is_the_same_site(site, tmp_path):
    root, data, archive = site
    elsewhere = tmp_path / "data"
    ran = traitdunion("restore", archive, "--keys", root / "cles", data_dir=elsewhere)
    assert ran.returncode == 0, ran.stderr
    assert "comme sauvegardé" in ran.stdout
    dumps = [
        sorted(sqlite3.connect(folder / "traitdunion.sqlite3").iterdump())
        for folder in (data, elsewhere)
    ]
    assert dumps[0] == dumps[1]
    assert (elsewhere / "networks" / "un.bin").read_bytes() == b"horaires"
    # Without its link, a site restored would answer that no timetable is in service.
    assert os.readlink(elsewhere / "networks" / "current") == "un.bin"
    for name in backups.KEY_FILES:
        assert (elsewhere / name).read_text() == (data / name).read_text()
        assert (elsewhere / name).stat().st_mode & 0o077 == 0


def test_an_archive_holds_no_key_and_is_read_by_its_owner_alone(site):
    root, _, archive = site
    with tarfile.open(archive) as packed:
        names = packed.getnames()
        manifest = json.load(packed.extractfile("manifest.json"))
    assert not [name for name in names if "cle" in name]
    assert b"abracadabra" not in archive.read_bytes()
    assert manifest["tables"]["accounts_organisation"] == 1
    assert archive.stat().st_mode & 0o077 == 0
    assert {path.name for path in (root / "cles").iterdir()} == set(backups.KEY_FILES)
    assert not [path for path in (root / "cles").iterdir() if path.stat().st_mode & 0o077]


def test_keys_are_written_again_the_same_and_never_over_others(site, tmp_path):
    root, data, _ = site
    assert backups.write_keys(root / "cles", data_dir=data) == list(backups.KEY_FILES)
    (tmp_path / "cle-du-site").write_text("another")
    with pytest.raises(backups.BackupError, match="une autre clé"):
        backups.write_keys(tmp_path, data_dir=data)


@pytest.mark.django_db
def test_what_cannot_be_kept_or_restored_is_refused(site, tmp_path):
    _, data, archive = site
    with pytest.raises(backups.BackupError, match="dans le dossier des données"):
        backups.write_backup(data / "kept", data_dir=data, now=NOW)
    with pytest.raises(backups.BackupError, match="aucune clé"):
        backups.restore(archive, data_dir=tmp_path / "new", keys=tmp_path)


@pytest.mark.django_db
def test_a_site_in_use_is_not_overwritten(site):
    _, data, archive = site
    with pytest.raises(backups.BackupError, match="Un site est déjà là"):
        backups.restore(archive, data_dir=data, keys=None)


def test_what_changed_since_is_refused(site, tmp_path):
    _, _, archive = site
    changed = tmp_path / "changed.tar"
    spoilt = archive.read_bytes().replace(b"horaires", b"horairez", 1)
    changed.write_bytes(spoilt)
    with pytest.raises(backups.BackupError, match="a changé depuis la sauvegarde"):
        backups._unpack(changed, tmp_path / "unpacked")
    with pytest.raises(backups.BackupError, match="n'est pas une sauvegarde"):
        backups._unpack(migrated_database.kept_copy(), tmp_path / "other")


def archive_of(path, *members):
    """Write an archive of members that hold nothing; return its path."""
    with tarfile.open(path, "w") as packed:
        for member in members:
            packed.addfile(member)
    return path


def link(name, target):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, target
    return member


@pytest.mark.parametrize(
    "members",
    [
        [tarfile.TarInfo("../dehors")],
        [tarfile.TarInfo("dedans/../../dehors")],
        [link("lien", "../dehors")],
        [link("lien", "/etc")],
        [link("ici", "."), link("ici/lien", "../dehors")],
    ],
    ids=["above", "above a folder", "link above", "absolute link", "link by a link"],
)
def test_nothing_of_an_archive_leaves_its_folder(tmp_path, members):
    folder = tmp_path / "unpacked"
    with pytest.raises(backups.BackupError, match="sort de l'archive"):
        backups._unpack(archive_of(tmp_path / "a.tar", *members), folder)
    assert not (tmp_path / "dehors").exists()


def test_an_absolute_name_writes_nothing(tmp_path):
    outside = tmp_path / "dehors"
    archive = archive_of(tmp_path / "a.tar", tarfile.TarInfo(str(outside)))
    with pytest.raises(backups.BackupError, match="n'est pas une sauvegarde"):
        backups._unpack(archive, tmp_path / "unpacked")
    assert not outside.exists()


def test_the_oldest_archives_go(tmp_path):
    for n in range(4):
        (tmp_path / f"traitdunion-{NOW + timedelta(n):%Y%m%d-%H%M%S}.tar").touch()
    (tmp_path / "autre.tar").touch()
    old = backups.rotate(tmp_path, keep=3)
    assert [path.name for path in old] == ["traitdunion-20261130-090000.tar"]
    assert len(list(tmp_path.iterdir())) == 4
