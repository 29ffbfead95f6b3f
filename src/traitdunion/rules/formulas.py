"""Sums of money as files write them: "0.23 * distance_aller_retour_km", read by Python's parser.

Only numbers, names, + - * /, parentheses, min, max and entier (rounded down) are allowed; numbers
stay decimal.
"""

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

FUNCTIONS: Mapping[str, Callable[..., Decimal]] = {
    "min": min,
    "max": max,
    "entier": lambda number: number.to_integral_value(ROUND_FLOOR),
}
OPERATIONS: Mapping[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: lambda row, other: row + other,
    ast.Sub: lambda row, other: row - other,
    ast.Mult: lambda row, other: row * other,
    ast.Div: lambda row, other: row / other,
}
LONGEST = 300


@dataclass(frozen=True)
class Formula:
    """A sum and the names it needs, in the order they are written."""

    text: str
    tree: ast.expr
    names: tuple[str, ...]

    def amount(self, values: Mapping[str, Decimal]) -> Decimal | None:
        """Return the sum, None where a name it needs has no value, or where it divides by zero."""
        if any(name not in values for name in self.names):
            return None
        try:
            return _amount(self.tree, values)
        except ZeroDivisionError:
            return None


def parse_formula(text: str) -> Formula:
    """Return the formula of a text; ValueError in French where it states anything else."""
    if len(text) > LONGEST:
        raise ValueError(f"formule trop longue ({len(text)} signes, {LONGEST} au plus)")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError) as wrong:
        raise ValueError(f"formule mal écrite : « {text} »") from wrong
    names: dict[str, None] = {}
    _check(tree, text, names)
    return Formula(text.strip(), tree, tuple(names))


def _check(node: ast.expr, text: str, names: dict[str, None]) -> None:
    match node:
        case ast.Constant(value=int() | float() as number) if _is_plain(number):
            return
        case ast.Name(id=name):
            names[name] = None
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            _check(operand, text, names)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATIONS:
            _check(left, text, names)
            _check(right, text, names)
        case ast.Call(func=ast.Name(id=function), args=args, keywords=[]) if (
            function in FUNCTIONS and args and (function != "entier" or len(args) == 1)
        ):
            for arg in args:
                _check(arg, text, names)
        case _:
            source = ast.get_source_segment(text.strip(), node) or text
            raise ValueError(
                f"« {source} » n'est pas permis : nombres, noms, + - * /, min, max, entier"
            )


def _is_plain(number: float) -> bool:
    return not isinstance(number, bool) and math.isfinite(number)


def _amount(node: ast.expr, values: Mapping[str, Decimal]) -> Decimal:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Decimal(repr(number))
        case ast.Name(id=name):
            return values[name]
        case ast.UnaryOp(operand=operand):
            return -_amount(operand, values)
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATIONS[type(op)](_amount(left, values), _amount(right, values))
        case ast.Call(func=ast.Name(id=function), args=args):
            amounts = [_amount(arg, values) for arg in args]
            return (
                FUNCTIONS[function](*amounts)
                if len(amounts) > 1 or function == "entier"
                else (amounts[0])
            )
    raise TypeError(f"not a checked formula: {ast.dump(node)}")
