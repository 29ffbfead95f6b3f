"""Entries that may be the same solution under two names; they are proposed, never merged alone."""

from collections.abc import Sequence

from rapidfuzz import fuzz

from traitdunion.territory.names import fold

from ..entries import Content
from ..models import Solution

ALIKE = 88
"""Likeness of two names, out of 100, from which they may be one."""


def double_of(content: Content, solutions: Sequence[Solution]) -> Solution | None:
    """Return the entry most like a document of the same type: by its name, or its telephone and
    name.
    """
    name, phone = fold(str(content.get("nom") or "")), _digits(content.get("telephone"))
    best: tuple[float, Solution] | None = None
    for solution in solutions:
        if solution.type_solution != content.get("type_solution"):
            continue
        likeness = fuzz.token_sort_ratio(name, fold(solution.nom))
        if phone and phone in (_digits(solution.telephone), _digits(solution.structure.telephone)):
            likeness += 15
        if likeness >= ALIKE and (best is None or likeness > best[0]):
            best = (likeness, solution)
    return best[1] if best else None


def _digits(text: object) -> str:
    digits = "".join(sign for sign in str(text or "") if sign.isdigit())
    return digits[-9:]
