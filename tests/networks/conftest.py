"""Makes the drawing helpers of the engine's streets importable."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "reach" / "streets"))
