"""Makes the drawing helpers of the engine and of matching importable, and loads a small site."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from traitdunion.networks.versions import NewNetwork

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "matching"), str(TESTS / "reach")]

MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def network_folder(tmp_path_factory):
    """A data folder with the demonstration network in service for a week."""
    from traitdunion.demonstration.network import DEMO, write_demo_gtfs
    from traitdunion.networks.versions import import_network

    folder = tmp_path_factory.mktemp("data")
    feed = write_demo_gtfs(DEMO, folder / "demo.zip", start=MONDAY, days=7)
    (folder / "networks").mkdir()
    import_network(
        [feed],
        root=folder / "networks",
        now=NOW,
        new=NewNetwork(label="Réseau d'essai", start=MONDAY, days=7, demonstration=True),
    )
    return folder


@pytest.fixture
def site(db, network_folder, tmp_path, settings):
    """Four communes of Haute-Loire, one pole, a network: all that a first run needs."""
    from traitdunion.territory.models import Commune, Departement, Epci, Region

    settings.TRAITDUNION_DATA_DIR = tmp_path
    (tmp_path / "networks").symlink_to(network_folder / "networks")
    region = Region.objects.create(code="84", nom="Auvergne-Rhône-Alpes")
    departement = Departement.objects.create(
        code="43", nom="Haute-Loire", nom_avec_charniere="de la Haute-Loire", region=region
    )
    epci = [
        Epci.objects.create(siren=siren, nom=nom, type="CC")
        for siren, nom in (("200073393", "Rives du Haut-Allier"), ("200073419", "Le Puy-en-Velay"))
    ]
    for code, nom, lat, lon, people, of in (
        ("43112", "Langeac", 45.1004, 3.4958, 3_700, 0),
        ("43157", "Le Puy-en-Velay", 45.0436, 3.8858, 19_000, 1),
        ("43062", "Chanteuges", 45.0742, 3.5314, 400, 0),
        ("43132", "Mazeyrat-d'Allier", 45.0753, 3.5483, 1_500, 0),
    ):
        Commune.objects.create(
            code_insee=code, nom=nom, nom_avec_charniere=f"de {nom}", departement=departement,
            epci=epci[of], population=people, lat=lat, lon=lon, point_source="mairie",
            boundary=_square(lat, lon),
        )  # fmt: skip
    return tmp_path


def _square(lat: float, lon: float) -> str:
    west, east, south, north = lon - 0.02, lon + 0.02, lat - 0.015, lat + 0.015
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return f'{{"type": "Polygon", "coordinates": [{ring}]}}'
