"""Several processes on one address: watched, started again, stopped without losing an answer."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from draw import draw

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux")

WITHIN_S = 60
ROLES = """
import os, sys, time
from pathlib import Path
from traitdunion.web.processes import Supervisor
folder = Path(sys.argv[1])

def wait():
    (folder / f"{os.getpid()}").touch()
    time.sleep(600)

Supervisor({"un": wait, "deux": wait}).run(lambda: (folder / "ready").touch())
(folder / "ended").touch()
"""
SITE = """
import os, socket, sys, time
from traitdunion.web.processes import Supervisor
from traitdunion.web.serving import serve_on
listening = socket.create_server(("127.0.0.1", int(sys.argv[1])))

def application(environ, start_response):
    if environ["PATH_INFO"] == "/lent":
        time.sleep(1.5)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]

def web():
    serve_on(listening, application, threads=2)

Supervisor({"un": web, "deux": web}).run()
"""
BEFORE_A_FORK = """
import sys
from datetime import UTC, datetime
from types import SimpleNamespace
import django
django.setup()
from traitdunion.reach import Timetable
from traitdunion.rules import rule_book
from traitdunion.web import preload
network = SimpleNamespace(timetable=Timetable.load(sys.argv[1]), label="", demonstration=True)
preload.queries.search_communes = lambda text: []
preload.queries.active_network = lambda: network
preload.rules_in_force = rule_book
answered, real = [], preload.answer
preload.answer = lambda *given, **named: answered.append(real(*given, **named))
preload.settle_before_fork(datetime(2026, 11, 23, 8, tzinfo=UTC))
assert len(answered) == 1
from traitdunion.web.processes import can_fork
assert can_fork()
import polars
polars.DataFrame({"a": [2, 1]}).lazy().sort("a").collect()
assert not can_fork()
"""


def started(script: str, *words: object, **options) -> subprocess.Popen:
    environ = {name: text for name, text in os.environ.items() if "TRAITDUNION" not in name}
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, words)],
        env=environ, stderr=subprocess.PIPE, text=True, **options,
    )  # fmt: skip


def until(holds) -> None:
    last = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < last, "not within a minute"
        time.sleep(0.05)


def children(folder: Path) -> set[int]:
    return {int(file.name) for file in folder.iterdir() if file.name.isdigit()}


def runs(pid: int) -> bool:
    """Whether a process runs; one that ended and waits to be read does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def supervised(tmp_path):
    parent = started(ROLES, tmp_path)
    until(lambda: len(children(tmp_path)) == 2)
    yield parent
    parent.kill()
    parent.communicate()


def test_a_process_that_dies_is_started_again(supervised, tmp_path):
    first, second = children(tmp_path)
    os.kill(first, signal.SIGKILL)
    until(lambda: len(children(tmp_path)) == 3)
    assert runs(second)
    assert sum(map(runs, children(tmp_path))) == 2


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_all_end_when_asked_to(supervised, tmp_path, stop):
    supervised.send_signal(stop)
    assert supervised.wait(WITHIN_S) == 0
    assert (tmp_path / "ended").exists()
    assert not any(map(runs, children(tmp_path)))


def test_no_process_outlives_a_parent_that_was_killed(supervised, tmp_path):
    supervised.kill()
    until(lambda: not any(map(runs, children(tmp_path))))


def listens(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


def asked(port: int, path: str = "/") -> int:
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=WITHIN_S) as answer:
        return int(answer.read())


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def test_both_processes_answer_on_one_address_and_finish_what_they_began(port):
    site = started(SITE, port)
    try:
        until(lambda: listens(port))
        with subprocess.Popen(
            [sys.executable, "-c", f"import urllib.request as u; print(u.urlopen("
             f"'http://127.0.0.1:{port}/lent').read().decode())"],
            stdout=subprocess.PIPE, text=True,
        ) as slow:  # fmt: skip
            time.sleep(1)
            answering = asked(port)
            site.terminate()
            said, _ = slow.communicate(timeout=WITHIN_S)
        assert int(said) != site.pid != answering
        assert site.wait(WITHIN_S) == 0
        with pytest.raises(OSError):  # noqa: PT011 - refused, whatever its words
            asked(port)
    finally:
        site.kill()
        site.communicate()


def test_a_site_goes_on_when_one_of_its_processes_is_killed(port):
    site = started(SITE, port)
    try:
        until(lambda: listens(port))
        for _ in range(3):
            pid = asked(port)
            os.kill(pid, signal.SIGKILL)
            assert asked(port) != pid
    finally:
        site.terminate()
        site.communicate(timeout=WITHIN_S)


def test_nothing_that_a_fork_breaks_is_started_before_it(tmp_path):
    path = tmp_path / "small.tdu"
    draw("A 7:00 > B 7:30", "B 16:30 > A 17:00").save(path)
    loading = started(BEFORE_A_FORK, path)
    _, wrong = loading.communicate(timeout=WITHIN_S * 3)
    assert loading.returncode == 0, wrong
