"""Run every benchmark and write its table to the reference pages: `make bench`.

`python -m benchmarks desk` measures the desk's requests alone and puts their rows in the table.
"""

import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from . import arriving, engine, levers, national, on_demand, site_weeks, streets
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


DESK = ("Answer of the desk", "Whole request", "Served answers", "Verdicts of", "Map of reach")
"""How the rows of the desk's requests begin."""


def with_rows(page: str, rows: Sequence[Row], begins: tuple[str, ...]) -> str:
    """Return the page with rows in place of those that begin so, else at the end of its table.

    Its table is the first: those of the sections after it have columns of their own.
    """
    lines = page.splitlines(keepends=True)
    ends = next((i for i, line in enumerate(lines) if line.startswith("## ")), len(lines))
    table = [i for i, line in enumerate(lines[:ends]) if line.startswith("| ")]
    old = [i for i in table if lines[i].startswith(tuple(f"| {b}" for b in begins))]
    at = old[0] if old else table[-1] + 1
    kept = [line for i, line in enumerate(lines) if i not in old]
    new = [f"| {' | '.join(row.cells())} |\n" for row in rows]
    return "".join([*kept[:at], *new, *kept[at:]])


def main() -> int:
    if sys.argv[1:] == ["desk"]:
        rows = desk_rows(SHARED)
        PAGE.write_text(with_rows(PAGE.read_text("utf-8"), rows, DESK), encoding="utf-8")
        return 0 if all(row.kept is not False for row in rows) else 2
    if not SHARED.is_dir():
        print("the folder shared/data of real open data is not beside the project: nothing to run")
        return 1
    rows = []
    for part in (
        engine.rows,
        site_weeks.rows,
        levers.rows,
        arriving.rows,
        national.rows,
        on_demand.rows,
        streets.rows,
    ):
        rows += part(SHARED)
    rows += desk_rows(SHARED)
    rows += catalogue_rows()
    rows += phone_rows()
    rows += adviser_rows()
    machine = (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}, numba {version('numba')}, cafein {version('cafein')}."
    )
    table = "".join(f"| {' | '.join(row.cells())} |\n" for row in rows)
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    # Sections after the table are measured by commands of their own, and stay.
    _, mark, others = PAGE.read_text("utf-8").partition("\n## ") if PAGE.exists() else ("", "", "")
    PAGE.write_text(HEAD.format(machine=machine) + table + mark + others, encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))
    return 0 if all(row.kept is not False for row in rows) else 2


def desk_rows(shared: Path) -> list[Row]:
    """The whole answer of the desk, the site served, and the map of reach."""
    from . import answering, reach_map, served, verdicts

    return [*answering.rows(shared), *served.rows(), *verdicts.rows(), *reach_map.rows()]


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
