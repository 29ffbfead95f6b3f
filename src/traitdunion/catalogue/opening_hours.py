"""Hours as OpenStreetMap writes them (`opening_hours`): the part of the syntax we accept."""

import re

from django.core.exceptions import ValidationError

_DAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
# Past midnight an end may go to 48:00, and no further.
_START = r"(?:[01]\d|2[0-3]):[0-5]\d"
_END = r"(?:(?:[0-3]\d|4[0-7]):[0-5]\d|48:00)"
_TIMES = rf"{_START}-{_END}"


def _list(one: str) -> str:
    """Comma-separated ones, or ranges of them."""
    return rf"{one}(?:-{one})?(?:,\s*{one}(?:-{one})?)*"


_RULE = re.compile(
    rf"(?:{_list(_MONTH)}:?\s+)?(?:{_list(_DAY)}\s+)?(?:{_TIMES}(?:,\s*{_TIMES})*|off|closed)|24/7"
)


def validate_opening_hours(text: str) -> None:
    """Raise ValidationError unless each rule, between semicolons, is one we understand."""
    for rule in text.split(";"):
        if not _RULE.fullmatch(rule.strip()):
            raise ValidationError(
                f"« {rule.strip()} » n'est pas un horaire opening_hours : écrivez par exemple "
                "Mo-Fr 09:00-12:00,14:00-17:00; Sa 09:00-12:00."
            )
