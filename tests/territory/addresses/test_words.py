"""How the text of an address is read: number, postal code, abbreviations."""

import pytest

from traitdunion.territory.addresses.words import asked_address, spelled


@pytest.mark.parametrize(
    ("text", "words", "postcode", "numero", "suffix"),
    [
        ("12 bis r. de la Paix 43000 Le Puy", "rue de la paix le puy", "43000", 12, "bis"),
        ("7BIS Rue du Temple", "rue du temple", "", 7, "bis"),
        ("8 rue du 8 mai 1945", "rue du 8 mai 1945", "", 8, ""),
        ("8 mai 1945", "8 mai 1945", "", 0, ""),
        ("Langeac 3 b av St-Roch", "langeac avenue saint roch", "", 3, "b"),
        ("12 l'Hermet", "l hermet", "", 12, ""),
    ],
)
def test_number_postcode_and_words_are_parted(text, words, postcode, numero, suffix):
    asked = asked_address(text)
    assert (" ".join(asked.words), *asked[2:]) == (words, postcode, numero, suffix)


def test_abbreviations_are_written_out_on_both_sides():
    assert spelled("Bd du Mal-Foch") == spelled("boulevard du Maréchal Foch")
    assert spelled("ZA les Prés") == spelled("Zone artisanale Les Pres")
    assert spelled("rue Henri IV") == spelled("r. henri 4")


def test_france_is_a_street_name_too():
    assert "france" in asked_address("av france").words
    assert "france" not in asked_address("12 rue des Tilleuls, Langeac, France").words
