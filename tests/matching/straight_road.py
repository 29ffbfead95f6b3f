"""A world on one straight road, north of a home: places by their metres, solutions as records.

As the crow flies times 1.3 is walked at 4.5 km/h: 500 m take 650 m × 0.8 s = 520 s.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import pi
from typing import Any

import numpy as np
import polars as pl
from draw import draw

from traitdunion import reach
from traitdunion.catalogue.offers import records
from traitdunion.catalogue.offers.records import Provider
from traitdunion.matching.answer import Answer, Option
from traitdunion.matching.answering import answer
from traitdunion.matching.situation import Margins, Permis, Place, Situation, Vehicule
from traitdunion.reach.packing import packed_texts
from traitdunion.reach.places import EARTH_RADIUS_M

MONDAY = date(2025, 3, 3)
NBSP = "\u00a0"
NOW = datetime(2025, 2, 20, 9, tzinfo=UTC)
METRES_A_DEGREE = EARTH_RADIUS_M * pi / 180
OUT, BACK = "A 7:00 > B 7:30 (12)", "B 16:20 > A 16:50 (12)"
STOPS = {"A": 500, "B": 20_000}
WORK_M = 20_500
NO_MARGINS = Margins(access_percent=0, access_s=0, transfer_s=0)
"""So that hours are worked out by hand; `test_margins` holds the usual ones."""


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
        "margins": NO_MARGINS,
    }
    return Situation(**(values | changed))


@dataclass(frozen=True)
class Network:
    label: str = "réseau dessiné"
    demonstration: bool = False


MOBILITY = Provider(
    "Plateforme mobilité", "04 71 00 00 00", "contact@exemple.fr", "https://exemple.fr"
)
NATURE_BY_LENGTH = {5: "commune", 9: "epci"}


def areas(*codes: str) -> frozenset[tuple[str, str]]:
    """Areas by their codes, whose length decides of their nature."""
    return frozenset((NATURE_BY_LENGTH.get(len(code), "departement"), code) for code in codes)


def Offer(  # noqa: N802 - the tests name the record that it makes
    id: str,  # noqa: A002 - as the record
    nom: str = "",
    type_solution: str = "location_velo",
    *,
    zone: Any = ("43",),
    **more: Any,
) -> records.Offer:
    """The record of a solution of Haute-Loire lent within five days, some columns changed."""
    usual = {"structure": MOBILITY, "delai_jours": 5, "zones": areas(*zone)}
    return records.Offer(id, nom, type_solution, **usual | more)


def ask(*offers: Offer, tt=None, network=None, epci=None, **changed) -> Answer:
    """The answer on the road, two trips a day unless `tt` is given."""
    return answer(
        situation(**changed),
        timetable=tt or road(OUT, BACK),
        solutions=offers,
        network=network or Network(),
        epci_of=(epci or {}).get,
    )


def named(answer: Answer, key: str) -> Option:
    """The option or the excluded way of that key."""
    return {bare(option): option for option in (*answer.options, *answer.excluded)}[key]


def bare(option) -> str:
    """Its key, that of a solution without what says so."""
    return option.key.removeprefix("solution:")


def keys(options) -> list[str]:
    return [bare(option) for option in options]


def plain(texts) -> list[str]:
    return [text.replace(NBSP, " ") for text in texts]
