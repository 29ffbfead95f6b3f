"""Three-valued logic (Kleene): what may still be unknown is neither true nor false."""

from collections.abc import Iterable
from enum import IntEnum


class Truth(IntEnum):
    """FALSE < UNKNOWN < TRUE, so that *and* is the smallest and *or* the greatest."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2


def truth(value: bool | None) -> Truth:
    """Return the truth of a plain answer, None when it is not known."""
    return Truth.UNKNOWN if value is None else Truth.TRUE if value else Truth.FALSE


def all_of(values: Iterable[Truth]) -> Truth:
    """Return True where all are, false where one is; nothing to hold is true."""
    return min(values, default=Truth.TRUE)


def any_of(values: Iterable[Truth]) -> Truth:
    """Return True where one is, false where all are; nothing to choose from is false."""
    return max(values, default=Truth.FALSE)


def negation(value: Truth) -> Truth:
    """Negate a truth; what is unknown remains so."""
    return Truth(2 - value)
