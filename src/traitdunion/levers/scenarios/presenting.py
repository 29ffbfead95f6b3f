"""A comparison on a page: modelled people to ten, « moins de 10 », never netted."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from traitdunion import french
from traitdunion.territory.home import home_departement
from traitdunion.territory.outlines import Outlines, outlines

from ..models import VersionDeScenario
from ..profiles import PROFILES

UNKNOWN_COST = "non renseigné"
STATES = (("gagne", "un premier poste s'ouvre"), ("ouvre", "un poste de plus s'ouvre"),
          ("perd", "un poste se ferme"))  # fmt: skip


@dataclass(frozen=True)
class Result:
    """The figures of a version, as texts; `map` gives the communes of each state, `states`
    the state of each by its code.
    """

    gained: str
    served: str
    worse: str
    opened: int
    lost: int
    weight_opened: str
    weight_lost: str
    cost: str
    each: str
    communes: list[str]
    worse_communes: list[str]
    hidden: int
    equity: list[tuple[str, str, str]]
    notes: list[str]
    profile: str
    map: list[tuple[str, str, list[str]]]
    states: Mapping[str, str]

    @property
    def outlines(self) -> Outlines:
        """Return the outlines of the communes, read where the map is drawn alone."""
        return outlines(home_departement())


def result_of(version: VersionDeScenario) -> Result:
    """Return the result of a version."""
    result = version.resultat
    gained, lost, cost = result["gained"], result["lost"], result["cost"]
    states: Mapping[str, str] = result.get("communes", {})
    return Result(
        gained=french.modelled_people(gained["people"]),
        served=french.modelled_people(gained["people_served"]),
        worse=french.modelled_people(lost["people"]),
        opened=gained["pairs"],
        lost=lost["pairs"],
        weight_opened=_weight(gained),
        weight_lost=_weight(lost),
        cost=_euros(cost["eur_year"], " par an"),
        each=_each(cost["eur_year"], gained["people_served"]),
        communes=gained["communes_opened"],
        worse_communes=lost["communes_closed"],
        hidden=lost["communes_closed_hidden"],
        equity=_equity(result.get("equity")),
        notes=result.get("notes", []),
        profile=PROFILES[version.profil].nom if version.profil in PROFILES else version.profil,
        map=[(state, label, [code for code, own in states.items() if own == state])
             for state, label in STATES],
        states=states,
    )  # fmt: skip


def _euros(value: float | None, each: str) -> str:
    if value is None:
        return UNKNOWN_COST
    return french.euros(Decimal(str(round(value)))) + each


def _each(cost: float | None, people: int) -> str:
    if not people:
        return "sans objet"
    return UNKNOWN_COST if cost is None else french.cost_each(cost, people)


def _weight(changed: Mapping[str, Any]) -> str:
    """Return people × posts to ten people for each pair, as the pairs are shown beside it."""
    pairs, weight = changed["pairs"], changed["people_x_jobs"]
    if not weight:
        return "0"
    step = 10 * max(1, pairs)
    least = f"moins de {french.number(step)}"
    return least if weight < step else french.number(round(weight / step) * step)


def _equity(equity: Any) -> list[tuple[str, str, str]]:
    """Return rows of the table: who, before, after."""
    if not equity:
        return []
    posts = equity["posts_per_person"]

    def mean(value: float | None) -> str:
        return UNKNOWN_COST if value is None else french.number(round(value, 2), 2)

    without = equity["people_without_post"]
    return [
        ("Postes tenables par habitant, les 40\u00a0% les moins bien desservis",
         mean(posts["least_served_40"]["before"]), mean(posts["least_served_40"]["after"])),
        ("Postes tenables par habitant, les autres",
         mean(posts["others"]["before"]), mean(posts["others"]["after"])),
        ("Habitants sans aucun poste (estimation)",
         french.modelled_people(without["before"]), french.modelled_people(without["after"])),
    ]  # fmt: skip
