"""The commune that a text names, or an error that helps to name it."""

from dataclasses import replace

import pytest

from traitdunion.territory import queries
from traitdunion.territory.models import Commune, Departement, Region
from traitdunion.territory.operations import load_territory
from traitdunion.territory.queries import (
    AmbiguousCommune,
    TerritoryNotLoaded,
    UnknownCommune,
    commune_at,
    commune_named,
    search_communes,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(small_france):
    load_territory(france=small_france)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Langeac", "43112"),
        ("  langeac ", "43112"),
        ("43112", "43112"),
        ("43300", "43112"),
        ("Le Puy-en-Velay", "43157"),
        ("puy en velay", "43157"),
        ("Taulhac", "43157"),
        ("St Étienne", "42218"),
        ("Saint-Aubin (42)", "42279"),
        ("Saint-Aubin 43", "43200"),
        ("43210 saint aubin", "43200"),
        ("Saint-Aubin, Loire", "42279"),
        ("saint aubin (haute loire)", "43200"),
    ],
)
@pytest.mark.usefixtures("loaded")
def test_a_name_or_a_code_names_one_commune(text, code):
    assert commune_named(text).code_insee == code


@pytest.mark.usefixtures("loaded")
def test_homonyms_are_all_proposed():
    with pytest.raises(AmbiguousCommune) as caught:
        commune_named("saint-aubin", near_departement=None)
    assert str(caught.value) == (
        "Plusieurs communes répondent à « saint-aubin » : "
        "Saint-Aubin (42), Saint-Aubin (43). Précisez laquelle."
    )
    assert [candidate.label for candidate in caught.value.candidates] == [
        "Saint-Aubin (42)",
        "Saint-Aubin (43)",
    ]
    assert caught.value.suggestions[:2] == caught.value.candidates


@pytest.mark.usefixtures("loaded")
def test_the_departement_preferred_settles_between_homonyms():
    assert commune_named("saint-aubin", near_departement="42").code_insee == "42279"
    assert commune_named("saint-aubin").code_insee == "43200"
    with pytest.raises(AmbiguousCommune):
        commune_named("saint-aubin", near_departement="07")


@pytest.mark.usefixtures("loaded")
def test_a_postal_code_of_several_communes_is_ambiguous():
    with pytest.raises(AmbiguousCommune, match=r"Saint-Étienne \(42\), Saint-Aubin \(42\)"):
        commune_named("42000")


def test_more_homonyms_than_one_can_read_are_counted(small_france, draw):
    # Nine communes of one postal code: eight are named, one is counted.
    nine = tuple(draw.commune(f"4300{i}", f"Bourg-{'abcdefghi'[i]}", mairie=None) for i in range(9))
    load_territory(france=replace(small_france, communes=nine, parts=()))
    with pytest.raises(AmbiguousCommune, match=r"Bourg-h \(43\) et 1 autre\. Précisez") as caught:
        commune_named("43000")
    assert len(caught.value.candidates) == 9


@pytest.mark.usefixtures("loaded")
def test_an_unknown_name_says_what_comes_near():
    with pytest.raises(UnknownCommune) as caught:
        commune_named("Langaec")
    assert str(caught.value) == (
        "Aucune commune ne s'appelle « Langaec ». Vouliez-vous dire Langeac (43) ?"
    )
    assert [commune.code_insee for commune in caught.value.suggestions] == ["43112"]
    assert isinstance(caught.value, LookupError)


@pytest.mark.usefixtures("loaded")
def test_a_name_in_another_departement_is_unknown_there_and_proposed_where_it_is():
    with pytest.raises(UnknownCommune, match=r"Vouliez-vous dire Langeac \(43\)"):
        commune_named("Langeac (42)")


@pytest.mark.usefixtures("loaded")
def test_a_name_like_nothing_asks_to_check_the_spelling():
    with pytest.raises(UnknownCommune, match=r"Vérifiez l'orthographe") as caught:
        commune_named("Xyzzy")
    assert caught.value.suggestions == []


