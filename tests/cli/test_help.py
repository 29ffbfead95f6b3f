"""The list of commands: ours with what each does, Django's behind a flag."""

import subprocess
import sys
from pathlib import Path

import pytest

from traitdunion.web.command_line import _raising, asks_for_help, main

OURS = ("answer", "demo", "journeys", "network", "serve", "shift", "sync", "territory")


@pytest.mark.parametrize("asked", [[], ["help"], ["--help"], ["-h"]])
def test_our_commands_come_first_each_with_its_help_in_french(capsys, asked):
    main(["traitdunion", *asked])
    said = capsys.readouterr().out
    for name in OURS:
        (line,) = [line for line in said.splitlines() if line.startswith(f"  {name} ")]
        assert len(line.split(maxsplit=1)[1]) > 10, line
    assert "dumpdata" not in said.replace("(migrate, dumpdata…)", "")
    assert "traitdunion help --django" in said


def test_every_command_of_ours_says_what_it_does(capsys):
    main(["traitdunion", "help"])
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    source = Path(__file__).parents[2] / "src" / "traitdunion"
    written = {path.stem for path in source.glob("*/management/commands/*.py")} - {"__init__"}
    assert {line.split()[0] for line in lines} == written
    assert [line for line in lines if len(line.split()) < 3] == []


def test_those_of_django_are_behind_a_flag(capsys):
    main(["traitdunion", "help", "--django"])
    said = capsys.readouterr().out
    assert "Commandes de Django :" in said
    assert "  dumpdata" in said


def test_the_help_of_one_command_is_not_the_list():
    assert not asks_for_help(["traitdunion", "help", "answer"])
    assert not asks_for_help(["traitdunion", "answer", "--help"])


def test_the_list_and_the_applications_import_no_heavy_library_before_it_serves():
    heavy = {"numba", "openpyxl", "polars", "scipy.optimize", "shapely"}
    script = f"""
import sys
from traitdunion.web.command_line import main
main(["traitdunion", "--help"])
late = {heavy | {"django_typer", "traitdunion.catalogue.models"}}
print("\\n#", *sorted(late & set(sys.modules)))
import django
django.setup()
import traitdunion.disclosure
print("#", *sorted({heavy - {"shapely"}} & set(sys.modules)))
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert [line for line in ran.stdout.splitlines() if line.startswith("#")] == ["#", "#"]


def test_only_what_serves_a_site_runs_the_checks_of_django():
    assert _raising(["traitdunion", "answer", "--json"]) == [
        "traitdunion", "answer", "--traceback", "--skip-checks", "--json",
    ]  # fmt: skip
    assert "--skip-checks" not in _raising(["traitdunion", "serve"])
    assert "--skip-checks" not in _raising(["traitdunion", "migrate"])
