"""Fail a test that opens a connection inside a transaction, or while a request is answered.

A peer that does not answer would hold the lock of the database, or a thread of the site. One
exception is known: signing in with an OpenID Connect provider waits for its answer, outside
any transaction.
"""

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.handlers.base import BaseHandler
from django.db import connections

ALLOWED_IN_A_REQUEST = {"traitdunion.accounts.openid.protocol"}
_answering = threading.local()


class NetworkHeld(BaseException):
    """A connection was opened where nothing may wait; no `except Exception` hides it."""


def in_a_transaction() -> bool:
    """Return whether code under test opened a transaction, those of pytest-django set apart."""
    return any(
        not block._from_testcase
        for connection in connections.all(initialized_only=True)
        for block in connection.atomic_blocks
    )


def in_a_request() -> bool:
    """Return whether this thread answers a request, other than by a module that may wait."""
    if not getattr(_answering, "depth", 0):
        return False
    frame = sys._getframe()
    while frame is not None:
        if frame.f_globals.get("__name__") in ALLOWED_IN_A_REQUEST:
            return False
        frame = frame.f_back
    return True


def check(address: object) -> None:
    where = "a transaction" if in_a_transaction() else "a request" if in_a_request() else ""
    if where:
        raise NetworkHeld(f"a connection to {address} was opened inside {where}")


@contextmanager
def forbidden() -> Iterator[None]:
    """Guard the names and the connections that Python opens, and count the requests answered."""
    connect, resolve, answer = socket.socket.connect, socket.getaddrinfo, BaseHandler.get_response

    def connect_checked(self, address):
        check(address)
        return connect(self, address)

    def resolve_checked(host, *arguments, **named):
        check(host)
        return resolve(host, *arguments, **named)

    def answer_counted(self, request):
        _answering.depth = getattr(_answering, "depth", 0) + 1
        try:
            return answer(self, request)
        finally:
            _answering.depth -= 1

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_checked)
        patch.setattr(socket, "getaddrinfo", resolve_checked)
        patch.setattr(BaseHandler, "get_response", answer_counted)
        yield
