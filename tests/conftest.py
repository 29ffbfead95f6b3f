"""What every test may ask for: the real open data, when it stands beside the project."""

import gc
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction
from django.db.backends.sqlite3.creation import DatabaseCreation
from django.test import override_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import no_network, slow_kinds
from tests.mailbox import Delivered, deliver_queued
from tests.migrated_database import create_from_copy, use_file
from traitdunion.catalogue import search as catalogue_search
from traitdunion.territory import queries as territory_queries

# A slow machine is no fault of the code: an example has no deadline, and may be slow to draw.
PATIENT = hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples at each run, so that no run fails by chance; `make fuzz` draws others.
hypothesis_settings.register_profile("house", PATIENT, derandomize=True)
hypothesis_settings.register_profile("fuzz", PATIENT)
hypothesis_settings.load_profile("house")

# No command of the day starts by itself in the processes of a test.
os.environ["TRAITDUNION_SCHEDULED"] = "0"

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

# A strong hash takes half a second; what it protects is not tried here.
QUICK_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark as slow the tests of a kind of `tests.slow_kinds`.

    Those of a file that ends in `_in_a_browser.py` drive one, whether or not it is marked.

    Their files and those of browsers come first: two processes that share the files then end
    together, where a long file taken last keeps one of them alone.
    """
    long = set()
    for item in items:
        if slow_kinds.kind_of(item) is not None:
            item.add_marker(pytest.mark.slow)
        if slow_kinds.mark_of_file(item.path) == slow_kinds.BROWSER:
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("slow") or item.get_closest_marker("browser"):
            long.add(item.path)
    if not config.pluginmanager.hasplugin("randomly"):
        items.sort(key=lambda item: item.path not in long)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave unread the files whose every test `-m` leaves out: they are read for nothing."""
    kinds = slow_kinds.left_out(config.option.markexpr)
    return slow_kinds.mark_of_file(collection_path) in kinds or None


def pytest_collection() -> None:
    """Collect no garbage while tests are: modules and tests live as long as the run."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Leave the modules and the tests collected to themselves: the collector walks them no more.

    Half a million objects that live as long as the run.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name an archive by its argument: its bytes hold the time it was made.

    Two processes of one run would otherwise collect tests of different names, and stop.
    """
    return argname if isinstance(val, bytes) and val.startswith(b"PK") else None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request, tmp_path_factory, django_db_modify_db_settings_parallel_suffix
):
    """Create the SQLite database of the tests from a copy already migrated.

    Where browsers are driven, or threads write at once, it is a file, as on a deployed site:
    requests answered at once would share one connection to a database in memory, whose tables lock
    without waiting.
    """
    items = request.session.items
    if any(item.get_closest_marker(name) for item in items for name in ("browser", "threads")):
        use_file(settings.DATABASES["default"], tmp_path_factory.mktemp("database"))
    migrate = DatabaseCreation.create_test_db
    DatabaseCreation.create_test_db = create_from_copy(migrate)
    yield
    DatabaseCreation.create_test_db = migrate


@pytest.fixture(scope="module")
def kept_database(django_db_setup, django_db_blocker):
    """Keep what a fixture of a module writes until the last test of it, each test undone before.

    For modules of many tests over one world: it is written once. None of their tests may ask for
    transactions of its own.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        # As `TestCase` does: what must not stand in a transaction stands in none but the tests'.
        connection.atomic_blocks[-1]._from_testcase = True
        with override_settings(PASSWORD_HASHERS=QUICK_HASHERS):
            yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real open data; the test is skipped, and says so, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder shared/data of real open data is not beside the project")
    return SHARED


def pytest_configure() -> None:
    """Move the clock of the run to TEST_NOW, where `make test-any-day` gives one.

    Before the tests are collected: some modules name today.
    """
    moment = os.environ.get("TEST_NOW")
    if moment is not None:
        there = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Europe/Paris"))
        time_machine.travel(there, tick=True).start()


@pytest.fixture(scope="session", autouse=True)
def no_network_held():
    """Nothing waits for a peer inside a transaction or a request."""
    with no_network.forbidden():
        yield


@pytest.fixture(autouse=True)
def no_memory():
    """Forget what this process remembers of the test before; counters are in the database."""
    caches["memory"].clear()
    # Words known at an edition: tests that are rolled back give its number again.
    catalogue_search._words_of.cache_clear()
    # The index of communes of an edition: tests give one digest to territories of their own.
    territory_queries.invalidate()


@pytest.fixture(autouse=True)
def password_alone(settings):
    """Sign people in at once; the tests of the second factor ask for it again."""
    settings.TRAITDUNION_MFA_REQUIRED = False
    settings.PASSWORD_HASHERS = QUICK_HASHERS
    settings.TRAITDUNION_MFA_KEYS = ("une phrase pour les essais seulement",)


@pytest.fixture(autouse=True)
def readings_never_age(settings):
    """Trust what was read of the rules whatever today is; the tests of expiry set their own day."""
    settings.TRAITDUNION_RULES_FRESH_DAYS = 36_500


@pytest.fixture
def mailoutbox(mailoutbox):
    """The messages handed over, as `pytest-django` keeps them; reading it runs the worker."""
    return Delivered()


@pytest.fixture
def deliver() -> Callable[[], None]:
    """Function that lets the worker try each queued message once."""
    return deliver_queued
