"""Makes the server that misbehaves importable."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "servers"))
