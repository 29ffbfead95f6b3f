"""A published solution as the matching reads it: a frozen record, with no database behind it."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import NamedTuple


class Provider(NamedTuple):
    """The structure that offers it."""

    nom: str
    telephone: str = ""
    courriel: str = ""
    site: str = ""
    horaires_accueil: str = ""


class Closure(NamedTuple):
    """Days without service, or without new requests; no end where `au` is None."""

    nature: str
    du: date
    au: date | None = None
    motif: str = ""


class Tier(NamedTuple):
    """A price up to a quotient familial; for all the others where `qf_max_eur` is None."""

    unite: str
    qf_max_eur: Decimal | None
    montant_eur: Decimal


class Wait(NamedTuple):
    """An anonymous wait."""

    inscrit_le: date
    servi_le: date | None = None
    parti_le: date | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What answers read of a solution; names are those of `catalogue.models.Solution`.

    `zones`: (nature, code) of the areas where the person must live or work. `zones_service`: areas
    drawn, as GeoJSON text. `exclues`: keys of the solutions that its entry excludes.
    `accessible`: that of a line or a shuttle, `age_min` that of a vehicle lent; None where unknown.
    `trajets_max_mois`: the lower of the two limits an entry may hold. `forme_covoiturage` and
    `places_covoiturage` are those of a car-pool.
    """

    id: str
    nom: str = ""
    type_solution: str = ""
    description: str = ""
    structure: Provider | None = None
    zone_libre: bool = False
    zones: frozenset[tuple[str, str]] = frozenset()
    zones_service: tuple[str, ...] = ()
    telephone: str = ""
    courriel: str = ""
    lien_mobilisation: str = ""
    contact_public: bool = True
    delai_jours: int | None = None
    par_trajet_eur: Decimal | None = None
    par_jour_eur: Decimal | None = None
    par_semaine_eur: Decimal | None = None
    par_mois_eur: Decimal | None = None
    par_km_eur: Decimal | None = None
    par_heure_eur: Decimal | None = None
    forfait_eur: Decimal | None = None
    caution_eur: Decimal | None = None
    plafond_mois_eur: Decimal | None = None
    tarif_precisions: str = ""
    tranches: tuple[Tier, ...] = ()
    permis_requis: str = ""
    mode: str = ""
    distance_max_km: Decimal | None = None
    trajets_max_mois: int | None = None
    km_inclus_mois: int | None = None
    destination_dans_zone: bool | None = None
    gtfs_agency: str = ""
    conditions_acces: str = ""
    regle: str = ""
    horaires_accueil: str = ""
    horaires_service: str = ""
    booking_type: str = ""
    prior_notice_duration_min: int | None = None
    prior_notice_last_day: int | None = None
    prior_notice_last_time: time | None = None
    duree_max_jours: int | None = None
    capacite_disponibles: int | None = None
    capacite_maj_le: date | None = None
    attente_personnes: int | None = None
    attentes: tuple[Wait, ...] = ()
    fermetures: tuple[Closure, ...] = ()
    forme_covoiturage: str = ""
    places_covoiturage: int | None = None
    retrait_nom: str = ""
    retrait_lat: float | None = None
    retrait_lon: float | None = None
    amenagements: frozenset[str] = frozenset()
    accessible: bool | None = None
    age_min: int | None = None
    exclues: tuple[str, ...] = ()
    source_url: str = ""
    source_citation: str = ""
    verifie_le: date | None = None
    demonstration: bool = False
    valide_du: date | None = None
    valide_au: date | None = None
