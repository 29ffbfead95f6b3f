"""Six communes around Langeac, written by hand as the map of reach has them."""

import json
from decimal import Decimal

from traitdunion.matching.answer import Verdict
from traitdunion.matching.reach_map.reached import Reached, WayThere
from traitdunion.matching.situation import Place

TRAIN = WayThere("transports", "Train", Verdict.POSSIBLE, 5, 40, 38, Decimal("58.00"))
BIKE = WayThere("velo", "Vélo prêté", Verdict.SOUS_CONDITION, 5, 20, 20, Decimal("8.00"))
SCOOTER = WayThere("scooter", "Prêt de scooter", Verdict.SOUS_CONDITION, 4, 33, 30, None)
ON_FOOT = WayThere("marche", "À pied", Verdict.SOUS_CONDITION, 5, None, None, Decimal(0))

COMMUNES = (
    ("43112", "Langeac", 45.1003, 3.4953),
    ("43157", "Le Puy-en-Velay", 45.0433, 3.885),
    ("43132", "Mazeyrat-d'Allier", 45.13, 3.54),
    ("43268", "Yssingeaux", 45.143, 4.124),
    ("43234", "Saugues", 44.96, 3.547),
    ("43040", "Brioude", 45.29, 3.38),
)


def _square(lat, lon):
    ring = [(lon - 0.1, lat - 0.05), (lon + 0.1, lat - 0.05), (lon + 0.1, lat + 0.05),
            (lon - 0.1, lat + 0.05), (lon - 0.1, lat - 0.05)]  # fmt: skip
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


# Brioude has no outline: it is in the list and in the table all the same.
OUTLINES = tuple(
    (code, _square(0.11 * row + 44.8, lon))
    for row, (code, _, _, lon) in enumerate(sorted(COMMUNES))
    if code != "43040"
)


def sample_reach(situation):
    """What each commune is: sure by train or on a bicycle, without a price, to check, out."""
    ways = {
        "43112": (Verdict.POSSIBLE, 5, ON_FOOT, ON_FOOT),
        "43157": (Verdict.POSSIBLE, 5, TRAIN, TRAIN),
        "43132": (Verdict.POSSIBLE, 5, TRAIN, BIKE),
        "43268": (Verdict.NON, 0, None, None),
        "43234": (Verdict.A_VERIFIER, 0, None, None),
        "43040": (Verdict.POSSIBLE, 4, SCOOTER, None),
    }
    return [
        Reached(
            Place(name, lat, lon, code), *ways[code][:2], len(situation.shift.days),
            *ways[code][2:], is_home=code == situation.home.code_insee,
        )
        for code, name, lat, lon in COMMUNES
    ]  # fmt: skip
