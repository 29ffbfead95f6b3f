"""Addresses as they are published: Base Adresse Nationale (CSV) and Bases Adresses Locales.

BAN: one file per département, `adresses-….csv` and `lieux-dits-…-beta.csv`, Licence Ouverte.
BAL: versions 1.1 to 1.5 of the schema; 1.5 renames `voie_nom` to `toponyme`; a `numero` of 99999
stands for a place without a number.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from .bounded import LargeLimits, Unreadable, large_csv

BAN_URL = "https://adresse.data.gouv.fr/data/ban/adresses/latest/csv/adresses-{code}.csv.gz"
LICENCE = "Licence Ouverte 2.0"
WITHOUT_NUMBER = "99999"
MAX_FAULTS = 20
NAME_CHARS = 200
CODE_INSEE = re.compile(r"(\d{2}|2[AB])\d{3}")
CLE_INTEROP = re.compile(r"((?:\d{2}|2[AB])\d{3})_", re.IGNORECASE)
NUMBER = re.compile(r"(\d{1,4})(?:\D.*)?")


class AddressFile(StrEnum):
    """What a file is, as its headings show."""

    BAN = "ban"
    LIEUX_DITS = "ban_lieux_dits"
    BAL = "bal"


class AddressRow(NamedTuple):
    """A numbered address, or a place without number (`numero` 0); degrees in WGS 84.

    `elsewhere`: another name of its commune, as that of a commune merged into it.
    """

    name: str
    numero: int
    suffix: str
    code_insee: str
    commune: str
    postcode: str
    elsewhere: str
    lat: float
    lon: float
    is_lieu_dit: bool


@dataclass
class ReadAddresses:
    """A file being read: its kind, then how many rows were taken, and what was not."""

    path: Path
    kind: AddressFile
    taken: int = 0
    left_out: int = 0
    faults: list[str] = field(default_factory=list)

    def fault(self, line: int, why: str) -> None:
        """Count a row that is left out; keep the first ones in words."""
        self.left_out += 1
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(f"{self.path.name}, ligne {line} : {why}")


def open_addresses(path: Path) -> ReadAddresses:
    """Return what a file is; raises Unreadable where its headings are of no known format."""
    for _, cells in large_csv(path):
        return ReadAddresses(path, kind_of(cells, path))
    raise Unreadable.of(f"{path.name} n'a aucune adresse.", "Vérifiez que c'est le bon fichier.")


def kind_of(cells: Mapping[str, str], path: Path) -> AddressFile:
    """Return the format that headings show."""
    if "nom_lieu_dit" in cells:
        return AddressFile.LIEUX_DITS
    if {"nom_voie", "code_insee", "numero"} <= cells.keys():
        return AddressFile.BAN
    if {"voie_nom", "toponyme"} & cells.keys() and "numero" in cells:
        return AddressFile.BAL
    raise Unreadable.of(
        f"{path.name} n'est ni un fichier de la Base Adresse Nationale, ni une Base Adresse "
        "Locale.",
        "Il faut les colonnes nom_voie, numero, code_insee (BAN), ou toponyme et numero (BAL).",
    )


def read_addresses(read: ReadAddresses, limits: LargeLimits | None = None) -> Iterator[AddressRow]:
    """Yield the rows of a file; those left out are counted in `read`."""
    of_kind = {
        AddressFile.BAN: _ban,
        AddressFile.LIEUX_DITS: _lieu_dit,
        AddressFile.BAL: _bal,
    }[read.kind]
    for line, cells in large_csv(read.path, *([limits] if limits else [])):
        row = of_kind(cells)
        if isinstance(row, str):
            read.fault(line, row)
        else:
            read.taken += 1
            yield row


def _ban(cells: Mapping[str, str]) -> AddressRow | str:
    name = cells["nom_voie"] or cells.get("nom_ld", "")
    return _row(
        cells, name, cells["code_insee"], cells.get("nom_commune", ""), cells.get("rep", ""),
        cells.get("nom_ancienne_commune", ""), cells.get("lon", ""),
    )  # fmt: skip


def _lieu_dit(cells: Mapping[str, str]) -> AddressRow | str:
    return _row(
        cells, cells["nom_lieu_dit"], cells.get("code_insee", ""), cells.get("nom_commune", ""),
        "", cells.get("nom_ancienne_commune", ""), cells.get("lon", ""),
    )  # fmt: skip


def _bal(cells: Mapping[str, str]) -> AddressRow | str:
    name = cells.get("toponyme") or cells.get("voie_nom", "")
    interop = CLE_INTEROP.match(cells.get("cle_interop", ""))
    code = cells.get("commune_insee") or (interop[1] if interop else "")
    return _row(
        cells, name, code, cells.get("commune_nom", ""), cells.get("suffixe", ""),
        cells.get("commune_deleguee_nom", ""), cells.get("long", "") or cells.get("lon", ""),
    )  # fmt: skip


def _row(
    cells: Mapping[str, str], name: str, code: str, commune: str, suffix: str, elsewhere: str,
    lon_text: str,
) -> AddressRow | str:  # fmt: skip
    """Return the row, or why it is left out."""
    if not name:
        return "la voie n'a pas de nom."
    if not code or code.startswith("00"):
        return "le code INSEE de la commune manque."
    code = code.upper().zfill(5)
    if not CODE_INSEE.fullmatch(code):
        return f"le code INSEE « {code} » n'est pas celui d'une commune."
    try:
        lat, lon = float(cells.get("lat", "")), float(lon_text)
    except ValueError:
        return "la position manque (long, lat)."
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return f"la position ({lat}, {lon}) est hors de la Terre."
    number = cells.get("numero", "")
    digits = NUMBER.fullmatch(number) if number != WITHOUT_NUMBER else None
    return AddressRow(
        name[:NAME_CHARS], int(digits[1]) if digits else 0, suffix.lower()[:12], code,
        commune[:NAME_CHARS], cells.get("code_postal", "")[:5], elsewhere[:NAME_CHARS], lat, lon,
        is_lieu_dit=digits is None,
    )  # fmt: skip
