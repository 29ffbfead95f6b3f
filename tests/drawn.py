"""Identifiers drawn at random, taken out of a text before a test looks for words in it.

A key may hold the digits of a year, and a reference the initials of a person, by chance.
"""

import re

DRAWN = re.compile(
    r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"  # key of a row
    r"|\b(?:[0-9a-f]{64}|[0-9a-f]{32})\b"  # fingerprint of a secret, key of a row without hyphens
    r"|\b[0-9A-F]{8}\b"  # reference of a file: the first signs of its key
    r"|(?<=/)[\w-]{43}(?=/)"  # secret of a link
    r"|\b0x[0-9a-f]+\b"  # address of an object in memory
    r'|(?<=name="csrfmiddlewaretoken" value=")\w{64}'
)


def without_drawn(text: str) -> str:
    """Return the text with a dot in place of each identifier drawn at random."""
    return DRAWN.sub("·", text)
