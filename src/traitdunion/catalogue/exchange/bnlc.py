"""Car-pool places, in and out, as the Base nationale des lieux de covoiturage has them.

Schema: etalab/schema-lieux-covoiturage 0.2; the columns keep their published names.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from traitdunion.sources.bounded import Record, csv_text, number_from, read_csv, restore_zeros

from ..enums import TypeLieu
from ..models import LieuCovoiturage
from .batch import Batch, FileError, Row, reader
from .plausible import day_problem, place_problem

COLUMNS = (
    "id_lieu", "id_local", "nom_lieu", "ad_lieu", "com_lieu", "insee", "type", "date_maj", "ouvert",
    "source", "Xlong", "Ylat", "nbre_pl", "nbre_pmr", "duree", "horaires", "proprio", "lumiere",
    "comm",
)  # fmt: skip
NEEDED = COLUMNS[:12]
NAMED = {"Xlong": "lon", "Ylat": "lat"}
NUMBERS = ("nbre_pl", "nbre_pmr", "duree")
TRUTHS = {"true": True, "1": True, "oui": True, "vrai": True,
          "false": False, "0": False, "non": False, "faux": False}  # fmt: skip
MAX_WHOLE = 32_767


@reader("cette liste de lieux")
def read_bnlc(content: bytes, *, today: date | None = None) -> Batch:
    """Read the places of a CSV file; those with a fault are listed and left out.

    `today` refuses dates to come. Raises FileError where it is no such file.
    """
    table = read_csv(content)
    missing = [name for name in NEEDED if name not in table.headings]
    if missing:
        raise FileError([f"Il manque les colonnes : {', '.join(missing)}."])
    batch = Batch(refused=[str(fault) for fault in table.faults], notes=list(table.notes))
    lines: dict[str, int] = {}
    for record in table.records:
        place, problems = _place(record, today)
        first = lines.setdefault(place["id_lieu"], record.line)
        if first != record.line:
            why = f"« {place['id_lieu']} » est déjà à la ligne {first} : gardez une seule des deux."
            problems.append(f"Ligne {record.line} : {why}")
        if problems:
            batch.refused += problems
        else:
            batch.lieux.append(place)
    return batch


def _place(record: Record, today: date | None) -> tuple[Row, list[str]]:
    """Return the columns of a place, and what is wrong with it, cell by cell."""
    problems: list[str] = []

    def refuse(name: str, why: str) -> None:
        value = record.cells.get(name, "")[:60]
        problems.append(f"Ligne {record.line}, colonne « {name} » : « {value} » {why}")

    place: Row = {NAMED.get(name, name): record.cells.get(name, "") for name in COLUMNS}
    place["insee"] = restore_zeros(place["insee"], 5)
    if not place["id_lieu"]:
        refuse("id_lieu", "est vide : donnez l'identifiant du lieu.")
    if place["type"] not in TypeLieu.values:
        refuse("type", f"n'est pas un type de lieu : {', '.join(TypeLieu.values)}.")
    if why := day_problem(place["date_maj"], today):
        refuse("date_maj", why)
    for name in ("ouvert", "lumiere"):
        place[name] = TRUTHS.get(place[name].lower()) if place[name] else None
    if place["ouvert"] is None:
        refuse("ouvert", "n'est ni true ni false.")
    for theirs, ours in NAMED.items():
        number = number_from(place[ours])
        place[ours] = None if number is None else float(number)
        if number is None:
            refuse(theirs, "n'est pas un nombre de degrés.")
    if None not in (place["lat"], place["lon"]):
        why = place_problem(place["lat"], place["lon"], commune=place["insee"])
        if why:
            problems.append(f"Ligne {record.line}, colonnes « Xlong » et « Ylat » : {why}")
    for name in NUMBERS:
        number = number_from(place[name])
        whole = number is not None and number == int(number) and 0 <= number <= MAX_WHOLE
        if place[name] and not whole:
            refuse(name, "n'est pas un nombre entier.")
        place[name] = int(number) if number is not None and whole else None
    return place, problems


def write_bnlc(places: Iterable[LieuCovoiturage]) -> str:
    """Return the CSV of places, in the published order of columns."""
    rows = ([_cell(getattr(place, NAMED.get(name, name))) for name in COLUMNS] for place in places)
    return csv_text(COLUMNS, rows, separator=",", end="\n")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
