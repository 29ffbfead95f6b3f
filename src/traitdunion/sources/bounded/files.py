"""Files of a disk, read whole within limits."""

from pathlib import Path

from .faults import Unreadable
from .limits import Limits


def file_content(path: Path, *, limits: Limits | None = None) -> bytes:
    """Return the bytes of a file. Raises Unreadable where there are too many, and OSError."""
    limits = limits or Limits()
    with path.open("rb") as file:
        # One byte more than allowed: a device or a pipe has no size to ask for.
        content = file.read(limits.file_bytes + 1)
    if len(content) > limits.file_bytes:
        raise Unreadable.of(
            f"le fichier dépasse {limits.file_bytes // 1_000_000} Mo.",
            "Partagez-le, ou ôtez-en ce qui ne sert pas.",
            where=path.name,
        )
    return content
