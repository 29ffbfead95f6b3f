"""What native libraries write does not mix with what commands print."""

import os

import pytest

from traitdunion.web.rendering import native_output_aside


def test_what_native_code_writes_goes_to_the_error_output(capfd):
    with native_output_aside():
        os.write(1, b"HighsMipSolverData\n")
    print("{}")
    out, err = capfd.readouterr()
    assert (out, err) == ("{}\n", "HighsMipSolverData\n")


def test_the_output_comes_back_after_an_error(capfd):
    with pytest.raises(ValueError, match="budget"), native_output_aside():
        raise ValueError("budget")
    os.write(1, b"after\n")
    assert capfd.readouterr().out == "after\n"
