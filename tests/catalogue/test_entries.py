import json
from datetime import date

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.accounts import checks
from traitdunion.catalogue import operations
from traitdunion.catalogue.entries import (
    COLUMNS,
    PART_BY_NAME,
    EntryError,
    changes_between,
    content_of,
    entry_from,
    label_of,
)
from traitdunion.catalogue.enums import CODES_OF, ListeCodes, TypeSolution
from traitdunion.catalogue.models import DETAIL_OF, Aide, Solution
from traitdunion.catalogue.saving import merge
from traitdunion.catalogue.vocabulary import ONLY, PUBLISHED_AS

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[3.8, 45], [3.9, 45], [3.9, 45.1], [3.8, 45.1], [3.8, 45]]],
}
SAMPLES = {
    "structure": "mms",
    "parent": None,
    "booking_type": "2",
    "prior_notice_duration_min": None,
    "prior_notice_duration_max": None,
    "horaires_accueil": "Mo-Fr 09:00-12:00",
    "horaires_service": "Mo-Fr 07:00-19:00",
    "horaires": "off",
    "retrait_code_postal": "43000",
    "employeur_siret": "12345678900012",
    "retrait_commune": "43157",
    "code": "43157",
    "capacite_disponibles": 1,
    "retrait_lat": 45.04,
    "retrait_lon": 3.89,
    "lat": 45.04,
    "lon": 3.89,
    "valide_au": "2027-01-01",
    "au": "2027-01-01",
    "montant_max_eur": "9.00",
    "geojson": json.dumps(SQUARE),
    "nom": "Une solution",
    "origine": "Gare",
    "destination": "Gare",
    "autre": "autre",
    "safe_duration_factor": "1.50",
}


def sample(column):
    """A value that a column takes, written as in a document."""
    if column.name in SAMPLES:
        return SAMPLES[column.name]
    if column.choices:
        return column.choices[0][0]
    match column:
        case models.BooleanField():
            return True
        case models.DecimalField():
            return "0.5" + "0" * (column.decimal_places - 1)
        case models.IntegerField():
            return 3
        case models.DateField():
            return "2026-11-02"
        case models.TimeField():
            return "18:00"
        case models.URLField():
            return "https://exemple.example/"
        case models.EmailField():
            return "a@exemple.example"
    return "Un texte"


def full(kind):
    """A document of a type with every column, list and code filled in."""
    content = {name: sample(column) for name, column in COLUMNS.items()}
    content |= {"type_solution": kind.value, "regle": "microcredit"}
    content["detail"] = {c.name: sample(c) for c in DETAIL_OF[kind].columns()}
    for name, part in PART_BY_NAME.items():
        content[name] = [{c.name: sample(c) for c in part.columns()}]
    content["arrets"][0]["nom"] = "Gare"
    for liste in ListeCodes:
        content[liste.value] = [CODES_OF[liste].values[0]]
    return content


@pytest.mark.parametrize("kind", TypeSolution, ids=str)
def test_a_document_with_everything_comes_back_the_same(kind, made, editor, now):
    made("autre")
    content = full(kind)
    solution = operations.create_solution(by=editor, content=content, now=now, key="tout")
    stored = content_of(Solution.objects.get(pk="tout"))
    assert json.loads(json.dumps(stored)) == content
    again = operations.edit_solution(by=editor, key="tout", content=stored, version=1, now=now)
    assert again.version == solution.version == 1


def test_every_type_has_its_table_its_thematic_and_is_asked_something():
    assert set(DETAIL_OF) == set(PUBLISHED_AS) == set(TypeSolution)
    assert set(ONLY) <= {*COLUMNS, *PART_BY_NAME, *ListeCodes.values}


def test_everything_wrong_is_told_at_once(made):
    with pytest.raises(EntryError) as refused:
        made(
            nom="",
            par_mois_eur="-3",
            couleur="bleu",
            detail={"propulsion": "vapeur", "roues": 3},
            fermetures=[
                {"nature": "fermeture", "du": "2026-12-24", "au": "2026-12-01", "motif": ""}
            ],
            publics=["tous-publics", "martiens"],
            exceptions=[{"le": "2026-11-24", "horaires": "le matin"}],
            paires=[{"origine": "Ici", "destination": "Là"}],
            parent="fantome",
        )
    where = {problem.where for problem in refused.value.problems}
    assert where >= {
        "nom", "par_mois_eur", "couleur", "detail.propulsion", "detail.roues", "fermetures[1]",
        "publics", "exceptions[1].horaires", "paires[1]",
    }  # fmt: skip


def test_a_rule_that_does_not_exist_is_told_with_the_one_that_was_meant(made):
    with pytest.raises(EntryError, match="Vouliez-vous dire « microcredit »") as refused:
        made(regle="micro-credit")
    assert [problem.where for problem in refused.value.problems] == ["regle"]


def test_another_solution_that_does_not_exist_is_told(made):
    with pytest.raises(EntryError, match="« fantome » n'est pas une solution"):
        made(parent="fantome")
    with pytest.raises(EntryError, match=r"cumuls\[1\]"):
        made(cumuls=[{"nature": "exclusif", "autre": "fantome"}])


