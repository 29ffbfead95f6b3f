"""Run every benchmark and write its table to the reference pages: `make bench`."""

import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from . import engine, national, on_demand, streets
from .measure import Row

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
PAGE = ROOT / "docs" / "reference" / "performance.md"
HEAD = """# Performance

Written by `make bench`; answers are checked equal before anything is timed. Ratios are medians of
runs taken in turn, one thread each, in one process; absolute times belong to the machine.

{machine}

| what | here | peer | asked | kept |
|---|---|---|---|---|
"""


def main() -> int:
    if not SHARED.is_dir():
        print("the folder shared/data of real open data is not beside the project: nothing to run")
        return 1
    rows: list[Row] = []
    for part in (engine.rows, national.rows, on_demand.rows, streets.rows):
        rows += part(SHARED)
    rows += desk_rows()
    rows += catalogue_rows()
    rows += phone_rows()
    rows += adviser_rows()
    machine = (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}, numba {version('numba')}, cafein {version('cafein')}."
    )
    table = "".join(f"| {' | '.join(row.cells())} |\n" for row in rows)
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(HEAD.format(machine=machine) + table, encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))
    return 0 if all(row.kept is not False for row in rows) else 2


def desk_rows() -> list[Row]:
    """The whole answer of the desk."""
    from . import answering

    return answering.rows()


def catalogue_rows() -> list[Row]:
    """The public pages of a large catalogue."""
    from . import catalogue_pages

    return catalogue_pages.rows()


def phone_rows() -> list[Row]:
    """A room of phones on the served site."""
    from . import phones

    return phones.rows()


def adviser_rows() -> list[Row]:
    """Two hundred advisers on the served demonstration, on both databases."""
    from . import advisers

    return advisers.rows()


if __name__ == "__main__":
    sys.exit(main())
