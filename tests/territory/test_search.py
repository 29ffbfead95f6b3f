"""Each rule of the search, on communes few enough to be ranked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.territory.names import fold
from traitdunion.territory.search import Entry, SearchIndex, one_typo, split_code

# code INSEE, name, population, postal codes, parts
PLACES = [
    ("43157", "Le Puy-en-Velay", 19_000, ["43000"], []),
    ("43002", "Aiguilhe", 1_500, ["43000"], []),
    ("43112", "Langeac", 3_700, ["43300"], []),
    ("43200", "Saint-Jeures", 900, ["43200"], []),
    ("43268", "Yssingeaux", 7_200, ["43200"], []),
    ("43080", "Coubon", 3_000, ["43700"], []),
    ("43224", "Sainte-Sigolène", 5_800, ["43600"], []),
    ("25474", "Le Puy", 110, ["25640"], []),
    ("33345", "Le Puy", 400, ["33580"], []),
    ("13080", "Le Puy-Sainte-Réparade", 5_700, ["13610"], []),
    ("81217", "Puygouzon", 3_500, ["81990"], []),
    ("42218", "Saint-Étienne", 171_000, ["42000", "42100"], []),
    ("07200", "Saint-Étienne-de-Boulogne", 400, ["07200"], []),
    ("67482", "Strasbourg", 280_000, ["67000"], []),
    ("37123", "Langeais", 4_200, ["37130"], []),
    ("69123", "Lyon", 516_000, ["69001", "69003"], [("69383", "Lyon 3e Arrondissement")]),
    ("12218", "Conques-en-Rouergue", 1_600, ["12320"], [("12076", "Conques")]),
    ("11099", "Conques-sur-Orbiel", 2_400, ["11600"], []),
    ("2A004", "Ajaccio", 70_000, ["20000", "20090"], []),
    ("97411", "Saint-Denis", 148_000, ["97400"], []),
    ("01001", "L'Abergement-Clémenciat", 770, ["01400"], []),
    ("43009", "Araules", 0, ["43200"], []),
]


DEPARTEMENTS = {"haute loire": "43", "doubs": "25", "reunion": "974", "loire": "42"}


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    entries = (
        Entry(
            code,
            fold(nom),
            code[:3] if code.startswith("97") else code[:2],
            population,
            codes,
            [(part, fold(name)) for part, name in parts],
        )
        for code, nom, population, codes, parts in PLACES
    )
    return SearchIndex(entries, DEPARTEMENTS)


@pytest.mark.parametrize(
    "typed",
    [
        "puy-en-v",
        "le puy en velay",
        "LE PUY EN VELAY",
        "Le Puy-en-Velay (43)",
        "43157",
        "43 157",
        "43000 Le Puy",
        "43000, puy",
        "le puy 43",
        "puy velay",
        "velay",
        "puy en valay",
        "la puy en velay",
    ],
)
def test_the_puy_en_velay_is_found_however_it_is_typed(index, typed):
    assert index.search(typed)[0] == "43157"


def test_a_whole_name_comes_before_a_begun_one_and_then_the_more_populated(index):
    # Two communes are called exactly Le Puy; then begun names by population; then another word.
    assert index.search("puy") == ["33345", "25474", "43157", "13080", "81217"]


def test_st_is_saint_and_the_beginning_of_strasbourg(index):
    assert index.search("st", limit=3) == ["67482", "42218", "97411"]
    assert index.search("st etienne") == ["42218", "07200"]


def test_ste_is_sainte_and_begins_no_saint(index):
    assert "42218" not in index.search("ste")
    assert index.search("ste sigo") == ["43224"]


def test_apostrophes_and_articles_are_optional(index):
    for typed in ("l'aberg", "l’aberg", "l aberg", "aberg", "abergement clem"):
        assert index.search(typed)[:1] == ["01001"], typed


def test_an_article_the_name_does_not_bear_still_finds_it(index):
    assert index.search("le langeac") == ["43112"]


@pytest.mark.parametrize("typed", ["langaec", "lamgeac", "langac", "lanngeac", "angeac", "langead"])
def test_one_wrong_letter_is_forgiven(index, typed):
    assert "43112" in index.search(typed)


def test_the_whole_name_but_one_letter_comes_before_a_begun_one(index):
    # "langeax" is one letter from "Langeac"; "langeai" + "s" begins but for one letter only: the
    # populations alone would put Langeais first.
    assert index.search("langeax") == ["43112", "37123"]


def test_typos_are_not_looked_for_when_the_name_is_written_whole(index):
    assert index.search("langeac") == ["43112"]


def test_three_letters_are_too_few_for_a_typo(index):
    assert index.search("lxo") == []


def test_a_postal_code_leads_to_its_communes_the_most_populated_first(index):
    assert index.search("43000") == ["43157", "43002"]
    assert index.search("43 000") == ["43157", "43002"]


def test_a_code_begun_finds_postal_and_insee_codes(index):
    assert index.search("4311") == ["43112"]
    assert index.search("2a0") == ["2A004"]
    assert index.search("9740") == ["97411"]


def test_a_code_both_postal_and_insee_finds_both(index):
    assert index.search("43200") == ["43268", "43200", "43009"]


def test_the_postal_code_of_an_arrondissement_leads_to_its_city(index):
    assert index.search("69003") == ["69123"]
    assert index.search("69383") == ["69123"]
    assert index.search("lyon 3") == ["69123"]
    assert index.search("Lyon 3ème") == ["69123"]


def test_a_merged_commune_is_found_by_its_old_name(index):
    # Begun by a commune of today first (rank PREFIX twice, by population), the part adds nothing.
    assert index.search("conques") == ["11099", "12218"]
    assert index.search("12076") == ["12218"]


def test_a_departement_not_borne_by_any_homonym_does_not_hide_the_name(index):
    assert index.search("Langeac (07)") == ["43112"]


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("Le Puy (Doubs)", ["25474"]),
        ("le puy, doubs", ["25474"]),
        ("puy (haute-loire", ["43157"]),
        ("Saint-Denis, La Réunion", ["97411"]),
        ("Saint-Étienne - Loire", ["42218"]),
        ("Le Puy-en-Velay Cedex 2", ["43157"]),
        ("43012 Le Puy-en-Velay CEDEX", ["43157"]),
        # Nothing but the name of a département is taken off a name.
        ("Le Puy-Sainte-Réparade", ["13080"]),
        ("Sainte-Sigolène, centre", []),
    ],
)
def test_the_name_of_a_departement_and_cedex_are_understood(index, typed, codes):
    assert index.search(typed)[:1] == codes


def test_near_a_departement_one_rank_is_gained(index):
    # Le Puy-en-Velay (begun, 19,000) joins the whole names and is the most populated of them;
    # Saint-Étienne-de-Boulogne (begun, 400) does not pass Saint-Étienne (whole, 171,000).
    assert index.search("le puy", near=["43"])[:3] == ["43157", "33345", "25474"]
    assert index.search("st etienne", near=["07"]) == ["07200", "42218"]
    # Exact beside the département served passes a name begun within it.
    assert index.search("st etienne", near=["07", "42"]) == ["42218", "07200"]
    assert index.search("st eti", near=["07"]) == ["07200", "42218"]


@pytest.mark.parametrize(
    "typed", ["", "   ", "-", "?!", "99999", "東京", "(43)", "\0", "x" * 100_000]
)
def test_what_names_nothing_finds_nothing(index, typed):
    assert index.search(typed) == []
    assert index.named(typed) == []


def test_the_limit_is_held(index):
    assert len(index.search("s", limit=2)) == 2


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("langeac", ["43112"]),
        ("Le Puy", ["33345", "25474"]),
        ("Puy", ["33345", "25474"]),
        ("Le Puy (25)", ["25474"]),
        ("25640 Le Puy", ["25474"]),
        ("Le Puy (43)", []),
        ("Le Puy (Doubs)", ["25474"]),
        ("Le Puy, Haute-Loire", []),
        ("Langeac Cedex", ["43112"]),
        ("St-Etienne", ["42218"]),
        ("saint etien", []),
        ("langaec", []),
        ("43157", ["43157"]),
        ("43300", ["43112"]),
        ("43000", ["43157", "43002"]),
        ("43200", ["43268", "43200", "43009"]),
        ("4315", []),
        ("43", []),
        ("69003", ["69123"]),
        ("Conques", ["12218"]),
        ("2a004", ["2A004"]),
    ],
)
def test_a_name_is_exact_but_for_its_spelling(index, typed, codes):
    assert index.named(typed) == codes


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("Langeac (43)", ("Langeac", "43")),
        ("Langeac (4", ("Langeac", "4")),
        ("Langeac (", ("Langeac (", "")),
        ("Langeac 43300", ("Langeac", "43300")),
        ("43300 Langeac", ("Langeac", "43300")),
        ("43 300 Langeac", ("Langeac", "43300")),
        ("Ajaccio (2a)", ("Ajaccio", "2A")),
        ("Saint-Denis (974)", ("Saint-Denis", "974")),
        ("lyon 3", ("lyon 3", "")),
        ("2B", ("", "2B")),
        ("43 000", ("", "43000")),
    ],
)
def test_name_and_code_are_told_apart(text, split):
    assert split_code(text) == split


WORD = st.text(alphabet="abc ", min_size=1, max_size=6)


@given(keys=st.lists(WORD, min_size=1, max_size=8), typed=st.text("abc ", min_size=2, max_size=6))
def test_typos_found_by_columns_are_those_found_slowly(keys, typed):
    index = SearchIndex([])
    index.keys = keys
    from traitdunion.territory.search import _letters

    rows, whole = one_typo(*_letters(keys), typed.encode())
    expected = [i for i, key in enumerate(keys) if begins_but_for_one(key, typed)]
    assert rows.tolist() == expected
    assert whole.tolist() == [distance(keys[i], typed) <= 1 for i in expected]
    assert rows.dtype == np.int64


def begins_but_for_one(key: str, typed: str) -> bool:
    return any(distance(key[:end], typed) <= 1 for end in range(len(key) + 1))


def distance(first: str, other: str) -> int:
    """Edits between two words (wrong, missing, extra, exchanged letters): the slow twin."""
    table = [
        [i + j if not i * j else 0 for j in range(len(other) + 1)] for i in range(len(first) + 1)
    ]
    for i in range(1, len(first) + 1):
        for j in range(1, len(other) + 1):
            same = first[i - 1] == other[j - 1]
            table[i][j] = min(
                table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (not same)
            )
            if i > 1 and j > 1 and first[i - 1] == other[j - 2] and first[i - 2] == other[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]
