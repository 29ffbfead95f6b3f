import json
from datetime import date, timedelta

import pytest
from data_inclusion.schema import v1
from data_inclusion.schema.v1 import Service
from data_inclusion.schema.v1 import Structure as StructureSchema
from data_inclusion.schema.v1.score_qualite import score

from traitdunion.catalogue import enums, queries
from traitdunion.catalogue.exchange.inclusion_export import exported, structure_record
from traitdunion.catalogue.models import Solution, Structure
from traitdunion.catalogue.operations import load_catalogue
from traitdunion.catalogue.quality import freshness_share, quality_of
from traitdunion.demonstration.network import DEMO

ON = date(2026, 11, 23)
THEMES = "Thematique"


@pytest.fixture
def demonstration(db, now):
    load_catalogue(DEMO.with_name("catalogue.yaml"), now=now)
    return list(queries.published(on=ON))


LISTS = {
    "Public": enums.Public,
    "TypeService": enums.TypeService,
    "Frais": enums.Frais,
    "ModeAccueil": enums.ModeAccueil,
    "ModeMobilisation": enums.ModeMobilisation,
    "PersonneMobilisatrice": enums.MobilisablePar,
}
"""Our lists by the name of theirs, which must hold the same codes."""


@pytest.mark.parametrize("source", ["installed", "published"])
def test_our_lists_are_those_of_the_schema(source, request):
    """That of the installed library, and that of the site where it is beside the project."""
    if source == "installed":
        published = {
            name: {value.value for value in getattr(v1, name)} for name in (*LISTS, THEMES)
        }
    else:
        path = request.getfixturevalue("shared") / "inclusion" / "di_schema_v1_0_10.json"
        schema = json.loads(path.read_text("utf-8"))
        published = {name: {value["value"] for value in schema[name]} for name in (*LISTS, THEMES)}
    assert {name: set(ours.values) for name, ours in LISTS.items()} == {
        name: published[name] for name in LISTS
    }
    assert set(enums.Thematique.values) <= published[THEMES]
    mobility = {code for code in published[THEMES] if code.startswith("mobilite--")}
    assert mobility <= set(enums.Thematique.values)


def test_every_record_of_the_demonstration_is_valid_and_good(demonstration):
    for structure in Structure.objects.all():
        StructureSchema(**structure_record(structure, ON))
    for solution in demonstration:
        quality = quality_of(solution, on=ON)
        assert quality.inclusion_share >= 0.9, (solution.pk, quality.failing)
        record = exported(solution).record
        Service(**record)


def test_the_score_is_that_of_data_inclusion(demonstration):
    for solution in demonstration:
        record = exported(solution).record
        theirs, _ = score(Service(**record))
        # Today of the machine, since their score asks the clock.
        assert quality_of(solution, on=date.today()).inclusion_share == theirs  # noqa: DTZ011


@pytest.mark.parametrize(("age_d", "expected"), [(0, 1.0), (182, 1.0), (731, 0.0), (2000, 0.0)])
def test_freshness_falls_from_six_months_to_two_years(age_d, expected):
    assert freshness_share(ON - timedelta(days=age_d), ON) == expected


def test_freshness_half_way_is_a_half():
    # 456 days is half way between 182.6 and 730.5.
    assert freshness_share(ON - timedelta(days=456), ON) == pytest.approx(0.5, abs=0.002)


def test_a_missing_contact_is_told_whatever_the_mean(made):
    Structure.objects.update(telephone="")
    solution = made(description="x" * 300, par_mois_eur="8.00", publics=["jeunes"])
    failing = {
        criterion.name: criterion for criterion in quality_of(Solution.objects.get(), on=ON).failing
    }
    assert failing["au_moins_un_moyen_de_contact"].share == 0
    assert failing["zone"].advice.startswith("Donnez les communes")
    assert solution.pk == "velo"


def test_filling_what_is_told_mends_it(made):
    made(
        description="x" * 300, par_mois_eur="8.00", publics=["jeunes"], mobilisable_par=["usagers"],
        modes_mobilisation=["telephoner"], zones=[{"nature": "commune", "code": "43112"}],
        conditions_acces="Aucune", source_citation="Vu", delai_jours=3, capacite_disponibles=2,
        capacite_maj_le="2026-11-02", telephone="04 65 71 00 10",
    )  # fmt: skip
    quality = quality_of(Solution.objects.get(), on=ON)
    assert quality.failing == []
    assert quality.percent == quality.our_percent == 100


def test_what_data_inclusion_cannot_carry_is_told(made):
    solution = made(
        par_mois_eur="8.00", distance_max_km="12.0", detail={"propulsion": "human"},
        fermetures=[{"nature": "fermeture", "du": "2026-12-24", "au": None, "motif": ""}],
    )  # fmt: skip
    record = exported(solution)
    assert record.as_text == ["par mois (€)"]
    assert set(record.lost) == {
        "distance la plus longue (km)",
        "Fermetures et suspensions",
        "énergie",
    }
    assert "8\u00a0€ par mois" in record.record["frais_precisions"]


def test_an_entry_without_any_date_is_not_exported(made):
    Solution.objects.update(verifie_le=None)
    solution = made(verifie_le=None)
    solution.modified_at = None
    with pytest.raises(ValueError, match="date de mise à jour"):
        exported(solution)


def test_a_private_contact_stays_here(made):
    record = exported(made(contact_public=False, contact_nom="X", courriel="a@example.org")).record
    assert not {"telephone", "courriel", "contact_nom_prenom"} & set(record)


def test_a_région_becomes_its_départements(made):
    from traitdunion.territory.models import Departement, Region

    region = Region.objects.create(code="84", nom="Auvergne-Rhône-Alpes")
    for code in ("43", "63"):
        Departement.objects.create(code=code, nom=code, nom_avec_charniere=code, region=region)
    record = exported(made(zones=[{"nature": "region", "code": "84"}])).record
    assert record["zone_eligibilite"] == ["43", "63"]
