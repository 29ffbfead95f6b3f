"""Loading the catalogue: every type of the demonstration, and a sentence for each fault."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from traitdunion.catalogue.enums import Fraicheur, TypeSolution
from traitdunion.catalogue.models import Solution, Structure
from traitdunion.catalogue.operations import CatalogueError, Loaded, load_catalogue
from traitdunion.catalogue.queries import covers, published
from traitdunion.sources import demo_network

pytestmark = pytest.mark.django_db
DEMO = demo_network.DEMO.with_name("catalogue.yaml")
NOVEMBER = date(2026, 11, 23)

SMALL = """
structures:
  mms: {nom: Maison, telephone: "04 65 71 00 10"}
solutions:
  velo:
    structure: mms
    nom: Un vélo
    type_solution: location_velo
    statut: publie
    mode: velo
    par_mois_eur: 8
    zones: {communes: ["43112"]}
"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "fiches.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_demonstration_has_every_type_and_says_so():
    loaded = load_catalogue(DEMO)
    assert loaded.updated == loaded.unchanged == 0
    solutions = published(on=NOVEMBER)
    assert len(solutions) >= 28
    assert {s.type_solution for s in solutions} == set(TypeSolution.values)
    assert all(s.demonstration for s in solutions)
    assert all("démonstration" in s.structure.nom for s in solutions)


def test_the_same_file_twice_changes_nothing():
    first = load_catalogue(DEMO)
    assert load_catalogue(DEMO) == Loaded(unchanged=first.created)


def test_a_changed_price_or_area_is_an_update(written):
    load_catalogue(written(SMALL))
    dearer = SMALL.replace("par_mois_eur: 8", "par_mois_eur: 9")
    assert load_catalogue(written(dearer)) == Loaded(updated=1, unchanged=1)
    wider = dearer.replace('communes: ["43112"]', 'departements: ["43"]')
    assert load_catalogue(written(wider)) == Loaded(updated=1, unchanged=1)
    assert Solution.objects.get().zone == ["43"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("location_velo", "fusee", ["solution « velo »", "type_solution", "fusee"]),
        ("par_mois_eur: 8", "par_mois_eur: huit", ["par_mois_eur", "huit"]),
        ("par_mois_eur: 8", "par_mois_eur: -8", ["solution_par_mois_eur_not_negative"]),
        ("mode: velo", "couleur: rouge", ["« couleur » n'existe pas"]),
        ("structure: mms", "structure: autre", ["« autre » n'est pas une structure"]),
        ("communes:", "villages:", ["« villages » inconnu", "communes"]),
        ("nom: Un vélo", "nom: ''", ["champ « nom »"]),
        ("mode: velo", "verifie_le: hier", ["verifie_le", "hier"]),
        ("mode: velo", "permis_requis: poids-lourd", ["permis_requis", "poids-lourd"]),
        ("mode: velo", "retrait_lat: 45.0", ["solution_retrait_is_a_point"]),
        ("solutions:", "autre:", ["« solutions »"]),
        ("structures:", "structures: [", ["YAML mal formé", "ligne"]),
    ],
)
def test_each_fault_is_told_with_its_place(written, before, after, told):
    path = written(SMALL.replace(before, after))
    with pytest.raises(CatalogueError) as refused:
        load_catalogue(path)
    text = str(refused.value)
    assert "fiches.yaml" in text
    assert all(word in text for word in told), text


def test_all_faults_of_a_file_are_told_at_once_and_nothing_is_stored(written):
    wrong = SMALL.replace("par_mois_eur: 8", "par_mois_eur: huit").replace("mode: velo", "mode: x")
    with pytest.raises(CatalogueError) as refused:
        load_catalogue(written(wrong))
    assert len(refused.value.problems) == 2
    assert not Structure.objects.exists()


def test_a_file_that_fails_loses_nothing_stored(written):
    load_catalogue(written(SMALL))
    with pytest.raises(CatalogueError):
        load_catalogue(written(SMALL.replace("location_velo", "fusee")))
    assert Solution.objects.get().type_solution == "location_velo"


def test_an_absent_file_is_told(tmp_path):
    with pytest.raises(CatalogueError, match="illisible"):
        load_catalogue(tmp_path / "rien.yaml")


def test_only_published_and_valid_solutions_are_offered(written):
    load_catalogue(written(SMALL))
    assert len(published(on=NOVEMBER)) == 1
    Solution.objects.update(valide_au=date(2026, 11, 22))
    assert published(on=NOVEMBER) == []
    Solution.objects.update(valide_au=None, statut="suspendu")
    assert published(on=NOVEMBER) == []


@pytest.mark.parametrize(
    ("checked", "expected"),
    [
        (None, Fraicheur.INCONNUE),
        (date(2026, 6, 1), Fraicheur.A_JOUR),
        (date(2026, 5, 1), Fraicheur.A_REVERIFIER),
        (date(2025, 11, 1), Fraicheur.PERIME),
    ],
)
def test_freshness_follows_the_duty_to_review(checked, expected):
    # Every six months: 182 days until 30 November for 1 June; a year and more is out of date.
    assert Solution(verifie_le=checked, frequence_maj_mois=6).freshness(NOVEMBER) == expected


def test_an_area_nobody_knows_is_not_open_to_all(written):
    load_catalogue(written(SMALL))
    velo = Solution.objects.get()
    assert covers(velo, code_insee="43112") is True
    assert covers(velo, code_insee="43157", departement="43") is False
    velo.zones.all().delete()
    assert covers(Solution.objects.get(), code_insee="43112") is None


def test_codes_of_région_and_département_are_told_apart(written):
    # 53 is both Mayenne and, once, Bretagne.
    load_catalogue(written(SMALL.replace('communes: ["43112"]', 'regions: ["53"]')))
    velo = Solution.objects.get()
    assert covers(velo, code_insee="53130", departement="53") is False
    assert covers(velo, code_insee="35238", departement="35", region="53") is True


def test_a_price_below_zero_never_reaches_the_base():
    with pytest.raises(ValidationError):
        Solution(par_jour_eur=-1, type_solution="garage").validate_constraints()