@pytest.mark.usefixtures("loaded")
def test_an_empty_name_is_asked_for():
    with pytest.raises(UnknownCommune, match="Indiquez une commune"):
        commune_named("  ")


@pytest.mark.usefixtures("loaded")
def test_a_commune_is_read_by_its_insee_code():
    assert commune_at("43112").nom == "Langeac"
    with pytest.raises(UnknownCommune, match="code INSEE « 43999 »"):
        commune_at("43999")


def test_an_empty_territory_says_how_to_load_it():
    with pytest.raises(TerritoryNotLoaded, match="traitdunion territory load"):
        commune_named("Langeac")


def test_a_search_in_an_empty_territory_finds_nothing():
    assert search_communes("Langeac") == []


@pytest.mark.usefixtures("loaded")
def test_a_commune_found_needs_no_further_query_for_its_epci(django_assert_num_queries):
    commune = search_communes("langeac")[0]
    with django_assert_num_queries(0):
        assert (commune.epci.nom, commune.departement.nom) == (
            "Communauté de communes",
            "Haute-Loire",
        )


@pytest.mark.usefixtures("loaded")
def test_a_new_load_is_searched_at_once(small_france):
    assert search_communes("agnat") == []
    rows = small_france.communes
    renamed = (*rows[:2], replace(rows[2], nom="Agnat"), *rows[3:])
    load_territory(france=replace(small_france, communes=renamed))
    assert [commune.code_insee for commune in search_communes("agnat")] == ["43112"]


@pytest.mark.usefixtures("loaded")
def test_the_index_is_built_once_and_again_after_it_is_invalidated(django_assert_num_queries):
    search_communes("langeac")
    with django_assert_num_queries(2):  # the edition, then the communes found
        search_communes("puy")
    Commune.objects.filter(pk="43112").update(nom="Agnat", cle="agnat")
    assert search_communes("agnat") == []
    queries.invalidate()
    assert [commune.nom for commune in search_communes("agnat")] == ["Agnat"]


def test_a_load_once_committed_invalidates_the_index(
    small_france, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(queries, "_built", ("digest", None))
    with django_capture_on_commit_callbacks(execute=True):
        load_territory(france=small_france)
    assert queries._built is None


def test_communes_made_by_hand_are_searched_as_they_are():
    Region.objects.create(code="84", nom="Auvergne-Rhône-Alpes")
    Departement.objects.create(code="43", nom="Haute-Loire", region_id="84")
    for code, nom in (("43001", "Agnat"), ("43002", "Aiguilhe")):
        Commune.objects.create(code_insee=code, nom=nom, departement_id="43", lat=45.3, lon=3.4)
        assert commune_named(nom).code_insee == code


@pytest.mark.usefixtures("loaded")
def test_communes_read_are_kept_until_the_next_edition_and_no_more_than_the_bound(
    small_france, django_assert_num_queries, monkeypatch
):
    assert commune_at("43112").nom == "Langeac"
    with django_assert_num_queries(1):  # the edition
        assert commune_at("43112").nom == "Langeac"
    rows = small_france.communes
    renamed = tuple(replace(row, nom="Agnat") if row.nom == "Langeac" else row for row in rows)
    load_territory(france=replace(small_france, communes=renamed))
    assert commune_at("43112").nom == "Agnat"
    monkeypatch.setattr(queries, "MAX_READ", 0)
    digest = queries._read[0]
    assert queries._kept_communes(digest) == {}
    commune_at("43157")
    commune_at("43112")
    assert list(queries._read[1]) == ["43112"]


@pytest.mark.usefixtures("loaded")
def test_homonyms_of_a_name_stay_on_what_that_name_gave():
    taken = commune_named("Langeac")
    taken.nom, taken.homonyms = "Changé", [taken]
    again = commune_at("43112")
    assert again.nom == "Langeac"
    assert not again.homonyms
