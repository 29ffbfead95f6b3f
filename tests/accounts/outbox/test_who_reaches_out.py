"""Only a few modules may open a connection; only the worker's may send a mail."""

import ast
import socket
from pathlib import Path

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import path

import traitdunion
from tests.no_network import NetworkHeld

SOURCES = Path(traitdunion.__file__).parent
REACHING = {
    "aiohttp", "django.core.mail", "ftplib", "http.client", "httpcore", "httpcore2", "httpx",
    "httpx2", "imaplib", "poplib", "requests", "smtplib", "socket", "telnetlib", "urllib.request",
    "urllib3", "xmlrpc.client",
}  # fmt: skip
"""Modules by which a program opens a connection."""

KNOWN = {
    # The worker hands messages over, and reads why a server refuses one.
    "accounts/outbox/delivery.py": {"django.core.mail", "smtplib", "socket"},
    "accounts/outbox/worker.py": {"smtplib"},
    # An identity provider answers whoever signs in with it.
    "accounts/openid/protocol.py": {"httpx2"},
    # Commands download feeds and read cited pages.
    "sources/downloads.py": {"httpcore2", "httpx2", "socket"},
    "sources/public_addresses.py": {"httpcore2", "socket"},
    # A command, which sends one message to the address typed.
    "web/management/commands/check.py": {"django.core.mail", "smtplib"},
    # The site listens.
    "web/management/commands/serve.py": {"socket"},
    "web/serving.py": {"socket"},
}
"""What each module opens connections with."""


def reached_by(file: Path) -> set[str]:
    """The modules of REACHING that a file imports, wherever in the file."""
    collected = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or "", *(f"{node.module}.{name.name}" for name in node.names)]
        collected |= {
            module for module in REACHING for name in names if f"{name}.".startswith(f"{module}.")
        }
    return collected


def test_the_modules_that_reach_out_are_those_that_are_known():
    by_key = {
        str(file.relative_to(SOURCES)): names
        for file in sorted(SOURCES.rglob("*.py"))
        if (names := reached_by(file))
    }
    assert by_key == KNOWN


def dial() -> None:
    """Try a connection to a port of this machine where nobody listens."""
    with socket.socket() as peer:
        peer.settimeout(1)
        peer.connect(("127.0.0.1", 1))


def test_nothing_outside_a_request_and_a_transaction_is_refused(db):
    with pytest.raises(ConnectionRefusedError):
        dial()


def test_a_connection_inside_a_transaction_is_refused(db):
    with transaction.atomic(), pytest.raises(NetworkHeld, match="a transaction"):
        dial()


def test_a_name_looked_up_inside_a_transaction_is_refused(transactional_db):
    with transaction.atomic(), pytest.raises(NetworkHeld, match="a transaction"):
        socket.getaddrinfo("smtp.example", 25)


def test_a_connection_inside_a_request_is_refused(client, settings):
    def view(request):
        dial()
        return HttpResponse()

    settings.ROOT_URLCONF = type("urls", (), {"urlpatterns": [path("essai/", view)]})
    with pytest.raises(NetworkHeld, match="a request"):
        client.get("/essai/")


def answered_by(call: ast.Call) -> set[str]:
    """Return what the `Sender(…)` of a message is given."""
    sender = next((each.value for each in call.keywords if each.arg == "sender"), None)
    return {each.arg for each in sender.keywords} if isinstance(sender, ast.Call) else set()


def test_every_message_names_who_answers_it():
    """Each message is given a person, an organisation or an address that answers it."""
    calls = [
        (str(file.relative_to(SOURCES)), answered_by(node))
        for file in sorted(SOURCES.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "queue_mail"
    ]
    assert len(calls) > 20
    assert [file for file, given in calls if not given & {"by", "organisation", "reply_to"}] == []
