"""Write the checklist of someone's arrival: each step, its date, who does it, the article of law.

The steps are the dated data of `data/employers/accueil.yaml`. Nothing is known of the person but
the day of hiring, the contract, and three conditions that may be unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from traitdunion.rules.legal_days import add_jours_ouvrables, add_months


class Contract(StrEnum):
    """Kind of contract; the values are those of the data."""

    CDI = "cdi"
    CDD = "cdd"
    INTERIM = "interim"


class Condition(StrEnum):
    """What changes the steps of an arrival."""

    NIGHT = "nuit"
    MINOR = "mineur"
    RISKS = "risques"


class Who(StrEnum):
    """Who does a step in the firm."""

    HR = "rh"
    MANAGER = "responsable"
    TUTOR = "tuteur"


@dataclass(frozen=True, slots=True)
class Rule:
    """A step as the data states it; without `article` it is good practice."""

    id: str
    title: str
    who: Who
    delay: Mapping[str, int]
    earliest: Mapping[str, int] | None
    contracts: frozenset[Contract]
    only_if: frozenset[Condition]
    unless: frozenset[Condition]
    article: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class Hire:
    """A hiring: a condition that is not in `conditions` is unknown."""

    starts_on: date
    contract: Contract
    conditions: Mapping[Condition, bool] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the calendar. `to_check`: a condition that decides it is unknown."""

    rule: Rule
    due_on: date
    earliest_on: date | None
    to_check: bool

    @property
    def is_law(self) -> bool:
        return bool(self.rule.article)

    @property
    def is_sure(self) -> bool:
        """Return whether the text itself was read."""
        return self.rule.confidence == "lu"


def checklist(hire: Hire) -> tuple[Step, ...]:
    """Return the steps of a hiring, in the order of their dates."""
    steps = [_step(rule, hire, applies) for rule in rules() if (applies := _applies(rule, hire))]
    return tuple(sorted(steps, key=lambda step: step.due_on))


@cache
def rules() -> tuple[Rule, ...]:
    """Return every step of the data."""
    text = files("traitdunion.data").joinpath("employers/accueil.yaml").read_text("utf-8")
    return tuple(_rule(row) for row in yaml.safe_load(text))


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        id=row["id"],
        title=row["titre"],
        who=Who(row["qui"]),
        delay=row["delai"],
        earliest=row.get("de"),
        contracts=frozenset(map(Contract, row.get("contrats", Contract))),
        only_if=frozenset(map(Condition, row.get("si", ()))),
        unless=frozenset(map(Condition, row.get("sauf", ()))),
        article=row.get("article", ""),
        confidence=row.get("confiance", ""),
        note=row.get("note", ""),
    )


class _Applies(StrEnum):
    YES = "oui"
    UNKNOWN = "a_verifier"


def _applies(rule: Rule, hire: Hire) -> _Applies | None:
    """Return whether a step is due; None where it is not."""
    if hire.contract not in rule.contracts:
        return None
    needed = _one_of(rule.only_if, hire) if rule.only_if else True
    set_aside = _one_of(rule.unless, hire) if rule.unless else False
    if needed is False or set_aside is True:
        return None
    return _Applies.YES if needed and set_aside is False else _Applies.UNKNOWN


def _one_of(conditions: frozenset[Condition], hire: Hire) -> bool | None:
    """Return whether one condition holds; None where none is known to and one is unknown."""
    known = [hire.conditions.get(condition) for condition in conditions]
    if True in known:
        return True
    return None if None in known else False


def _step(rule: Rule, hire: Hire, applies: _Applies) -> Step:
    earliest = _on(hire.starts_on, rule.earliest) if rule.earliest else None
    due_on = _on(hire.starts_on, rule.delay)
    return Step(rule, due_on, earliest, to_check=applies is _Applies.UNKNOWN)


def _on(start: date, delay: Mapping[str, int]) -> date:
    ((unit, count),) = delay.items()
    if unit == "jours":
        return start + timedelta(days=count)
    return add_months(start, count) if unit == "mois" else add_jours_ouvrables(start, count)
