"""What is worked out once of a rule book and kept with it; the least used is forgotten."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

T = TypeVar("T")

MAX_KEPT = 8192


class Kept:
    """Values by key, safe to share between threads; at most `most` of them."""

    def __init__(self, most: int = MAX_KEPT) -> None:
        """Keep nothing yet."""
        self._most = most
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a key, made if it is not kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return cast(T, self._values[key])
        # Made outside the lock: two threads may make one value, neither waits for the other.
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value
