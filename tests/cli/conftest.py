"""A small feed, its compiled file, and a way to run a command as its entry point does."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from draw import draw

from traitdunion.demonstration.network import DEMO, write_demo_gtfs

MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def connections_stay_open(monkeypatch):
    """Keep the test's connection: a command run by its entry point closes it when it ends.

    Django spares a database in memory, but the tests use a file where browsers are driven.
    """
    monkeypatch.setattr("django.db.utils.ConnectionHandler.close_all", lambda self: None)


@pytest.fixture(scope="session")
def demo_feed(tmp_path_factory):
    path = tmp_path_factory.mktemp("feed") / "demo.zip"
    return write_demo_gtfs(DEMO, path, start=MONDAY, days=7)


@pytest.fixture
def timetable(tmp_path):
    path = tmp_path / "small.tdu"
    draw("A 7:00 > B 7:30", "B 16:30 > A 17:00", "A 9:00 > B 9:20", start=MONDAY).save(path)
    return path


@pytest.fixture
def run(capsys):
    """Run a command; gives what it printed, as JSON if that was asked."""

    def call(*words):
        call_command(*map(str, words))
        text = capsys.readouterr().out
        return json.loads(text) if "--json" in words else text

    return call


@pytest.fixture
def refused(run):
    """The one line with which a command refuses."""

    def call(*words):
        with pytest.raises(CommandError) as mistake:
            run(*words)
        text = str(mistake.value)
        assert "\n" not in text
        return text

    return call
