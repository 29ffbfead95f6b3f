"""Read a table of sites and shifts: one row a shift, sound rows kept, the others listed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from traitdunion.sources.bounded.either import read_table
from traitdunion.sources.bounded.faults import Fault, Unreadable
from traitdunion.territory.names import fold

from .siret import is_siret

COLUMNS = (
    "employeur", "siret", "site", "commune", "lat", "lon",
    "equipe", "jours", "debut", "fin", "personnes", "decalable_min",
)  # fmt: skip
NEEDED = ("employeur", "site", "commune", "equipe", "jours", "debut", "fin")
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
LETTERS = 3
DAY_S = 86_400
CLOCK = re.compile(r"^(\d{1,2})\s*[h:]\s*(\d{2})?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A row that reads well. `point`: (lat, lon) in degrees of the entrance, None if not given."""

    line: int
    employer: str
    siret: str
    site: str
    commune: str
    point: tuple[float, float] | None
    team: str
    days: tuple[int, ...]
    start_s: int
    end_s: int
    people: int | None
    movable_min: int | None


def read_sites(content: bytes) -> tuple[list[TeamRow], list[Fault]]:
    """Read a CSV or XLSX of sites; return its sound rows and the faults of the others.

    Raises Unreadable where it is no such table.
    """
    table = read_table(content)
    known = {fold(heading).replace(" ", "_"): heading for heading in table.headings}
    missing = [name for name in NEEDED if name not in known]
    if missing:
        raise Unreadable.of(
            f"il manque {', '.join(f'la colonne « {name} »' for name in missing)}.",
            f"Colonnes lues : {', '.join(COLUMNS)}.",
        )
    rows, faults = [], list(table.faults)
    for record in table.records:
        cells = {name: str(record.cells.get(known.get(name, ""), "")).strip() for name in COLUMNS}
        wrong = _faults(cells)
        faults += [Fault(f"ligne {record.line}, colonne « {name} »", *why) for name, why in wrong]
        if not wrong:
            rows.append(_row(record.line, cells))
    return rows, faults


Why = tuple[str, str]


def _faults(cells: Mapping[str, str]) -> list[tuple[str, Why]]:
    wrong: list[tuple[str, Why]] = [
        (name, ("la case est vide.", "Remplissez-la.")) for name in NEEDED if not cells[name]
    ]
    if cells["siret"] and not is_siret(cells["siret"].replace(" ", "")):
        wrong.append(("siret", ("ce n'est pas un SIRET.", "Quatorze chiffres, clé comprise.")))
    if cells["jours"] and _days(cells["jours"]) is None:
        wrong.append(("jours", ("jours inconnus.", "Exemple : lun-ven, ou lun mar sam.")))
    for name in ("debut", "fin"):
        if cells[name] and _clock(cells[name]) is None:
            wrong.append((name, ("heure illisible.", "Exemple : 5h30 ou 13:00.")))
    for name in ("personnes", "decalable_min"):
        if cells[name] and not cells[name].isdecimal():
            wrong.append((name, ("un nombre entier est attendu.", "Laissez vide si inconnu.")))
    if _point(cells) is None and (cells["lat"] or cells["lon"]):
        wrong.append(("lat", ("point illisible.", "Degrés décimaux : 45.043 et 3.885.")))
    return wrong


def _row(line: int, cells: Mapping[str, str]) -> TeamRow:
    start_s, end_s = _clock(cells["debut"]) or 0, _clock(cells["fin"]) or 0
    return TeamRow(
        line=line,
        employer=cells["employeur"],
        siret=cells["siret"].replace(" ", ""),
        site=cells["site"],
        commune=cells["commune"],
        point=_point(cells),
        team=cells["equipe"],
        days=_days(cells["jours"]) or (),
        start_s=start_s,
        end_s=end_s if end_s > start_s else end_s + DAY_S,
        people=_whole(cells["personnes"]),
        movable_min=_whole(cells["decalable_min"]),
    )


def _whole(text: str) -> int | None:
    return int(text) if text else None


def _point(cells: Mapping[str, str]) -> tuple[float, float] | None:
    try:
        lat, lon = (float(cells[name].replace(",", ".")) for name in ("lat", "lon"))
    except ValueError:
        return None
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None


def _clock(text: str) -> int | None:
    """Return seconds after midnight of « 5h30 », « 5 h », « 05:30 »; None where it is no time."""
    read = CLOCK.match(text)
    if not read:
        return None
    hours, minutes = int(read[1]), int(read[2] or 0)
    return hours * 3600 + minutes * 60 if hours < 24 and minutes < 60 else None


def _days(text: str) -> tuple[int, ...] | None:
    """Return the days of « lun-ven », « lun mar sam » or « samedi, dimanche »; None if unknown."""
    days: set[int] = set()
    for part in re.split(r"[\s,;]+", fold(text.replace("-", " à "))):
        if part in ("a", "et", "au", "du"):
            continue
        named = [n for n, day in enumerate(DAYS) if part in (day, day[:LETTERS])]
        if not named:
            return None
        days.update(named)
    if re.search(r"-|\bà\b|\bau\b", text) and len(days) == 2:
        first, last = sorted(days)
        days = set(range(first, last + 1))
    return tuple(sorted(days)) or None
