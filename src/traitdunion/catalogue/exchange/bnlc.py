"""Car-pool places, in and out, as the Base nationale des lieux de covoiturage has them.

Schema: etalab/schema-lieux-covoiturage 0.2; the columns keep their published names.
"""

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Any

from ..enums import TypeLieu
from ..models import LieuCovoiturage
from .batch import Batch, FileError, Row

COLUMNS = (
    "id_lieu", "id_local", "nom_lieu", "ad_lieu", "com_lieu", "insee", "type", "date_maj", "ouvert",
    "source", "Xlong", "Ylat", "nbre_pl", "nbre_pmr", "duree", "horaires", "proprio", "lumiere",
    "comm",
)  # fmt: skip
NAMED = {"Xlong": "lon", "Ylat": "lat"}
NUMBERS = ("nbre_pl", "nbre_pmr", "duree")
TRUTHS = {"true": True, "1": True, "oui": True, "false": False, "0": False, "non": False}


def read_bnlc(text: bytes) -> Batch:
    """Places of a CSV file. Raises FileError with every fault, line by line."""
    try:
        rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as wrong:
        raise FileError([f"Ce n'est pas un CSV en UTF-8 ({wrong})."]) from wrong
    missing = [name for name in COLUMNS[:12] if not rows or name not in rows[0]]
    if missing:
        raise FileError([f"Il manque les colonnes : {', '.join(missing)}."])
    problems: list[str] = []
    places = [_place(row, i, problems) for i, row in enumerate(rows, start=2)]
    seen: set[str] = set()
    for i, place in enumerate(places, start=2):
        if place["id_lieu"] in seen:
            problems.append(f"Ligne {i} : « {place['id_lieu']} » est deux fois dans le fichier.")
        seen.add(place["id_lieu"])
    if problems:
        raise FileError(problems)
    return Batch(lieux=places)


def _place(row: dict[str, str], line: int, problems: list[str]) -> Row:
    def told(name: str, why: str) -> None:
        problems.append(f"Ligne {line}, colonne « {name} » : « {row.get(name)} » {why}")

    place: Row = {NAMED.get(name, name): (row.get(name) or "").strip() for name in COLUMNS}
    if place["type"] not in TypeLieu.values:
        told("type", f"n'est pas un type de lieu : {', '.join(TypeLieu.values)}.")
    try:
        date.fromisoformat(place["date_maj"])
    except ValueError:
        told("date_maj", "n'est pas une date AAAA-MM-JJ.")
    for name in ("ouvert", "lumiere"):
        place[name] = TRUTHS.get(place[name].lower()) if place[name] else None
    if place["ouvert"] is None:
        told("ouvert", "n'est ni true ni false.")
    for theirs, ours in NAMED.items():
        try:
            place[ours] = float(place[ours])
        except ValueError:
            told(theirs, "n'est pas un nombre de degrés.")
    for name in NUMBERS:
        text = place[name]
        place[name] = int(text) if text.isdigit() else None
        if text and place[name] is None:
            told(name, "n'est pas un nombre entier.")
    return place


def write_bnlc(places: Iterable[LieuCovoiturage]) -> str:
    """The CSV of places, in the published order of columns."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for place in places:
        writer.writerow([_cell(getattr(place, NAMED.get(name, name))) for name in COLUMNS])
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