def test_the_same_line_twice_is_told(made):
    line = {"nature": "justificatif", "texte": "Un contrat"}
    with pytest.raises(EntryError, match="deux fois"):
        made(pieces=[line, line])


@pytest.mark.parametrize(
    "geojson",
    [
        "rien",
        '{"type": "Point", "coordinates": [3, 45]}',
        '{"type": "Polygon", "coordinates": [[[3,45],[4,46],[4,45],[3,46],[3,45]]]}',  # a bow tie
        '{"type": "Polygon", "coordinates": [[[0,0],[50,0],[50,50],[0,0]]]}',
        '{"type": "Polygon", "coordinates": [[[3,45],[4,45]]]}',
    ],
)
def test_an_area_that_is_no_area_is_told(made, geojson):
    with pytest.raises(EntryError, match=r"zones_service\[1\].geojson"):
        made(zones_service=[{"nom": "a", "geojson": geojson}])


def test_changing_the_type_leaves_nothing_of_the_other(made, editor, now):
    solution = made(type_solution="aide_permis", detail={"plafond_eur": "1200.00"})
    assert Aide.objects.count() == 1
    content = content_of(solution) | {"type_solution": "garage", "detail": {"forme": "self"}}
    operations.edit_solution(by=editor, key="velo", content=content, version=1, now=now)
    assert not Aide.objects.exists()
    assert content_of(Solution.objects.get())["detail"]["forme"] == "self"


def test_every_field_has_a_french_name(made):
    names = [*COLUMNS, *PART_BY_NAME, *ListeCodes.values]
    names += [f"detail.{c.name}" for model in DETAIL_OF.values() for c in model.columns()]
    untold = {name for name in names if label_of(name) == name}
    assert untold <= {
        "nom",
        "description",
        "accueil",
        "frais",
        "renouvelable",
        "structure",
        "courriel",
    }


def test_changes_are_told_field_by_field(made):
    before = content_of(made(detail={"propulsion": "human"}))
    after = before | {"nom": "Deux vélos", "detail": before["detail"] | {"propulsion": "electric"}}
    changes = changes_between(before, after)
    assert [(c.field, c.before, c.after) for c in changes] == [
        ("nom", "Un vélo", "Deux vélos"),
        ("detail.propulsion", "human", "electric"),
    ]


@pytest.mark.parametrize(
    ("table", "changed"),
    [
        ("fermetures", {"au": date(2000, 1, 1)}),
        ("tranches", {"montant_eur": -1}),
        ("tranches", {"unite": "par_an"}),
        ("arrets", {"lat": 95}),
        ("codes", {"liste": "couleurs"}),
        ("cumuls", {"autre": "tout"}),
    ],
)
def test_the_database_itself_refuses_parts_that_make_no_sense(made, editor, now, table, changed):
    made("autre")
    solution = operations.create_solution(
        by=editor, content=full(TypeSolution.TAD), now=now, key="tout"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        getattr(solution, table).update(**changed)


def test_every_check_of_the_catalogue_is_composed_once():
    left = {
        constraint.name
        for model in apps.get_app_config("catalogue").get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
        and constraint.name not in checks._composed(model, connection.vendor)
    }
    assert left == set()


# -- merging -------------------------------------------------------------------------------------

values = st.none() | st.sampled_from(["a", "b", "c"])
documents = st.fixed_dictionaries({"x": values, "y": values, "z": values})


@given(documents, documents)
def test_where_one_side_changed_nothing_the_other_is_kept(base, mine):
    assert merge(base, base, mine).content == mine
    assert merge(base, mine, base).content == mine
    assert not merge(base, base, mine).conflicts


@given(documents, documents, documents)
def test_what_either_changed_is_kept_and_what_both_changed_is_told(base, theirs, mine):
    merged = merge(base, theirs, mine)
    for name in base:
        ours, other = mine[name] != base[name], theirs[name] != base[name]
        if ours and other and mine[name] != theirs[name]:
            assert name in merged.conflicts
            assert merged.content[name] == mine[name]
        elif other:
            assert merged.content[name] == theirs[name]
        else:
            assert merged.content[name] == mine[name]


def test_an_emptied_detail_is_a_change_like_another():
    base = {"detail": {"forme": "self"}}
    assert merge(base, base, {}).content == {}
    assert merge(base, {}, base).content == {}


@pytest.mark.django_db
def test_a_document_of_an_unknown_type_is_refused():
    with pytest.raises(EntryError, match="type_solution"):
        entry_from("x", {"nom": "x", "type_solution": "fusee", "structure": "mms"})


def test_an_identifier_of_origin_belongs_to_one_entry(made, editor, now):
    made(reference="dora--1")
    content = content_of(Solution.objects.get()) | {"nom": "Autre"}
    operations.edit_solution(by=editor, key="velo", content=content, version=1, now=now)
    with pytest.raises(EntryError, match="identifiant d'origine"):
        made("autre", reference="dora--1")
