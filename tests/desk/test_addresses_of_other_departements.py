"""A home at its address, in Lozère and in the Cantal as in Haute-Loire: not that of its commune."""

import re
from datetime import date, datetime
from html import unescape
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import caches
from drawn_addresses import Address, write_ban
from small_feeds import MONDAY, write_zip

from traitdunion.networks import versions as networks
from traitdunion.networks.versions import NewNetwork
from traitdunion.territory.addresses.index import import_addresses
from traitdunion.territory.models import Commune, Departement, Region

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("Europe/Paris"))
PLACES = {"43": (45.10, 3.50), "48": (44.52, 3.50), "15": (44.93, 2.44)}
FAR_DEG = 0.1
"""The centre of the commune is so far north of its hamlet, about 11 km: no walk leads there."""


@pytest.fixture(params=PLACES)
def departement(request, tmp_path, settings):
    """A hamlet beside a stop, the centre of its commune far from any, a line to the next town."""
    code, (lat, lon) = request.param, PLACES[request.param]
    settings.TRAITDUNION_DATA_DIR, settings.TRAITDUNION_DEPARTEMENT = tmp_path, code
    caches["memory"].clear()
    region = Region.objects.create(code="84", nom="Région")
    Departement.objects.create(code=code, nom=code, nom_avec_charniere=f"de {code}", region=region)
    for insee, nom, at in (
        (f"{code}098", "Longue", (lat + FAR_DEG, lon)), (f"{code}099", "Courte", (lat, lon + 0.4))
    ):  # fmt: skip
        Commune.objects.create(
            code_insee=insee, nom=nom, nom_avec_charniere=f"de {nom}", departement_id=code,
            lat=at[0], lon=at[1], cle=nom.lower(), codes_postaux=[f"{code}100"], population=9,
        )  # fmt: skip
    rows = [Address(99999, "", "La Grange", f"{code}100", f"{code}098", "Longue", lat, lon)]
    import_addresses([write_ban(tmp_path / "a.csv", rows)], tmp_path, on=date(2026, 11, 24))
    stops = (
        "stop_id,stop_name,stop_lat,stop_lon\n"
        f"langeac,La Grange,{lat},{lon}\nlepuy,Courte,{lat},{lon + 0.4}\n"
    )
    networks.import_network(
        [write_zip(tmp_path / "feed.zip", stops=stops)],
        root=tmp_path / "networks",
        now=NOW,
        new=NewNetwork(label="Cars", start=MONDAY, days=28, demonstration=False),
    )


def ask(client, home):
    query = {
        "domicile": home, "travail": "Courte", "jours": ["lun", "mar"], "debut": "08:00",
        "fin": "16:00", "permis": "aucun", "velo": "non", "semaine": "2026-11-30",
    }  # fmt: skip
    with time_machine.travel(NOW, tick=True):
        response = client.get("/?" + urlencode(query, doseq=True))
    answer = response.context["answer"]
    every = (*answer.options, *answer.excluded)
    words = re.sub("<[^>]*>", "", unescape(response.content.decode())).replace("\u00a0", " ")
    return next(option for option in every if option.key == "transports"), words


@pytest.mark.usefixtures("departement")
def test_a_hamlet_and_the_centre_of_its_commune_have_two_answers(client):
    hamlet, words = ask(client, "La Grange, Longue")
    assert hamlet.feasible_days == 2
    assert [(s.departure_s, s.arrival_s) for s in hamlet.days[0].steps if s.kind == "ride"] == [
        (7 * 3600, 7 * 3600 + 2400), (16 * 3600 + 1200, 17 * 3600),
    ]  # fmt: skip
    assert "Calculé depuis La Grange, Longue" in words
    centre, words = ask(client, "Longue")
    assert centre.feasible_days == 0
    assert "Calculé depuis le centre de Longue" in words
    assert "Préciser l'adresse" in words
    assert "Aucun arrêt à moins de" in " ".join(check.text for check in centre.checks)
