"""Moving from SQLite to PostgreSQL by one command, then backing up and restoring there."""

import json
import os
import subprocess
import sys

import pytest

KEPT = ("contenttypes", "auth.permission", "sessions", "accounts.opensession", "accounts.counter")


@pytest.fixture
def traitdunion(tmp_path):
    """Run a command on the site of a folder and of a database; its output."""

    def run(url, *words, data_dir=tmp_path / "data", fails=False):
        ended = subprocess.run(
            [sys.executable, "-m", "traitdunion.web.command_line", *map(str, words)],
            env={
                **os.environ,
                "TRAITDUNION_DATA_DIR": str(data_dir),
                "TRAITDUNION_DATABASE_URL": url,
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert (ended.returncode != 0) == fails, ended.stderr
        return ended.stderr if fails else ended.stdout

    return run


@pytest.fixture
def rows_of(traitdunion, tmp_path):
    """Return all the rows of a site, but those that do not move."""

    def read(url, **options):
        excluded = [word for name in KEPT for word in ("--exclude", name)]
        path = tmp_path / "rows.jsonl"
        traitdunion(url, "dumpdata", "--format", "jsonl", *excluded, "--output", path, **options)
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]

    return read


def test_all_that_is_kept_moves_and_is_restored_elsewhere(
    empty_database, another_database, traitdunion, rows_of, tmp_path
):
    traitdunion("", "demo", "--no-serve")
    before = rows_of("")
    assert len(before) > 35_000
    shown = traitdunion("", "move", "--to", empty_database)
    assert "comme au départ" in shown
    assert rows_of(empty_database) == before
    assert not list((tmp_path / "data").glob(".depart-*"))
    assert "donnez une base vide" in traitdunion("", "move", "--to", empty_database, fails=True)
    # A backup of PostgreSQL, put in another folder and another database.
    kept, keys, elsewhere = tmp_path / "kept", tmp_path / "keys", tmp_path / "elsewhere"
    traitdunion(empty_database, "backup", kept, "--keys", keys)
    (archive,) = kept.iterdir()
    words = ["restore", archive, "--keys", keys]
    assert "comme sauvegardé" in traitdunion(another_database, *words, data_dir=elsewhere)
    assert rows_of(another_database, data_dir=elsewhere) == before
    assert "Un site est déjà là" in traitdunion(another_database, *words, fails=True)
