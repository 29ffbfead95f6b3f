"""Inhabited squares of 200 m or 1 km that Insee publishes (Filosofi): people, and where they live.

Columns change name and case by year: `Id_carr1km` (2015), `Idcar_200m` (2017), `idcar_1km` (2019).
People are fractions, and a square may be imputed (`i_est_1km` = 1): a note counts them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, atan2, cos, degrees, hypot, log, radians, sin, sqrt
from typing import NamedTuple

from .bounded.csv_files import read_csv
from .bounded.faults import Unreadable
from .bounded.geopackages import MAGIC, read_geopackage
from .bounded.limits import Limits
from .bounded.tables import Table
from .bounded.values import number_from, restore_zeros

PUBLISHER, LICENCE = "Insee", "Licence Ouverte 2.0"
SQUARES = Limits(file_bytes=120_000_000, rows=120_000, cells=6_000_000, seconds=120.0)
NAME = re.compile(r"CRS3035RES(\d+)mN(\d+)E(\d+)")
COMMUNE = re.compile(r"\d[\dAB]\d{3}")
IDS = re.compile(r"id_?car(?:r)?_?(?:200m|1km)|id_carr1km", re.IGNORECASE)
SIZES_M = (200, 1000)
COMMUNES = ("lcog_geo", "depcom", "code_insee")
ADVICE = "Prenez les « données carroyées » de l'Insee, à 200 m ou 1 km, réduites au département."


class Square(NamedTuple):
    """A square: its name, its centre (degrees, WGS84), its people, its commune, "" if not given."""

    name: str
    lat: float
    lon: float
    people: float
    commune: str


@dataclass(frozen=True)
class SquareTable:
    """Inhabited squares of one size (metres); notes in French."""

    size_m: int
    squares: Sequence[Square]
    vintage: str = ""
    notes: tuple[str, ...] = ()


def read_squares(content: bytes) -> SquareTable:
    """Read squares from a GeoPackage or a CSV; those without people are left out.

    Raises Unreadable where the names of squares or the people are not there, or sizes are mixed.
    """
    is_package = content.startswith(MAGIC)
    table = (read_geopackage if is_package else read_csv)(content, limits=SQUARES)
    columns = {heading.lower(): heading for heading in table.headings}
    named = _named_column(table)
    if named is None or "ind" not in columns:
        raise Unreadable.of("les carreaux (idcar_200m) ou leurs habitants (ind) manquent.", ADVICE)
    commune = next((columns[name] for name in COMMUNES if name in columns), "")
    imputed = next((h for low, h in columns.items() if low.startswith("i_est")), "")
    squares: dict[str, Square] = {}
    sizes: set[int] = set()
    notes = [*map(str, table.faults), *table.notes]
    twice = left = n_imputed = 0
    for record in table.records:
        read = NAME.fullmatch(record.cells.get(named, "").strip())
        people = number_from(record.cells.get(columns["ind"], ""))
        if read is None or people is None or people < 0 or int(read[1]) not in SIZES_M:
            left += 1
            continue
        if not people:
            continue
        if read[0] in squares:
            twice += 1
            continue
        size, north, east = map(int, read.groups())
        sizes.add(size)
        n_imputed += record.cells.get(imputed, "").strip() in ("1", "1.0")
        given = COMMUNE.match(restore_zeros(record.cells.get(commune, "").strip(), 5))
        lat, lon = degrees_of(east + size / 2, north + size / 2)
        squares[read[0]] = Square(read[0], lat, lon, float(people), given[0] if given else "")
    if len(sizes) > 1:
        raise Unreadable.of("des carreaux de 200 m et de 1 km sont mêlés.", "Gardez une taille.")
    if left:
        notes.append(f"{left} lignes sans carreau de 200 m ou 1 km, ou sans habitants lisibles.")
    if twice:
        notes.append(f"{twice} carreaux donnés deux fois : le premier est gardé.")
    if n_imputed:
        notes.append(f"{n_imputed} carreaux dont les habitants sont imputés par l'Insee.")
    return SquareTable(min(sizes, default=0), list(squares.values()), notes=tuple(notes))


def _named_column(table: Table) -> str | None:
    """Return the column whose cells name squares, whatever it is called this year."""
    for heading in table.headings:
        if IDS.fullmatch(heading):
            return heading
    return None


# ETRS89-LAEA (EPSG:3035) on the ellipsoid GRS 1980; formulas of IOGP, guidance note 7-2, 3.2.2.
_A_M, _E2 = 6_378_137.0, 0.006694380022903416
_E = sqrt(_E2)
_LAT0, _LON0, _EAST0_M, _NORTH0_M = radians(52), radians(10), 4_321_000.0, 3_210_000.0


def _q(lat: float) -> float:
    s = sin(lat)
    logarithm = log((1 - _E * s) / (1 + _E * s)) / (2 * _E)
    return (1 - _E2) * (s / (1 - _E2 * s * s) - logarithm)


def degrees_of(east_m: float, north_m: float) -> tuple[float, float]:
    """Return the latitude and the longitude of a point of EPSG:3035, in degrees."""
    q_pole = _q(radians(90))
    beta0 = asin(_q(_LAT0) / q_pole)
    radius_m = _A_M * sqrt(q_pole / 2)
    scale = _A_M * cos(_LAT0) / sqrt(1 - _E2 * sin(_LAT0) ** 2) / (radius_m * cos(beta0))
    x, y = (east_m - _EAST0_M) / scale, scale * (north_m - _NORTH0_M)
    rho = hypot(x, y)
    if not rho:
        return degrees(_LAT0), degrees(_LON0)
    c = 2 * asin(rho / (2 * radius_m))
    beta = asin(cos(c) * sin(beta0) + y * sin(c) * cos(beta0) / rho)
    lon = _LON0 + atan2(x * sin(c), rho * cos(beta0) * cos(c) - y * sin(beta0) * sin(c))
    lat = (
        beta
        + (_E2 / 3 + 31 * _E2**2 / 180 + 517 * _E2**3 / 5040) * sin(2 * beta)
        + (23 * _E2**2 / 360 + 251 * _E2**3 / 3780) * sin(4 * beta)
        + 761 * _E2**3 / 45360 * sin(6 * beta)
    )
    return degrees(lat), degrees(lon)
