"""The six named questions of the demonstration, over the nine communes that they name."""

from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import time_machine

from traitdunion.catalogue.operations import load_catalogue
from traitdunion.demonstration.network import DEMO
from traitdunion.demonstration.set_up import import_demo_network
from traitdunion.reach.calendar_days import monday_of
from traitdunion.territory.models import Commune, Departement, Epci, Region

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("Europe/Paris"))
COMMUNES = (
    ("42218", "Saint-Étienne", "saint etienne", "244200770", 45.439587, 4.387475),
    ("43040", "Brioude", "brioude", "200085728", 45.293811, 3.386036),
    ("43041", "Brives-Charensac", "brives charensac", "200073419", 45.046839, 3.926567),
    ("43051", "Le Chambon-sur-Lignon", "le chambon sur lignon", "244301107", 45.059322, 4.301174),
    ("43112", "Langeac", "langeac", "200073393", 45.098801, 3.49418),
    ("43137", "Monistrol-sur-Loire", "monistrol sur loire", "200073427", 45.291463, 4.171727),
    ("43157", "Le Puy-en-Velay", "le puy en velay", "200073419", 45.042935, 3.884622),
    ("43234", "Saugues", "saugues", "200073393", 44.960098, 3.54628),
    ("43268", "Yssingeaux", "yssingeaux", "244301016", 45.143046, 4.123511),
)
DAYS = ("lun", "mar", "mer", "jeu", "ven")
QUESTIONS = {
    "Langeac": ("Langeac (43)", "Le Puy-en-Velay (43)", "08:00", "16:00"),
    "Brives": ("Brives-Charensac (43)", "Le Puy-en-Velay (43)", "08:00", "16:00"),
    "within Le Puy": ("Le Puy-en-Velay (43)", "Le Puy-en-Velay (43)", "08:00", "16:00"),
    "Saugues": ("Saugues (43)", "Brioude (43)", "05:00", "13:00"),
    "by night": ("Le Chambon-sur-Lignon (43)", "Yssingeaux (43)", "21:00", "05:00"),
    "Monistrol": ("Monistrol-sur-Loire (43)", "Saint-Étienne (42)", "08:00", "16:00"),
}


@pytest.fixture(scope="module")
def haute_loire(kept_database, tmp_path_factory):
    """The demonstration network and catalogue, over the nine communes of the questions."""
    region = Region.objects.create(code="84", nom="Auvergne-Rhône-Alpes")
    for code, nom in (("43", "Haute-Loire"), ("42", "Loire")):
        Departement.objects.create(
            code=code, nom=nom, nom_avec_charniere=f"de la {nom}", region=region
        )
    for code, nom, cle, siren, lat, lon in COMMUNES:
        epci, _ = Epci.objects.get_or_create(siren=siren, defaults={"nom": siren, "type": "CC"})
        Commune.objects.create(
            code_insee=code, nom=nom, nom_avec_charniere=f"de {nom}", cle=cle, lat=lat, lon=lon,
            departement_id=code[:2], epci=epci, codes_postaux=[], point_source="mairie",
        )  # fmt: skip
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(NOW, tick=True):
        patch.setattr("django.conf.settings.TRAITDUNION_DATA_DIR", folder)
        import_demo_network(monday_of(NOW.date()), now=NOW)
        load_catalogue(DEMO.with_name("catalogue.yaml"), now=NOW)
        yield folder


def address_of(name):
    """Return the address of the answers to a named question, without the host."""
    home, work, start, end = QUESTIONS[name]
    query = {"domicile": home, "travail": work, "jours": DAYS, "debut": start, "fin": end}
    if end < start:
        query["nuit"] = "1"
    return "/?" + urlencode(query, doseq=True)
