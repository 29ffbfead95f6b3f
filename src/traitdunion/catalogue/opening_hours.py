"""Hours as OpenStreetMap writes them (`opening_hours`), read by the `opening-hours-py` library.

Stored text never raises: hours that cannot be read are unknown (`None`), and the pages write so.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from opening_hours import OpeningHours, State

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAY_S = 86_400
MAX_LENGTH = 255
"""Longer texts are not read: no column holds them."""

ADVICE = "écrivez par exemple Mo-Fr 09:00-12:00,14:00-17:00; Sa 09:00-12:00."
UNREADABLE = "horaires que le site ne sait pas lire : à vérifier auprès du service"

_COMMENT = re.compile(r'"[^"]*"')
_SCHOOL = re.compile(r"\bSH\b", re.I)
# Hours that depend on the sun need a place, and an open end ("08:00+") has no hour at all.
_VAGUE = re.compile(r"sunrise|sunset|dawn|dusk|\d\+", re.I)


class Windows(NamedTuple):
    """Open windows of a day, in seconds after its midnight (may pass 86 400), and how sure."""

    spans: tuple[tuple[int, int], ...]
    certain: bool = True


def validate_opening_hours(text: str) -> None:
    """Raise ValidationError unless the text is written in the grammar of OpenStreetMap."""
    if not is_readable(text):
        raise ValidationError(f"« {text} » n'est pas un horaire opening_hours : {ADVICE}")


def is_readable(text: str) -> bool:
    """Check that hours can be read."""
    return _parsed(text) is not None


def windows_on(text: str, on: date) -> Windows | None:
    """Return when a place is open on a day, None where the hours cannot be read.

    A French public holiday (PH) is an ordinary day unless a rule names it. School holidays (SH)
    depend on the zone, which the text does not give: where a rule about them would decide, the
    windows are those of term time, and not certain.
    """
    term = _spans_on(text, on)
    if term is None:
        return None
    bare = _COMMENT.sub("", text)
    certain = bool(bare.strip()) and not _VAGUE.search(bare)
    if certain and _SCHOOL.search(bare):
        # Read the rules of school holidays as rules of every day: where nothing changes,
        # they do not decide for this day.
        certain = _spans_on(_SCHOOL.sub("Mo-Su", text), on) == term
    return Windows(*term) if certain else Windows(term.spans, False)


def _spans_on(text: str, on: date) -> Windows | None:
    """Return the windows that begin on a day; those of unknown state count, and are not certain.

    A window that passes midnight belongs to the day it begins on ("Fr 22:00-02:00" to Friday);
    one of more than 24 hours is cut at each midnight, so that "24/7" fills every day.
    """
    parsed = _parsed(text)
    if parsed is None:
        return None
    midnight = datetime.combine(on, time())
    spans: list[tuple[int, int]] = []
    certain = True
    for start, end, sure in _open_intervals(parsed, midnight):
        start_s = int((start - midnight).total_seconds())
        end_s = int((end - midnight).total_seconds())
        if end_s - start_s > DAY_S:
            start_s, end_s = max(start_s, 0), min(end_s, DAY_S)
        if 0 <= start_s < min(DAY_S, end_s):
            spans.append((start_s, end_s))
            certain &= sure
    return Windows(tuple(spans), certain)


def _open_intervals(
    parsed: OpeningHours, midnight: datetime
) -> Iterator[tuple[datetime, datetime, bool]]:
    """Yield the intervals not closed around a day, joined where only their comment differs."""
    joined: list[Any] = []
    around = parsed.intervals(midnight - timedelta(days=2), midnight + timedelta(days=3))
    for start, end, state, _ in around:
        if state == State.CLOSED:
            continue
        if joined and joined[1] == start:
            joined = [joined[0], end, joined[2] and state == State.OPEN]
            continue
        if joined:
            yield tuple(joined)
        joined = [start, end, state == State.OPEN]
    if joined:
        yield tuple(joined)


@lru_cache(maxsize=2_000)
def _parsed(text: str) -> OpeningHours | None:
    """Parse hours once; None where the library refuses them, in whatever way."""
    if not text or len(text) > MAX_LENGTH:
        return None
    try:
        return OpeningHours(text, country="FR")
    except BaseException as refused:  # a panic of the library is no Exception
        if isinstance(refused, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        return None
