"""waitress on a socket already bound: asked to stop, it answers first what it received."""

import signal
import socket
import time
from collections.abc import Callable
from typing import Any

import waitress

THREADS = 8
# A browser keeps its connection open: a room of two hundred phones has more than the hundred that
# waitress allows by default, and the others would wait for minutes.
# Close silent connections, so that a thousand of them do not block the site for long.
SERVED = {
    "connection_limit": 1000,
    "channel_timeout": 15,
    "cleanup_interval": 5,
    "asyncore_use_poll": True,
}
DRAINED_WITHIN_S = 10
POLL_S = 1.0


def serve_on(
    listening: socket.socket,
    application: Callable[..., Any],
    *,
    threads: int = THREADS,
    ready: Callable[[], None] = lambda: None,
    **options: Any,
) -> None:
    """Answer requests until SIGTERM or SIGINT, then those already received, and return.

    To be called from the main thread. `ready` is called once requests are answered.
    """
    server = waitress.create_server(
        application, sockets=[listening], threads=threads, **SERVED, **options
    )
    stopping = False

    def stop(*_: Any) -> None:
        nonlocal stopping
        stopping = True
        server.pull_trigger()  # the loop may sleep for a second

    before = {name: signal.signal(name, stop) for name in (signal.SIGTERM, signal.SIGINT)}
    try:
        ready()
        while not stopping:
            _turn(server, POLL_S)
        server.accepting = False
        last = time.monotonic() + DRAINED_WITHIN_S
        while _is_busy(server) and time.monotonic() < last:
            _turn(server, 0.05)
        server.task_dispatcher.shutdown()
    finally:
        server.close()
        for name, handler in before.items():
            signal.signal(name, handler)


def _turn(server: Any, timeout_s: float) -> None:
    """Let the loop of waitress look once at its connections."""
    use_poll = server.adj.asyncore_use_poll
    server.asyncore.loop(timeout=timeout_s, use_poll=use_poll, map=server._map, count=1)


def _is_busy(server: Any) -> bool:
    """Return whether a request is being answered, or its answer sent."""
    channels = list(server.active_channels.values())
    return any(channel.requests or channel.total_outbufs_len for channel in channels)
