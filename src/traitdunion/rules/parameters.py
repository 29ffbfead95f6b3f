"""Amounts that the law sets and changes: each with the day it starts, its text, its confidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Dated:
    """A value from a day on; None from the day on which it is no longer known."""

    valid_from: date
    value: Decimal | None
    reference: str
    confiance: str


@dataclass(frozen=True)
class Parameter:
    """An amount over time, in the order of the days."""

    name: str
    nom: str
    unite: str
    values: tuple[Dated, ...]

    def at(self, on: date) -> Dated | None:
        """What is in force on a day; None before the first day known."""
        return next((one for one in reversed(self.values) if one.valid_from <= on), None)


@dataclass(frozen=True)
class Operand:
    """A parameter, times a number: "1.3 fois l'ARE minimale"."""

    parameter: str
    times: Decimal = Decimal(1)

    def amount(self, on: date, parameters: Mapping[str, Any]) -> Decimal | None:
        """Value on a day; None where the parameter is not known."""
        found = parameters[self.parameter].at(on)
        if found is None or found.value is None:
            return None
        return Decimal(found.value * self.times)

    def is_sure(self, on: date, parameters: Mapping[str, Any]) -> bool:
        """True where the value is known from better than one page."""
        found = parameters[self.parameter].at(on)
        return found is not None and found.value is not None and found.confiance != "C"
