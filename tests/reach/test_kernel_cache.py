"""The machine code kept on disk survives an upgrade in place."""

import os
import subprocess
import sys

KERNEL = """
from typing import NamedTuple
from traitdunion.reach.kernels import jit

class {name}(NamedTuple):
    minutes: int

@jit
def seconds(asked):
    return asked.minutes * {factor}

print(seconds({name}(2)), sum(seconds.stats.cache_hits.values()))
"""


def run(folder, **version):
    (folder / "kernel_under_test.py").write_text(KERNEL.format(**version), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", "import kernel_under_test"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), *sys.path])},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.split()


def test_a_class_renamed_between_two_versions_is_compiled_again(tmp_path):
    """Before: AttributeError, the index on disk names a class that the module has no more."""
    assert run(tmp_path, name="Asked", factor=60) == ["120", "0"]
    assert run(tmp_path, name="Question", factor=61) == ["122", "0"]
    # What was compiled again is kept in its turn.
    assert run(tmp_path, name="Question", factor=61) == ["122", "1"]
