"""Makes the helpers of this folder, and the drawing helpers of the engine's, importable."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "reach"), str(HERE.parent / "reach" / "streets")]
