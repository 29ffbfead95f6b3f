"""Five random `kill -9` of the site, the worker and the daily command, under load.

`python -m benchmarks.kills` makes fifty.
"""

import os
from urllib.parse import urlsplit

import pytest
from django.db import connection

from benchmarks import kills

pytestmark = pytest.mark.databases


@pytest.fixture
def database_url(django_db_blocker):
    """The address of an empty database, "" on SQLite."""
    if connection.vendor != "postgresql":
        return ""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS kills")
        cursor.execute("CREATE DATABASE kills")
        connection.close()
    return urlsplit(os.environ["TRAITDUNION_DATABASE_URL"])._replace(path="/kills").geturl()


def test_nothing_acknowledged_is_lost_and_no_message_is_lost_or_sent_twice(tmp_path, database_url):
    counted = kills.run(tmp_path, url=database_url, kills=5)
    assert counted["acknowledged"] > 0
    assert counted["messages"] >= counted["acknowledged"] + kills.GUESTS
