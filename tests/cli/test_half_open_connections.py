"""Connections that are opened and say nothing leave the site to the others."""

import socket
import threading
import time
from contextlib import ExitStack
from urllib.request import urlopen

import waitress

from traitdunion.web.serving import SERVED


def hello(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]


def test_a_silent_connection_is_closed_within_half_a_minute():
    assert SERVED["channel_timeout"] + SERVED["cleanup_interval"] <= 30


def test_as_many_silent_connections_as_the_limit_shut_nobody_out():
    """The settings of `serve`, on a scale that a test can wait for."""
    settings = SERVED | {"connection_limit": 20, "channel_timeout": 1, "cleanup_interval": 1}
    with ExitStack() as opened:
        listening = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = listening.getsockname()[1]
        server = waitress.create_server(hello, sockets=[listening], **settings)
        threading.Thread(target=server.run, daemon=True).start()
        opened.callback(server.close)
        for n in range(25):
            silent = opened.enter_context(socket.create_connection(("127.0.0.1", port), 5))
            if n % 2:
                silent.sendall(b"GET / HTTP/1.1\r\nHost: half")  # begun, and never ended
        began = time.monotonic()
        with urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            assert answer.read() == b"hello"
        assert time.monotonic() - began < 20
