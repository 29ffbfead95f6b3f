"""What the database holds of the catalogue, by its version: built once per process and version."""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection

from ..models import CatalogueVersion

T = TypeVar("T")

TRIES = 5
"""Readings of tables that change meanwhile, before the last one is used without being kept."""


def current_version() -> str | None:
    """Return the version that a reading made now belongs to; None where it must not be kept.

    On PostgreSQL the version changes at the commit: a transaction that has written reads its own
    rows under the version of before, and what it reads may be rolled back.
    """
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SELECT txid_current_if_assigned() IS NOT NULL")
            if cursor.fetchone()[0]:
                return None
    return CatalogueVersion.objects.values_list("token", flat=True).first()


class Held(Generic[T]):
    """The last thing built from the catalogue in this process, with the version it was built of.

    `build` reads the database; it is called again where the version changed meanwhile.
    """

    def __init__(self, build: Callable[..., T]) -> None:
        self._build = build
        self._last: tuple[str, tuple[Any, ...], T] | None = None
        self._building = threading.Lock()

    def get(self, *arguments: Any) -> T:
        """Return what was built of the version of now with these arguments, else build it."""
        version = current_version()
        if version is None:
            return self._build(*arguments)
        last = self._last
        if last is not None and last[:2] == (version, arguments):
            return last[2]
        with self._building:
            return self._made(*arguments)

    def _made(self, *arguments: Any) -> T:
        version = current_version()
        last = self._last
        if last is not None and last[:2] == (version, arguments):
            return last[2]
        for _ in range(TRIES):
            built = self._build(*arguments)
            before, version = version, current_version()
            if version is not None and version == before:
                self._last = version, arguments, built
                return built
        return built
