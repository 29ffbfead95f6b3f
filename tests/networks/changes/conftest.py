"""Reads a drawn feed as an edition."""

import pytest
from drawn_feeds import WEDNESDAY

from traitdunion.networks.changes import read_edition


@pytest.fixture
def edition(tmp_path):
    """Read a drawn feed as somebody does on a day, by default Wednesday 25 November 2026."""
    written = []

    def read(drawn, *, today=WEDNESDAY):
        written.append(drawn.write(tmp_path / str(len(written)) / "cars.zip"))
        return read_edition(written[-1], today=today)

    return read
