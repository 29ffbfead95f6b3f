"""Moving from SQLite to PostgreSQL as the guide says: nothing is lost, nothing is changed."""

import json
import os
import subprocess
import sys
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "choisir-sa-base.md"


def test_all_that_is_kept_moves(empty_database, tmp_path):
    def run(url, words):
        ended = subprocess.run(
            [sys.executable, "-m", "traitdunion.web.command_line", *words],
            env={
                **os.environ,
                "TRAITDUNION_DATA_DIR": str(tmp_path),
                "TRAITDUNION_DATABASE_URL": url,
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert ended.returncode == 0, ended.stderr

    dump, load = (
        line.removeprefix("traitdunion ").split()
        for line in GUIDE.read_text(encoding="utf-8").splitlines()
        if line.startswith(("traitdunion dumpdata", "traitdunion loaddata"))
    )
    run("", ["demo", "--no-serve"])
    run("", dump)
    run(empty_database, ["migrate"])
    run(empty_database, load)
    again = [*dump[:-1], "again.jsonl"]
    run(empty_database, again)
    run("", [*dump[:-1], "before.jsonl"])
    before, after = (
        [json.loads(line) for line in (tmp_path / name).read_text("utf-8").splitlines()]
        for name in ("before.jsonl", "again.jsonl")
    )
    assert len(before) > 35_000
    assert after == before
