"""What the rules may know of a situation before anyone is asked: facts by criterion."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Protocol

from traitdunion.reach.monthly_fares import WEEKS_A_MONTH
from traitdunion.rules import Value

from ..situation import Permis, Place, Situation, Vehicule

PlacesOf = Callable[[str], frozenset[str] | None]

PERMIS = {Permis.AUCUN: "aucun", Permis.AM: "am", Permis.B: "b"}
VEHICULES = {
    Vehicule.AUCUN: frozenset[str](),
    Vehicule.VELO: frozenset({"velo"}),
    Vehicule.DEUX_ROUES: frozenset({"deux_roues"}),
    Vehicule.VOITURE: frozenset({"voiture"}),
}
MOYENS = {
    "ride": "transport_public",
    "on_demand": "transport_public",
    "bike": "velo",
    "ebike": "velo",
    "car": "voiture",
    "carpool": "covoiturage",
    "scooter": "deux_roues",
    "walk": "marche",
}
TENTH = Decimal("0.1")


def with_known_facts(situation: Situation, places_of: PlacesOf) -> Situation:
    """Return the same, with what follows from its licence, vehicle, places and shift.

    What was stated outright comes before what follows.
    """
    facts: dict[str, Value | None] = {
        "action": "embauche",
        "permis": PERMIS.get(situation.permis),
        "vehicule": VEHICULES.get(situation.vehicule),
        "residence": _places(situation.home, places_of),
        "lieu_activite": _places(situation.work, places_of),
        "allers_retours_mois": (len(situation.shift.days) * WEEKS_A_MONTH).quantize(TENTH),
    }
    known = {name: value for name, value in facts.items() if value is not None}
    return replace(situation, facts={**known, **situation.facts})


def _places(place: Place, places_of: PlacesOf) -> frozenset[str] | None:
    return places_of(place.code_insee) if place.code_insee else None


class Priced(Protocol):
    """What the aids read of one way to go: an option, or a line of the map of reach."""

    @property
    def modes(self) -> tuple[str, ...]: ...

    @property
    def monthly_cost_eur(self) -> Decimal | None: ...

    @property
    def subscription_eur(self) -> Decimal: ...

    @property
    def rail_eur(self) -> Decimal: ...

    @property
    def minutes_out(self) -> int | None: ...

    @property
    def minutes_back(self) -> int | None: ...

    @property
    def minutes_onward(self) -> int | None: ...

    @property
    def solutions(self) -> tuple[str, ...]: ...


OF_A_WAY = frozenset(
    {"abonnement_mois_eur", "ter_mois_eur", "moyen", "duree_aller_min", "duree_aller_retour_min"}
)
"""Criteria whose values differ from one way to go to another."""


def facts_of_option(option: Priced) -> Mapping[str, Value]:
    """Return what rules look at that depends on the way one goes: means, fares, time."""
    facts: dict[str, Value] = {
        "abonnement_mois_eur": option.subscription_eur,
        "ter_mois_eur": option.rail_eur,
    }
    means = {MOYENS[kind] for kind in option.modes if kind in MOYENS}
    if means:
        facts["moyen"] = frozenset(means - {"marche"}) or frozenset(means)
    if option.minutes_out is not None and option.minutes_back is not None:
        facts["duree_aller_min"] = Decimal(option.minutes_out)
        facts["duree_aller_retour_min"] = Decimal(option.minutes_out + option.minutes_back)
    return facts
