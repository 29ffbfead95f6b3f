"""Long answers in pages: the first are shown, the others are counted and a link away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import HttpRequest

Row = TypeVar("Row")

A_PAGE = 50
"""Ways, solutions left out and helps on one page."""

FIELD = "page"
FARTHEST = 10_000


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one page, how many come after them, and the page they are on."""

    rows: Sequence[Row]
    number: int
    total: int

    @property
    def after(self) -> int:
        """Return how many rows come after this page."""
        return max(self.total - self.number * A_PAGE, 0)

    @property
    def following(self) -> int:
        return self.number + 1


def page_asked(request: HttpRequest) -> int:
    """Return the page asked for; the first where none, or none that may be, is given."""
    text = request.POST.get(FIELD) or request.GET.get(FIELD, "")
    return min(max(int(text), 1), FARTHEST) if text.isdecimal() and len(text) < 7 else 1


def page_of(rows: Sequence[Row], number: int) -> Page[Row]:
    """Return one page of rows; the last one where there are fewer pages."""
    number = min(number, max(-(-len(rows) // A_PAGE), 1))
    return Page(rows[(number - 1) * A_PAGE : number * A_PAGE], number, len(rows))
