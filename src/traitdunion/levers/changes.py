"""Levers: one change, by one actor, with what it costs, how long it takes and how sure it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from traitdunion import french

from .enums import Acteur, Confiance, Nature

COSTS = Path(__file__).resolve().parents[1] / "data" / "leviers" / "couts.yaml"
UNKNOWN = "inconnue"
INVENTED = "Chiffre inventé de la démonstration"
WEEKS_A_MONTH = 4.35
SOON_WEEKS = 8
MIN_ESTIMATED = 10
"""Under it an estimate reads « moins de 10 », which is a range already."""


@dataclass(frozen=True)
class Cost:
    """What a change costs a year; `eur` None without a figure. `lu_le`: read on."""

    nature: Nature
    eur: Decimal | None
    unite: str
    reference: str
    confiance: str
    lu_le: date | None
    delai_semaines: int
    demonstration: bool = False

    def of(self, number: int) -> "Cost":
        """Return the cost of the change made so many times."""
        return self if self.eur is None else replace(self, eur=self.eur * number)

    @property
    def text(self) -> str:
        """Return the cost in French; unknown is never nought."""
        if self.eur is None:
            return "coût à demander"
        if self.eur == 0:
            return "sans coût public"
        return f"{french.euros(self.eur)} {self.unite.removeprefix('€').strip()}"

    @property
    def delay(self) -> str:
        """Return how long the change takes, in French."""
        if self.delai_semaines <= SOON_WEEKS:
            return french.counted(self.delai_semaines, "semaine")
        return f"{round(self.delai_semaines / WEEKS_A_MONTH)}\u00a0mois"


class Given(NamedTuple):
    """A cost typed on screen, which replaces the one that comes with the product."""

    eur: Decimal | None
    unite: str
    source: str
    lu_le: date
    confiance: str


Overrides = Mapping[str, Given]


@cache
def _models() -> dict[str, Any]:
    models: dict[str, Any] = yaml.safe_load(COSTS.read_text("utf-8"))
    return models


def cost_of(
    nature: Nature, *, on: date, given: Overrides | None = None, demonstration: bool = False
) -> Cost:
    """Return the cost model of a change on a day: that typed on screen, else the product's.

    `demonstration`: invented figures fill in what is unknown, and are marked.
    """
    model = _models()[nature.value]
    rows = [row for row in model["valeurs"] if row["depuis"] <= on] or model["valeurs"][:1]
    row = rows[-1]
    delay = model["delai_semaines"]
    own = (given or {}).get(nature.value)
    if own is not None:
        return Cost(nature, own.eur, own.unite, own.source, own.confiance, own.lu_le, delay)
    if row["valeur"] == UNKNOWN:
        eur = Decimal(str(model["demonstration"])) if "demonstration" in model else None
        if demonstration and eur is not None:
            return Cost(nature, eur, model["unite"], INVENTED, "C", None, delay, True)
        return Cost(
            nature, None, model["unite"], row["reference"], row["confiance"], row["lu_le"], delay
        )
    value = Decimal(str(row["valeur"]))
    return Cost(
        nature, value, model["unite"], row["reference"], row["confiance"], row["lu_le"], delay
    )


@dataclass(frozen=True)
class Lever:
    """A change that opens something, verified by a full search with the change made.

    `key` names it without the person; `sentence` is said aloud to the actor. `detail` describes the
    change for machines. `days`: days of the week that it opens; `size`: how much is changed, by
    which levers of one actor and family are compared (minutes, vehicles, kilometres). `people`:
    residents to whom it opens the job, `people_lost` those to whom it closes it, None not counted.
    """

    key: str
    acteur: Acteur
    nature: Nature
    sentence: str
    cost: Cost
    confiance: Confiance
    days: int
    size: float
    detail: Mapping[str, Any] = field(default_factory=dict, hash=False)
    people: int | None = None
    people_lost: int | None = None

    @property
    def people_text(self) -> str:
        """Return for whom the job opens, "1 240 habitants (estimation)"; empty if not counted.

        What is still to be checked opens it to none for sure: "jusqu'à 1 240 habitants".
        """
        if self.nature == Nature.PRETER_VEHICULE:
            return "une personne à la fois"
        is_range = self.confiance == Confiance.A_VERIFIER and (self.people or 0) >= MIN_ESTIMATED
        return f"jusqu'à {_estimated(self.people)}" if is_range else _estimated(self.people)

    @property
    def lost_text(self) -> str:
        """Return to whom the job closes, in the same words; empty where it closes to none."""
        return _estimated(self.people_lost)

    def json(self) -> dict[str, Any]:
        """Return the lever as commands write it."""
        return {
            "key": self.key,
            "actor": self.acteur.value,
            "actor_label": self.acteur.label,
            "kind": self.nature.value,
            "sentence": self.sentence,
            "cost_eur_year": None if self.cost.eur is None else float(self.cost.eur),
            "cost_source": self.cost.reference,
            "cost_demonstration": self.cost.demonstration,
            "delay_weeks": self.cost.delai_semaines,
            "confidence": self.confiance.value,
            "days_opened": self.days,
            "people": None if self.people is None else round(self.people, -1),
            "people_lost": None if self.people_lost is None else round(self.people_lost, -1),
            "change": dict(self.detail),
        }


def _estimated(people: int | None) -> str:
    return f"{french.modelled_people(people)} habitants (estimation)" if people else ""


def in_order(levers: Iterable[Lever]) -> list[Lever]:
    """Sort levers by yearly cost, unknown last, then delay, then name."""
    return sorted(
        levers,
        key=lambda lever: (
            lever.cost.eur is None,
            lever.cost.eur or 0,
            lever.cost.delai_semaines,
            lever.key,
        ),
    )


def smallest_by_actor(levers: Iterable[Lever]) -> list[Lever]:
    """Keep, for each actor and family, the smallest change, then order the actors' best first."""
    kept: dict[tuple[Acteur, Nature], Lever] = {}
    for lever in levers:
        key = lever.acteur, lever.nature
        if key not in kept or (lever.size, lever.key) < (kept[key].size, kept[key].key):
            kept[key] = lever
    return in_order(kept.values())
