"""How much of a file is read, and for how long."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from .faults import Unreadable


@dataclass(frozen=True)
class Limits:
    """Bounds of one reading; the defaults keep it under 300 MB of memory on any input.

    `inflated_bytes` bounds the parts of an archive together, `ratio` one part against its packed
    size. `digits` bounds a number as it is written. `deadline_s` is on the clock's own scale: set
    it with `started`.
    """

    file_bytes: int = 10_000_000
    inflated_bytes: int = 60_000_000
    ratio: int = 400
    parts: int = 500
    rows: int = 20_000
    columns: int = 300
    cells: int = 500_000
    cell_chars: int = 50_000
    nodes: int = 1_000_000
    depth: int = 60
    digits: int = 30
    faults: int = 200
    seconds: float = 20.0
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    deadline_s: float = float("inf")

    def started(self) -> "Limits":
        """Return the same limits with the deadline counted from now, unless it runs already."""
        if self.deadline_s != float("inf"):
            return self
        return replace(self, deadline_s=self.clock() + self.seconds)

    def check_time(self) -> None:
        """Raise Unreadable once the deadline is past."""
        if self.clock() > self.deadline_s:
            raise Unreadable.of(
                f"la lecture a dépassé {self.seconds:.0f} secondes.",
                "Partagez le fichier en plusieurs, ou ôtez-en ce qui ne sert pas.",
            )

    def check_size(self, content: bytes) -> None:
        """Raise Unreadable where the file is too large or empty."""
        if not content:
            raise Unreadable.of("le fichier est vide.", "Vérifiez que c'est le bon.")
        if len(content) > self.file_bytes:
            raise Unreadable.of(
                f"le fichier dépasse {self.file_bytes // 1_000_000} Mo.",
                "Partagez-le, ou ôtez-en images et feuilles inutiles.",
            )
