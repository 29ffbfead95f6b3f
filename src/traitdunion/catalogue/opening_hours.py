"""Hours as OpenStreetMap writes them (`opening_hours`): the part of the syntax we accept and read.

A rule is months, days, then times or "off"; rules are separated by semicolons and, as in the
OpenStreetMap specification, the last one that names a day decides for it.
"""

import re
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from django.core.exceptions import ValidationError

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAY_S = 86_400

_DAY = rf"(?:{'|'.join(DAYS)}|PH|SH)"
_MONTH = rf"(?:{'|'.join(MONTHS)})"
# Past midnight an end may go to 48:00, and no further.
_START = r"(?:[01]\d|2[0-3]):[0-5]\d"
_END = r"(?:(?:[0-3]\d|4[0-7]):[0-5]\d|48:00)"
_TIMES = rf"{_START}-{_END}"


def _list(one: str) -> str:
    """Comma-separated ones, or ranges of them."""
    return rf"{one}(?:-{one})?(?:,\s*{one}(?:-{one})?)*"


_RULE = re.compile(
    rf"(?:(?:(?P<months>{_list(_MONTH)}):?\s+)?(?:(?P<days>{_list(_DAY)})\s+)?"
    rf"(?P<times>{_TIMES}(?:,\s*{_TIMES})*|off|closed)|(?P<always>24/7))"
    r'(?:\s+open)?\s*(?:"[^"]*")?'
)
_COMMENT = re.compile(r'"[^"]*"')


class Windows(NamedTuple):
    """Open windows of a day, in seconds after its midnight (may pass 86 400), and how sure."""

    spans: tuple[tuple[int, int], ...]
    certain: bool = True


def validate_opening_hours(text: str) -> None:
    """Raise ValidationError unless each rule, between semicolons, is one we understand."""
    for rule in _rules(text):
        if not _RULE.fullmatch(rule):
            raise ValidationError(
                f"« {rule} » n'est pas un horaire opening_hours : écrivez par exemple "
                "Mo-Fr 09:00-12:00,14:00-17:00; Sa 09:00-12:00."
            )


def windows_on(text: str, on: date, *, holidays: Collection[date]) -> Windows:
    """When it is open on a day, by hours that `validate_opening_hours` accepts.

    A public holiday (PH) is an ordinary day unless a rule names it. School holidays (SH) are not
    known: where a rule for them would decide, the windows are those without it, and not certain.
    """
    spans: tuple[tuple[int, int], ...] = ()
    certain = True
    for rule in _rules(text):
        read = _RULE.fullmatch(rule)
        if read is None:
            raise ValueError(f"« {rule} » n'est pas un horaire opening_hours.")
        if read["months"] and MONTHS[on.month - 1] not in _named(read["months"], MONTHS):
            continue
        days = _named(read["days"], (*DAYS, "PH", "SH")) if read["days"] else None
        if days is None or DAYS[on.weekday()] in days or ("PH" in days and on in holidays):
            spans, certain = _spans(read), True
        elif "SH" in days:
            certain = False
    return Windows(spans, certain)


def _rules(text: str) -> list[str]:
    """Rules between the semicolons that no comment holds."""
    blanked = _COMMENT.sub(lambda found: found[0].replace(";", " "), text)
    return [rule.strip() for rule in blanked.split(";")]


def _named(text: str, names: tuple[str, ...]) -> set[str]:
    """Names of a list with ranges; a range may turn past the end ("Sa-Mo")."""
    found: set[str] = set()
    week = names[:7] if names[0] == "Mo" else names
    for part in re.split(r",\s*", text):
        first, _, last = part.partition("-")
        if not last:
            found.add(first)
            continue
        i, j = week.index(first), week.index(last)
        found |= set(week[i : j + 1] if i <= j else (*week[i:], *week[: j + 1]))
    return found


def _spans(read: re.Match[str]) -> tuple[tuple[int, int], ...]:
    if read["always"]:
        return ((0, DAY_S),)
    if read["times"] in ("off", "closed"):
        return ()
    return tuple(sorted(_span(part) for part in re.split(r",\s*", read["times"])))


def _span(text: str) -> tuple[int, int]:
    """Both ends in seconds; an end before its start is of the next day."""
    start_s, end_s = (int(clock[:2]) * 3600 + int(clock[3:]) * 60 for clock in text.split("-"))
    return start_s, end_s if end_s > start_s else end_s + DAY_S
