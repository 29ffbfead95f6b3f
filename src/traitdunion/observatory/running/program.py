"""The program that computes, known by its code."""

import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2]


@cache
def code_digest() -> str:
    """Return the SHA-256 of the modules of the product, in the order of their paths."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
