"""What the matching reads of a solution of the catalogue, and how: nothing else of it is used."""

from typing import Any, TypedDict

from traitdunion import reach
from traitdunion.catalogue.offers.records import Offer as Offer

from .places import Place

LENT = frozenset({"location_velo", "location_2rm", "location_voiture"})
"""Types that lend a vehicle, told by `mode`; a shared one is not at home every morning."""

LENDABLE = frozenset({"velo", "vae", "scooter", "voiturette", "voiture"})
"""Vehicles whose speed and limit are known (`travels.VEHICLES`)."""

NOT_ROUTED = frozenset({"tad", "covoiturage", "transport_solidaire", "navette", "autopartage"})
"""Types that may carry the person, but whose hours and places the engine cannot check yet."""

TIMETABLED = "tc_ligne"


def key_of(offer: Offer) -> str:
    """Return the key of its options; that of a way without a solution holds no colon."""
    return f"solution:{offer.id}"


def kind_of(offer: Offer) -> str:
    """Return the code of its type."""
    return offer.type_solution


def lends(offer: Offer) -> bool:
    """Return True where it lends a vehicle that one can travel with every day."""
    return kind_of(offer) in LENT and offer.mode in LENDABLE


def is_not_routed(offer: Offer) -> bool:
    """Return True where it may serve the trip in a way that the engine does not know."""
    return kind_of(offer) in NOT_ROUTED | LENT and not lends(offer) and not is_chance(offer)


def is_chance(offer: Offer) -> bool:
    """Return True for organised hitch-hiking.

    A chance to be carried, that no answer may count on.
    """
    return offer.forme_covoiturage == "autostop"


def routes_on_demand(offer: Offer, timetable: reach.Timetable) -> frozenset[int]:
    """Return the routes of the timetable that are this service's, come when asked.

    None where unknown.
    """
    if kind_of(offer) == TIMETABLED:
        return frozenset()
    return frozenset(
        route
        for route, names in timetable.routes_on_demand.items()
        if names.agency == operator_of(offer)
    )


def operator_of(offer: Offer) -> str:
    """Return the name of its operator in the timetable.

    A regular trip of the catalogue bears its own.
    """
    return offer.gtfs_agency or offer.nom


def is_help(offer: Offer) -> bool:
    """Return True where it is no way to travel, but helps: a grant, a licence, a garage, advice."""
    return kind_of(offer) != TIMETABLED and not lends(offer) and not is_not_routed(offer)


class Contact(TypedDict):
    """Whom to turn to; empty texts where it is not known."""

    contact_name: str
    telephone: str
    courriel: str
    lien: str


NO_CONTACT: Contact = {"contact_name": "", "telephone": "", "courriel": "", "lien": ""}


def contact_of(offer: Offer) -> Contact:
    """Return who to turn to: its own contacts, else those of its structure.

    Nothing that is private.
    """
    structure = offer.structure
    public = offer.contact_public
    return {
        "contact_name": structure.nom if structure else "",
        "telephone": _first(offer.telephone, structure and structure.telephone) if public else "",
        "courriel": _first(offer.courriel, structure and structure.courriel) if public else "",
        "lien": _first(offer.lien_mobilisation, structure and structure.site),
    }


def collected_at(offer: Offer) -> Place | None:
    """Return where the vehicle is handed over, if that is known."""
    if offer.retrait_lat is None or offer.retrait_lon is None:
        return None
    return Place(offer.retrait_nom, float(offer.retrait_lat), float(offer.retrait_lon))


def _first(*texts: Any) -> str:
    return next((text for text in texts if text), "")
