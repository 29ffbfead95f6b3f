"""JSON documents, bounded in depth, in values and in digits."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from .csv_files import decoded
from .faults import Unreadable, reading
from .limits import Limits
from .values import INVISIBLE, clean_text

ADVICE = "Demandez un fichier valide à qui l'a produit."
MAX_EXPONENT = 30


def parse_json(
    content: bytes, *, called: str = "", limits: Limits | None = None, decimals: bool = False
) -> Any:
    """Return the document of a JSON file; texts are cleaned of signs that databases refuse.

    `called` names the file in messages; `decimals` keeps numbers with a point as Decimal. Raises
    Unreadable with the line, for NaN and infinities as well.
    """
    limits = (limits or Limits()).started()
    limits.check_size(content)
    with reading(called or "ce JSON", ADVICE):
        text = decoded(content)[0]
        _check_nodes(text, called, limits)
        numbers = _Numbers(text, called, limits, decimals)
        try:
            document = json.loads(
                text,
                parse_int=numbers.whole,
                parse_float=numbers.broken,
                parse_constant=numbers.constant,
            )
        except json.JSONDecodeError as wrong:
            place = _place(called, wrong.lineno, wrong.colno)
            raise Unreadable.of("ce n'est pas du JSON.", ADVICE, where=place) from wrong
        except RecursionError as wrong:
            raise _too_deep(called, limits) from wrong
        return _cleaned(document, called, limits)


def _place(called: str, line: int, column: int) -> str:
    where = f"ligne {line}, colonne {column}"
    return f"{called}, {where}" if called else where


def _check_nodes(text: str, called: str, limits: Limits) -> None:
    """Refuse, before any object is built, a document of too many values."""
    nodes = text.count(",") + text.count("[") + text.count("{")
    if nodes > limits.nodes:
        why = f"plus de {limits.nodes} valeurs."
        raise Unreadable.of(why, "Partagez le fichier.", where=called)


def _too_deep(called: str, limits: Limits) -> Unreadable:
    why = f"les objets s'emboîtent sur plus de {limits.depth} niveaux."
    return Unreadable.of(why, ADVICE, where=called)


class _Numbers:
    """Hooks of the parser; they know the text of a number, and look for its place in the file."""

    def __init__(self, text: str, called: str, limits: Limits, decimals: bool) -> None:
        self.text, self.called, self.limits, self.decimals = text, called, limits, decimals

    def whole(self, text: str) -> int:
        if len(text) > self.limits.digits:
            self.refuse(text)
        return int(text)

    def broken(self, text: str) -> float | Decimal:
        mantissa, _, exponent = text.lower().partition("e")
        if len(mantissa) > 2 * self.limits.digits or len(exponent) > 4:
            self.refuse(text)
        if exponent and abs(int(exponent)) > MAX_EXPONENT:
            self.refuse(text)
        try:
            return Decimal(text) if self.decimals else float(text)
        except InvalidOperation:
            self.refuse(text)

    def constant(self, text: str) -> NoReturn:
        self.refuse(text)

    def refuse(self, text: str) -> NoReturn:
        before = self.text[: max(self.text.find(text), 0)]
        column = len(before) - before.rfind("\n")
        place = _place(self.called, before.count("\n") + 1, column)
        short = text if len(text) <= 20 else f"{text[:17]}…"
        why = f"« {short} » n'est pas un nombre qui puisse servir."
        raise Unreadable.of(why, "Corrigez-le.", where=place)


def _cleaned(document: Any, called: str, limits: Limits) -> Any:
    """Clean the texts in place and bound the depth, without recursion."""
    holder = [document]
    pending: list[tuple[Any, int]] = [(holder, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > limits.depth:
            raise _too_deep(called, limits)
        items = list(node.items()) if isinstance(node, dict) else list(enumerate(node))
        for key, value in items:
            if isinstance(key, str) and INVISIBLE.search(key):
                node.pop(key)
                key = clean_text(key)
                node[key] = value
            if isinstance(value, str):
                if INVISIBLE.search(value):
                    node[key] = clean_text(value)
            elif isinstance(value, dict | list):
                pending.append((value, depth + 1))
    return holder[0]
