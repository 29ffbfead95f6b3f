"""Amounts that the law sets and changes: each with the day it starts, its text, its confidence.

The amounts themselves are in `data/rules/parametres.yaml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Dated:
    """A value from a day on; None from the day on which it is no longer known.

    `lu_le` is the day its reference was last read.
    """

    valid_from: date
    value: Decimal | None
    reference: str
    confiance: str
    lu_le: date | None = None


@dataclass(frozen=True)
class Parameter:
    """An amount over time, in the order of the days."""

    name: str
    nom: str
    unite: str
    values: tuple[Dated, ...]

    def at(self, on: date) -> Dated | None:
        """Return what is in force on a day; None before the first day known."""
        return next((value for value in reversed(self.values) if value.valid_from <= on), None)


@dataclass(frozen=True)
class Operand:
    """A parameter, times a number: "1.3 fois l'ARE minimale"."""

    parameter: str
    times: Decimal = Decimal(1)

    def amount(self, on: date, parameters: Mapping[str, Any]) -> Decimal | None:
        """Return the value on a day; None where the parameter is not known."""
        value = parameters[self.parameter].at(on)
        if value is None or value.value is None:
            return None
        return Decimal(value.value * self.times)

    def is_sure(self, on: date, parameters: Mapping[str, Any]) -> bool:
        """Return True where the value is known from better than one page."""
        value = parameters[self.parameter].at(on)
        return value is not None and value.value is not None and value.confiance != "C"
