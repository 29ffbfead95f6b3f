"""How one fetches a lent vehicle, in French."""

from traitdunion import french

from ..eligibility.pickup import collection_of, hours_of
from ..eligibility.searches import SituationSearches
from ..offers import Offer
from . import day_plans


def errand_text(offer: Offer, searches: SituationSearches) -> str:
    """Return how to fetch a vehicle, for the next step; nothing where it is next door."""
    errand = collection_of(offer, searches)
    if errand is None:
        return ""
    at = f" : {errand.place.label}" if errand.place.label else ""
    if errand.journey is None:
        return f" Véhicule à retirer{at}, à {french.distance(errand.metres)} du domicile."
    journey = errand.journey
    rides = [leg for leg in journey.legs if leg.kind == "ride"]
    by = f", {day_plans.ride_label(rides[0])}" if rides else ""
    day = f"le {french.DAYS[journey.on.weekday()]}, " if hours_of(offer) else ""
    return (
        f" Véhicule à retirer{at}, à {french.duration_s(journey.duration_s)} du domicile "
        f"({day}départ {french.clock(journey.departure_s)}{by})."
    )
