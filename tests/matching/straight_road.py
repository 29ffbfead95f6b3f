"""A world on one straight road, north of a home: places by their metres, solutions as doubles.

As the crow flies times 1.3 is walked at 4.5 km/h: 500 m take 650 m × 0.8 s = 520 s.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import pi
from typing import Any

import numpy as np
import polars as pl
from draw import draw

from traitdunion import reach
from traitdunion.matching.situation import Permis, Place, Situation, Vehicule
from traitdunion.reach.packing import packed_texts
from traitdunion.reach.places import EARTH_RADIUS_M

MONDAY = date(2025, 3, 3)
NOW = datetime(2025, 2, 20, 9, tzinfo=UTC)
METRES_A_DEGREE = EARTH_RADIUS_M * pi / 180
OUT, BACK = "A 7:00 > B 7:30 (12)", "B 16:20 > A 16:50 (12)"
STOPS = {"A": 500, "B": 20_000}
WORK_M = 20_500


def latitude(metres: float) -> float:
    """Degrees of a place that many metres up the road, a hair nearer so that seconds are whole."""
    return 45 + (metres - 0.001 if metres else 0) / METRES_A_DEGREE


def place(metres: float, label: str = "Langeac", code: str | None = "43112") -> Place:
    return Place(label, latitude(metres), 3.0, code)


def road(
    *trips: str,
    stops: dict[str, float] = STOPS,
    agency: str = "Cars",
    asked_agency: str = "",
    **drawing: Any,
) -> reach.Timetable:
    """The drawn trips, with each stop at its metres, run by one operator, on demand by another."""
    drawn = draw(*trips, **drawing)
    names = drawn.stops["name"].to_list()
    routes = len(drawn.arrays["route_type"])
    moved = {
        "stop_lat": np.array([latitude(stops[name]) for name in names]),
        "stop_lon": np.full(len(names), 3.0),
    }
    return reach.Timetable(
        drawn.header,
        drawn.arrays
        | moved
        | packed_texts(
            "route_agency",
            pl.Series([agency] * len(trips) + [asked_agency] * (routes - len(trips))),
        ),
    )


def situation(**changed: Any) -> Situation:
    """Langeac to Le Puy, 8:00 to 16:00 from Monday to Friday, no licence and no vehicle."""
    shift = {"start_s": 8 * 3600, "end_s": 16 * 3600} | changed.pop("shift", {})
    values: dict[str, Any] = {
        "home": place(0),
        "work": place(WORK_M, "Le Puy-en-Velay", "43157"),
        "shift": reach.Shift(**shift),
        "week": MONDAY,
        "permis": Permis.AUCUN,
        "vehicule": Vehicule.AUCUN,
        "now": NOW,
    }
    return Situation(**(values | changed))


@dataclass(frozen=True)
class Network:
    label: str = "réseau dessiné"
    demonstration: bool = False


@dataclass(frozen=True)
class Structure:
    nom: str = "Plateforme mobilité"
    telephone: str = "04 71 00 00 00"
    courriel: str = "contact@exemple.fr"
    site: str = "https://exemple.fr"


@dataclass(frozen=True)
class Offer:
    """The attributes of a solution that the matching reads."""

    id: str
    nom: str = ""
    type_solution: str = "location_velo"
    description: str = ""
    structure: Any = field(default_factory=Structure)
    zone: tuple[str, ...] = ("43",)
    zone_libre: bool = False
    telephone: str = ""
    courriel: str = ""
    lien_mobilisation: str = ""
    contact_public: bool = True
    delai_jours: int | None = 5
    par_trajet_eur: Decimal | None = None
    par_jour_eur: Decimal | None = None
    par_semaine_eur: Decimal | None = None
    par_mois_eur: Decimal | None = None
    par_km_eur: Decimal | None = None
    caution_eur: Decimal | None = None
    permis_requis: str = ""
    mode: str = ""
    distance_max_km: float | None = None
    gtfs_agency: str = ""
    conditions_acces: str = ""
    regle: str = ""
    booking_type: str = ""
    prior_notice_duration_min: int | None = None
    prior_notice_last_day: int | None = None
    prior_notice_last_time: time | None = None
    duree_max_jours: int | None = None
    tarif_precisions: str = ""
    retrait_nom: str = ""
    retrait_lat: float | None = None
    retrait_lon: float | None = None
    horaires_accueil: str = ""
    verifie_le: date | None = None
    demonstration: bool = False
