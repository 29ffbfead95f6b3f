"""A place as a person writes it: coordinates, address, hamlet, stop, site, commune."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from drawn_addresses import Address, write_ban

from traitdunion.desk.question.calendars import site_calendar
from traitdunion.networks.places import PlaceKind, UnknownPlace, place_named, suggestions
from traitdunion.territory.addresses.index import import_addresses
from traitdunion.territory.models import Commune, Departement, Region, Site

pytestmark = pytest.mark.django_db


def square(west: float, south: float) -> str:
    corners = [(0, 0), (0.2, 0), (0.2, 0.2), (0, 0.2), (0, 0)]
    ring = ", ".join(f"[{west + x}, {south + y}]" for x, y in corners)
    return f'{{"type": "Polygon", "coordinates": [[{ring}]]}}'


class Stops:
    """What `places` reads of a timetable: two stops of one name, in two communes."""

    stop_ids = ("S1", "S2", "S3")
    is_served = np.array([True, True, True])
    stops = pl.DataFrame({"name": ["Gare", "Gare", "Mairie"]})
    arrays = {"stop_lat": np.array([45.05, 45.05, 45.06]), "stop_lon": np.array([3.05, 3.25, 3.05])}

    def stop_name(self, row: int) -> str:
        return self.stops["name"][row]


@pytest.fixture
def land(tmp_path, settings):
    """Two communes side by side, the centre of the second nearer to the limit; some addresses."""
    settings.TRAITDUNION_DATA_DIR = tmp_path
    region = Region.objects.create(code="84", nom="Région")
    departement = Departement.objects.create(
        code="43", nom="Département", nom_avec_charniere="du Département", region=region
    )
    for code, nom, west, lon in (("43001", "Aval", 3.0, 3.02), ("43002", "Bois", 3.2, 3.21)):
        Commune.objects.create(
            code_insee=code, nom=nom, nom_avec_charniere=f"de {nom}", departement=departement,
            lat=45.1, lon=lon, boundary=square(west, 45.0), codes_postaux=["43100"], population=9,
        )  # fmt: skip
    rows = [
        Address(12, "", "Rue Haute", "43100", "43001", "Aval", 45.11, 3.1),
        Address(12, "", "Rue Haute", "43100", "43002", "Bois", 45.12, 3.3),
        Address(99999, "", "La Grange", "43100", "43002", "Bois", 45.15, 3.35),
    ]
    import_addresses([write_ban(tmp_path / "a.csv", rows)], tmp_path, on=date(2026, 11, 30))
    Site.objects.create(
        code="scierie", nom="Scierie", employeur="Établissements Fictifs", lat=45.1, lon=3.3,
        commune_id="43002",
    )  # fmt: skip
    return SimpleNamespace(timetable=Stops())


@pytest.mark.parametrize(
    ("text", "kind", "lat", "commune"),
    [
        ("45.05, 3.19", PlaceKind.POINT, 45.05, "43001"),
        ("12 rue haute aval", PlaceKind.ADRESSE, 45.11, "43001"),
        ("12 Rue Haute, 43100 Bois", PlaceKind.ADRESSE, 45.12, "43002"),
        ("la grange", PlaceKind.LIEU_DIT, 45.15, "43002"),
        ("S3", PlaceKind.ARRET, 45.06, "43001"),
        ("Arrêt Gare, Bois", PlaceKind.ARRET, 45.05, "43002"),
        ("Établissements Fictifs, Scierie", PlaceKind.SITE, 45.1, "43002"),
        ("scierie", PlaceKind.SITE, 45.1, "43002"),
    ],
)
def test_each_kind_of_place_is_found(land, text, kind, lat, commune):
    place = place_named(text, land.timetable)
    assert (place.kind, place.lat, place.code_insee) == (kind, lat, commune)


def test_a_label_names_its_place_again(land):
    for text in ("12 rue haute", "gare", "grange", "fictifs", "45.05,3.1"):
        for place in suggestions(text, land.timetable):
            again = place_named(place.label, land.timetable)
            assert (again.lat, again.lon) == (place.lat, place.lon)


def test_a_commune_is_a_commune(land):
    assert isinstance(place_named("Aval", land.timetable), Commune)
    assert place_named("43002").nom == "Bois"


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("12 rue haute", ["12 Rue Haute, 43100 Aval", "12 Rue Haute, 43100 Bois"]),
        ("arrêt gare", ["Arrêt Gare, Aval", "Arrêt Gare, Bois"]),
    ],
)
def test_a_place_that_several_answer_to_is_asked_again(land, text, near):
    with pytest.raises(UnknownPlace) as refused:
        place_named(text, land.timetable)
    assert sorted(place.label for place in refused.value.suggestions)[:2] == near


def test_a_number_that_is_not_known_is_said(land):
    place = place_named("14 rue haute bois")
    assert place.note == "Le numéro 14 n'est pas connu : le 12, le plus proche, est pris."


def test_a_point_out_of_the_earth_is_refused(land):
    with pytest.raises(UnknownPlace, match="impossibles"):
        place_named("95.0, 3.0")


@pytest.mark.parametrize(("home", "zone"), [("43", "A"), ("48", "C"), ("15", "A")])
def test_the_territory_served_is_a_setting(land, tmp_path, settings, home, zone):
    settings.TRAITDUNION_DEPARTEMENT = home
    region = Region.objects.get()
    rows = []
    for code, lat in (("43", 45.11), ("48", 44.5), ("15", 44.9)):
        Departement.objects.get_or_create(
            code=code,
            defaults={"nom": code, "nom_avec_charniere": f"de {code}", "region": region},
        )
        Commune.objects.create(
            code_insee=f"{code}099", nom="Longue", nom_avec_charniere="de Longue",
            departement_id=code, lat=lat, lon=3.1, population=9,
        )  # fmt: skip
        rows.append(Address(3, "", "Rue Basse", f"{code}100", f"{code}099", "Longue", lat, 3.1))
    import_addresses([write_ban(tmp_path / "b.csv", rows)], tmp_path, on=date(2026, 11, 30))
    assert suggestions("3 rue basse", None)[0].code_insee == f"{home}099"
    assert suggestions("longue", None)[0].code_insee == f"{home}099"
    assert place_named("Longue").departement_id == home
    assert site_calendar().zone == zone


def test_days_that_the_host_adds_have_their_cause(tmp_path, settings):
    settings.TRAITDUNION_DATA_DIR = tmp_path
    (tmp_path / "calendar.csv").write_text("date;cause\n2027-05-07;pont\nhier;grève\n", "utf-8")
    calendar = site_calendar()
    assert calendar.named(date(2027, 5, 7)) == "vendredi 7 mai 2027 (pont)"
    assert calendar.named(date(2027, 5, 6)) == "jeudi 6 mai 2027 (férié : Ascension)"
    assert len(calendar.added) == 1
