"""Fetching a lent vehicle: its place must itself be within reach, before one has the vehicle."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from traitdunion import reach
from traitdunion.sources.public_holidays import public_holidays

from . import plans, wording
from .answer import Filtre, Finding, Verdict
from .offers import Offer, collected_at
from .situation import Place, Vehicule
from .travels import OpenOn, Searches

SATURDAY = 5

UNTOLD_HOURS = ((9 * 3600, 17 * 3600),)
"""Where the place does not tell its hours: from nine to five, on a working day."""

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
    return Collection(place, searches.metres_to(point), searches.errand(point, _open_on(offer)))


def _hours(offer: Offer) -> str:
    """When it receives people, else its structure, in OpenStreetMap's terms; "" if not told."""
    own = getattr(offer, "horaires_accueil", "")
    return str(own or getattr(offer.structure, "horaires_accueil", ""))


def _open_on(offer: Offer) -> OpenOn:
    """The windows of a day within which one leaves home, and is at the place."""
    from traitdunion.catalogue.opening_hours import windows_on

    text = _hours(offer)

    def open_on(on: date) -> Iterable[tuple[int, int]]:
        holidays = public_holidays(on.year)
        if text:
            return windows_on(text, on, holidays=holidays).spans
        return UNTOLD_HOURS if on.weekday() < SATURDAY and on not in holidays else ()

    return open_on


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
    day = f"le {wording.DAYS[journey.on.weekday()]}, " if _hours(offer) else ""
    return (
        f" Véhicule à retirer{at}, à {wording.duration(journey.duration_s)} du domicile "
        f"({day}départ {wording.clock(journey.departure_s)}{by})."
    )
