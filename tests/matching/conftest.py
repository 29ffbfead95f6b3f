"""Makes the helpers of this folder importable, those of the engine and the server as well."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
REACH = HERE.parent / "reach"
sys.path[:0] = [str(HERE), str(REACH), str(REACH / "editions"), str(HERE.parent / "servers")]
