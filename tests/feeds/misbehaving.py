"""A local HTTP server whose pages are functions: each writes to the connection what it likes."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

from traitdunion.sources.public_addresses import Network

Page = Callable[[BaseHTTPRequestHandler], None]
LOOPBACK = Network(allowed=lambda address: address == ip_address("127.0.0.1"))
"""Only the address of this server may be connected to."""


class Site:
    """`pages` maps a path to its function; `asked` lists (path, headers) of every request."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def serve(self, path: str, page: Page) -> str:
        """Put a page at a path; gives its whole address."""
        self.pages[path] = page
        return self.url(path)


@contextmanager
def misbehaving_site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            self.close_connection = True
            # A client that gave up in time is what most of these pages are for.
            with contextlib.suppress(ConnectionError, TimeoutError):
                site.pages.get(self.path, status(404))(self)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def whole(body: bytes, **headers: str) -> Page:
    """A well-behaved answer; `etag` and `last_modified` are honoured."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}

    def page(asked: BaseHTTPRequestHandler) -> None:
        same = "etag" in headers and asked.headers.get("If-None-Match") == headers["etag"]
        since = asked.headers.get("If-Modified-Since")
        same |= "last_modified" in headers and since == headers["last_modified"]
        begin(asked, 304 if same else 200, **named, **({} if same else length(len(body))))
        if not same:
            asked.wfile.write(body)

    return page


def status(code: int) -> Page:
    return lambda asked: begin(asked, code, **length(0))


def redirect(to: str, code: int = 302) -> Page:
    return lambda asked: begin(asked, code, Location=to, **length(0))


def dripping(every_s: float) -> Page:
    """One byte after each pause, for ever."""

    def page(asked: BaseHTTPRequestHandler) -> None:
        begin(asked, 200, **length(10_000))
        while True:
            asked.wfile.write(b"P")
            time.sleep(every_s)

    return page


def dripping_headers(every_s: float) -> Page:
    """An answer whose headers never end."""

    def page(asked: BaseHTTPRequestHandler) -> None:
        asked.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            asked.wfile.write(b"X-A: b\r\n")
            time.sleep(every_s)

    return page


def silent(seconds: float) -> Page:
    return lambda asked: time.sleep(seconds)


def truncated(body: bytes, announced: int) -> Page:
    """Fewer bytes than announced."""

    def page(asked: BaseHTTPRequestHandler) -> None:
        begin(asked, 200, **length(announced))
        asked.wfile.write(body)

    return page


def without_length(pieces: Callable[[], Iterator[bytes]]) -> Page:
    """A body that ends when the connection does."""

    def page(asked: BaseHTTPRequestHandler) -> None:
        begin(asked, 200)
        for piece in pieces():
            asked.wfile.write(piece)

    return page


def reset(body: bytes = b"") -> Page:
    """A connection cut by a TCP reset, after a part of the answer."""

    def page(asked: BaseHTTPRequestHandler) -> None:
        if body:
            begin(asked, 200, **length(len(body) * 2))
            asked.wfile.write(body)
            asked.wfile.flush()
            time.sleep(0.05)
        linger = struct.pack("ii", 1, 0)
        asked.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        asked.connection.close()

    return page


def in_turn(*pages: Page) -> Page:
    """Each page once, then the last for ever."""
    left = list(pages)
    return lambda asked: (left.pop(0) if len(left) > 1 else left[0])(asked)


def begin(asked: BaseHTTPRequestHandler, code: int, **headers: str) -> None:
    asked.send_response(code)
    for name, value in headers.items():
        asked.send_header(name.replace("_", "-"), value)
    asked.send_header("Connection", "close")
    asked.end_headers()


def length(size: int) -> dict[str, str]:
    return {"Content-Length": str(size)}
