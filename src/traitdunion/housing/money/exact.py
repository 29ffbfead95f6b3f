"""Hold the arithmetic of the package: 50 digits, half up, no float."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import wraps
from typing import ParamSpec, TypeVar

Given = Decimal | int | str
P = ParamSpec("P")
T = TypeVar("T")

CENT = Decimal("0.01")
ZERO = Decimal(0)
ONE = Decimal(1)
_CONTEXT = Context(prec=50, rounding=ROUND_HALF_UP)


def exactly(function: Callable[P, T]) -> Callable[P, T]:
    """Run a function with 50 digits, whatever the context of the caller."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        with localcontext(_CONTEXT):
            return function(*args, **kwargs)

    return run


def decimal(value: Given) -> Decimal:
    """Return a figure as a Decimal.

    Raises:
        TypeError: for a float, whose last digits are those of the machine.
        ValueError: for what is not a finite number.
    """
    if isinstance(value, float):
        raise TypeError(f"give {value!r} as text or Decimal, not as a float")
    try:
        read = Decimal(value)
    except ArithmeticError:
        raise ValueError(f"{value!r} is not a number") from None
    if not read.is_finite():
        raise ValueError(f"{value!r} is not a finite number")
    return read


def rounded(value: Decimal, step: str = "0.01") -> Decimal:
    """Return a figure rounded half up (0.005 gives 0.01), to the cent by default."""
    return value.quantize(Decimal(step), rounding=ROUND_HALF_UP)
