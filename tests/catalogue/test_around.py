"""Which solutions are weighed for a home and a place of work, among very many."""

from datetime import date

import pytest

from traitdunion.catalogue.models import Solution, SolutionZone, Structure
from traitdunion.catalogue.queries import TOLD_ELSEWHERE, published_around
from traitdunion.territory.models import Commune, Departement, Epci, Region

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)


@pytest.fixture
def communes():
    region = Region.objects.create(code="84", nom="Auvergne-Rhône-Alpes")
    departement = Departement.objects.create(code="43", nom="Haute-Loire", region=region)
    epci = Epci.objects.create(siren="200073419", nom="Le Puy", type="CA")
    for code, its in (("43157", epci), ("43112", None), ("43040", None)):
        Commune.objects.create(
            code_insee=code, nom=code, nom_avec_charniere=code, cle=code, departement=departement,
            epci=its, lat=45, lon=3.9,
        )  # fmt: skip


@pytest.fixture
def solution(communes):
    structure = Structure.objects.create(id="s", nom="S")

    def made(key, *areas, **columns):
        row = Solution.objects.create(
            id=key, structure=structure, nom=key, type_solution="garage", statut="publie", **columns
        )
        for nature, code in areas:
            SolutionZone.objects.create(solution=row, nature=nature, code=code)
        return row

    return made


def around(*codes):
    nearby = published_around(codes, on=TODAY)
    return {solution.id for solution in nearby.solutions}, nearby.elsewhere


def test_each_kind_of_area_that_holds_home_or_work_is_weighed(solution, monkeypatch):
    monkeypatch.setattr("traitdunion.catalogue.queries.TOLD_ELSEWHERE", 0)
    solution("commune", ("commune", "43112"))
    solution("epci", ("epci", "200073419"))
    solution("departement", ("departement", "43"))
    solution("region", ("region", "84"))
    solution("libre", zone_libre=True)
    solution("inconnue")
    solution("ailleurs", ("commune", "43040"))
    solution("loin", ("departement", "63"))
    solution("fermee", ("commune", "43112"), valide_au=date(2026, 11, 24))
    nearby, elsewhere = around("43112", "43157")
    assert nearby == {"commune", "epci", "departement", "region", "libre", "inconnue"}
    assert elsewhere == 2


def test_a_few_of_elsewhere_are_named_the_others_counted(solution):
    for n in range(TOLD_ELSEWHERE + 5):
        solution(f"loin-{n:03}", ("commune", "43040"))
    nearby, elsewhere = around("43112", "43157")
    assert len(nearby) == TOLD_ELSEWHERE
    assert elsewhere == 5


def test_a_place_without_a_commune_keeps_all(solution):
    solution("ailleurs", ("commune", "43040"))
    assert around(None, "43157") == ({"ailleurs"}, 0)
