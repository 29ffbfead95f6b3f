"""What each type of solution is called in data·inclusion v1, and which columns it asks for."""

from .enums import Thematique, TypeService, TypeSolution

PUBLISHED_AS: dict[TypeSolution, tuple[Thematique, TypeService]] = {
    TypeSolution.TC_LIGNE: (Thematique.PARTAGEE, TypeService.INFORMATION),
    # data·inclusion files on-demand transport under "être accompagné"; it is a way to travel.
    TypeSolution.TAD: (Thematique.PARTAGEE, TypeService.ACCOMPAGNEMENT),
    TypeSolution.TRANSPORT_SOLIDAIRE: (Thematique.PARTAGEE, TypeService.ACCOMPAGNEMENT),
    TypeSolution.COVOITURAGE: (Thematique.PARTAGEE, TypeService.INFORMATION),
    TypeSolution.NAVETTE: (Thematique.PARTAGEE, TypeService.AIDE_MATERIELLE),
    TypeSolution.AUTOPARTAGE: (Thematique.VEHICULE, TypeService.AIDE_MATERIELLE),
    TypeSolution.LOCATION_VOITURE: (Thematique.VEHICULE, TypeService.AIDE_MATERIELLE),
    TypeSolution.LOCATION_2RM: (Thematique.VEHICULE, TypeService.AIDE_MATERIELLE),
    TypeSolution.LOCATION_VELO: (Thematique.PARTAGEE, TypeService.AIDE_MATERIELLE),
    TypeSolution.VENTE_VEHICULE: (Thematique.VEHICULE, TypeService.AIDE_MATERIELLE),
    TypeSolution.GARAGE: (Thematique.ENTRETENIR, TypeService.AIDE_MATERIELLE),
    TypeSolution.PERMIS_AUTO_ECOLE: (Thematique.PERMIS, TypeService.FORMATION),
    TypeSolution.AIDE_PERMIS: (Thematique.PERMIS, TypeService.AIDE_FINANCIERE),
    TypeSolution.AIDE_DEPLACEMENT: (Thematique.FINANCER, TypeService.AIDE_FINANCIERE),
    TypeSolution.AIDE_VEHICULE: (Thematique.FINANCER, TypeService.AIDE_FINANCIERE),
    TypeSolution.AIDE_EMPLOYEUR: (Thematique.FINANCER, TypeService.AIDE_FINANCIERE),
    TypeSolution.DIAGNOSTIC: (Thematique.PARCOURS, TypeService.ACCOMPAGNEMENT),
    TypeSolution.ATELIER: (Thematique.PARCOURS, TypeService.ATELIER),
    TypeSolution.PLATEFORME: (Thematique.PARCOURS, TypeService.ACCOMPAGNEMENT),
    TypeSolution.RAPPROCHEMENT_LOGEMENT: (Thematique.LOUER, TypeService.AIDE_MATERIELLE),
    TypeSolution.VENIR_A_SOI: (Thematique.PARCOURS, TypeService.ACCOMPAGNEMENT),
}

LENDS = frozenset(
    {
        TypeSolution.AUTOPARTAGE,
        TypeSolution.LOCATION_VOITURE,
        TypeSolution.LOCATION_2RM,
        TypeSolution.LOCATION_VELO,
    }
)
CARRIES = frozenset(
    {
        TypeSolution.TC_LIGNE,
        TypeSolution.TAD,
        TypeSolution.TRANSPORT_SOLIDAIRE,
        TypeSolution.COVOITURAGE,
        TypeSolution.NAVETTE,
    }
)
AIDS = frozenset(
    {
        TypeSolution.AIDE_PERMIS,
        TypeSolution.AIDE_DEPLACEMENT,
        TypeSolution.AIDE_VEHICULE,
        TypeSolution.AIDE_EMPLOYEUR,
    }
)
BOOKED = frozenset(
    {TypeSolution.TAD, TypeSolution.TRANSPORT_SOLIDAIRE, TypeSolution.COVOITURAGE, *LENDS}
)
DRAWN = frozenset({TypeSolution.TAD, TypeSolution.TRANSPORT_SOLIDAIRE, TypeSolution.VENIR_A_SOI})
EVERY = frozenset(TypeSolution)
PAID_BY_USE = EVERY - AIDS

