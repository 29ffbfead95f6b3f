"""What may be asked of a person, of a job or of a trip: each criterion, typed, with its question.

The registry is `data/rules/criteres.yaml`. A fact is a typed value under the name of a criterion;
a name that is absent is unknown, and nothing else is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeAlias

from .durations import Duration, parse_duration

NOT_YET = date.max
"""Date of what has not happened: every deadline counted from it is still open."""

LARGEST = 1_000_000_000
"""No fact is a larger number."""

Value: TypeAlias = bool | Decimal | str | frozenset[str] | date | Duration
Facts: TypeAlias = Mapping[str, Value]


class Nature(StrEnum):
    """What a criterion takes."""

    OUI_NON = "oui_non"
    NOMBRE = "nombre"
    CHOIX = "choix"
    PLUSIEURS = "plusieurs"
    DATE = "date"
    DUREE = "duree"


@dataclass(frozen=True)
class Criterion:
    """One thing that rules look at.

    `nom` is how a sentence names it, `question` how one asks for it, `aide` helps to answer.
    `si_oui` and `si_non` state a yes and a no in words, after "il faut".
    `values` are the codes it may take with their labels, in order; empty for codes of places.
    `unite` and `pas` are the unit of a number and the smallest step between two of them.
    `deduit_de` names the criterion it follows from. `asked` is False where no one may ask;
    `sensible` where the answer is to be kept nowhere. `to_come`: the date may not be set yet.
    `families`: the law treats its values one by one, so that each needs a case in every rule.
    """

    name: str
    nom: str
    question: str
    aide: str
    nature: Nature
    values: Mapping[str, str] = field(hash=False)
    unite: str = ""
    si_oui: str = ""
    si_non: str = ""
    pas: Decimal = Decimal(1)
    deduit_de: str = ""
    asked: bool = True
    sensible: bool = False
    ordered: bool = False
    to_come: bool = False
    families: bool = False

    def read(self, given: object) -> Value:
        """Return the typed value of what a file or a form gives.

        ValueError in French where it is none.
        """
        readers: dict[Nature, Callable[[object], Value]] = {
            Nature.OUI_NON: _yes_no,
            Nature.NOMBRE: self._decimal_of,
            Nature.CHOIX: self._code,
            Nature.PLUSIEURS: self._codes,
            Nature.DATE: _date,
            Nature.DUREE: parse_duration,
        }
        return readers[self.nature](given)

    def _decimal_of(self, given: object) -> Decimal:
        try:
            if isinstance(given, bool):
                raise InvalidOperation
            number = Decimal(str(given).replace(",", ".").strip())
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise ValueError(f"« {given} » n'est pas un nombre")
        if abs(number) > LARGEST:
            raise ValueError(f"« {given} » est trop grand")
        return number

    def _code(self, given: object) -> str:
        if self.values and str(given) not in self.values:
            raise ValueError(f"« {given} » n'est pas une valeur de « {self.name} »")
        return str(given)

    def _codes(self, given: object) -> frozenset[str]:
        if not isinstance(given, list | tuple | set | frozenset):
            raise ValueError(f"« {given} » n'est pas une liste")
        return frozenset(self._code(value) for value in given)

    def rank(self, code: str) -> int:
        """Return the place of a code among the values, where their order means something."""
        return list(self.values).index(code)

    def label(self, code: str) -> str:
        """Return the French label of a code."""
        return self.values.get(code, code)


def _yes_no(given: object) -> bool:
    if isinstance(given, bool):
        return given
    known = {"oui": True, "non": False, "true": True, "false": False}
    if str(given).lower() not in known:
        raise ValueError(f"« {given} » n'est ni oui ni non")
    return known[str(given).lower()]


def _date(given: object) -> date:
    if isinstance(given, date):
        return given
    if str(given) == "pas_encore":
        return NOT_YET
    try:
        return date.fromisoformat(str(given))
    except ValueError as wrong:
        raise ValueError(f"« {given} » n'est pas une date AAAA-MM-JJ") from wrong


def completed(facts: Facts, criteria: Mapping[str, Criterion], on: date) -> dict[str, Value]:
    """Return the facts and what follows from them on a day; what was stated is never replaced."""
    known: dict[str, Value] = {**facts, "demande_le": on}
    for name, criterion in criteria.items():
        source = known.get(criterion.deduit_de)
        if name not in known and source is not None:
            known[name] = DEDUCED[name](source, on)
    return known


def _age(born: Value, on: date) -> Decimal:
    """Return the age in whole years.

    Born on 29 February, one is a year older on 1 March of the other years.
    """
    if not isinstance(born, date):
        raise TypeError(f"a date of birth, not {born!r}")
    return Decimal(on.year - born.year - ((on.month, on.day) < (born.month, born.day)))


def _twice(value: Value, on: date) -> Decimal:
    if not isinstance(value, Decimal):
        raise TypeError(f"a number, not {value!r}")
    return value * 2


DEDUCED = {"age": _age, "distance_aller_retour_km": _twice}
"""How a criterion follows from the one it names in the registry."""
