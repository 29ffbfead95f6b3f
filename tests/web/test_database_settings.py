"""Which database the settings give for an address, and what they say of one that is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from traitdunion.web import database
from traitdunion.web.database import database_settings

HERE = Path("/srv/traitdunion")


def given(url):
    return database_settings(url, data_dir=HERE)


def test_without_an_address_the_base_is_a_file_of_the_data_folder():
    database = given("")
    assert database["ENGINE"].endswith("sqlite3")
    assert database["NAME"] == "file:/srv/traitdunion/traitdunion.sqlite3?mode=rw"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]  # survives a power cut


def test_an_address_is_read_whole_its_escaped_signs_too():
    database = given("postgresql://ana%40x:p%2Fq%23r%25@db.example:5433/guichet?sslmode=require")
    assert database["ENGINE"].endswith("postgresql")
    assert (database["USER"], database["PASSWORD"]) == ("ana@x", "p/q#r%")
    assert (database["HOST"], database["PORT"], database["NAME"]) == (
        "db.example",
        "5433",
        "guichet",
    )
    assert database["OPTIONS"] == {"sslmode": "require"}


def test_a_socket_is_named_as_an_option_and_keeps_its_capitals():
    database = given("postgres:///guichet?host=/run/Postgres&port=5440")
    assert (database["HOST"], database["PORT"], database["USER"]) == ("/run/Postgres", "5440", "")
    assert database["OPTIONS"] == {}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://ana:secret@h/b", ["commence par « postgresql:// »"]),
        ("ana:secret@h/b", ["commence par « postgresql:// »"]),
        ("postgresql://ana:secret@h", ["nom de la base"]),
        ("postgresql://ana:se/cret@h/b", ["le port est un nombre", "%2F"]),
        ("postgresql://ana:se#cret@h/b", ["« # » coupe l'adresse"]),
        ("postgresql://ana:secret@[::1/b", ["crochet"]),
        (
            "postgresql://ana:secret@h:70000/?slmode=require",
            ["le port est un nombre", "nom de la base", "option inconnue de PostgreSQL : slmode"],
        ),
    ],
)
def test_all_that_is_wrong_is_told_and_never_the_password(url, said):
    with pytest.raises(ImproperlyConfigured) as refused:
        given(url)
    text = str(refused.value)
    assert text.startswith("TRAITDUNION_DATABASE_URL : ")
    assert [part for part in said if part not in text] == []
    assert "cret" not in text


def test_a_missing_driver_is_told_with_what_to_install(monkeypatch):
    monkeypatch.setattr(database, "find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match=r"pip install 'traitdunion\[postgresql\]'"):
        given("postgresql://ana@h/b")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://ana:secret@h/b", "TRAITDUNION_DATABASE_URL : l'adresse commence par"),
        # Nothing may listen on port 1 of the loopback but tcpmux, which no machine of ours has.
        ("postgresql://ana:secret@127.0.0.1:1/b", "La base de données ne s'ouvre pas : "),
    ],
)
def test_a_command_ends_in_one_line_and_code_1(url, said, tmp_path):
    ended = subprocess.run(
        [sys.executable, "-m", "traitdunion.web.command_line", "migrate"],
        env={
            **os.environ,
            "TRAITDUNION_DATABASE_URL": url,
            "TRAITDUNION_DATA_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    (line,) = ended.stderr.strip().splitlines()
    assert line.startswith(said)
    assert "secret" not in line
