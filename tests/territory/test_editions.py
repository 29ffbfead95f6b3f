"""What a process remembers of the territory goes with the edition it was read from."""

from dataclasses import replace

import pytest

from traitdunion.networks import places
from traitdunion.territory.models import Commune, Departement, Region, TerritoryEdition
from traitdunion.territory.operations import load_territory
from traitdunion.territory.outlines import outlines
from traitdunion.territory.queries import commune_at, edition_digest, search_communes

pytestmark = pytest.mark.django_db

STOP = places._Stop("gare", "Gare", "S1", 45.25, 0.25)


def changed(france, code: str, **fields):
    rows = tuple(
        replace(row, **fields) if row.code_insee == code else row for row in france.communes
    )
    return replace(france, communes=rows)


def test_a_border_that_moves_is_another_edition_and_is_drawn_again(small_france, draw):
    load_territory(france=small_france)
    before, drawn = edition_digest(), outlines("43")
    assert outlines("43") is drawn
    load_territory(france=changed(small_france, "43112", polygon=draw.square(0.5, 45)))
    assert edition_digest() != before
    assert outlines("43").paths["43112"] != drawn.paths["43112"]


def test_a_stop_is_in_the_commune_of_the_edition_in_use(small_france, django_assert_num_queries):
    (unplaced,) = places._of_stops([STOP])
    assert unplaced.label == "Arrêt Gare"
    load_territory(france=changed(small_france, "43112", population=1))
    (placed,) = places._of_stops([STOP])
    name = placed.commune
    assert name == commune_at(placed.code_insee).nom
    with django_assert_num_queries(1):  # the edition
        assert places._of_stops([STOP, STOP]) == [placed, placed]
    load_territory(france=changed(small_france, placed.code_insee, nom="Commune Nouvelle"))
    assert places._of_stops([STOP])[0].commune == "Commune Nouvelle"


def make_by_hand(nom: str) -> None:
    departement = Departement.objects.create(
        code="43", nom="Haute-Loire", nom_avec_charniere="de la Haute-Loire",
        region=Region.objects.create(code="84", nom="Auvergne-Rhône-Alpes"),
    )  # fmt: skip
    Commune.objects.create(
        code_insee="43112", nom=nom, nom_avec_charniere=f"de {nom}", cle=nom.lower(), lat=45.1,
        lon=3.5, departement=departement, codes_postaux=["43300"], population=9,
    )  # fmt: skip
    TerritoryEdition.objects.create(
        id=1, source="à la main", digest="d", population_year=2021, departements_with_boundaries=[]
    )


@pytest.mark.parametrize("nom", ["Langeac", "Agnat", "Brioude"])
def test_tests_that_draw_a_territory_need_no_digest_of_their_own(nom):
    """Tests of one process: each one finds its commune, and the next one does not."""
    make_by_hand(nom)
    assert commune_at("43112").nom == nom
    assert [commune.nom for commune in search_communes("43300")] == [nom]


@pytest.mark.parametrize("west", [3.0, 4.0])
def test_communes_made_by_hand_are_drawn_as_they_are(west, draw):
    make_by_hand("Langeac")
    TerritoryEdition.objects.all().delete()
    assert outlines("43").paths == {}
    border = (
        f'{{"type": "Polygon", "coordinates": [[[{west}, 45], [5, 45], [5, 46], [{west}, 45]]]}}'
    )
    Commune.objects.update(boundary=border)
    assert outlines("43").frame[0] == west
