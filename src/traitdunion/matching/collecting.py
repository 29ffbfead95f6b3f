"""Fetching a lent vehicle: its place must itself be within reach, before one has the vehicle."""

from typing import NamedTuple

from traitdunion import reach

from . import plans, wording
from .answer import Filtre, Finding, Verdict
from .offers import Offer, collected_at
from .situation import Place, Vehicule
from .travels import Searches

OPENS_S, CLOSES_S = 9 * 3600, 17 * 3600
"""One leaves home from nine and must be there by five, on a working day."""

OWN_ENGINE = (Vehicule.VOITURE, Vehicule.DEUX_ROUES)


class Collection(NamedTuple):
    """Where an offer's vehicle is fetched and how one gets there; no journey where none does."""

    place: Place
    metres: float
    journey: reach.Journey | None


def collection_of(offer: Offer, searches: Searches) -> Collection | None:
    """The errand; None where the place is not told, or is a walk away."""
    place = collected_at(offer)
    if place is None:
        return None
    point = reach.Point(place.lat, place.lon)
    if searches.streets.between(searches.home, point, reach.WALK) is not None:
        return None
    by_road = searches.metres_to(point)
    return Collection(place, by_road, searches.errand(point, OPENS_S, CLOSES_S))


def findings_of(offer: Offer, searches: Searches) -> list[Finding]:
    """That the place is out of reach without the vehicle one goes to fetch."""
    errand = collection_of(offer, searches)
    if errand is None or errand.journey is not None:
        return []
    if searches.situation.vehicule in OWN_ENGINE:
        return []
    at = errand.place.label or "le lieu de retrait"
    away = wording.kilometres(errand.metres)
    text = f"Véhicule à retirer à {away} ({at}), sans transport pour y aller."
    return [Finding(Verdict.A_VERIFIER, text, Filtre.CAPACITE)]


def told(offer: Offer, searches: Searches) -> str:
    """How to fetch it, for the next step; nothing where it is next door."""
    errand = collection_of(offer, searches)
    if errand is None:
        return ""
    at = f" : {errand.place.label}" if errand.place.label else ""
    if errand.journey is None:
        return f" Véhicule à retirer{at}, à {wording.kilometres(errand.metres)} du domicile."
    journey = errand.journey
    rides = [leg for leg in journey.legs if leg.kind == "ride"]
    by = f", {plans.ride_label(rides[0])}" if rides else ""
    return (
        f" Véhicule à retirer{at}, à {wording.duration(journey.duration_s)} du domicile "
        f"(départ {wording.clock(journey.departure_s)}{by})."
    )
