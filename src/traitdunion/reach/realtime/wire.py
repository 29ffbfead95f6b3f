"""Top-level fields of a Protocol Buffers message, one at a time.

A parsed message takes fifty times its bytes where it holds nothing but empty parts: its parts are
counted and bounded before any is parsed.

Source: https://protobuf.dev/programming-guides/encoding/.
"""

from collections.abc import Iterator

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
LONGEST_VARINT = 10


class WireError(ValueError):
    """The bytes are no message."""


def fields(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield each field: its number, where it begins, where its content begins, where it ends."""
    at, end = 0, len(data)
    while at < end:
        begins = at
        key, at = _varint(data, at)
        kind, content = key & 7, at
        if kind == VARINT:
            _, at = _varint(data, at)
        elif kind == LENGTH:
            size, content = _varint(data, at)
            at = content + size
        elif kind in (FIXED64, FIXED32):
            at += 8 if kind == FIXED64 else 4
        else:
            raise WireError(f"a field of kind {kind}")
        if at > end:
            raise WireError("a field goes past the end")
        yield key >> 3, begins, content, at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, and where what follows it begins."""
    value = 0
    for place, byte in enumerate(data[at : at + LONGEST_VARINT]):
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value, at + place + 1
    raise WireError("a number without an end")
