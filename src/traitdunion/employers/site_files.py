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
MAX_PEOPLE, MAX_MOVE_MIN, NAME_CHARS = 20_000, 180, 60
BOUNDS = {"personnes": (1, MAX_PEOPLE), "decalable_min": (0, MAX_MOVE_MIN)}
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
    if cells["debut"] and _clock(cells["debut"]) == _clock(cells["fin"]) is not None:
        wrong.append(("fin", ("c'est aussi l'heure du début.", "Donnez l'heure de la fin.")))
    for name, (least, most) in BOUNDS.items():
        if cells[name] and not _is_within(cells[name], least, most):
            why = f"un nombre entier de {least} à {most} est attendu."
            wrong.append((name, (why, "Laissez vide si inconnu.")))
    if len(cells["equipe"]) > NAME_CHARS:
        wrong.append(("equipe", (f"le nom dépasse {NAME_CHARS} signes.", "Abrégez-le.")))
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


def _is_within(text: str, least: int, most: int) -> bool:
    # By its length first: Python reads no number of thousands of digits.
    return text.isdecimal() and len(text) <= len(str(most)) and least <= int(text) <= most


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
    """Return the days of « lun-ven », « lun-mer, ven », « dim à jeu », « samedi et dimanche ».

    None where a word is no day. A range goes on past Sunday.
    """
    days: set[int] = set()
    last: int | None = None
    is_range = False
    for part in re.split(r"[\s,;]+", fold(re.sub("[-–—]", " à ", text))):
        if part in ("a", "au"):
            if last is None or is_range:
                return None
            is_range = True
            continue
        if part in ("", "et", "du", "de", "le"):
            continue
        named = [n for n, day in enumerate(DAYS) if part in (day, day[:LETTERS])]
        if not named or (is_range and named[0] == last):
            return None
        first = named[0] if last is None or not is_range else last + 1
        days |= {(first + n) % len(DAYS) for n in range((named[0] - first) % len(DAYS) + 1)}
        last, is_range = named[0], False
    return None if is_range else tuple(sorted(days)) or None
