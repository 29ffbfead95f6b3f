"""How many examples a slow twin is asked for: few at each run, many by `make fuzz`."""

import os

from hypothesis import settings

TIMES = int(os.environ.get("FUZZ_EXAMPLES", "1"))


def examples(n: int) -> settings:
    """Return the settings of a test that tries `n` examples, and `FUZZ_EXAMPLES` times as many."""
    return settings(max_examples=n * TIMES, deadline=None)
