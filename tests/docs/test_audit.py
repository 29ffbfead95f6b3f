"""The audit of dependencies: what the source knows, and what it says when it cannot be reached."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Source(HTTPServer):
    """OSV on this machine: it knows a vulnerability of some packages."""

    known: tuple[str, ...] = ()
    answer: bytes | None = None
    asked: tuple[str, ...] = ()


class Answering(BaseHTTPRequestHandler):
    """What it answers to a question about every package."""

    def do_POST(self):
        queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        names = [query["package"]["name"] for query in queries]
        self.server.asked = tuple(names)
        results = [
            {"vulns": [{"id": "GHSA-essai"}]} if name in self.server.known else {} for name in names
        ]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.server.answer or json.dumps({"results": results}).encode())

    def log_message(self, *arguments):
        """Write nothing."""


@pytest.fixture
def source():
    with Source(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def audit(address):
    command = [sys.executable, str(ROOT / "scripts" / "audit"), "--source", address]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    return ended.returncode, ended.stdout


def address_of(server):
    return f"http://127.0.0.1:{server.server_port}/"


def test_every_package_of_both_locks_is_asked_about(source):
    code, text = audit(address_of(source))
    assert code == 0
    assert {"django", "numba", "pytest", "ruff"} <= set(source.asked)
    assert text == f"{len(source.asked)} paquets vérifiés, 0 avec une faille connue.\n"


def test_a_vulnerability_is_named_with_its_package_and_fails(source):
    source.known = ("django",)
    code, text = audit(address_of(source))
    assert code == 1
    assert text.startswith("django ")
    assert "GHSA-essai" in text


@pytest.mark.parametrize("answer", [b"{}", b"<html>", b'{"results": []}'])
def test_an_answer_that_is_no_audit_checks_nothing(source, answer):
    source.answer = answer
    code, text = audit(address_of(source))
    assert code == 2
    assert text.startswith("Source non joignable : aucun des ")


def test_a_source_that_is_not_there_checks_nothing():
    with HTTPServer(("127.0.0.1", 0), Answering) as closed:
        address = address_of(closed)
    code, text = audit(address)
    assert (code, text[:22]) == (2, "Source non joignable :")
