"""What the matching reads of a solution of the catalogue, and how: nothing else of it is used."""

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any, Protocol

from traitdunion import reach

from .situation import Place

LENT = frozenset({"location_velo", "location_2rm", "location_voiture"})
"""Types that lend a vehicle, told by `mode`; a shared one is not at home every morning."""

LENDABLE = frozenset({"velo", "vae", "scooter", "voiturette", "voiture"})
"""Vehicles whose speed and limit are known (`travels.VEHICLES`)."""

NOT_ROUTED = frozenset({"tad", "covoiturage", "transport_solidaire", "navette", "autopartage"})
"""Types that may carry the person, but whose hours and places the engine cannot check yet."""

TIMETABLED = "tc_ligne"
NATURE_BY_LENGTH = {5: "commune", 9: "epci"}


class Structure(Protocol):
    """Who offers it."""

    nom: str
    telephone: str
    courriel: str
    site: str


class Offer(Protocol):
    """A solution of the catalogue (`catalogue.models.Solution`), as the matching sees it."""

    id: Any
    nom: str
    description: str
    type_solution: str
    structure: Any
    zone: Sequence[str]
    zone_libre: bool
    telephone: str
    courriel: str
    lien_mobilisation: str
    contact_public: bool
    delai_jours: int | None
    par_trajet_eur: Decimal | None
    par_jour_eur: Decimal | None
    par_semaine_eur: Decimal | None
    par_mois_eur: Decimal | None
    par_km_eur: Decimal | None
    caution_eur: Decimal | None
    permis_requis: str
    mode: str
    distance_max_km: Any
    gtfs_agency: str
    conditions_acces: str
    regle: str
    booking_type: str
    prior_notice_duration_min: int | None
    prior_notice_last_day: int | None
    prior_notice_last_time: time | None
    duree_max_jours: int | None
    tarif_precisions: str
    retrait_nom: str
    retrait_lat: float | None
    retrait_lon: float | None
    verifie_le: date | None
    demonstration: bool


def key_of(offer: Offer) -> str:
    """Key of its options; that of a way without a solution holds no colon."""
    return f"solution:{offer.id}"


def kind_of(offer: Offer) -> str:
    """Code of its type."""
    return str(offer.type_solution)


def lends(offer: Offer) -> bool:
    """True where it lends a vehicle that one can travel with every day."""
    return kind_of(offer) in LENT and str(offer.mode) in LENDABLE


def is_not_routed(offer: Offer) -> bool:
    """True where it may serve the trip in a way that the engine does not know."""
    return kind_of(offer) in NOT_ROUTED | LENT and not lends(offer) and not is_chance(offer)


def is_chance(offer: Offer) -> bool:
    """True for organised hitch-hiking: a chance to be carried, that no answer may count on."""
    return getattr(getattr(offer, "covoiturage", None), "forme", "") == "autostop"


def routes_on_demand(offer: Offer, timetable: reach.Timetable) -> frozenset[int]:
    """Routes of the timetable that are this service's, come when asked; none where unknown."""
    if kind_of(offer) == TIMETABLED:
        return frozenset()
    return frozenset(
        route
        for route, names in timetable.routes_on_demand.items()
        if names.agency == operator_of(offer)
    )


def operator_of(offer: Offer) -> str:
    """Name of its operator in the timetable; a regular trip of the catalogue bears its own."""
    return offer.gtfs_agency or offer.nom


def is_help(offer: Offer) -> bool:
    """True where it is no way to travel, but helps: a grant, a licence, a garage, advice."""
    return kind_of(offer) != TIMETABLED and not lends(offer) and not is_not_routed(offer)


def contact_of(offer: Offer) -> dict[str, str]:
    """Who to turn to: its own contacts, else those of its structure; nothing that is private."""
    structure = offer.structure
    public = offer.contact_public
    return {
        "contact_name": structure.nom if structure else "",
        "telephone": _first(offer.telephone, structure and structure.telephone) if public else "",
        "courriel": _first(offer.courriel, structure and structure.courriel) if public else "",
        "lien": _first(offer.lien_mobilisation, structure and structure.site),
    }


def collected_at(offer: Offer) -> Place | None:
    """Where the vehicle is handed over, if that is known."""
    if offer.retrait_lat is None or offer.retrait_lon is None:
        return None
    return Place(offer.retrait_nom, float(offer.retrait_lat), float(offer.retrait_lon))


def areas_of(offer: Offer) -> set[tuple[str, str]]:
    """What it serves, as (nature, code); where natures are not told, the code's length tells."""
    rows = getattr(offer, "zones", None)
    if rows is not None:
        return {(str(row.nature), str(row.code)) for row in rows.all()}
    return {(NATURE_BY_LENGTH.get(len(code), "departement"), code) for code in offer.zone or ()}


def _first(*texts: Any) -> str:
    return next((text for text in texts if text), "")
