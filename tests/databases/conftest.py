"""What only PostgreSQL has, several writers at once: collected where the tests run on it.

`scripts/with-postgresql pytest` does that; on SQLite this folder holds no test.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection, transaction

POSTGRESQL = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
collect_ignore_glob = [] if POSTGRESQL else ["test_*.py"]

LONGEST_WAIT_S = 60


@pytest.fixture
def empty_database(request, django_db_blocker) -> str:
    """Address of a database without a table, on the server of the tests."""
    return _emptied(request.node.name, django_db_blocker)


@pytest.fixture
def another_database(request, django_db_blocker) -> str:
    """Address of another one."""
    return _emptied(f"{request.node.name}_two", django_db_blocker)


def _emptied(name: str, django_db_blocker: Any) -> str:
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
        connection.close()
    return urlsplit(os.environ["TRAITDUNION_DATABASE_URL"])._replace(path=f"/{name}").geturl()


@pytest.fixture
def meanwhile(transactional_db) -> Callable[[Callable, Callable], Any]:
    """Function that runs `first`, keeps its transaction open until `second`, run in another
    connection, waits for it, then ends it: gives what `second` gives, or the exception it raises.
    """

    def run(first: Callable[[], object], second: Callable[[], object]) -> Any:
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                first()
                the_second = pool.submit(_in_own_connection, second)
                _until_somebody_waits(the_second)
            return the_second.result(LONGEST_WAIT_S)

    return run


def _in_own_connection(work: Callable[[], object]) -> object:
    try:
        return work()
    except Exception as raised:
        return raised
    finally:
        connection.close()


def _until_somebody_waits(waiting) -> None:
    for _ in range(LONGEST_WAIT_S * 100):
        with connection.cursor() as cursor:
            # A transaction sees one picture of who waits, unless it asks for another.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
        assert not waiting.done(), f"did not wait: {waiting.result()!r}"
        time.sleep(0.01)
    raise AssertionError("nobody waits")
