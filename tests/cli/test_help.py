"""The list of commands: ours with what each does, Django's behind a flag."""

from pathlib import Path

import pytest

from traitdunion.web.command_line import asks_for_help, main

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
