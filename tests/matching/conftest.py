"""Makes the helpers of this folder, and the drawing helpers of the engine's, importable."""

import sys
from pathlib import Path

import pytest

from tests.remembered_rows import written_once
from traitdunion.catalogue.operations import load_catalogue
from traitdunion.demonstration.set_up import CATALOGUE

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "reach"), str(HERE.parent / "reach" / "streets")]


@pytest.fixture
def demonstration_catalogue(db):
    """The catalogue of the demonstration, checked entry by entry once a run."""
    written_once("demonstration, matching", "catalogue", lambda: load_catalogue(CATALOGUE))
