"""Where the published worlds of levers are, absent from a public clone."""

import json
from pathlib import Path

import pytest

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "levers" / "levers.json"


@pytest.fixture(scope="session")
def published_worlds():
    if not CASES.is_file():
        pytest.skip("the published worlds of levers are not here")
    return json.loads(CASES.read_text())["worlds"]
