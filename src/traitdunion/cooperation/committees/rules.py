"""Rules of the territorial committees for employment in force on a day, each with its article."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parents[2] / "data" / "cooperation" / "comites.yaml"
NO_CAP = "sans plafond"


class RuleNotInForce(LookupError):
    """No known text sets this rule on that day; the message names the rule, in French."""


@dataclass(frozen=True)
class CommitteeRule:
    """A rule on a day; `value` is None where the text sets no cap."""

    name: str
    nom: str
    article: str
    confiance: str
    valid_from: date
    value: Fraction | None

    @property
    def is_sure(self) -> bool:
        """Return whether the text in force was read."""
        return self.confiance == "A"


@cache
def _content() -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return content


def rule_named(name: str, *, on: date) -> CommitteeRule:
    """Return the rule in force on a day.

    Raises RuleNotInForce before the first text, KeyError for an unknown name.
    """
    rule = _content()[name]
    begun = [value for value in rule["valeurs"] if value["depuis"] <= on]
    if not begun:
        raise RuleNotInForce(
            f"« {rule['nom']} » ({rule['article']}) n'est pas en vigueur le {on:%d/%m/%Y} : la "
            f"règle commence le {rule['valeurs'][0]['depuis']:%d/%m/%Y}."
        )
    latest = begun[-1]
    text = str(latest["valeur"])
    value = None if text == NO_CAP else Fraction(text)
    return CommitteeRule(
        name, rule["nom"], rule["article"], rule["confiance"], latest["depuis"], value
    )


def value_of(name: str, *, on: date) -> Fraction:
    """Number of a rule in force on a day."""
    value = rule_named(name, on=on).value
    if value is None:
        raise RuleNotInForce(f"« {name} » : le texte ne fixe pas de nombre.")
    return value


def all_rules(*, on: date) -> list[CommitteeRule]:
    """Return every rule in force on a day, for the page that lists them."""
    return [rule_named(name, on=on) for name in _content()]