# Columns and lists that only some types ask for; those not named here are asked of all.
ONLY: dict[str, frozenset[TypeSolution]] = {
    "permis_requis": frozenset({*LENDS, TypeSolution.VENTE_VEHICULE}),
    "mode": LENDS,
    "distance_max_km": LENDS | CARRIES - {TypeSolution.TC_LIGNE},
    # Services booked ride by ride hold it among their own columns (`Demande`).
    "trajets_max_mois": LENDS | {TypeSolution.COVOITURAGE, TypeSolution.NAVETTE},
    "destination_dans_zone": CARRIES - {TypeSolution.TC_LIGNE},
    "gtfs_agency": frozenset({TypeSolution.TC_LIGNE, TypeSolution.TAD, TypeSolution.NAVETTE}),
    "horaires_service": EVERY - AIDS,
    "exceptions": EVERY - AIDS,
    "booking_type": BOOKED,
    "prior_notice_duration_min": BOOKED,
    "prior_notice_duration_max": BOOKED,
    "prior_notice_last_day": BOOKED,
    "prior_notice_last_time": BOOKED,
    "prior_notice_start_day": BOOKED,
    "prior_notice_start_time": BOOKED,
    "booking_url": BOOKED,
    "duree_max_jours": EVERY - CARRIES,
    "renouvelable": EVERY - CARRIES,
    "par_trajet_eur": CARRIES
    | {
        TypeSolution.AUTOPARTAGE,
        TypeSolution.DIAGNOSTIC,
        TypeSolution.ATELIER,
        TypeSolution.VENIR_A_SOI,
    },
    "par_jour_eur": LENDS | CARRIES,
    "par_semaine_eur": LENDS | CARRIES,
    "par_mois_eur": LENDS | CARRIES | {TypeSolution.RAPPROCHEMENT_LOGEMENT},
    "par_km_eur": LENDS | CARRIES,
    "par_heure_eur": frozenset(
        {
            TypeSolution.AUTOPARTAGE,
            TypeSolution.GARAGE,
            TypeSolution.PERMIS_AUTO_ECOLE,
            TypeSolution.LOCATION_VELO,
        }
    ),
    "forfait_eur": PAID_BY_USE,
    "caution_eur": LENDS | {TypeSolution.RAPPROCHEMENT_LOGEMENT},
    "plafond_mois_eur": LENDS | CARRIES,
    "tranches": PAID_BY_USE,
    "capacite_unites": EVERY - AIDS - {TypeSolution.TC_LIGNE},
    "capacite_disponibles": EVERY - AIDS - {TypeSolution.TC_LIGNE},
    "capacite_maj_le": EVERY - AIDS - {TypeSolution.TC_LIGNE},
    "attente_personnes": EVERY - AIDS - {TypeSolution.TC_LIGNE},
    "subsidiaire": AIDS,
    "zones_service": DRAWN,
    "paires": frozenset({TypeSolution.TAD}),
    "arrets": CARRIES | {TypeSolution.AUTOPARTAGE},
    "lignes": frozenset({TypeSolution.TC_LIGNE, TypeSolution.NAVETTE}),
    "seances": frozenset({TypeSolution.PERMIS_AUTO_ECOLE, TypeSolution.ATELIER}),
    "motifs": CARRIES,
    "retrait_nom": EVERY - AIDS - {TypeSolution.TC_LIGNE},
    "retrait_adresse": EVERY - AIDS - {TypeSolution.TC_LIGNE},
    "retrait_code_postal": EVERY - AIDS - {TypeSolution.TC_LIGNE},
    "retrait_commune": EVERY - AIDS - {TypeSolution.TC_LIGNE},
    "retrait_lat": EVERY - AIDS - {TypeSolution.TC_LIGNE},
    "retrait_lon": EVERY - AIDS - {TypeSolution.TC_LIGNE},
}


def asks(kind: TypeSolution, field: str) -> bool:
    """Check whether a column or a list makes sense for a type."""
    return kind in ONLY.get(field, EVERY)
