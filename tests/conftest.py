"""What every test may ask for: the real open data, when it stands beside the project."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real open data; the test is skipped, and says so, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder shared/data of real open data is not beside the project")
    return SHARED
