"""Whatever is asked of the API, it answers, and never breaks (Schemathesis over its OpenAPI)."""

import os

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture(autouse=True)
def kept_connection():
    """Keep the connection of the test after each request, as the client of Django does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.databases
@schema.parametrize()
@settings(
    max_examples=int(os.environ.get("FUZZ_API", "20")), derandomize=True, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_the_api_answers_whatever_its_schema_allows_and_forbids(case):
    case.call_and_validate(checks=[CHECKS.get_one("not_a_server_error")])
