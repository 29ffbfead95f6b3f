"""Fetching a lent vehicle: its place must itself be within reach, before one has the vehicle."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from traitdunion import french, reach
from traitdunion.catalogue.opening_hours import is_readable, windows_on
from traitdunion.rules.public_holidays import public_holidays

from ..answer import Filtre, Finding, Verdict
from ..feasibility.travels import OpenOn
from ..offers import Offer, collected_at
from ..situation import Place, Vehicule
from .searches import SituationSearches

SATURDAY = 5

UNTOLD_HOURS = ((9 * 3600, 17 * 3600),)
"""Hours assumed where the place gives none: from nine to five, on a working day."""

OWN_ENGINE = (Vehicule.VOITURE, Vehicule.DEUX_ROUES)


class Collection(NamedTuple):
    """Where an offer's vehicle is fetched and how one gets there; no journey where none does."""

    place: Place
    metres: float
    journey: reach.Journey | None


def collection_of(offer: Offer, searches: SituationSearches) -> Collection | None:
    """Return the errand; None where the place is not given, or is a walk away."""
    place = collected_at(offer)
    if place is None:
        return None
    point = reach.Point(place.lat, place.lon)
    if searches.streets.between(searches.home, point, reach.WALK) is not None:
        return None
    return Collection(place, searches.metres_to(point), searches.errand(point, _open_on(offer)))


def hours_of(offer: Offer) -> str:
    """Return when it receives people, else its structure; "" where unknown or unreadable."""
    structure = offer.structure
    text = offer.horaires_accueil or (structure.horaires_accueil if structure else "")
    return text if is_readable(text) else ""


def _open_on(offer: Offer) -> OpenOn:
    """Return the windows of a day within which one leaves home, and is at the place."""
    text = hours_of(offer)

    def open_on(on: date) -> Iterable[tuple[int, int]]:
        if windows := windows_on(text, on):
            return windows.spans
        working = on.weekday() < SATURDAY and on not in public_holidays(on.year)
        return UNTOLD_HOURS if working else ()

    return open_on


def findings_of(offer: Offer, searches: SituationSearches) -> list[Finding]:
    """Return that the place is out of reach without the vehicle one goes to fetch."""
    errand = collection_of(offer, searches)
    if errand is None or errand.journey is not None:
        return []
    if searches.situation.vehicule in OWN_ENGINE:
        return []
    at = errand.place.label or "le lieu de retrait"
    away = french.distance(errand.metres)
    text = f"Véhicule à retirer à {away} ({at}), sans transport pour y aller."
    return [Finding(Verdict.A_VERIFIER, text, Filtre.CAPACITE)]
