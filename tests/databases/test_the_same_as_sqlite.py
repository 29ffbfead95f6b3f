"""What is true of both databases: the answers of the demonstration, and what is frozen."""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from traitdunion.housing.triggers import NEVER_CHANGED

pytestmark = pytest.mark.databases


def loading(url, folder):
    """The process that loads the demonstration on a database, and answers its question."""
    return subprocess.Popen(
        [sys.executable, "-m", "traitdunion.web.command_line", "demo", "--no-serve", "--json"],
        env={
            **os.environ,
            "TRAITDUNION_DATABASE_URL": url,
            "TRAITDUNION_DATA_DIR": str(folder),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def told_by(started):
    output, errors = started.communicate()
    assert started.returncode == 0, errors
    return json.loads(output)


def test_the_demonstration_answers_the_same(empty_database, tmp_path):
    urls = {"postgresql": empty_database, "sqlite": ""}
    started = {base: loading(url, tmp_path / base) for base, url in urls.items()}
    answers = {base: told_by(server) for base, server in started.items()}
    for answer in answers.values():
        # What depends on the moment: a clock, durations, a password drawn at random.
        assert answer["situation"].pop("now")
        assert answer.pop("computed_ms") > 0
        assert answer.pop("steps_s")
        assert answer.pop("accounts_password")
    assert answers["postgresql"] == answers["sqlite"]
    assert answers["sqlite"]["options"]


@pytest.mark.django_db
def test_what_is_decided_and_approved_is_frozen_by_the_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal")
        enabled = dict(cursor.fetchall())
    assert set(enabled.values()) == {"O"}
    others = {name for name in enabled if not name.startswith(("catalogue_", "housing_"))}
    assert others == {"decision_is_frozen", "minutes_are_frozen"}
    assert {f"{table}_no_update" for table in NEVER_CHANGED} < set(enabled)
    assert {f"{table}_no_delete" for table in NEVER_CHANGED} < set(enabled)
    assert {"housing_entry_is_balanced", "housing_entry_is_closed"} < set(enabled)
