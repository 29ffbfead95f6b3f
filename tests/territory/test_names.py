"""One spelling for what is typed and for what is written on the sign."""

import doctest

import pytest

from traitdunion.territory import names, search
from traitdunion.territory.names import fold, without_article


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Saint-Étienne", "saint etienne"),
        ("ST ETIENNE", "saint etienne"),
        ("st. étienne", "saint etienne"),
        ("Ste-Sigolène", "sainte sigolene"),
        ("Stes-Maries", "saintes maries"),
        ("L’Abergement", "l abergement"),  # the typographic apostrophe does not glue
        ("Saint–Just", "saint just"),  # nor does the en dash
        ("Œuilly", "oeuilly"),
        ("Vals s/ Loire", "vals sur loire"),
        ("Lyon 3ème", "lyon 3e"),
        ("  Moÿ  de\tl'Aisne ", "moy de l aisne"),
        ("Stains", "stains"),
        ("’-'", ""),
        ("東京", ""),
    ],
)
def test_spellings_of_one_name_fold_to_one_key(typed, key):
    assert fold(typed) == key


@pytest.mark.parametrize(
    ("key", "bare"),
    [
        ("le puy en velay", "puy en velay"),
        ("l abergement", "abergement"),
        ("aux marais", "marais"),
        ("les", "les"),
        ("lesparre medoc", "lesparre medoc"),
    ],
)
def test_only_a_whole_leading_article_is_left_out(key, bare):
    assert without_article(key) == bare


@pytest.mark.parametrize("module", [names, search])
def test_the_examples_of_the_docstrings_are_true(module):
    tried = doctest.testmod(module)
    assert tried.attempted
    assert not tried.failed
