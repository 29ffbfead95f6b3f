"""The engine runs with its own dependencies alone: no Django, no osmium, no rasterio."""

import os
import subprocess
import sys
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
# Refuses, as an environment without them would, the modules whose names follow on the command line.
RUN_WITHOUT = """
import sys
from importlib.abc import MetaPathFinder
absent = set(sys.argv[1].split(","))
class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
exec(sys.argv[2])
"""


def normalised(name: str) -> str:
    return name.lower().replace("_", "-")


def engine_distributions() -> set[str]:
    """Return the distributions that `pip install traitdunion`, without extras, brings."""
    collected: set[str] = set()
    waiting = ["traitdunion"]
    while waiting:
        name = normalised(waiting.pop())
        if name in collected:
            continue
        collected.add(name)
        for text in distribution(name).requires or []:
            required = Requirement(text)
            if required.marker is None or required.marker.evaluate({"extra": ""}):
                waiting.append(required.name)
    return collected


@pytest.fixture(scope="module")
def absent() -> str:
    """Importable names of everything else that is installed, joined by commas."""
    engine = engine_distributions()
    assert "django" not in engine, "reinstall the project: its metadata are out of date"
    return ",".join(
        module
        for module, distributions in packages_distributions().items()
        if not {normalised(name) for name in distributions} & engine
    )


def run_without(absent: str, program: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "-c", RUN_WITHOUT, absent, program],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )


def test_the_example_of_the_readme_runs(absent):
    program = (
        "import doctest\n"
        "result = doctest.testfile('README.md', module_relative=False, encoding='utf-8')\n"
        "assert result.attempted and not result.failed, result"
    )
    done = run_without(absent, program)
    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_the_engine_loads_neither_django_nor_a_reader_of_streets(absent):
    program = (
        "import sys, traitdunion.reach\n"
        "print({'django', 'osmium', 'rasterio', 'google'} & set(sys.modules))"
    )
    done = run_without(absent, program)
    assert done.stdout.strip() == "set()", done.stdout + done.stderr


def test_the_command_names_the_missing_extra(absent):
    done = run_without(absent, "from traitdunion.web.entry import main; main()")
    assert done.returncode == 1
    assert "pip install 'traitdunion[web]'" in done.stderr
