"""Commands of a site, each run in a fork of one process that has imported them: one start for all.

Run as a program, it reads a command a line as JSON on its standard input, and writes its return
code, output and errors.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ended:
    """A command that ended."""

    returncode: int
    stdout: str
    stderr: str


class Commands:
    """The process that forks, as a context; commands run in `folder`, where they may write."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            env=environment,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "Commands":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, words: Sequence[str]) -> Ended:
        """Run a command to its end."""
        self._process.stdin.write(json.dumps(list(words)) + "\n")
        self._process.stdin.flush()
        return Ended(**json.loads(self._process.stdout.readline()))


def serve() -> None:
    from django.urls import get_resolver

    from traitdunion.web import command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traitdunion.web.settings")
    command_line._prepare("help")
    get_resolver().url_patterns  # noqa: B018 - reading it imports every view
    for line in sys.stdin:
        with tempfile.TemporaryDirectory() as folder:
            written = [Path(folder, name) for name in ("stdout", "stderr")]
            child = os.fork()
            if not child:
                _run(["traitdunion", *json.loads(line)], written)
            _, status = os.waitpid(child, 0)
            out, err = (path.read_text("utf-8") for path in written)
        ended = {"returncode": os.waitstatus_to_exitcode(status), "stdout": out, "stderr": err}
        print(json.dumps(ended), flush=True)


def _run(argv: list[str], written: list[Path]) -> None:
    """Run a command and end this process with its code."""
    from traitdunion.web import command_line

    for number, path in enumerate(written, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    code = 1
    try:
        command_line.main(argv)
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
