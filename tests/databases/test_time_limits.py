"""On PostgreSQL, a page waits no longer than ten seconds for a statement, five for a lock."""

import pytest
from django.db import OperationalError, connections, transaction

from traitdunion.accounts.models import Organisation
from traitdunion.web.database import limit_web_statements
from traitdunion.web.middleware import DatabaseRefusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.databases]


@pytest.fixture
def of_the_web(monkeypatch):
    """A connection opened as the site opens them."""
    settings = {**connections.databases["default"]}
    settings["OPTIONS"] = {**settings.get("OPTIONS", {})}
    limit_web_statements({"default": settings})
    connection = type(connections["default"])(settings, "default")
    connection.inc_thread_sharing()
    yield connection
    connection.close()


def test_the_limits_are_those_of_the_connection(of_the_web):
    with of_the_web.cursor() as cursor:
        for name, limit in (("statement_timeout", "10s"), ("lock_timeout", "5s")):
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone() == (limit,)


def test_a_statement_cut_short_asks_to_come_back(of_the_web, rf):
    with of_the_web.cursor() as cursor:
        cursor.execute("SET statement_timeout = '20ms'")
        with pytest.raises(OperationalError) as cut:
            cursor.execute("SELECT pg_sleep(1)")
    page = DatabaseRefusals(lambda request: None).process_exception(rf.get("/"), cut.value)
    assert page.status_code == 503


def test_a_number_beyond_those_of_a_column_is_an_unreadable_request(of_the_web, rf):
    with of_the_web.cursor() as cursor, pytest.raises(Exception) as refused:  # noqa: PT011
        cursor.execute("SELECT 99999999999999999999::bigint")
    page = DatabaseRefusals(lambda request: None).process_exception(rf.get("/"), refused.value)
    assert page.status_code == 400


def test_a_row_held_by_another_page_is_not_waited_for_beyond_the_limit(of_the_web, rf):
    Organisation.objects.create(slug="ici", nom="Guichet d'ici")
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk="ici")
        with of_the_web.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
            with pytest.raises(OperationalError, match="lock timeout") as cut:
                cursor.execute("UPDATE accounts_organisation SET nom = 'x' WHERE slug = 'ici'")
    page = DatabaseRefusals(lambda request: None).process_exception(rf.get("/"), cut.value)
    assert page.status_code == 503
