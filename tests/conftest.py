"""What every test may ask for: the real open data, when it stands beside the project."""

from pathlib import Path

import pytest
from django.core.cache import cache

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real open data; the test is skipped, and says so, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder shared/data of real open data is not beside the project")
    return SHARED


@pytest.fixture(autouse=True)
def no_memory():
    """What was counted against a guesser, or served already, is not the next test's affair."""
    cache.clear()


@pytest.fixture(autouse=True)
def password_alone(settings):
    """People of the tests sign in at once; those of the second factor ask for it again."""
    settings.TRAITDUNION_MFA_REQUIRED = False
    settings.TRAITDUNION_MFA_KEYS = ("une phrase pour les essais seulement",)
